"""Lines are written in bulk only where nobody would notice, and then exactly as Oscar writes them."""

from contextlib import contextmanager
from decimal import Decimal as D

import pytest
from django.db.models.signals import post_save
from django.forms.models import model_to_dict
from oscar.core.loading import get_class, get_model

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.place import place_order
from oscar_marketplace.overlay import order_placement
from oscar_marketplace.overlay.loader import compose
from oscar_marketplace.overlay.order_utils import overridden_hooks
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db

Line = get_model("order", "Line")
SAME_FOR_NOBODY = {"id", "order", "line", "order_line", "stock_hold", "stall_order_line", "order_discount"}


@pytest.fixture
def world(market, three_stalls):
    offer_range = get_model("offer", "Range").objects.create(name="All", includes_all_products=True)
    benefit = get_model("offer", "Benefit").objects.create(range=offer_range, type="Percentage", value=7)
    condition = get_model("offer", "Condition").objects.create(range=offer_range, type="Count", value=1)
    get_model("offer", "ConditionalOffer").objects.create(name="7 %", benefit=benefit, condition=condition)
    wave = factories.make_wave(market)
    listings = [
        factories.make_listing(stall=three_stalls[0], price="32.49", stock=50),
        factories.make_listing(stall=three_stalls[1], price="144.00", tax_rate="0.16"),
    ]
    return wave, listings


@contextmanager
def city_overrides(monkeypatch, **hooks):
    """A city whose OrderCreator overrides these hooks: composed as the loader composes a fork."""
    from oscar.apps.order.utils import OrderCreator

    from oscar_marketplace.orders import place
    from oscar_marketplace.overlay.order_utils import OrderCreatorMixin

    city = type("OrderCreator", (OrderCreator,), {"__module__": "city.order.utils", **hooks})
    composed = compose(city, (OrderCreatorMixin,))
    monkeypatch.setattr(
        place, "get_class", lambda label, name: composed if name == "OrderCreator" else get_class(label, name)
    )
    yield composed
    monkeypatch.setattr(place, "get_class", get_class)


def rows_of(order):
    order = type(order).objects.get(pk=order.pk)

    def rows(queryset):
        return [{k: v for k, v in model_to_dict(row).items() if k not in SAME_FOR_NOBODY} for row in queryset]

    return {
        "lines": rows(order.lines.order_by("pk")),
        "prices": rows(get_model("order", "LinePrice").objects.filter(order=order).order_by("pk")),
        "discounts": rows(order.discounts.order_by("pk")),
        "line discounts": [
            {k: v for k, v in model_to_dict(row).items() if k not in SAME_FOR_NOBODY}
            for row in get_model("order", "OrderLineDiscount").objects.filter(line__order=order).order_by("pk")
        ],
    }


def place_same(world):
    wave, listings = world
    return factories.place([(listings[0], 5), (listings[1], 3)], waves=[wave])


def test_bulk_rows_are_oscars_rows(world, monkeypatch):
    in_bulk = place_same(world)
    seen = []

    def create_additional_line_models(self, order, order_line, basket_line):
        seen.append(basket_line.pk)

    with city_overrides(monkeypatch, create_additional_line_models=create_additional_line_models):
        one_by_one = place_same(world)

    assert len(seen) == 2
    assert rows_of(in_bulk) == rows_of(one_by_one)
    assert rows_of(in_bulk)["line discounts"]


@pytest.mark.parametrize(
    "hook",
    [
        "create_line_models",
        "create_line_price_models",
        "create_line_attributes",
        "create_line_discount_models",
        "create_additional_line_models",
        "update_stock_records",
    ],
)
def test_an_overridden_hook_is_called_once_per_line(world, monkeypatch, hook):
    from oscar.apps.order.utils import OrderCreator

    calls = []

    def overridden(self, *args, **kwargs):
        calls.append(args)
        return getattr(OrderCreator, hook)(self, *args, **kwargs)

    with city_overrides(monkeypatch, **{hook: overridden}) as composed:
        order = place_same(world)

    assert overridden_hooks(composed) == [hook]
    assert len(calls) == 2
    assert order.lines.count() == 2
    assert StallOrder.objects.filter(order=order).count() == 2


def test_a_hook_that_calls_oscars_allocate_does_not_allocate_twice(world, monkeypatch):
    from oscar.apps.order.utils import OrderCreator

    def update_stock_records(self, line):
        line.product.get_product_class().track_stock = True
        line.stockrecord.allocate(line.quantity)
        OrderCreator.update_stock_records(self, line)

    with city_overrides(monkeypatch, update_stock_records=update_stock_records):
        place_same(world)

    counted = world[1][0].stockrecord
    counted = type(counted).objects.get(pk=counted.pk)
    assert counted.num_allocated == 5


