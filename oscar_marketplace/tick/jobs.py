"""Every clock of the marketplace and what it does when it runs out, in the order in which a tick runs them.

Payments are asked about before anything expires, and messages leave last, with all that the tick itself wrote.
"""

from datetime import datetime, timedelta

from oscar_marketplace.aftersales.cancel import cancel_no_show, no_shows
from oscar_marketplace.aftersales.decide import decide_by_default, decisions_due
from oscar_marketplace.aftersales.expire import expire_order, unpaid_orders
from oscar_marketplace.aftersales.refusal import carry_out_refusal, give_up_waiting, refusals_to_carry_out
from oscar_marketplace.conf import settings
from oscar_marketplace.markets.models import Market
from oscar_marketplace.markets.waves import generate_waves
from oscar_marketplace.notifications.deliver import events_to_send, send_event
from oscar_marketplace.orders.complete import complete_part
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.pack import use_up_packed_goods
from oscar_marketplace.orders.project_status import orders_to_project, project_order
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.payments.bank.match import match_new_lines
from oscar_marketplace.payments.capture import capture_charge, charges_to_capture, charges_to_close, close_charge
from oscar_marketplace.payments.inbox import act_on, notifications_due
from oscar_marketplace.payments.refunds import orders_owed_to, refunds_to_send, request_refunds, send_refund
from oscar_marketplace.payments.settle import poll_open_charges
from oscar_marketplace.payments.start import resume_payments
from oscar_marketplace.tick.run import Job, each, in_batches

S = StallOrderState


def poll_charges(now: datetime) -> int:
    return poll_open_charges()


def bank_lines(now: datetime) -> int:
    """Only what a process left undone that died between importing a statement and matching it."""
    return match_new_lines()


def resume(now: datetime) -> int:
    return resume_payments()


def notifications(now: datetime) -> int:
    return each(notifications_due(now=now), lambda pk: act_on(pk, now=now))


def capture(now: datetime) -> int:
    return each(charges_to_capture(now=now), lambda pk: capture_charge(pk, now=now))


def close_given_up(now: datetime) -> int:
    return each(charges_to_close(now=now), close_charge)


def refunds(now: datetime) -> int:
    """What became owed lately, and what providers were not asked for yet or have not finished."""
    written = each(orders_owed_to(since=now - timedelta(hours=2)), request_refunds)
    return written + each(refunds_to_send(now=now), send_refund)


def refunds_missed(now: datetime) -> int:
    """All that is owed, however long ago: what a longer stop of the tick or an opening of the books left."""
    return each(orders_owed_to(), request_refunds)


def expire_unpaid(now: datetime) -> int:
    return each(list(unpaid_orders(now=now)), lambda order_id: expire_order(order_id, now=now))


def unanswered(now: datetime) -> int:
    late = StallOrder.objects.filter(state=S.NEW, accept_by__lte=now)
    return each(in_batches(late), lambda row: give_up_waiting(row, now=now))


def refusals(now: datetime) -> int:
    return each(in_batches(refusals_to_carry_out(now=now)), lambda row: carry_out_refusal(row, now=now))


def packed_goods(now: datetime) -> int:
    packed = StallOrder.objects.filter(state=S.READY, released_at=None).exclude(undo_until__gt=now)
    return each(in_batches(packed), lambda row: use_up_packed_goods(row, now=now))


def decisions(now: datetime) -> int:
    return each(in_batches(decisions_due(now=now)), lambda question: decide_by_default(question, now=now))


def no_show(now: datetime) -> int:
    return each(in_batches(no_shows(now=now)), lambda row: cancel_no_show(row, now=now))


def complete(now: datetime) -> int:
    due = StallOrder.objects.filter(state=S.DELIVERED, complete_at__lte=now)
    return each(in_batches(due), lambda row: complete_part(row, now=now))


def waves(now: datetime) -> int:
    markets = Market.objects.filter(is_public=True).select_related("operator")
    made = []

    def make(market: Market) -> None:
        made.append(generate_waves(market, now=now, days=settings.WAVE_DAYS))

    each(in_batches(markets), make)
    return sum(made)


def project_statuses(now: datetime) -> int:
    """Only what a process left undone that died between its commit and its last step."""
    missed = orders_to_project(since=now - timedelta(hours=1), until=now - timedelta(minutes=1))
    return each(list(missed), project_order)


def send_outbox(now: datetime) -> int:
    return each(in_batches(events_to_send(now=now)), lambda event: send_event(event, now=now))


JOBS = [
    Job("notifications", notifications),
    Job("poll_charges", poll_charges),
    Job("bank_lines", bank_lines),
    Job("resume_payments", resume),
    Job("expire_unpaid", expire_unpaid),
    Job("unanswered", unanswered),
    Job("refusals", refusals),
    Job("packed_goods", packed_goods),
    Job("decisions", decisions),
    Job("no_shows", no_show),
    Job("complete", complete),
    Job("capture", capture),
    Job("close_given_up", close_given_up),
    Job("refunds", refunds),
    Job("refunds_missed", refunds_missed, every=timedelta(hours=1)),
    Job("waves", waves, every=timedelta(minutes=15)),
    Job("project_statuses", project_statuses),
    Job("send_outbox", send_outbox),
]
