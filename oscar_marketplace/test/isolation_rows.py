"""What the isolation matrix compares before and after a request: every row, or those of one stall alone."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model, Q, QuerySet
from oscar.core.loading import get_model

from oscar_marketplace.test.isolation_world import Side

Rows = dict[str, list[dict]]


def every_row() -> Rows:
    """Every row of the package, of what Oscar keeps for it, and of the people."""
    models = [
        *apps.get_app_config("oscar_marketplace").get_models(),
        get_model("partner", "StockRecord"),
        get_model("order", "Order"),
        get_model("order", "Line"),
        get_model("basket", "Line"),
        get_user_model(),
    ]
    return {model._meta.label: _rows(model._default_manager.all()) for model in models}


def rows_of_stall(side: Side) -> Rows:
    """Every row that belongs to one stall alone; what two stalls share (an order, its hand-over) is neither's."""
    ours = {
        "Stall": Q(pk=side.stall.pk),
        "StallMember": Q(stall=side.stall),
        "StallPitch": Q(stall=side.stall),
        "Listing": Q(stall=side.stall),
        "StallOrder": Q(stall=side.stall),
        "StallOrderLine": Q(stall_order__stall=side.stall),
        "Bag": Q(stall_order__stall=side.stall),
        "BagMove": Q(bag__stall_order__stall=side.stall),
        "ChargeShare": Q(stall_order__stall=side.stall),
        "LedgerAccount": Q(stall=side.stall),
        "LedgerPosting": Q(account__stall=side.stall),
        "Charge": Q(shares__stall_order__stall=side.stall),
        "StockHold": Q(stockrecord__partner=side.stall.partner),
    }
    models: list[tuple[type[Model], Q]] = [(apps.get_model("oscar_marketplace", name), q) for name, q in ours.items()]
    models.append((get_model("partner", "StockRecord"), Q(partner=side.stall.partner)))
    return {model._meta.label: _rows(model._default_manager.filter(q).distinct()) for model, q in models}


def _rows(queryset: QuerySet) -> list[dict]:
    return list(queryset.order_by("pk").values())


def changed_tables(before: Rows, after: Rows) -> list[str]:
    """Names of the tables that differ."""
    return sorted(label for label in before if before[label] != after[label])
