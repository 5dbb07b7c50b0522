"""Two ticks at the same moment do the work once. On PostgreSQL, with two connections and a barrier."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh, member_of, new_parts, pack
from oscar_marketplace.tick.run import run_due_jobs

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def tick_twice_at_once(now):
    start, results, problems = threading.Barrier(2), [], []

    def tick():
        try:
            start.wait(timeout=10)
            results.append(run_due_jobs(now=now))
        except Exception as problem:  # noqa: BLE001 (shown by the assertion below)
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert problems == []
    return {name: sum(result.get(name, 0) for result in results) for name in results[0]}


@pytest.fixture
def parts(market):
    """Twelve parts of six orders: a third refused, a third packed, a third never answered."""
    stalls = [factories.make_stall(market=market) for _ in range(2)]
    vendors = [member_of(stall) for stall in stalls]
    listings = [factories.make_listing(stall=stall, stock=100) for stall in stalls]
    wave = factories.make_wave(market)
    parts = [part for _ in range(6) for part in new_parts([(listing, 4) for listing in listings], wave=wave)]
    for number, part in enumerate(parts):
        by = vendors[number % 2]
        if number % 3 == 0:
            advance.reject(part, by=by)
        elif number % 3 == 1:
            pack(advance.accept(part, by=by), by=by)
    return parts


def test_every_clock_is_served_once(parts):
    done = tick_twice_at_once(timezone.now() + timedelta(minutes=45))

    assert (done["refusals"], done["packed_goods"], done["unanswered"]) == (4, 4, 4)
    states = StallOrder.objects.values_list("state", flat=True)
    assert sorted(states) == sorted([S.REJECTED, S.READY, S.UNANSWERED] * 4)
    assert AuditEntry.objects.filter(verb="carry_out_refusal").count() == 8
    assert AuditEntry.objects.filter(verb="use_up_goods").count() == 4
    records = [fresh(part.lines.get().listing.stockrecord) for part in parts[:2]]
    # Each stall packed two parts of four steps; everything else went back to its counter.
    assert [(record.num_in_stock, record.num_allocated) for record in records] == [(92, 0), (92, 0)]


def test_every_message_is_sent_once(parts):
    tick_twice_at_once(timezone.now() + timedelta(minutes=45))

    assert not OutboxEvent.objects.filter(sent_at=None).exists()
    assert OutboxEvent.objects.exclude(attempts=1).count() == 0
    told = [(message.to[0], message.subject, message.extra_headers["Message-ID"]) for message in mail.outbox]
    assert len(told) == len(set(told)) > 12


def test_a_question_is_asked_once(market):
    """Two stalls' refusals of one order, carried out at the same moment while a third has not answered."""
    stalls = [factories.make_stall(market=market) for _ in range(3)]
    parts = new_parts([(factories.make_listing(stall=stall, stock=20), 4) for stall in stalls])
    for part, stall in zip(parts[:2], stalls[:2], strict=True):
        advance.reject(part, by=member_of(stall))

    done = tick_twice_at_once(timezone.now() + timedelta(minutes=2))

    assert (done["refusals"], Decision.objects.count()) == (2, 1)
    assert [option["parts"] for option in Decision.objects.get().options] == [[parts[2].pk], [parts[2].pk]]
    assert OutboxEvent.objects.filter(topic__in=["decision_opened", "stall_order_refused"]).count() == 2
