"""A basket as the shopper reads it: markets, stalls, lines in words, and what changed since it was filled."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from oscar_marketplace.listings.availability import why_not
from oscar_marketplace.listings.models import LineWish
from oscar_marketplace.listings.price import line_amount, measure_amount, step_measure
from oscar_marketplace.markets.models import Market, Operator
from oscar_marketplace.measures import say_per
from oscar_marketplace.money import format_money
from oscar_marketplace.orders.queries import BasketLine, MarketPart, StallPart, basket_by_market
from oscar_marketplace.storefront.listing_cards import say_steps
from oscar_marketplace.storefront.shown_language import shown_language
from oscar_marketplace.storefront.stall_places import say_pitches

#: Bounds are kept in thousandths of the price unit.
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class ShownLine:
    """One line in words. ``old_amount`` is its price before discounts where there are any; ``problem`` why it cannot be
    bought any more."""

    pk: int
    url: str
    name: str
    language: str
    icon: str
    hue: str
    note: str
    amount: Decimal | None
    old_amount: Decimal | None
    step: str
    quantity: str
    price_change: str
    problem: str
    #: The most it can cost once weighed; None where it costs what is shown.
    most: Decimal | None = None

    @property
    def summary(self) -> str:
        """Amount and note in one, for where nothing can be changed: ``¾ kg · $78 per kilo``."""
        return " · ".join(filter(None, [self.quantity, self.note]))


@dataclass(frozen=True)
class ShownStall:
    """One stall's group; ``url`` is empty for goods of the shop itself."""

    name: str
    language: str
    url: str
    hue: str
    place: str
    lines: list[ShownLine]
    total: Decimal


@dataclass(frozen=True)
class ShownMarket:
    """One market's group; ``market`` is None for goods of the shop itself."""

    market: Market | None
    name: str
    language: str
    stalls: list[ShownStall]
    total: Decimal


@dataclass(frozen=True)
class BasketPage:
    parts: list[MarketPart]
    markets: list[ShownMarket] = field(default_factory=list)

    @property
    def lines(self) -> list[ShownLine]:
        return [line for market in self.markets for stall in market.stalls for line in stall.lines]

    @property
    def price_changes(self) -> list[str]:
        return [line.price_change for line in self.lines if line.price_change]

    @property
    def problems(self) -> list[str]:
        return [line.problem for line in self.lines if line.problem]

    @property
    def most(self) -> Decimal | None:
        """The most all lines can cost once weighed; None if nothing is weighed."""
        if all(line.most is None for line in self.lines):
            return None
        return sum((line.amount if line.most is None else line.most for line in self.lines), Decimal(0))

    @property
    def stall_count(self) -> int:
        return sum(len(market.stalls) for market in self.markets if market.market)

    @property
    def operator(self) -> Operator | None:
        return next((market.market.operator for market in self.markets if market.market), None)

    @property
    def has_house_goods(self) -> bool:
        return any(stall.stall is None for part in self.parts for stall in part.stalls)


def basket_page(basket, *, now: datetime | None = None) -> BasketPage:
    """The basket with its strategy and offers applied, ready to be shown; statements do not grow with its lines."""
    now = now or timezone.now()
    parts = [] if basket.pk is None else basket_by_market(basket)
    house = [line.line for part in parts for stall in part.stalls if stall.stall is None for line in stall.lines]
    prefetch_related_objects(house, "stockrecord__partner")
    wishes = _wishes(line.line.pk for part in parts for stall in part.stalls for line in stall.lines)
    return BasketPage(parts, [_market(part, wishes, now) for part in parts])


def _wishes(line_ids: Iterable[int]) -> dict[int, LineWish]:
    line_ids = list(line_ids)
    if not line_ids:
        return {}
    wishes = LineWish.objects.filter(basket_line_id__in=line_ids).select_related("preparation")
    return {wish.basket_line_id: wish for wish in wishes}


def _market(part: MarketPart, wishes: dict[int, LineWish], now: datetime) -> ShownMarket:
    market = part.market
    return ShownMarket(
        market=market,
        name=market.name if market else _("The shop"),
        language=shown_language(market, "name", written_in=market.operator.language) if market else "",
        stalls=[_stall(stall, wishes, now) for stall in part.stalls],
        total=part.total,
    )


