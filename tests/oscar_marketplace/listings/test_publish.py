"""Bringing goods to the counter and taking them away."""

from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from oscar.core.loading import get_model

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import BadNumber, NotAllowed
from oscar_marketplace.listings.models import Listing, ListingState, StockMode
from oscar_marketplace.listings.publish import archive_listing, create_listing, pause_listing, publish_listing
from oscar_marketplace.stalls.models import Stall
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor():
    return Actor("stall", factories.make_user("chayo").pk)


@pytest.fixture
def stall():
    return factories.make_stall()


@pytest.fixture
def product():
    return factories.make_product("Jitomate")


def create(stall, product, by, **kwargs):
    terms = {"price": D("32.00"), "price_unit": factories.kilo(), "order_unit": factories.kilo(), "step": D("0.25")}
    return create_listing(stall, product=product, by=by, **{**terms, **kwargs})


class TestCreating:
    def test_a_draft_with_its_stock_record(self, stall, product, vendor):
        listing = create(stall, product, vendor, note="from Jamay", minimum_age=None)

        assert (listing.state, listing.price, listing.note) == (ListingState.DRAFT, D("32.00"), "from Jamay")
        stockrecord = listing.stockrecord
        assert (stockrecord.partner, stockrecord.product) == (stall.partner, product)
        assert (stockrecord.price, stockrecord.price_currency, stockrecord.num_in_stock) == (D("8.00"), "MXN", None)
        assert stockrecord.partner_sku == str(product.pk)
        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.target, entry.actor_id) == (
            "create_listing",
            f"listing:{listing.pk}",
            vendor.user_id,
        )

    def test_counted_goods_start_with_what_there_is(self, stall, product, vendor):
        listing = create(stall, product, vendor, stock_mode=StockMode.COUNTED, steps_in_stock=40)

        assert listing.stockrecord.num_in_stock == 40

    def test_counted_goods_nobody_counted_yet_start_with_none(self, stall, product, vendor):
        listing = create(stall, product, vendor, stock_mode=StockMode.COUNTED)

        assert listing.stockrecord.num_in_stock == 0

    def test_by_the_kilo_and_by_the_piece_are_two_listings(self, stall, product, vendor):
        first = create(stall, product, vendor)
        second = create(stall, product, vendor, order_unit=factories.piece(), step=D(1), typical_weight_g=150)

        skus = [listing.stockrecord.partner_sku for listing in (first, second)]
        assert skus == [str(product.pk), f"{product.pk}-2"]
        assert second.stockrecord.price == D("4.80")

    def test_two_taps_make_one_listing(self, stall, product, vendor):
        create(stall, product, vendor)

        with pytest.raises(NotAllowed) as refused:
            create(stall, product, vendor)

        assert refused.value.code == "already_listed"
        assert Listing.objects.count() == 1

    def test_after_archiving_it_can_be_listed_anew(self, stall, product, vendor):
        archive_listing(create(stall, product, vendor), by=vendor)

        again = create(stall, product, vendor)

        assert again.stockrecord.partner_sku == f"{product.pk}-2"

    def test_two_stalls_sell_the_same_product(self, stall, product, vendor):
        other = factories.make_stall()

        mine, theirs = create(stall, product, vendor), create(other, product, vendor)

        assert mine.stockrecord.partner != theirs.stockrecord.partner

    def test_own_products_are_for_their_owner_only(self, stall, vendor):
        own = factories.make_product("Salsa de la casa", owner=stall)

        create(stall, own, vendor)
        with pytest.raises(NotAllowed) as refused:
            create(factories.make_stall(), own, vendor)

        assert refused.value.code == "foreign_product"
        assert Listing.objects.count() == 1

    def test_goods_outside_the_catalogue_are_refused(self, stall, product, vendor):
        product.catalogue_entry.delete()
        product = get_model("catalogue", "Product").objects.get(pk=product.pk)

        with pytest.raises(NotAllowed) as refused:
            create(stall, product, vendor)

        assert refused.value.code == "not_in_catalogue"

    def test_a_heading_over_variants_is_no_goods(self, stall, vendor):
        parent = factories.make_product("Mangos", structure="parent")

        with pytest.raises(NotAllowed) as refused:
            create(stall, parent, vendor)

        assert refused.value.code == "not_in_catalogue"

    @pytest.mark.parametrize(("state", "code"), [("draft", "not_approved"), ("closed", "stall_closed")])
    def test_a_stall_without_a_counter_lists_nothing(self, stall, product, vendor, state, code):
        Stall.objects.filter(pk=stall.pk).update(state=state, **({"partner": None} if state == "draft" else {}))

        with pytest.raises(NotAllowed) as refused:
            create(stall, product, vendor)

        assert refused.value.code == code

    @pytest.mark.parametrize(
        "wrong",
        [
            {"step": D(0)},
            {"step": D("0.0001")},
            {"min_steps": 0},
            {"note": "x" * 81},
            {"stock_mode": "infinite"},
            {"order_unit": "piece"},
        ],
        ids=lambda wrong: next(iter(wrong)),
    )
    def test_what_does_not_fit_is_refused_and_leaves_nothing(self, stall, product, vendor, wrong):
        if wrong.get("order_unit") == "piece":
            wrong = {"order_unit": factories.piece()}

        with pytest.raises(ValidationError):
            create(stall, product, vendor, **wrong)

        assert not Listing.objects.exists()
        assert not get_model("partner", "StockRecord").objects.exists()
        assert not AuditEntry.objects.exists()

    def test_a_price_that_is_none_is_refused(self, stall, product, vendor):
        with pytest.raises(BadNumber):
            create(stall, product, vendor, price=D("-3"))


