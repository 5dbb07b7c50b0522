"""A whole shop with a market in it: something behind every address Oscar has, and three visitors with full baskets."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal as D

from django.contrib.auth.tokens import default_token_generator
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.core.signing import Signer
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from oscar.core.loading import get_class, get_model

from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import (
    misstate_projection,
    order_of,
    put_in_basket,
    put_record_in_basket,
    sell_in_shop,
)

#: What the stock records say. Nobody is ever charged this; a page that shows it priced by another path.
PROJECTED = ("777.77", "888.88")


@dataclass
class Visitor:
    """Somebody in front of a browser; ``user`` is None for a guest."""

    role: str
    user: object
    basket: object
    #: The person's old orders: of a stall, and of the shop itself.
    order: object = None
    house_order: object = None
    saved_line: object = None

    def browser(self) -> Client:
        """A browser with the basket, and with as much of Oscar's checkout done as can be done."""
        client = Client(raise_request_exception=False)
        if self.user is not None:
            client.force_login(self.user)
        else:
            client.cookies["oscar_open_basket"] = Signer().sign(self.basket.pk)
        request = RequestFactory().get("/")
        request.session = client.session
        checkout = get_class("checkout.utils", "CheckoutSessionData")(request)
        checkout.set_guest_email("ana@example.org")
        for method in ("no-shipping-required", "free-shipping", "market-pickup"):
            checkout.use_shipping_method(method)
        checkout._set("shipping", "method_for_basket", self.basket.pk)
        request.session["anon_order_email"] = "ana@example.org"
        request.session.save()
        client.cookies["sessionid"] = request.session.session_key
        return client


@dataclass
class Shop:
    visitors: dict[str, Visitor] = field(default_factory=dict)
    #: Whatever an address may name, by what it is.
    things: dict[str, object] = field(default_factory=dict)

    def __getattr__(self, name):
        try:
            return self.__dict__["things"][name]
        except KeyError:
            raise AttributeError(name) from None


def make_shop() -> Shop:
    shop = Shop()
    things = shop.things
    market = factories.make_market()
    product = things["product"] = factories.make_product("Jitomate")
    things["dear"], things["cheap"] = (
        factories.make_listing(stall=factories.make_stall(market=market), product=product, price=price)
        for price in ("32.49", "28.50")
    )
    for listing, projected in zip((shop.dear, shop.cheap), PROJECTED, strict=True):
        misstate_projection(listing, projected)
    things["house_record"] = sell_in_shop(price="12.00")
    _catalogue(things)
    _people(shop)
    _offers(things)
    _dashboard(things, shop.visitors["shopper"].user)
    return shop


def _visitor(shop: Shop, role: str, user) -> Visitor:
    basket = get_model("basket", "Basket").objects.create(owner=user)
    put_in_basket(basket, shop.dear, 4)
    put_in_basket(basket, shop.cheap, 1)
    return Visitor(role, user, basket)


def _old_order(shop: Shop, user, *, of_stall: bool):
    basket = get_model("basket", "Basket").objects.create(owner=user)
    basket.strategy = get_class("partner.strategy", "Selector")().strategy(user=user)
    if of_stall:
        put_in_basket(basket, shop.dear, 4)
    else:
        put_record_in_basket(basket, shop.house_record, 2)
    address = get_model("order", "ShippingAddress").objects.create(
        last_name="Ruiz", line1="Calle 1", line4="Guadalajara", postcode="44100", country=_country()
    )
    guest = {} if user else {"guest_email": "ana@example.org"}
    order = order_of(basket, user=user, shipping_address=address, **guest)
    basket.submit()
    return order


def _people(shop: Shop) -> None:
    users = {
        "anonymous": None,
        "shopper": factories.make_user("walkshopper"),
        "staff": factories.make_user("walkstaff", is_staff=True, is_superuser=True),
    }
    for role, user in users.items():
        visitor = shop.visitors[role] = _visitor(shop, role, user)
        visitor.order = _old_order(shop, user, of_stall=True)
        visitor.house_order = _old_order(shop, user, of_stall=False)
        if user is not None:
            _belongings(shop, visitor)
            saved = get_model("basket", "Basket").objects.create(owner=user, status="Saved")
            visitor.saved_line = put_in_basket(saved, shop.dear, 4)
    member = factories.make_user("walkpartner")
    shop.things["linked_user"] = member
    shop.dear.stall.partner.users.add(member)


