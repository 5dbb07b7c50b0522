"""A stall's page: what it sells today and when it is open; whoever shops here stays here while filling the basket."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from oscar.core.loading import get_model

from oscar_marketplace.listings.models import Listing, ListingState
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.orders.places import next_place, places_of_stalls
from oscar_marketplace.stalls.calendar import opening_of_stalls, week_hours
from oscar_marketplace.stalls.models import Stall, StallPitch, StallState
from oscar_marketplace.storefront.going_back import add_url
from oscar_marketplace.storefront.hours_table import hours_rows
from oscar_marketplace.storefront.listing_cards import listing_cards, steps_in_basket
from oscar_marketplace.storefront.page import MarketplacePage, market_crumbs
from oscar_marketplace.storefront.shown_language import shown_language
from oscar_marketplace.storefront.stall_places import say_pitches
from oscar_marketplace.storefront.times import OpenWord, open_word
from oscar_marketplace.translations.lookups import shown_text

LISTINGS_PER_PAGE = 40
#: A suspended stall keeps its page, as shoppers with open orders look for it, but sells nothing.
WITH_PAGE = [StallState.APPROVED, StallState.PAUSED, StallState.SUSPENDED]


class StallView(MarketplacePage, TemplateView):
    template_name = "oscar_marketplace/storefront/stall.html"

    @cached_property
    def stall(self) -> Stall:
        stalls = Stall.objects.filter(state__in=WITH_PAGE).select_related("operator").prefetch_related("trades")
        return get_object_or_404(stalls, slug=self.kwargs["slug"])

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_operator(self) -> Operator:
        return self.stall.operator

    def get_crumbs(self) -> list[dict[str, str]]:
        market = self.place.pitch.market if self.place else None
        return super().get_crumbs() + market_crumbs(market)

    @cached_property
    def places(self) -> list[StallPitch]:
        return places_of_stalls([self.stall.pk]).get(self.stall.pk, [])

    @cached_property
    def place(self) -> StallPitch | None:
        """Where it is found next."""
        return next_place(self.places, now=self.now)

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        stall, kind = self.stall, self.request.GET.get("kind", "")
        listings = with_price_facts(stall.listings.filter(state=ListingState.LIVE)).order_by(
            shown_text(Listing, "stockrecord__product__title"), "pk"
        )
        tabs = _category_tabs(stall, current=kind)
        if kind:
            listings = listings.filter(stockrecord__product__categories=kind)
        page = Paginator(listings, LISTINGS_PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            stall=stall,
            stall_language=shown_language(stall, "name", written_in=stall.language),
            place_words=_place_words(self.places, self.place),
            opening=self._opening(),
            hours=self._hours(),
            is_selling=stall.state == StallState.APPROVED,
            languages=_languages(stall),
            tabs=tabs,
            items=listing_cards(page, now=self.now, steps_in_basket=steps_in_basket(self.request.basket)),
            page=page,
            add_url=add_url(self.request.get_full_path()),
            currency=stall.operator.currency,
            mk_hue=stall.hue,
            **kwargs,
        )

    def _hours(self) -> list[dict[str, Any]]:
        if self.place is None:
            return []
        today = timezone.localdate(self.now, self.place.pitch.market.zone)
        return hours_rows(week_hours(self.stall, today=today), closed_word=_("Day off"))

    def _opening(self) -> OpenWord:
        if self.stall.state != StallState.APPROVED:
            return OpenWord(False, _("Not selling at the moment"))
        opening = opening_of_stalls([self.stall], at=self.now)[self.stall.pk]
        market = opening.market or (self.place.pitch.market if self.place else None)
        return open_word(opening, market.zone, now=self.now) if market else OpenWord(False, _("Closed"))


def _place_words(places, place) -> str:
    if place is None:
        return ""
    here = [p.pitch for p in places if p.pitch.market_id == place.pitch.market_id]
    return ", ".join(filter(None, [say_pitches(pitch.number for pitch in here), place.pitch.section]))


def _languages(stall: Stall) -> list[dict[str, str]]:
    """Languages spoken at the stall, each in its own words."""
    spoken = []
    for code in filter(None, (code.strip() for code in stall.languages.split(","))):
        try:
            spoken.append({"code": code, "name": get_language_info(code)["name_local"]})
        except KeyError:
            # A language Django does not know has no name to show.
            continue
    return spoken


def _category_tabs(stall: Stall, *, current: str) -> list[dict[str, Any]]:
    """Filters by category of the shared catalogue, in its order; one statement."""
    categories = list(
        get_model("catalogue", "Category")
        .objects.filter(
            product__stockrecords__listing__stall=stall, product__stockrecords__listing__state=ListingState.LIVE
        )
        .annotate(n=Count("product", distinct=True))
        .order_by("path")
    )
    if current and current not in {str(category.pk) for category in categories}:
        raise Http404
    if len(categories) < 2 and not current:
        return []
    url = reverse("market:stall", args=[stall.slug])
    everything = {"url": url, "label": _("Everything"), "count": None, "is_current": not current}
    return [everything] + [
        {
            "url": f"{url}?kind={category.pk}",
            "label": category.name,
            "count": category.n,
            "is_current": str(category.pk) == current,
        }
        for category in categories
    ]
