"""Which stalls are in a market, and how their places there are said."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oscar_marketplace.markets.models import Market
from oscar_marketplace.stalls.models import Stall, StallPitch, StallState
from oscar_marketplace.translations.lookups import is_text, shown_text

#: Stalls a shopper sees; a paused one stays in its place and says so.
SHOWN = [StallState.APPROVED, StallState.PAUSED]


def holding_on(day: date) -> Q:
    """Places that hold on a day, whatever the weekday."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_until=None) | Q(valid_until__gte=day))


def stalls_in(market: Market, *, day: date, section: str = "") -> QuerySet:
    """Stalls with a place in the market, by name, with ``places_here`` and trades read along."""
    places = StallPitch.objects.filter(holding_on(day), pitch__market=market)
    here = places.filter(stall=OuterRef("pk"))
    if section:
        here = here.filter(is_text(StallPitch, "pitch__section", section))
    return (
        Stall.objects.filter(Exists(here), state__in=SHOWN)
        .select_related("operator")
        .prefetch_related(
            Prefetch("places", places.select_related("pitch").order_by("pitch__number"), to_attr="places_here"),
            "trades",
        )
        .order_by(shown_text(Stall, "name"), "pk")
    )


def say_pitches(numbers: Iterable[str]) -> str:
    """``Stall 14`` or ``Stalls 18 and 19``."""
    numbers = list(dict.fromkeys(numbers))
    if not numbers:
        return ""
    return ngettext("Stall %(numbers)s", "Stalls %(numbers)s", len(numbers)) % {
        "numbers": get_text_list(numbers, _("and"))
    }


def say_place(stall: Stall) -> str:
    """Number and trades of a stall from :func:`stalls_in`: ``Stall 14 · Vegetables, Herbs``."""
    numbers = say_pitches(place.pitch.number for place in stall.places_here)
    trades = ", ".join(trade.name for trade in stall.trades.all())
    return " · ".join(filter(None, [numbers, trades]))
