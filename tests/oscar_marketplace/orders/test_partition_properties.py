"""Whatever is in the basket: parts sum to the order, to the cent, and every place shows the same cents."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oscar.core.loading import get_class, get_model

from oscar_marketplace.orders.amounts import order_amounts
from oscar_marketplace.orders.models import StallOrder, StallOrderLine
from oscar_marketplace.orders.place import place_order
from oscar_marketplace.orders.plan import content_hash
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db

AGAIN = settings(
    max_examples=50,
    deadline=None,
    # The rows of one example do not touch another's: each has its own market, stalls and baskets.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

prices = st.integers(500, 39999).map(lambda cents: D(cents) / 100)
wares = st.fixed_dictionaries(
    {
        "stall": st.integers(0, 3),
        "price": prices,
        "rate": st.sampled_from(["0", "0.08", "0.16"]),
        "step": st.sampled_from(["0.25", "0.1", "0.125", "1", "0.333"]),
        "steps": st.integers(1, 13),
        "sold_by": st.sampled_from(["kilo", "gram", "mango", "piece", "amount"]),
    }
)
offers = st.sampled_from(
    ["none", "percentage", "absolute", "multibuy", "fixed unit", "voucher", "percentage + voucher"]
)


def make_ware(stall, ware):
    shapes = {
        "kilo": {"step": D(ware["step"])},
        "gram": {"order_unit": factories.gram(), "step": D(50)},
        "mango": {"order_unit": factories.piece(), "step": D(1), "typical_weight_g": 350},
        "piece": factories.by_piece(),
        "amount": factories.by_piece(by_amount=True, step=D(20)),
    }
    return factories.make_listing(
        stall=stall, title="G", price=ware["price"], tax_rate=ware["rate"], **shapes[ware["sold_by"]]
    )


def make_offer(kind, value, offer_type="Site"):
    offer_range = get_model("offer", "Range").objects.create(
        name=f"All {timezone.now().timestamp()}{kind}", includes_all_products=True
    )
    benefit_types = {
        "percentage": "Percentage",
        "absolute": "Absolute",
        "multibuy": "Multibuy",
        "fixed unit": "Fixed",
    }
    Benefit, Condition = get_model("offer", "Benefit"), get_model("offer", "Condition")
    benefit = Benefit.objects.create(
        range=offer_range, type=benefit_types[kind], value=None if kind == "multibuy" else value
    )
    condition = Condition.objects.create(range=offer_range, type="Count", value=3 if kind == "multibuy" else 1)
    return get_model("offer", "ConditionalOffer").objects.create(
        name=f"Offer {offer_range.name}",
        offer_type=offer_type,
        benefit=benefit,
        condition=condition,
        max_basket_applications=2,
    )


def make_voucher(value):
    now = timezone.now()
    voucher = get_model("voucher", "Voucher").objects.create(
        name=f"V{now.timestamp()}",
        code=f"V{now.timestamp()}".replace(".", ""),
        start_datetime=now - timedelta(days=1),
        end_datetime=now + timedelta(days=1),
    )
    voucher.offers.add(make_offer("percentage", value, offer_type="Voucher"))
    return voucher


def priced_anew(basket):
    fresh = type(basket).objects.get(pk=basket.pk)
    fresh.strategy = get_class("partner.strategy", "Selector")().strategy()
    # Vouchers apply to people: an anonymous one, as in a guest's request.
    get_class("offer.applicator", "Applicator")().apply(fresh, AnonymousUser())
    return fresh


def test_half_a_cent_that_a_line_was_given_is_named_on_the_order():
    market = factories.make_market()
    ware = {"stall": 0, "price": D("5.00"), "rate": "0", "step": "0.25", "steps": 2, "sold_by": "gram"}
    basket = factories.make_basket([(make_ware(factories.make_stall(market=market), ware), 2)])
    make_offer("percentage", D(1))

    order = place_order(basket, asked=asked_of(basket, market), user=AnonymousUser())

    part = StallOrder.objects.get(order=order)
    assert (part.placed_incl_tax, part.placed_discount) == (D("0.49"), D("0.01"))
    assert [discount.amount for discount in order.discounts.all()] == [D("0.01")]


def asked_of(basket, market):
    """A checkout request that saw the basket as it is priced now."""
    shown = priced_anew(basket)
    asked = factories.make_checkout_request(basket, waves=[factories.make_wave(market)])
    seen = content_hash(shown, asked.hand_overs, order_amounts(shown).total)
    return type(asked)(**{**asked.__dict__, "seen": seen})


@given(basket_wares=st.lists(wares, min_size=1, max_size=9), offer=offers, value=st.integers(1, 45))
@AGAIN
def test_parts_sum_to_the_order_for_any_basket(basket_wares, offer, value):
    get_model("offer", "ConditionalOffer").objects.all().delete()
    market = factories.make_market()
    stalls = [factories.make_stall(market=market) for _ in range(4)]
    basket = factories.make_basket([(make_ware(stalls[w["stall"]], w), w["steps"]) for w in basket_wares])
    for kind in ("percentage", "absolute", "multibuy", "fixed unit"):
        if kind in offer:
            make_offer(kind, D(value))
    if "voucher" in offer:
        basket.vouchers.add(make_voucher(D(value)))
    shown = priced_anew(basket)
    shown_lines = {line.stockrecord_id: line.line_price_incl_tax_incl_discounts for line in shown.all_lines()}
    wave = factories.make_wave(market)
    asked = factories.make_checkout_request(basket, waves=[wave])
    asked = type(asked)(**{**asked.__dict__, "seen": content_hash(shown, asked.hand_overs, order_amounts(shown).total)})

    order = place_order(basket, asked=asked, user=AnonymousUser())

    order = type(order).objects.get(pk=order.pk)
    parts = list(StallOrder.objects.filter(order=order))
    lines = list(StallOrderLine.objects.filter(stall_order__order=order))
    assert order.total_incl_tax == shown.total_incl_tax == sum(part.placed_incl_tax for part in parts)
    assert order.total_excl_tax == sum(part.placed_excl_tax for part in parts)
    assert sorted(line.order_line_id for line in lines) == sorted(order.lines.values_list("pk", flat=True))
    for part in parts:
        own = [line for line in lines if line.stall_order_id == part.pk]
        assert part.placed_incl_tax == sum(line.placed_incl_tax for line in own)
        assert part.placed_excl_tax == sum(line.placed_excl_tax for line in own)
        assert part.placed_discount == sum(line.placed_discount for line in own)
    for line in order.lines.all():
        assert line.line_price_incl_tax == shown_lines[line.stockrecord_id] >= 0
        assert line.line_price_incl_tax == line.line_price_incl_tax.quantize(D("0.01"))
        assert sum(row.quantity * row.price_incl_tax for row in line.prices.all()) == line.line_price_incl_tax
        assert sum(row.quantity * row.price_excl_tax for row in line.prices.all()) == line.line_price_excl_tax
    for discount in order.discounts.all():
        assert discount.amount == sum(row.amount for row in discount.discount_lines.all())
    assert sum(part.placed_discount for part in parts) == sum(discount.amount for discount in order.discounts.all())
