"""Counted stock: promising it to an order, giving it back, using it up.

``num_allocated`` counts what is promised, ``num_in_stock`` what is on the counter; what is free is always their
difference. Oscar's own ``allocate()`` has no upper bound: two shoppers both get the last kilo.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Coalesce, Greatest
from oscar.core.loading import get_model

from oscar_marketplace.exceptions import OutOfStock

ALLOCATED = Coalesce(F("num_allocated"), 0)


def allocate(wanted: Mapping[int, int]) -> None:
    """Promise steps of stock: ``{stock record pk: steps}``, all of them or none.

    Locks the stock records in primary key order and writes one conditional UPDATE, which is what keeps two shoppers
    from getting the same kilo. Runs in the caller's transaction, which must be rolled back when this raises.

    Raises:
        OutOfStock: ``params["stockrecords"]`` are those without enough left.
    """
    if not wanted:
        return
    StockRecord = get_model("partner", "StockRecord")
    rows = list(
        StockRecord.objects.filter(pk__in=wanted)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", "num_in_stock", "num_allocated", "low_stock_threshold")
    )
    changed = (
        StockRecord.objects.filter(pk__in=wanted)
        .filter(num_in_stock__gte=ALLOCATED + _amounts(wanted))
        .update(num_allocated=ALLOCATED + _amounts(wanted))
    )
    if changed != len(wanted):
        free = {pk: (in_stock or 0) - (allocated or 0) for pk, in_stock, allocated, _ in rows}
        short = [pk for pk, steps in wanted.items() if free.get(pk, 0) < steps]
        raise OutOfStock(stockrecords=short, titles="")
    watched = [pk for pk, _, _, threshold in rows if threshold is not None]
    if watched:
        transaction.on_commit(lambda: _tell_oscar(watched), robust=True)


def give_back(steps_by_line: Mapping[int, int | None]) -> None:
    """Free what was promised to order lines: ``{order line pk: steps}``, None for all that is left of it.

    Never more than the line still has, so that calling it twice frees once. Locks stock records, then order lines.
    """
    _lower(steps_by_line, uses_up=False)


def consume(steps_by_line: Mapping[int, int | None]) -> None:
    """Take what was packed off the counter: lowers both what is promised and what is in stock."""
    _lower(steps_by_line, uses_up=True)


def _lower(steps_by_line: Mapping[int, int | None], *, uses_up: bool) -> None:
    Line = get_model("order", "Line")
    StockRecord = get_model("partner", "StockRecord")
    record_ids = set(
        Line.objects.filter(pk__in=steps_by_line, num_allocated__gt=0).values_list("stockrecord_id", flat=True)
    )
    if not record_ids:
        return
    list(StockRecord.objects.filter(pk__in=record_ids).order_by("pk").select_for_update().values_list("pk"))
    lines = Line.objects.filter(pk__in=steps_by_line, num_allocated__gt=0).order_by("pk").select_for_update()
    by_line, by_record, emptied = {}, {}, []
    for pk, record_id, allocated in lines.values_list("pk", "stockrecord_id", "num_allocated"):
        wanted = steps_by_line[pk]
        steps = allocated if wanted is None else min(wanted, allocated)
        if steps > 0:
            by_line[pk] = steps
            by_record[record_id] = by_record.get(record_id, 0) + steps
            if steps == allocated and not uses_up:
                emptied.append(pk)
    if not by_line:
        return
    change = {"num_allocated": Greatest(ALLOCATED - _amounts(by_record), 0)}
    if uses_up:
        change["num_in_stock"] = Greatest(Coalesce(F("num_in_stock"), 0) - _amounts(by_record), 0)
    StockRecord.objects.filter(pk__in=by_record).update(**change)
    Line.objects.filter(pk__in=by_line).update(num_allocated=F("num_allocated") - _amounts(by_line))
    if emptied:
        # As Oscar's own cancelling does, so that its screens and a city's code see it.
        Line.objects.filter(pk__in=emptied).update(allocation_cancelled=True)


def _amounts(steps: Mapping[int, int]) -> Case:
    """The number for each row, inside one statement."""
    return Case(*(When(pk=pk, then=Value(n)) for pk, n in steps.items()), output_field=IntegerField())


def _tell_oscar(stockrecord_ids) -> None:
    # Oscar opens its low-stock alerts on the signals its own allocate() sends.
    for record in get_model("partner", "StockRecord").objects.filter(pk__in=stockrecord_ids):
        record.post_save_signal()