class TestStates:
    def test_on_sale_paused_and_back(self, stall, product, vendor):
        listing = create(stall, product, vendor)

        states = [act(listing, by=vendor).state for act in (publish_listing, pause_listing, publish_listing)]

        assert states == [ListingState.LIVE, ListingState.PAUSED, ListingState.LIVE]
        verbs = AuditEntry.objects.values_list("verb", flat=True)
        assert list(verbs) == ["create_listing", "publish_listing", "pause_listing", "publish_listing"]

    @pytest.mark.parametrize("act", [publish_listing, pause_listing, archive_listing])
    def test_the_same_act_twice_is_one(self, act, vendor):
        listing = factories.make_listing()
        if act is publish_listing:
            pause_listing(listing, by=vendor)
        AuditEntry.objects.all().delete()

        act(listing, by=vendor)
        act(listing, by=vendor)

        assert AuditEntry.objects.count() == 1

    def test_a_draft_is_not_paused(self, stall, product, vendor):
        listing = create(stall, product, vendor)

        with pytest.raises(NotAllowed) as refused:
            pause_listing(listing, by=vendor)

        assert refused.value.code == "wrong_state"
        assert str(refused.value) == "A listing that is “draft” cannot become “paused”."

    def test_archived_is_for_good(self, vendor):
        listing = archive_listing(factories.make_listing(), by=vendor)

        for act in (publish_listing, pause_listing):
            with pytest.raises(NotAllowed):
                act(listing, by=vendor)

        assert Listing.objects.get().state == ListingState.ARCHIVED

    def test_a_closed_stall_publishes_nothing(self, vendor):
        listing = pause_listing(factories.make_listing(), by=vendor)
        Stall.objects.update(state="closed")

        with pytest.raises(NotAllowed) as refused:
            publish_listing(listing, by=vendor)

        assert refused.value.code == "stall_closed"

    def test_units_that_cannot_be_converted_are_not_published(self, vendor):
        listing = pause_listing(factories.make_listing(), by=vendor)
        Listing.objects.update(order_unit=factories.piece())

        with pytest.raises(ValidationError):
            publish_listing(listing, by=vendor)

        assert Listing.objects.get().state == ListingState.PAUSED
