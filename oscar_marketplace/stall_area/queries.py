"""What a stall has to do, most urgent first; each read is a number of statements that no order adds to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from oscar_marketplace.markets.models import Wave
from oscar_marketplace.orders.goods_names import NAMED_BY
from oscar_marketplace.orders.models import Bag, BagMove, StallOrder, StallOrderLine
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.payments.models import ChargeShare

TO_DO = [StallOrderState.NEW, StallOrderState.ACCEPTED, StallOrderState.PREPARING, StallOrderState.READY]


@dataclass
class Work:
    """The open parts of a stall, in the order in which they are to be done."""

    to_answer: list[StallOrder] = field(default_factory=list)
    to_pack: list[StallOrder] = field(default_factory=list)
    to_hand_over: list[StallOrder] = field(default_factory=list)
    just_refused: list[StallOrder] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.to_answer or self.to_pack or self.to_hand_over)


@dataclass(frozen=True)
class Sold:
    """What went over the counter on a day: how many parts and their amount, tax included."""

    count: int
    amount: Decimal


def with_counter_facts(parts: QuerySet) -> QuerySet:
    """Parts with all that the vendor's pages show of them, and nothing of who bought: two statements.

    ``is_cash``: the shopper pays at the counter. ``bag_count``: bags packed.
    """
    promised = ChargeShare.objects.filter(stall_order=OuterRef("pk"), charge__state=ChargeState.PROMISED)
    bags = Bag.objects.filter(stall_order=OuterRef("pk")).order_by().values("stall_order").values(n=Count("pk"))
    lines = StallOrderLine.objects.select_related("order_unit", "price_unit", NAMED_BY).order_by("pk")
    return (
        parts.select_related("order", "hand_over__wave", "hand_over__market__operator", "stall__operator")
        # The contract names the shopper; nothing of it but its number belongs on a vendor's page.
        .only(
            *(f.attname for f in StallOrder._meta.concrete_fields),
            "order__number",
            "hand_over__kind",
            "hand_over__locked_until",
            *_all_of("hand_over__wave", "starts_at", "ends_at"),
            *_all_of("hand_over__market", "name", "time_zone", "desk_place"),
            *_all_of("hand_over__market__operator", "time_zone"),
            *_all_of("stall__operator", "time_zone", "currency", "undo_seconds"),
            *_all_of("stall", "name", "slug", "state"),
        )
        .prefetch_related(Prefetch("lines", lines))
        .annotate(is_cash=Exists(promised), bag_count=Coalesce(Subquery(bags), 0))
    )


def _all_of(path: str, *names: str) -> list[str]:
    return [f"{path}__{name}" for name in names]


def work_of_stall(parts: QuerySet, *, now: datetime) -> Work:
    """Sorts a stall's ``parts`` into what is to be answered, packed and handed over, each most urgent first."""
    open_parts = with_counter_facts(parts).filter(Q(state__in=TO_DO) | Q(state="rejected", undo_until__gt=now))
    work = Work()
    drawers = {
        StallOrderState.NEW: work.to_answer,
        StallOrderState.READY: work.to_hand_over,
        StallOrderState.REJECTED: work.just_refused,
    }
    for part in open_parts.order_by("pk"):
        drawers.get(part.state, work.to_pack).append(part)
    work.to_answer.sort(key=lambda part: _clock(part.accept_by, part))
    work.to_pack.sort(key=lambda part: _clock(part.ready_by, part))
    work.to_hand_over.sort(key=lambda part: _clock(fetched_at(part), part))
    return work


def _clock(moment: datetime | None, part: StallOrder) -> tuple:
    """Sooner first; what has no clock comes after what has one, oldest first."""
    return (moment is None, moment or part.state_since, part.pk)


def fetched_at(part: StallOrder) -> datetime | None:
    """When the shopper comes for it, as far as that was agreed."""
    wave = wave_of(part)
    return wave.starts_at if wave else None


def wave_of(part: StallOrder) -> Wave | None:
    """The pick-up time, if one was agreed."""
    return part.hand_over.wave if part.hand_over else None


def sold_on(parts: QuerySet, *, midnight: datetime) -> Sold:
    """What a stall's ``parts`` brought on the day that began at ``midnight``: the bags that reached their shopper."""
    reached = BagMove.objects.filter(
        bag__stall_order=OuterRef("pk"),
        target=BagMove.Holder.SHOPPER,
        at__gte=midnight,
        at__lt=midnight + timedelta(days=1),
    )
    # Summed here: SQLite would add the amounts as floats.
    amounts = parts.filter(Exists(reached)).values_list(Coalesce("final_incl_tax", "placed_incl_tax"), flat=True)
    amounts = list(amounts)
    return Sold(count=len(amounts), amount=sum(amounts, Decimal(0)))
