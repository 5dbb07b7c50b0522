"""Two weeks of orders up to now, placed and answered by the same verbs as real ones, each at its own hour.

Every order is known by the key of its checkout attempt, so that a second run finds it and leaves it alone.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Max
from django.utils import timezone

from example_site.demo.clock import clock_at
from example_site.demo.files import rows, yes
from example_site.demo.order_plan import ASKED, PlannedOrder, orders_of
from example_site.demo.place_planned import collecting_wave, place_planned
from example_site.demo.play_order import owners, play_order
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.listings.models import StockMode
from oscar_marketplace.markets.calendar import hours_of
from oscar_marketplace.markets.waves import generate_waves
from oscar_marketplace.models import CheckoutAttempt, Listing, Market, Operator, OutboxEvent, StallPitch
from oscar_marketplace.tick.jobs import JOBS

DAYS = 14
DAY = timedelta(days=1)
#: The clocks that bring an order to its end; not those that call providers or send mail.
SWEEPERS = {"expire_unpaid", "unanswered", "refusals", "packed_goods", "decisions", "no_shows", "complete"}
#: A past day's last act at a counter, and when it is swept: nothing is kept for a shopper any longer.
LAST_ACT, LAST_SWEEP = time(20, 45), time(23, 45)
#: Ends of parts whose order was placed just now, at whatever hour.
JUST_NOW = ASKED | {"unpaid"}
#: Ends of parts that wait to be collected, or were.
BAGGED = frozenset({"ready", "at-desk", "delivered"})


class History:
    """Brings the orders of the demo up to now."""

    def __init__(self, operator: Operator, listings: dict, now: datetime):
        self.listings, self.now = listings, now
        self.markets = list(Market.objects.filter(operator=operator).select_related("operator").order_by("pk"))
        self.zone = self.markets[0].zone
        self.today = timezone.localdate(now, self.zone)
        self.actors: dict[int, Actor] = owners()
        self.users = {
            user.username: user
            for user in get_user_model().objects.filter(
                username__in=[row["key"] for row in rows("shoppers") if yes(row["has_account"])]
            )
        }

    def load(self) -> int:
        """Place and advance what is missing of the last two weeks and today; returns how many orders it placed.

        Each verb commits its own transaction. Days that are over send no mail.
        """
        known = set(CheckoutAttempt.objects.filter(key__startswith="demo-").values_list("key", flat=True))
        placed = 0
        for day in (self.today - n * DAY for n in range(DAYS, -1, -1)):
            planned = orders_of(day, today=self.today, zone=self.zone)
            missing = [order for order in planned if order.key not in known]
            if missing:
                self._make_waves(day)
                play = self._play_today if day == self.today else self._play_past_day
                placed += play(day, missing)
        self._make_waves(self.today)
        return placed

    def _make_waves(self, day: date) -> None:
        """The pick-up times of that day, also those whose cut-off is over; today's come with the days ahead."""
        midnight = datetime.combine(day, time(0, 0), tzinfo=self.zone)
        for market in self.markets:
            generate_waves(market, now=midnight, days=None if day == self.today else 0)

    def _play_past_day(self, day: date, missing: list[PlannedOrder]) -> int:
        last_event = OutboxEvent.objects.aggregate(last=Max("pk"))["last"] or 0
        until = datetime.combine(day, LAST_ACT, tzinfo=self.zone)
        placed = sum(self._play(order, placed_at=order.placed_at, until=until) for order in missing)
        sweep_at = datetime.combine(day, LAST_SWEEP, tzinfo=self.zone)
        self._sweep(sweep_at)
        # Their time is over: a mail about them would only confuse.
        OutboxEvent.objects.filter(pk__gt=last_event, sent_at=None).update(sent_at=sweep_at)
        return placed

    def _play_today(self, day: date, missing: list[PlannedOrder]) -> int:
        """Today's orders as they are now; what happens at a counter happened while the halls were last open."""
        counter_time = self._last_open()
        placed = 0
        for order in missing:
            until = self.now if order.ends & JUST_NOW else counter_time
            placed_at, wave = until - timedelta(minutes=order.minutes_ago), None
            if order.ends <= BAGGED:
                wave = self._collecting_wave(order, until)
                placed_at = min(placed_at, wave.cutoff_at - timedelta(minutes=15)) if wave else placed_at
            placed += self._play(order, placed_at=placed_at, until=until, wave=wave)
        self._sweep(self.now)
        self._goods_came(self.today)
        return placed

    def _play(self, planned: PlannedOrder, *, placed_at: datetime, until: datetime, wave=None) -> bool:
        self._goods_came(timezone.localdate(placed_at, self.zone))
        with clock_at(placed_at):
            user = self.users.get(planned.shopper)
            order = place_planned(planned, listings=self.listings, user=user, wave=wave)
        if order is not None:
            play_order(order, planned, placed_at=placed_at, until=until, actors=self.actors)
        return order is not None

    def _collecting_wave(self, planned: PlannedOrder, until: datetime):
        market_id = StallPitch.objects.filter(stall__slug=planned.parts[0].stall).values_list("pitch__market")[:1]
        return collecting_wave(market_id, by=until, collected="delivered" in planned.ends)

    def _last_open(self) -> datetime:
        """Now, or the last minute in which the first hall was open."""
        hall = next(market for market in self.markets if market.kind == Market.Kind.HALL)
        spans = hours_of(hall).open_between(self.now - 3 * DAY, self.now)
        return min(spans[-1][1], self.now) if spans else self.now

    @staticmethod
    def _goods_came(day: date) -> None:
        """What comes fresh came on ``day``; without this, nothing of it could be bought on a day gone by."""
        Listing.objects.filter(stock_mode=StockMode.DAILY).exclude(came_on=day).update(came_on=day)

    @staticmethod
    def _sweep(moment: datetime) -> None:
        with clock_at(moment):
            for job in JOBS:
                if job.name in SWEEPERS:
                    job.work(moment)


def orders_to_follow() -> Iterator[tuple[str, object]]:
    """Today's orders that show most, each with a few words; for the report of the command."""
    shown = {
        "new-kitchen": "just placed, at three stalls",
        "ready": "waiting at the stalls, code %(code)s",
        "refused": "a stall refused: a question is open",
        "two-markets": "from two markets",
    }
    attempts = CheckoutAttempt.objects.exclude(order=None).select_related("order").order_by("-created_at")
    for key, words in shown.items():
        attempt = attempts.filter(key__regex=rf"^demo-\d+-\d+-\d+-{key}$").first()
        if attempt is not None:
            yield words % {"code": attempt.order.hand_overs.first().code}, attempt.order
