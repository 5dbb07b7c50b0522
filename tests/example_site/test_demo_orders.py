"""The orders of the demo city: every state, at whatever hour it is loaded, and no second time."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.core.management import call_command
from django.db.models import Sum
from django.test import TestCase
from django.utils import timezone
from oscar.core.loading import get_model

from example_site.demo.assortment import assortment
from example_site.demo.files import by_code, months, rows, yes
from example_site.demo.order_history import DAYS
from example_site.demo.order_plan import ASKED, ENDS, orders_of
from oscar_marketplace.models import Charge, CheckoutAttempt, Decision, HandOver, OutboxEvent, StallOrder
from oscar_marketplace.orders.states import StallOrderState
from tests.example_site.fingerprint import everything

ZONE = ZoneInfo("America/Mexico_City")
Order = get_model("order", "Order")


def load() -> str:
    out = io.StringIO()
    call_command("load_demo_city", stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_written_orders_name_goods_that_are_always_there():
    offers = {(offer.stall, offer.product): offer for offer in assortment()}
    today = datetime(2026, 11, 24, tzinfo=ZONE).date()
    for row in rows("orders"):
        assert row["shopper"] in by_code("shoppers", "key")
        assert bool(row["at"]) == (row["days_ago"] != "0")
    for days_ago in range(3):
        written = [o for o in orders_of(today - timedelta(days_ago), today=today, zone=ZONE) if not o.key[-1].isdigit()]
        for part in (part for order in written for part in order.parts):
            assert part.end in ENDS
            assert part.end not in ASKED or not yes(by_code("stalls", "slug")[part.stall]["auto_accept"])
            for product, _steps in part.lines:
                offer = offers[part.stall, product]
                assert not (offer.is_paused or offer.is_sold_out), offer
                assert not months(by_code("products")[product]["season"]), offer


def test_a_day_that_is_over_has_no_open_order():
    today = datetime(2026, 11, 24, tzinfo=ZONE).date()
    ends = {
        end
        for n in range(1, 60)
        for order in orders_of(today - timedelta(n), today=today, zone=ZONE)
        for end in order.ends
    }

    assert ends <= {"delivered", "rejected", "unanswered", "expired", "returned", "no-show"}


class OnATuesdayMorning(TestCase):
    NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZONE)

    @classmethod
    def setUpTestData(cls):
        with time_machine.travel(cls.NOW.astimezone(UTC), tick=False):
            cls.printed = load()

    def test_every_state_is_there_in_the_city_and_at_dona_chayos(self):
        dona_chayo = StallOrder.objects.filter(stall__slug="verduras-dona-chayo")

        assert set(StallOrder.objects.values_list("state", flat=True)) == set(StallOrderState.values)
        assert set(dona_chayo.values_list("state", flat=True)) == set(StallOrderState.values)

    def test_they_reach_from_two_weeks_ago_to_now_and_none_lies_in_the_future(self):
        first, last = Order.objects.earliest("date_placed"), Order.objects.latest("date_placed")

        assert timezone.localdate(first.date_placed, ZONE) == self.NOW.date() - timedelta(DAYS)
        assert self.NOW - timedelta(minutes=5) < last.date_placed <= self.NOW
        assert not StallOrder.objects.filter(state_since__gt=self.NOW).exists()

    def test_every_order_is_partitioned_to_the_cent(self):
        for order in Order.objects.annotate(parts=Sum("stall_orders__placed_incl_tax")):
            assert order.parts == order.total_incl_tax, order.number
            lines = StallOrder.objects.filter(order=order).aggregate(sum=Sum("lines__placed_incl_tax"))["sum"]
            assert lines == order.total_incl_tax, order.number

    def test_what_was_collected_was_weighed_and_paid(self):
        collected = StallOrder.objects.filter(state__in=["delivered", "completed"])
        weighed = collected.filter(lines__is_estimated=True).exclude(lines__packed_measure=None)

        assert weighed.exists()
        for part in collected:
            assert part.charge_shares.filter(charge__state="captured").exists(), part.number
        assert any(part.final_incl_tax != part.placed_incl_tax for part in weighed)

    def test_cash_that_was_taken_is_what_the_weighed_goods_cost(self):
        for charge in Charge.objects.filter(provider="cash", state="captured").prefetch_related("shares__stall_order"):
            part = charge.shares.all()[0].stall_order

            assert charge.captured == part.final_incl_tax * 100, part.number

    def test_every_written_order_was_placed(self):
        placed = {key.split("-", 4)[-1] for key in CheckoutAttempt.objects.values_list("key", flat=True)}

        assert {row["key"] for row in rows("orders")} <= placed

    def test_each_hall_has_an_order_to_answer(self):
        waiting = StallOrder.objects.filter(state="new").values_list("stall__places__pitch__market__slug", flat=True)

        assert set(waiting) >= {row["slug"] for row in rows("markets") if row["kind"] == "hall"}

    def test_the_special_orders_are_there(self):
        open_question = Decision.objects.get(answered_at=None)
        at_two_markets = CheckoutAttempt.objects.get(key__endswith="two-markets").order
        birria = StallOrder.objects.filter(stall__slug="birrieria-los-tatemados").latest("pk")
        short = CheckoutAttempt.objects.get(key__endswith="-short").order

        assert open_question.decide_by > self.NOW
        assert at_two_markets.hand_overs.count() == 2
        assert {line.tax_rate for line in birria.lines.all()} == {Decimal("0.16")}
        assert short.stall_orders.filter(lines__offered_measure__isnull=False).exists()
        assert HandOver.objects.filter(kind="desk", state="waiting").exists()

    def test_days_that_are_over_send_no_mail_and_today_does(self):
        midnight = datetime(2026, 11, 24, tzinfo=ZONE)
        waiting = OutboxEvent.objects.filter(sent_at=None)

        assert not waiting.filter(created_at__lt=midnight).exists()
        assert waiting.filter(topic="order_placed").exists()

    def test_the_report_leads_to_orders(self):
        paths = [line.split()[-1] for line in self.printed.splitlines() if "/my-order/" in line or "code" in line]

        assert len(paths) >= 4
        for path in paths:
            assert self.client.get(path).status_code == 200, path

    def test_a_second_run_at_the_same_time_changes_nothing(self):
        before = everything()

        with time_machine.travel(self.NOW.astimezone(UTC), tick=False):
            load()

        assert everything() == before

    def test_the_next_day_has_its_own_new_orders_and_keeps_the_old(self):
        before = set(Order.objects.values_list("number", flat=True))
        tomorrow = self.NOW + timedelta(days=1)

        with time_machine.travel(tomorrow.astimezone(UTC), tick=False):
            load()

        fresh = StallOrder.objects.filter(state="new", order__date_placed__gt=tomorrow - timedelta(hours=1))
        assert before < set(Order.objects.values_list("number", flat=True))
        assert fresh.count() >= 3


class AtAnyHour:
    """The same promise, with fewer days behind it."""

    NOW: datetime

    @classmethod
    def setUpTestData(cls):
        with (
            mock.patch("example_site.demo.order_history.DAYS", 2),
            time_machine.travel(cls.NOW.astimezone(UTC), tick=False),
        ):
            load()

    def test_every_state_is_there(self):
        assert set(StallOrder.objects.values_list("state", flat=True)) == set(StallOrderState.values)


class InTheMiddleOfTheNight(AtAnyHour, TestCase):
    NOW = datetime(2026, 12, 24, 2, 10, tzinfo=ZONE)


class AsTheMarketOpensOnAMonday(AtAnyHour, TestCase):
    NOW = datetime(2027, 1, 11, 7, 1, tzinfo=ZONE)


class OnASundayEvening(AtAnyHour, TestCase):
    NOW = datetime(2027, 5, 16, 20, 30, tzinfo=ZONE)