def test_a_citys_place_order_runs_and_sees_its_own_arguments(world, monkeypatch):
    from oscar.apps.order.utils import OrderCreator

    def city_place_order(self, basket, total, **kwargs):
        assert kwargs["order_number"]
        order = OrderCreator.place_order(self, basket, total, **kwargs)
        order.notes.create(message="the city was here")
        return order

    with city_overrides(monkeypatch, place_order=city_place_order):
        order = place_same(world)

    assert order.notes.get().message == "the city was here"
    assert StallOrder.objects.filter(order=order).count() == 2


def test_whoever_listens_to_saved_lines_hears_each_of_them(world):
    heard = []

    def receiver(sender, instance, **kwargs):
        heard.append(instance.pk)

    post_save.connect(receiver, sender=Line)
    try:
        order = place_same(world)
    finally:
        post_save.disconnect(receiver, sender=Line)

    assert sorted(heard) == sorted(order.lines.values_list("pk", flat=True))


def test_a_partner_without_a_stall_is_a_part_of_its_own(market, three_stalls):
    from oscar.apps.partner.strategy import PurchaseInfo  # noqa: F401 (Oscar's strategy is loaded)

    wave = factories.make_wave(market)
    listing = factories.make_listing(stall=three_stalls[0])
    house = get_model("partner", "Partner").objects.create(name="Tienda del museo")
    postcard = factories.make_product("Postal")
    stockrecord = get_model("partner", "StockRecord").objects.create(
        product=postcard, partner=house, partner_sku="p1", price=D("12.00"), price_currency="MXN", num_in_stock=5
    )
    basket = factories.make_basket([(listing, 4)])
    basket.add_product(postcard, 2)

    order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))

    parts = {part.partner_id: part for part in StallOrder.objects.filter(order=order)}
    assert (parts[house.pk].kind, parts[house.pk].placed_incl_tax, parts[house.pk].hand_over) == (
        "house",
        D("24.00"),
        None,
    )
    assert parts[house.pk].seller_name == "Tienda del museo"
    assert order.total_incl_tax == D("56.00")
    assert order.lines.get(stockrecord=stockrecord).num_allocated == 2


def test_house_goods_that_count_stock_are_not_oversold_either(three_stalls, market):
    wave = factories.make_wave(market)
    product_class = get_model("catalogue", "ProductClass").objects.create(name="Libros", track_stock=True)
    book = get_model("catalogue", "Product").objects.create(title="Libro", product_class=product_class)
    house = get_model("partner", "Partner").objects.create(name="Tienda")
    stockrecord = get_model("partner", "StockRecord").objects.create(
        product=book, partner=house, partner_sku="b1", price=D("99.00"), price_currency="MXN", num_in_stock=1
    )
    baskets = []
    for _ in range(2):
        basket = factories.make_basket([(factories.make_listing(stall=three_stalls[0]), 1)])
        basket.add_product(book, 1)
        baskets.append((basket, factories.make_checkout_request(basket, waves=[wave])))
    place_order(baskets[0][0], asked=baskets[0][1])

    with pytest.raises(Exception, match="Libro|unavailable|stock"):
        place_order(baskets[1][0], asked=baskets[1][1])

    assert type(stockrecord).objects.get(pk=stockrecord.pk).num_allocated == 1


def test_line_prices_sum_to_the_line_for_any_discount(world):
    order = place_same(world)

    for line in order.lines.all():
        assert sum(row.quantity * row.price_incl_tax for row in line.prices.all()) == line.line_price_incl_tax
        assert sum(row.quantity for row in line.prices.all()) == line.quantity
        assert order_placement.to_minor(line.line_price_incl_tax, "MXN") >= 0


def test_an_order_through_another_door_tells_the_stalls_at_once(world):
    """An API or a city's own page calls Oscar's OrderCreator; it took the payment itself."""
    from oscar.apps.shipping.methods import Free
    from oscar.core.prices import Price

    from oscar_marketplace.orders.models import Contact, HandOver
    from oscar_marketplace.outbox.models import OutboxEvent

    _wave, listings = world
    basket = factories.make_basket([(listings[0], 4), (listings[1], 2)])

    order = get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=Price("MXN", excl_tax=basket.total_excl_tax, incl_tax=basket.total_incl_tax),
        shipping_method=Free(),
        shipping_charge=Free().calculate(basket),
        guest_email="ana@example.org",
    )

    parts = list(StallOrder.objects.filter(order=order))
    assert [part.state for part in parts] == ["new", "new"]
    assert all(part.accept_by for part in parts)
    assert HandOver.objects.get(order=order).code
    assert Contact.objects.get(order=order).email == "ana@example.org"
    assert sorted(OutboxEvent.objects.values_list("topic", flat=True)) == [
        "order_placed",
        "stall_order_new",
        "stall_order_new",
    ]
    assert get_model("partner", "StockRecord").objects.get(pk=listings[0].stockrecord_id).num_allocated == 4
