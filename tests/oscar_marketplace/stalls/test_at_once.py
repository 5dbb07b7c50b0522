"""Two people act at the same moment. On PostgreSQL, each with their own connection.

A barrier stands between what an act checks and what it writes: both would pass it if nothing made them wait for each
other. With the lock the second one never reaches it, the barrier runs out, and the first goes on alone.
"""

import threading
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.listings import publish
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.markets import waves
from oscar_marketplace.markets.models import Wave, WavePlace, WaveRule
from oscar_marketplace.stalls import members
from oscar_marketplace.stalls.models import StallMember
from oscar_marketplace.test import factories
from tests.concurrency.rush import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def wait_after(monkeypatch, module, name):
    """Both threads stop after ``module.name`` until the other is there too, or for a second."""
    barrier, check = threading.Barrier(2), getattr(module, name)

    def check_and_wait(*args, **kwargs):
        result = check(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1)
        return result

    monkeypatch.setattr(module, name, check_and_wait)


def test_of_two_owners_who_remove_each_other_one_stays(monkeypatch):
    chayo, beto = factories.make_user("chayo"), factories.make_user("beto")
    stall = factories.make_stall(owner=chayo)
    StallMember.objects.create(stall=stall, user=beto, role=StallMember.Role.OWNER)
    first, second = stall.members.get(user=chayo), stall.members.get(user=beto)
    wait_after(monkeypatch, members, "_check_not_last_owner")

    outcomes = together(
        lambda: members.remove_member(second, by=Actor.of(chayo, role="stall")),
        lambda: members.remove_member(first, by=Actor.of(beto, role="stall")),
    )

    refusals = [outcome for outcome in outcomes if isinstance(outcome, NotAllowed)]
    assert len(refusals) == 1
    assert stall.members.count() == 1


def test_two_taps_make_one_listing(monkeypatch):
    stall, product, kilo = factories.make_stall(), factories.make_product(), factories.kilo()
    wait_after(monkeypatch, publish, "_check_may_sell")

    def create():
        return publish.create_listing(
            stall, product=product, price=D(32), price_unit=kilo, order_unit=kilo, by=Actor("stall")
        )

    outcomes = together(create, create)

    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [NotAllowed]
    assert Listing.objects.count() == 1


def test_two_processes_make_each_wave_once_with_its_places_once(monkeypatch):
    market = factories.make_market()
    for day in range(1, 8):
        WaveRule.objects.create(market=market, weekday=day, starts="10:00", ends="12:00", capacity=3)
    early = timezone.localtime(timezone.now(), market.zone).replace(hour=6) + timedelta(days=1)
    wait_after(monkeypatch, waves, "_rule_days")

    made = together(
        lambda: waves.generate_waves(market, now=early, days=6),
        lambda: waves.generate_waves(market, now=early, days=6),
    )

    assert sum(made) == Wave.objects.count() == 7
    assert WavePlace.objects.count() == 3 * 7