def _stall(part: StallPart, wishes: dict[int, LineWish], now: datetime) -> ShownStall:
    stall = part.stall
    lines = [_line(line, wishes.get(line.line.pk), now) for line in part.lines]
    if stall is not None and part.place is None:
        nowhere = _("%(stall)s has no place in a market at the moment.") % {"stall": stall.name}
        lines = [replace(line, problem=line.problem or nowhere) for line in lines]
    if stall is None:
        name = part.lines[0].line.stockrecord.partner.name
        return ShownStall(name=name, language="", url="", hue="", place="", lines=lines, total=part.total)
    return ShownStall(
        name=stall.name,
        language=shown_language(stall, "name", written_in=stall.language),
        url=reverse("market:stall", args=[stall.slug]),
        hue=stall.hue,
        place=say_pitches([part.place.pitch.number]) if part.place else "",
        lines=lines,
        total=part.total,
    )


def _line(shown: BasketLine, wish: LineWish | None, now: datetime) -> ShownLine:
    line, listing, product = shown.line, shown.listing, shown.line.product
    before = line.line_price_incl_tax
    if listing is None:
        return _house_line(shown, before)
    entry = getattr(listing.stockrecord.product, "catalogue_entry", None)
    currency = listing.stall.operator.currency
    refusal = why_not(listing, line.quantity, now=now)
    price = _("%(price)s %(per)s") % {
        "price": format_money(listing.price, currency),
        "per": say_per(listing.price_unit),
    }
    return ShownLine(
        pk=line.pk,
        url=reverse("market:listing", args=[listing.pk]),
        name=product.get_title(),
        language=shown_language(product, "title", written_in=listing.stall.operator.language),
        icon=entry.icon if entry else "",
        hue=entry.hue if entry else "",
        note=" · ".join(filter(None, [price, *_wish_words(wish)])),
        amount=shown.amount,
        old_amount=before if before != shown.amount else None,
        step=say_steps(listing, 1),
        quantity=say_steps(listing, line.quantity),
        price_change=_price_change(line, listing, currency),
        problem=str(refusal) if refusal else "",
        most=_most(listing, shown, before) if listing.is_estimated else None,
    )


def _most(listing, shown: BasketLine, before: Decimal) -> Decimal:
    """What the bound costs, less the discount the line has as it was ordered."""
    measure = (step_measure(listing) * shown.line.quantity * (100 + listing.bound_percent) / 100).quantize(THOUSANDTH)
    whole = measure_amount(listing.price, measure, listing.stall.operator.currency)
    return max(whole - (before - shown.amount), shown.amount)


def _house_line(shown: BasketLine, before: Decimal | None) -> ShownLine:
    line = shown.line
    permitted, reason = line.purchase_info.availability.is_purchase_permitted(line.quantity)
    return ShownLine(
        pk=line.pk,
        url=line.product.get_absolute_url(),
        name=line.product.get_title(),
        language="",
        icon="",
        hue="",
        note="",
        amount=shown.amount,
        old_amount=before if before != shown.amount else None,
        step="1",
        quantity=str(line.quantity),
        price_change="",
        problem="" if permitted else str(reason),
    )


def _wish_words(wish: LineWish | None) -> list[str]:
    if wish is None:
        return []
    substitution = wish.get_substitution_display() if wish.substitution != LineWish.Substitution.NONE else ""
    if substitution:
        substitution = _("if there is none: %(wish)s") % {"wish": substitution}
    return [wish.preparation.name if wish.preparation else "", substitution, wish.note]


def _price_change(line, listing, currency: str) -> str:
    """What became of the price since the line was added: Oscar keeps the price of one step in it."""
    now_costs = line_amount(listing, 1)
    if line.price_incl_tax is None or line.price_incl_tax == now_costs:
        return ""
    words = {
        "title": line.product.get_title(),
        "old": format_money(line.price_incl_tax, currency),
        "new": format_money(now_costs, currency),
        "step": say_steps(listing, 1),
    }
    if now_costs > line.price_incl_tax:
        return _("%(title)s went up from %(old)s to %(new)s for %(step)s since you added it.") % words
    return _("%(title)s went down from %(old)s to %(new)s for %(step)s since you added it.") % words
