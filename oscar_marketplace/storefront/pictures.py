"""Which goods stand for a stall or a market on its card: those it sells most kinds of."""

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
    """Market -> names of icons, the most frequent first; at most one statement, remembered for ten minutes."""
    keys = {f"oscar_marketplace:pictures:{market_id}": market_id for market_id in market_ids}
    known = cache.get_many(keys)
    found = {keys[key]: pictures for key, pictures in known.items()}
    missing = [market_id for key, market_id in keys.items() if key not in known]
    if missing:
        listings = Listing.objects.filter(
            state=ListingState.LIVE,
            stall__state=StallState.APPROVED,
            stall__places__pitch__market_id__in=missing,
        ).annotate(owner=F("stall__places__pitch__market_id"))
        read = _most_frequent(listings, most=most)
        fresh = {market_id: read.get(market_id, []) for market_id in missing}
        cache.set_many({key: fresh[pk] for key, pk in keys.items() if pk in fresh}, REMEMBER_SECONDS)
        found.update(fresh)
    return found


def _most_frequent(listings: QuerySet, *, most: int) -> dict[int, list[str]]:
    rows = (
        listings.exclude(**{ICON: ""})
        .order_by()
        .values_list("owner", ICON)
        .annotate(times=Count("pk"))
        .order_by("owner", "-times", ICON)
    )
    pictures: dict[int, list[str]] = {}
    for owner, icon, _times in rows:
        if icon and len(pictures.setdefault(owner, [])) < most:
            pictures[owner].append(icon)
    return pictures
