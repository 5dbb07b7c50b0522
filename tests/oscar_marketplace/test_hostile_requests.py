"""Whatever is sent to whichever address of ours, by whomever: an answer, never a failure."""

import pytest
from django.test import override_settings

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.listings.models import PreparationOption
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test.isolation import addresses
from oscar_marketplace.test.isolation_routes import ROUTES
from oscar_marketplace.test.isolation_world import make_world
from tests.oscar_marketplace.hostile import Target, Walk
from tests.oscar_marketplace.storefront.shopper import Shopper, hidden_fields

pytestmark = [pytest.mark.django_db, pytest.mark.both]

OURS = {"market": lambda arguments: True, "stall": lambda arguments: True}
SECTIONS = ["market-read", "market-basket", "market-order", "stall-order", "stall-rest"]


@pytest.fixture
def world(db, settings, tmp_path):
    # Of its own: the make-believe bank's files are not undone with the database.
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        "cash": {"BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall"},
        "dummy": {
            "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
            "OPTIONS": {"DIRECTORY": str(tmp_path)},
        },
    }
    return make_world()


def section_of(name: str) -> str:
    """The walks are cut in pieces that take a few seconds each."""
    namespace, _, short = name.partition(":")
    if namespace == "stall":
        acts = {"answer", "pack", "deliver", "undo", "reject", "to-desk", "order"}
        return "stall-order" if short in acts else "stall-rest"
    if short.startswith("order"):
        return "market-order"
    reads = {"home", "market", "stall", "product", "fees", "style"}
    return "market-read" if short in reads else "market-basket"


def with_basket(world, user=None) -> Shopper:
    """A shopper on the last page of the checkout."""
    shopper = Shopper(user=user)
    shopper.add(world.a.listing, 2)
    shopper.say_where(world.a.parts["new"].hand_over.wave)
    return shopper


def targets(world, shopper: Shopper) -> list[Target]:
    """Every address of ours, with what may be sent to it."""
    side = world.a
    market = side.parts["new"].hand_over.market
    listing = side.listing
    preparation = PreparationOption.objects.create(listing=listing, name="Picado")
    start_payment(side.unpaid, provider="dummy", by=Actor("shopper"))
    pay = {**hidden_fields(shopper.get("pay")), "provider": "cash", "terms": "on"}
    line = shopper.basket.lines.get()
    where = {"name": "Ana", "phone": "3355500114", "email": "ana@example.org"}
    where[f"pickup_{market.pk}"] = side.parts["new"].hand_over.wave_id
    wish = {"steps": 3, "preparation": preparation.pk, "substitution": "ask", "note": "Maduro", "next": "/"}
    own = [
        Target("market:home", query=("page",)),
        Target("market:market", {"slug": market.slug}, query=("section", "trade", "page")),
        Target("market:stall", {"slug": side.stall.slug}, query=("kind", "page")),
        Target("market:product", {"pk": listing.stockrecord.product_id}, query=("page",)),
        Target("market:listing", {"pk": listing.pk}, wish, query=("next",)),
        Target("market:basket"),
        Target("market:basket-add", {}, {"add": listing.pk, "steps": 1, "next": "/"}, query=("next",)),
        Target("market:basket-line", {}, {"line": line.pk, "do": "more"}),
        Target("market:basket-voucher", {}, {"code": "VALE"}),
        Target("market:basket-voucher-remove", {"pk": 1}),
        Target("market:checkout", {}, where),
        Target("market:pay", {}, pay),
        Target("market:dummy-pay", {"reference": Charge.objects.latest("pk").reference}, {"answer": "pay"}),
        Target("market:provider-notice", {"provider": "cash"}, query=("id",)),
        Target("market:provider-notice-to", {"provider": "cash", "endpoint": "connect"}),
        Target("market:fees"),
        Target("market:style"),
    ]
    return own + [
        Target(
            route.name,
            route.fill(side),
            {**(route.sends(side) if route.sends else {}), **MORE.get(route.name, {})},
            query=("page",) if route.name == "stall:listings" else (),
        )
        for route in ROUTES
    ]


#: Fields beside those that the isolation matrix sends.
MORE = {
    "market:order-cancel": {"part": "1"},
    "stall:listing": {"do": "count", "amount": "3"},
}


@pytest.mark.parametrize("section", SECTIONS)
def test_nothing_that_is_sent_makes_a_page_fail(world, section):
    shopper = with_basket(world, user=world.a.member)
    walk = Walk(shopper.client, "member")

    for target in targets(world, shopper):
        if section_of(target.name) == section:
            walk.visit(target)

    assert not walk.problems, f"{len(walk.problems)} of {walk.asked}\n" + "\n".join(walk.problems)


def test_nor_does_it_for_somebody_who_is_not_signed_in(world):
    shopper = with_basket(world)
    walk = Walk(shopper.client, "guest")

    for target in targets(world, shopper):
        walk.visit_briefly(target)

    assert not walk.problems, f"{len(walk.problems)} of {walk.asked}\n" + "\n".join(walk.problems)


def test_the_walk_knows_every_address(world):
    known = {target.name for target in targets(world, with_basket(world))}

    assert {address.name for address in addresses(watched=OURS)} == known


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("planted:number", "it fails: ValueError"),
        ("planted:text", "it fails: UnicodeEncodeError"),
        ("planted:head", "it fails: KeyError"),
        ("planted:put", "it takes the method"),
        ("planted:read", "it changes oscar_marketplace.Operator"),
    ],
)
def test_the_walk_finds_a_planted_fault(world, name, found):
    fields = {"n": "1"} if name in {"planted:number", "planted:text"} else {}

    with override_settings(ROOT_URLCONF="tests.oscar_marketplace.planted_urls"):
        walk = Walk(Shopper().client, "guest")
        walk.visit(Target(name, {}, fields))

    assert found in " ".join(walk.problems)


def test_a_form_of_ours_without_its_token_is_refused(world):
    shopper = with_basket(world, user=world.a.member)
    forms = [target for target in targets(world, shopper) if target.fields]
    shopper.client.handler.enforce_csrf_checks = True

    answers = {target.name: shopper.client.post(target.path, target.fields).status_code for target in forms}

    assert answers == {target.name: 403 for target in forms}
