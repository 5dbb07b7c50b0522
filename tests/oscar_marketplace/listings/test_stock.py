"""Is there any today, and how much of it."""

from datetime import date, timedelta

import pytest
from oscar.core.loading import get_model

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import BadNumber, NotAllowed
from oscar_marketplace.listings.availability import why_not
from oscar_marketplace.listings.models import Listing, ListingState, StockMode
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.listings.stock import mark_available, mark_came_today, mark_sold_out, set_stock
from oscar_marketplace.test import factories
from oscar_marketplace.test.factories import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor():
    return Actor("stall", factories.make_user("chayo").pk)


def fresh(listing):
    return with_price_facts(Listing.objects.filter(pk=listing.pk)).get()


def reason(listing, now, steps=1):
    refusal = why_not(fresh(listing), steps, now=now)
    return refusal.code if refusal else None


def evening(listing):
    """Half past nine in the evening at the counter, which is tomorrow in UTC."""
    return at("2026-11-23 21:30", listing.stall.places.get().pitch.market.zone)


class TestSoldOutToday:
    def test_it_is_sold_out_until_midnight_at_the_counter(self, vendor):
        listing = factories.make_listing()
        now = evening(listing)

        written = mark_sold_out(listing, by=vendor, now=now)

        assert written.sold_out_on == date(2026, 11, 23)
        assert reason(listing, now) == "sold_out"
        assert reason(listing, now + timedelta(hours=2)) == "sold_out"
        assert reason(listing, now + timedelta(hours=3)) is None

    def test_it_can_be_taken_back(self, vendor):
        listing = factories.make_listing()
        now = evening(listing)
        mark_sold_out(listing, by=vendor, now=now)

        mark_available(listing, by=vendor)

        assert reason(listing, now) is None
        verbs = AuditEntry.objects.values_list("verb", "actor")
        assert list(verbs) == [("mark_sold_out", vendor.user_id), ("mark_available", vendor.user_id)]

    def test_saying_it_twice_is_saying_it_once(self, vendor):
        listing = factories.make_listing()

        for _ in range(2):
            mark_sold_out(listing, by=vendor, now=evening(listing))

        assert AuditEntry.objects.count() == 1

    def test_nothing_to_take_back_writes_nothing(self, vendor):
        mark_available(factories.make_listing(), by=vendor)

        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("act", [mark_sold_out, mark_available, mark_came_today])
    def test_an_archived_listing_is_left_alone(self, vendor, act):
        listing = factories.make_listing(state=ListingState.ARCHIVED)

        with pytest.raises(NotAllowed) as refused:
            act(listing, by=vendor)

        assert refused.value.code == "archived"
        assert not AuditEntry.objects.exists()


class TestWhatCameToday:
    def test_it_is_on_sale_on_the_day_it_came(self, vendor):
        listing = factories.make_listing(stock_mode=StockMode.DAILY)
        now = evening(listing)
        before = reason(listing, now)

        mark_came_today(listing, by=vendor, now=now)

        assert (before, reason(listing, now)) == ("sold_out", None)
        assert reason(listing, now + timedelta(days=1)) == "sold_out"

    def test_it_overrules_sold_out(self, vendor):
        listing = factories.make_listing(stock_mode=StockMode.DAILY)
        now = evening(listing)
        mark_came_today(listing, by=vendor, now=now)
        mark_sold_out(listing, by=vendor, now=now)
        sold_out = reason(listing, now)

        mark_came_today(listing, by=vendor, now=now)

        assert (sold_out, reason(listing, now)) == ("sold_out", None)

    def test_counted_goods_can_be_counted_in_the_same_tap(self, vendor):
        listing = factories.make_listing(stock=0)

        mark_came_today(listing, by=vendor, steps=12)

        assert fresh(listing).stockrecord.num_in_stock == 12

    def test_goods_nobody_counts_take_no_number(self, vendor):
        listing = factories.make_listing(stock_mode=StockMode.DAILY)

        with pytest.raises(NotAllowed) as refused:
            mark_came_today(listing, by=vendor, steps=12)

        assert refused.value.code == "not_counted"
        assert fresh(listing).came_on is None
        assert not AuditEntry.objects.exists()


class TestCounting:
    def promise(self, listing, steps):
        get_model("partner", "StockRecord").objects.filter(pk=listing.stockrecord_id).update(num_allocated=steps)

    def test_the_new_count_is_written_with_who_counted(self, vendor):
        listing = factories.make_listing(stock=10)

        task = set_stock(listing, steps=25, by=vendor)

        assert task is None
        assert fresh(listing).stockrecord.num_in_stock == 25
        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.data, entry.actor_id) == ("set_stock", {"old": 10, "new": 25}, vendor.user_id)

    def test_below_what_is_promised_is_written_and_opens_a_task(self, vendor):
        listing = factories.make_listing(stock=10)
        self.promise(listing, 6)

        task = set_stock(listing, steps=4, by=vendor)

        stockrecord = fresh(listing).stockrecord
        assert (stockrecord.num_in_stock, stockrecord.num_allocated) == (4, 6)
        assert (task.verb, task.target, task.data) == (
            "stock_below_promised",
            f"listing:{listing.pk}",
            {"steps": 4, "promised": 6},
        )
        assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["set_stock", "stock_below_promised"]
        assert reason(listing, evening(listing)) == "sold_out"

    def test_exactly_what_is_promised_opens_none(self, vendor):
        listing = factories.make_listing(stock=10)
        self.promise(listing, 6)

        assert set_stock(listing, steps=6, by=vendor) is None

    def test_counting_the_same_again_writes_nothing(self, vendor):
        listing = factories.make_listing(stock=10)

        set_stock(listing, steps=10, by=vendor)

        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("steps", [-1, 1_000_001])
    def test_an_absurd_count_is_refused(self, vendor, steps):
        listing = factories.make_listing(stock=10)

        with pytest.raises(BadNumber):
            set_stock(listing, steps=steps, by=vendor)

        assert fresh(listing).stockrecord.num_in_stock == 10

    def test_goods_on_demand_are_not_counted(self, vendor):
        listing = factories.make_listing()

        with pytest.raises(NotAllowed) as refused:
            set_stock(listing, steps=5, by=vendor)

        assert refused.value.code == "not_counted"
        assert fresh(listing).stockrecord.num_in_stock is None

    def test_oscars_low_stock_alert_hears_of_it_after_the_commit(self, vendor, django_capture_on_commit_callbacks):
        listing = factories.make_listing(stock=10)
        get_model("partner", "StockRecord").objects.update(low_stock_threshold=5)
        StockAlert = get_model("partner", "StockAlert")

        with django_capture_on_commit_callbacks(execute=True):
            set_stock(listing, steps=2, by=vendor)
            before = StockAlert.objects.count()

        assert (before, StockAlert.objects.count()) == (0, 1)