def _belongings(shop: Shop, visitor: Visitor) -> None:
    """What an account has: addresses, wish lists, alerts, mail."""
    user, product = visitor.user, shop.product
    shop.things[f"{visitor.role} address"] = get_model("address", "UserAddress").objects.create(
        user=user, last_name="Ruiz", line1="Calle 1", line4="Guadalajara", postcode="44100", country=_country()
    )
    for name in ("wishlist", "other wishlist"):
        wishlist = user.wishlists.create(name=name)
        wishlist.add(product)
        shop.things[f"{visitor.role} {name}"] = wishlist
    shop.things[f"{visitor.role} other wishlist"].lines.all().delete()
    shop.things[f"{visitor.role} alert"] = get_model("customer", "ProductAlert").objects.create(
        user=user, product=product, status="Active", key=f"key{user.pk}"
    )
    shop.things[f"{visitor.role} notification"] = get_model("communication", "Notification").objects.create(
        recipient=user, subject="Hola", body="Hola"
    )
    shop.things[f"{visitor.role} email"] = get_model("communication", "Email").objects.create(
        user=user, email=user.email, subject="Hola", body_text="Hola", body_html="Hola"
    )


def _country():
    return get_model("address", "Country").objects.get_or_create(
        iso_3166_1_a2="MX", defaults={"iso_3166_1_a3": "MEX", "printable_name": "México", "is_shipping_country": True}
    )[0]


def _catalogue(things: dict) -> None:
    Category = get_model("catalogue", "Category")
    things["category"] = Category.add_root(name="Frutas y verduras")
    things["product_class"] = things["product"].product_class
    get_model("catalogue", "ProductCategory").objects.create(product=things["product"], category=things["category"])
    house = things["house_record"].product
    get_model("catalogue", "ProductCategory").objects.create(product=house, category=things["category"])
    group = things["option_group"] = get_model("catalogue", "AttributeOptionGroup").objects.create(name="Color")
    group.options.create(option="Rojo")
    things["option"] = get_model("catalogue", "Option").objects.create(name="Envoltura", code="envoltura")


def _offers(things: dict) -> None:
    Range, Condition = get_model("offer", "Range"), get_model("offer", "Condition")
    whole = things["range"] = Range.objects.create(name="Todo", slug="todo", includes_all_products=True, is_public=True)
    # Never reached by the baskets here, so that no discount blurs which amounts are ours.
    condition = Condition.objects.create(range=whole, type="Count", value=1000)
    benefit = get_model("offer", "Benefit").objects.create(range=whole, type="Percentage", value=10)
    things["offer"] = get_model("offer", "ConditionalOffer").objects.create(
        name="Mil piezas", condition=condition, benefit=benefit
    )
    hers = get_model("offer", "ConditionalOffer").objects.create(
        name="Vale", condition=condition, benefit=benefit, offer_type="Voucher"
    )
    now = timezone.now()
    dates = {"start_datetime": now - timedelta(days=1), "end_datetime": now + timedelta(days=9)}
    things["voucher"] = get_model("voucher", "Voucher").objects.create(
        name="Vale", code="VALE", num_basket_additions=3, **dates
    )
    things["voucher"].offers.add(hers)
    for basket in get_model("basket", "Basket").objects.filter(status="Open"):
        basket.vouchers.add(things["voucher"])
    things["voucher_set"] = get_model("voucher", "VoucherSet").objects.create(
        name="Vales", count=1, code_length=8, description="", **dates
    )


def _dashboard(things: dict, shopper) -> None:
    things["review"] = get_model("reviews", "ProductReview").objects.create(
        product=things["product"], user=shopper, score=5, title="Bueno", body="Muy bueno", status=1
    )
    things["page"] = FlatPage.objects.create(url="/aviso/", title="Aviso", content="Aviso")
    things["page"].sites.add(Site.objects.get_current())
    method = things["shipping_method"] = get_model("shipping", "WeightBased").objects.create(
        name="Por peso", code="por-peso", default_weight=D(1)
    )
    things["band"] = method.bands.create(upper_limit=D(5), charge=D("12.00"))
    things["comms"] = get_model("communication", "CommunicationEventType").objects.create(
        code="ORDER_PLACED_WALK", name="Aviso"
    )
    things["uid"] = urlsafe_base64_encode(force_bytes(shopper.pk))
    things["token"] = default_token_generator.make_token(shopper)
