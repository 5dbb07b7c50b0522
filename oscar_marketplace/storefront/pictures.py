"""Which goods stand for a stall or a market on its card: those it sells most kinds of, or more of than others."""

from collections import Counter
from collections.abc import Iterable

from django.core.cache import cache
from django.db.models import Count, F, QuerySet

from oscar_marketplace.listings.models import Listing, ListingState
from oscar_marketplace.stalls.models import StallState

ICON = "stockrecord__product__catalogue_entry__icon"
#: The pictures of a market come from all its listings, so they are remembered for a while.
REMEMBER_SECONDS = 600


def pictures_of_stalls(stall_ids: Iterable[int], *, most: int = 3) -> dict[int, list[str]]:
    """Stall -> names of icons, the most frequent first; one statement."""
    listings = Listing.objects.filter(state=ListingState.LIVE, stall_id__in=list(stall_ids))
    return _most_frequent(listings.annotate(owner=F("stall_id")), most=most)


def pictures_of_markets(market_ids: Iterable[int], *, most: int = 4) -> dict[int, list[str]]:
    """Market -> names of icons, its most telling goods first; at most one statement, remembered for ten minutes.

    Herbs are sold everywhere: what a market has more of than the others tells it from them.
    """
    keys = {f"oscar_marketplace:pictures:{market_id}": market_id for market_id in market_ids}
    known = cache.get_many(keys)
    found = {keys[key]: pictures for key, pictures in known.items()}
    missing = [market_id for key, market_id in keys.items() if key not in known]
    if missing:
        listings = Listing.objects.filter(state=ListingState.LIVE, stall__state=StallState.APPROVED).annotate(
            owner=F("stall__places__pitch__market_id")
        )
        read = _most_telling(_counted(listings.exclude(owner=None)), most=most)
        fresh = {market_id: read.get(market_id, []) for market_id in missing}
        cache.set_many({key: fresh[pk] for key, pk in keys.items() if pk in fresh}, REMEMBER_SECONDS)
        found.update(fresh)
    return found


def _most_frequent(listings: QuerySet, *, most: int) -> dict[int, list[str]]:
    return {owner: [icon for icon, _times in icons[:most]] for owner, icons in _counted(listings).items()}


def _counted(listings: QuerySet) -> dict[int, list[tuple[str, int]]]:
    """Owner -> its icons with how many listings show each, the most frequent first; one statement."""
    rows = (
        listings.exclude(**{ICON: ""})
        .exclude(**{ICON: None})
        .order_by()
        .values_list("owner", ICON)
        .annotate(times=Count("pk"))
        .order_by("owner", "-times", ICON)
    )
    counted: dict[int, list[tuple[str, int]]] = {}
    for owner, icon, times in rows:
        counted.setdefault(owner, []).append((icon, times))
    return counted


def _most_telling(counted: dict[int, list[tuple[str, int]]], *, most: int) -> dict[int, list[str]]:
    """How often an icon is here, times its share of all there are; equals in the order of their names."""
    everywhere: Counter[str] = Counter()
    for icons in counted.values():
        everywhere.update(dict(icons))

    def weight(each: tuple[str, int]) -> tuple[float, str]:
        icon, times = each
        return -(times**2) / everywhere[icon], icon

    return {owner: [icon for icon, _times in sorted(icons, key=weight)[:most]] for owner, icons in counted.items()}
