"""The demo's stalls were paid last week; today's batch waits."""

import pytest
from django.utils import timezone

from example_site.demo.payouts import WITH_ACCOUNT, load_payouts
from oscar_marketplace.models import Payout, PayoutBatch
from oscar_marketplace.payouts.account_numbers import is_clabe
from oscar_marketplace.payouts.check_payouts import troubles_of_payouts
from oscar_marketplace.test import factories
from tests.oscar_marketplace.payouts.conftest import sold

pytestmark = pytest.mark.django_db


def test_one_week_is_paid_and_one_waits_and_a_second_run_changes_nothing():
    for name in ("admin", "editora"):
        factories.make_user(name)
    chayo = factories.make_stall(owner=factories.make_user("chayo"))
    other = factories.make_stall(market=chayo.places.get().pitch.market)
    for stall in (chayo, other):
        sold(stall, 3200, days_ago=12)
        sold(stall, 1000, days_ago=4)

    made = load_payouts(chayo.operator, now=timezone.now())
    again = load_payouts(chayo.operator, now=timezone.now())

    assert (made, again, PayoutBatch.objects.count()) == (4, 0, 4)
    found = Payout.objects.order_by("pk").values_list("method", "amount", "state")
    assert list(found) == [
        ("spei", 3200, "paid"),
        ("cash", 3200, "paid"),
        ("spei", 1000, "draft"),
        ("cash", 1000, "draft"),
    ]
    assert list(troubles_of_payouts()) == []


def test_the_made_up_accounts_have_right_check_digits():
    assert all(is_clabe(number) for number in WITH_ACCOUNT.values())
