"""The price of the day: read without guessing, written everywhere it is shown, asked back when it looks wrong."""

from decimal import Decimal as D

import pytest
from django.db import transaction

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import BadNumber, NotAllowed
from oscar_marketplace.listings.models import Listing, ListingState
from oscar_marketplace.listings.set_price import PriceNeedsConfirmation, read_price, set_price
from oscar_marketplace.test import factories


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("28,50", "28.50"),
        ("28.50", "28.50"),
        ("$ 28", "28"),
        ("1.250,00", "1250.00"),
        ("1,250.00", "1250.00"),
        (" 12½ ", "12.5"),
    ],
)
def test_prices_are_read_as_a_counter_writes_them(text, price):
    assert read_price(text, currency="MXN") == D(price)


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "MXN", "bad_number"),
        ("free", "MXN", "bad_number"),
        ("-5", "MXN", "bad_number"),
        ("1.250", "MXN", "ambiguous_number"),
        ("0", "MXN", "not_positive"),
        ("0,00", "MXN", "not_positive"),
        ("100000000", "MXN", "too_large"),
        ("0.125", "MXN", "too_fine"),
        ("28,5", "CLP", "too_fine"),
    ],
)
def test_what_is_no_price_is_refused_with_a_sentence(text, currency, code):
    with pytest.raises(BadNumber) as refused:
        read_price(text, currency=currency)

    assert refused.value.code == code
    assert "%(" not in str(refused.value)


@pytest.fixture
def vendor(db):
    return Actor("stall", factories.make_user("chayo").pk)


@pytest.fixture
def listing(db):
    return factories.make_listing(price="32.00")


def fresh(listing):
    return Listing.objects.select_related("stockrecord").get(pk=listing.pk)


def test_a_price_is_written_with_its_projection_and_who_did_it(listing, vendor):
    written = set_price(listing, price=D("36.50"), by=vendor)

    assert written.price == fresh(listing).price == D("36.50")
    assert fresh(listing).stockrecord.price == D("9.13")  # 250 g, rounded half up; only Oscar's lists show it
    assert fresh(listing).price_changed_at is not None
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target, entry.actor_id) == ("set_price", f"listing:{listing.pk}", vendor.user_id)
    assert entry.data == {"old": "32.00", "new": "36.50", "confirmed": False}


def test_by_amount_the_projection_stays_the_amount(vendor):
    listing = factories.make_listing(price="120.00", by_amount=True, step=D(20))

    set_price(listing, price=D("140.00"), by=vendor)

    assert fresh(listing).stockrecord.price == D("20.00")


def test_the_same_price_again_writes_nothing(listing, vendor):
    set_price(listing, price=D("32"), by=vendor)

    assert fresh(listing).price_changed_at is None
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("price", ["96.01", "320.00", "3200", "10.66", "3.20"])
def test_over_three_times_or_under_a_third_is_asked_back(listing, vendor, price):
    with pytest.raises(PriceNeedsConfirmation) as asked:
        set_price(listing, price=D(price), by=vendor)

    assert (asked.value.old, asked.value.new) == (D("32.00"), D(price))
    assert fresh(listing).price == D("32.00")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("price", ["96.00", "10.67", "33.00"])
def test_up_to_three_times_and_down_to_a_third_need_no_second_tap(listing, vendor, price):
    set_price(listing, price=D(price), by=vendor)

    assert fresh(listing).price == D(price)


def test_a_second_tap_writes_it(listing, vendor):
    set_price(listing, price=D("320.00"), by=vendor, confirmed=True)

    assert fresh(listing).price == D("320.00")
    assert AuditEntry.objects.get().data["confirmed"] is True


def test_it_is_compared_with_the_price_there_is_and_not_with_the_one_the_caller_read(listing, vendor):
    stale = fresh(listing)
    set_price(listing, price=D("90.00"), by=vendor)

    with pytest.raises(PriceNeedsConfirmation) as asked:
        set_price(stale, price=D("29.00"), by=vendor)

    assert asked.value.old == D("90.00")


@pytest.mark.parametrize("price", ["0", "-1", "32.005", "100000000"])
def test_what_is_no_price_is_refused_here_too(listing, vendor, price):
    with pytest.raises(BadNumber):
        set_price(listing, price=D(price), by=vendor, confirmed=True)

    assert fresh(listing).price == D("32.00")


def test_a_price_at_which_the_smallest_amount_costs_nothing_is_refused_whole(listing, vendor):
    with pytest.raises(BadNumber) as refused:
        set_price(listing, price=D("0.01"), by=vendor, confirmed=True)

    assert refused.value.code == "too_small"
    assert fresh(listing).price == D("32.00")
    assert fresh(listing).price_changed_at is None


def test_an_archived_listing_has_no_price_of_the_day(listing, vendor):
    Listing.objects.update(state=ListingState.ARCHIVED)

    with pytest.raises(NotAllowed) as refused:
        set_price(listing, price=D("33.00"), by=vendor)

    assert refused.value.code == "archived"


def test_it_is_written_with_its_caller_or_not_at_all(listing, vendor):
    with pytest.raises(RuntimeError), transaction.atomic():
        set_price(listing, price=D("33.00"), by=vendor)
        raise RuntimeError

    assert fresh(listing).price == D("32.00")
    assert not AuditEntry.objects.exists()
