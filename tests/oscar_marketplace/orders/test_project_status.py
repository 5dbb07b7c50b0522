"""Oscar's statuses follow ours, last and outside our transaction; what the pipeline refuses blocks nothing."""

import logging
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from oscar.apps.order.signals import order_line_status_changed
from oscar.core.loading import get_model

from oscar_marketplace.aftersales.refusal import carry_out_refusal
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.project_status import orders_to_project, project_order
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.signals import stall_order_changed
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import bring_to, fresh, member_of, new_parts, placed_parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def stall(market):
    return factories.make_stall(market=market)


@pytest.fixture
def vendor(stall):
    return member_of(stall)


@pytest.fixture
def part(stall):
    return new_parts([(factories.make_listing(stall=stall), 4)])[0]


def statuses(part):
    order = get_model("order", "Order").objects.get(pk=part.order_id)
    return order.status, [line.status for line in order.lines.all()]


def test_statuses_follow_after_the_commit(part, vendor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        advance.accept(part, by=vendor)
        assert statuses(part) == ("Pending", ["Pending"])

    assert statuses(part) == ("Being processed", ["Being processed"])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (S.AWAITING_PAYMENT, "Pending"),
        (S.EXPIRED, "Cancelled"),
        (S.NEW, "Pending"),
        (S.READY, "Being processed"),
        (S.DELIVERED, "Complete"),
        (S.COMPLETED, "Complete"),
        (S.CANCELLED, "Cancelled"),
        (S.UNANSWERED, "Cancelled"),
    ],
)
def test_each_state_has_its_status(stall, vendor, state, expected):
    [part] = placed_parts([(factories.make_listing(stall=stall), 4)])
    bring_to(part, state, by=vendor)

    project_order(part.order_id)

    assert statuses(part) == (expected, [expected])


def test_parts_of_one_order_have_their_own_line_statuses(market, stall, vendor):
    other = factories.make_stall(market=market)
    parts = new_parts([(factories.make_listing(stall=each), 4) for each in (stall, other)])
    bring = advance.accept(parts[0], by=vendor)

    project_order(bring.order_id)

    assert statuses(parts[0]) == ("Being processed", ["Being processed", "Pending"])


def test_a_refusal_is_told_to_oscar_only_when_it_cannot_be_undone(part, vendor):
    now = timezone.now()
    advance.reject(part, by=vendor, now=now)
    project_order(part.order_id)
    assert statuses(part) == ("Pending", ["Pending"])

    carry_out_refusal(part, now=now + timedelta(seconds=60))
    project_order(part.order_id)

    assert statuses(part) == ("Cancelled", ["Cancelled"])


def test_a_status_the_citys_pipeline_refuses_is_logged_and_blocks_nothing(
    part, vendor, settings, caplog, django_capture_on_commit_callbacks
):
    settings.OSCAR_MARKETPLACE_LINE_STATUS_MAP = {"accepted": "Weighed in Narnia"}

    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        row = advance.accept(part, by=vendor)

    assert "Weighed in Narnia is not reachable from Pending" in caplog.text
    assert (fresh(row).state, statuses(part)) == (S.ACCEPTED, ("Being processed", ["Pending"]))


def test_a_citys_receiver_that_fails_undoes_nothing(part, vendor, django_capture_on_commit_callbacks):
    def receiver(**kwargs):
        raise RuntimeError("the city's code")

    order_line_status_changed.connect(receiver)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            advance.accept(part, by=vendor)
    finally:
        order_line_status_changed.disconnect(receiver)

    assert fresh(part).state == S.ACCEPTED


def test_what_a_crash_left_undone_is_found_again(part, vendor):
    now = timezone.now()
    advance.accept(part, by=vendor, now=now - timedelta(minutes=5))

    found = list(orders_to_project(since=now - timedelta(hours=1), until=now))

    assert found == [part.order_id]
    assert not orders_to_project(since=now - timedelta(minutes=4), until=now).exists()


def test_the_public_signal_is_sent_after_the_commit_with_what_changed(part, vendor, django_capture_on_commit_callbacks):
    heard = []

    def receiver(sender, stall_order, old, new, by, **kwargs):
        heard.append((stall_order.pk, old, new, by))
        raise RuntimeError("a city's receiver may fail")

    stall_order_changed.connect(receiver)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            advance.accept(part, by=vendor)
            assert heard == []
    finally:
        stall_order_changed.disconnect(receiver)

    assert heard == [(part.pk, S.NEW, S.ACCEPTED, vendor)]


def test_an_act_that_is_rolled_back_tells_nobody(part, vendor, django_capture_on_commit_callbacks):
    heard = []
    receiver = lambda **kwargs: heard.append(kwargs)  # noqa: E731
    stall_order_changed.connect(receiver)
    try:
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            advance.accept(part, by=vendor)
            transaction.set_rollback(True)
    finally:
        stall_order_changed.disconnect(receiver)

    assert (heard, fresh(part).state) == ([], S.NEW)
