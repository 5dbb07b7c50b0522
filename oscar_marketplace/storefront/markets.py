"""Home with its markets, and one market with its stalls and the prices of the day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, Max, Prefetch, Q, When
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from oscar_marketplace.markets.calendar import hours_of, week_hours
from oscar_marketplace.markets.models import Closure, Market, Operator, Pitch
from oscar_marketplace.markets.waves import waves_on_offer_by_market
from oscar_marketplace.stalls.calendar import opening_of_stalls
from oscar_marketplace.stalls.models import Stall, Trade
from oscar_marketplace.storefront.day_prices import day_prices
from oscar_marketplace.storefront.hours_table import hours_rows
from oscar_marketplace.storefront.page import MarketplacePage, tel_url
from oscar_marketplace.storefront.pictures import pictures_of_markets, pictures_of_stalls
from oscar_marketplace.storefront.shown_language import shown_language
from oscar_marketplace.storefront.stall_places import SHOWN, say_place, stalls_in
from oscar_marketplace.storefront.times import OpenWord, open_word, say_moment, say_wave
from oscar_marketplace.translations.lookups import is_text, shown_text

MARKETS_PER_PAGE = 24
STALLS_PER_PAGE = 48


class HomeView(MarketplacePage, TemplateView):
    """The markets a shopper can choose from."""

    template_name = "oscar_marketplace/storefront/home.html"

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        now = timezone.now()
        page = Paginator(public_markets(now), MARKETS_PER_PAGE).get_page(self.request.GET.get("page"))
        cards = market_cards(list(page), now=now)
        operators = {market.operator for market in page}
        self.operator = operators.pop() if len(operators) == 1 else None
        return super().get_context_data(markets=cards, page=page, **kwargs)

    def get_operator(self) -> Operator | None:
        return self.operator


class MarketView(MarketplacePage, TemplateView):
    """One market: is it open, who sells there, what is paid today, how to get there."""

    template_name = "oscar_marketplace/storefront/market.html"

    @cached_property
    def market(self) -> Market:
        return get_object_or_404(public_markets(self.now), slug=self.kwargs["slug"])

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_operator(self) -> Operator:
        return self.market.operator

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        market, now = self.market, self.now
        today = timezone.localdate(now, market.zone)
        section, trade = self.request.GET.get("section", ""), self.request.GET.get("trade", "")
        stalls = stalls_in(market, day=today, section=section)
        tabs = _trade_tabs(stalls, market, section=section, current=trade)
        if trade:
            stalls = stalls.filter(trades__slug=trade)
        page = Paginator(stalls, STALLS_PER_PAGE).get_page(self.request.GET.get("page"))
        waves = waves_on_offer_by_market([market], now=now).get(market.pk, [])
        return super().get_context_data(
            market=market,
            market_url=reverse("market:market", args=[market.slug]),
            map_url=_map_url(market),
            phone_url=tel_url(market.phone),
            section=section,
            market_language=shown_language(market, "name", written_in=market.operator.language),
            opening=market_word(market, now),
            **next_pickup_words(waves, market, now),
            tabs=tabs,
            sections=_section_tabs(market, current=section),
            stalls=stall_cards(list(page), market, now=now),
            page=page,
            prices=day_prices(market),
            currency=market.operator.currency,
            hours=hours_rows(week_hours(market, today=today)),
            access_facts=[fact for fact in market.access_facts.splitlines() if fact.strip()],
            mk_hue=market.hue,
            **kwargs,
        )


def public_markets(now: datetime):
    """Markets shown to shoppers, with hours, coming closures and the number of their stalls."""
    closures = Closure.objects.filter(ends_at__gt=now)
    return (
        Market.objects.filter(is_public=True)
        .select_related("operator")
        .prefetch_related("opening_rules", Prefetch("closures", closures))
        .annotate(
            stall_count=Count(
                "pitches__occupations__stall",
                filter=Q(pitches__occupations__stall__state__in=SHOWN),
                distinct=True,
            )
        )
        .order_by(shown_text(Market, "name"), "pk")
    )


def market_cards(markets: list[Market], *, now: datetime) -> list[dict[str, Any]]:
    """What ``components/market_card.html`` needs for each market."""
    waves = waves_on_offer_by_market(markets, now=now)
    pictures = pictures_of_markets([market.pk for market in markets])
    return [
        {
            "url": reverse("market:market", args=[market.slug]),
            "name": market.name,
            "language": shown_language(market, "name", written_in=market.operator.language),
            "hue": market.hue,
            "pictures": pictures.get(market.pk, []),
            "place": _place_of(market),
            "opening": market_word(market, now),
            "pickup_words": _pickup_words(waves.get(market.pk, []), market, now),
        }
        for market in markets
    ]


def market_word(market: Market, now: datetime) -> OpenWord:
    return open_word(hours_of(market).state_at(now), market.zone, now=now)


def next_pickup_words(offers: Iterable, market: Market, now: datetime) -> dict[str, str]:
    """The next pick-up time with a place left and until when it can be ordered for, in words."""
    free = next((offer.wave for offer in offers if not offer.is_full), None)
    if free is None:
        return {"next_pickup": "", "order_until": ""}
    return {
        "next_pickup": say_wave(free, market.zone, now=now),
        "order_until": say_moment(free.cutoff_at, market.zone, now=now),
    }


def _pickup_words(offers: Iterable, market: Market, now: datetime) -> str:
    when = next_pickup_words(offers, market, now)["next_pickup"]
    return _("Next pick-up: %(when)s") % {"when": when} if when else ""


def stall_cards(stalls: list[Stall], market: Market, *, now: datetime) -> list[dict[str, Any]]:
    """What ``components/stall_card.html`` needs for each stall of :func:`stalls_in`."""
    openings = opening_of_stalls(stalls, at=now)
    pictures = pictures_of_stalls([stall.pk for stall in stalls])
    return [
        {
            "url": reverse("market:stall", args=[stall.slug]),
            "name": stall.name,
            "language": shown_language(stall, "name", written_in=stall.language),
            "hue": stall.hue,
            "pictures": pictures.get(stall.pk, []),
            "place": say_place(stall),
            "opening": _stall_word(stall, openings.get(stall.pk), market, now),
        }
        for stall in stalls
    ]


def _stall_word(stall: Stall, opening, market: Market, now: datetime) -> OpenWord:
    if stall.state != "approved":
        return OpenWord(False, _("Not selling at the moment"))
    is_here = bool(opening and opening.is_open and opening.market == market)
    # A card has room for one word; the stall's own page says until when.
    return OpenWord(is_here, _("Open") if is_here else _("Closed"))


def _place_of(market: Market) -> str:
    stalls = ngettext("%(n)d stall", "%(n)d stalls", market.stall_count) % {"n": market.stall_count}
    return " · ".join(filter(None, [market.address, stalls]))


def _map_url(market: Market) -> str:
    if market.latitude is None or market.longitude is None:
        return ""
    return f"https://www.openstreetmap.org/?mlat={market.latitude}&mlon={market.longitude}#map=17/{market.latitude}/{market.longitude}"


def _trade_tabs(stalls, market: Market, *, section: str, current: str) -> list[dict[str, Any]]:
    """Filters by trade; the numbers are of the section chosen. Two statements."""
    counted = (
        Trade.objects.filter(stalls__in=stalls.order_by().values("pk"))
        .annotate(n=Count("stalls", filter=Q(stalls__in=stalls.order_by().values("pk")), distinct=True))
        .order_by(shown_text(Trade, "name"))
    )
    trades = list(counted)
    if current and current not in {trade.slug for trade in trades}:
        raise Http404
    url = reverse("market:market", args=[market.slug])
    everything = {"url": _query(url, section=section), "label": _("All"), "count": None, "is_current": not current}
    return [everything] + [
        {
            "url": _query(url, trade=trade.slug, section=section),
            "label": trade.name,
            "count": trade.n,
            "is_current": trade.slug == current,
        }
        for trade in trades
    ]


def _section_tabs(market: Market, *, current: str) -> list[dict[str, Any]]:
    """``current`` may be a name in another language than the page's: somebody changed the language or sent a link."""
    named = Pitch.objects.filter(market=market, occupations__stall__state__in=SHOWN)
    sections = (
        named.annotate(shown=shown_text(Pitch, "section"))
        .values("shown")
        .annotate(is_current=Max(Case(When(is_text(Pitch, "section", current), then=1), default=0)))
        .order_by("shown")
    )
    url = reverse("market:market", args=[market.slug])
    tabs = [
        {
            "url": _query(url, section=each["shown"]),
            "label": each["shown"],
            "count": None,
            "is_current": bool(each["is_current"]),
        }
        for each in sections
        if each["shown"]
    ]
    return tabs if len(tabs) > 1 else []


def _query(url: str, **chosen: str) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in chosen.items() if value})
    return f"{url}?{query.urlencode()}" if query else url
