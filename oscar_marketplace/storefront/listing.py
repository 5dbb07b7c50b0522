"""One listing with the amounts and wishes to choose, and one product with every stall that sells it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from django.views.generic.edit import FormView
from oscar.core.loading import get_model

from oscar_marketplace.exceptions import CannotBuy
from oscar_marketplace.form_problems import form_problems
from oscar_marketplace.listings.add import add_listing, change_steps, set_wish
from oscar_marketplace.listings.models import Listing, ListingState
from oscar_marketplace.listings.price import line_amount
from oscar_marketplace.listings.queries import offers_of_product, with_price_facts
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.money import format_money, quantise
from oscar_marketplace.orders.places import next_place, places_of_stalls
from oscar_marketplace.stalls.calendar import opening_of_stalls
from oscar_marketplace.storefront.going_back import add_url, page_to_return_to
from oscar_marketplace.storefront.listing_cards import ListingCard, anchor_of, listing_card, say_steps, steps_in_basket
from oscar_marketplace.storefront.listing_form import ListingForm
from oscar_marketplace.storefront.page import MarketplacePage, market_crumbs
from oscar_marketplace.storefront.shown_language import shown_language
from oscar_marketplace.storefront.stall import WITH_PAGE
from oscar_marketplace.storefront.stall_places import say_pitches

OFFERS_PER_PAGE = 48
#: How many other stalls a listing page names.
MOST_OTHERS = 8


class ListingView(MarketplacePage, FormView):
    """Choosing an amount and a wish. What the basket holds of it already is what the form shows and changes."""

    template_name = "oscar_marketplace/storefront/listing.html"
    form_class = ListingForm

    @cached_property
    def listing(self) -> Listing:
        shown = Listing.objects.filter(stall__state__in=WITH_PAGE).exclude(
            state__in=[ListingState.DRAFT, ListingState.ARCHIVED]
        )
        return get_object_or_404(with_price_facts(shown).prefetch_related("preparations"), pk=self.kwargs["pk"])

    @cached_property
    def line(self):
        """The basket line of this listing, or None."""
        lines = self.request.basket.all_lines()
        return next((line for line in lines if line.stockrecord_id == self.listing.stockrecord_id), None)

    def get_operator(self) -> Operator:
        return self.listing.stall.operator

    def get_form_kwargs(self) -> dict[str, Any]:
        held = self.line.quantity if self.line else 0
        return {**super().get_form_kwargs(), "listing": self.listing, "steps_now": held}

    def get_initial(self) -> dict[str, Any]:
        if self.line is None:
            return {"steps": self.listing.min_steps, "preparation": "", "substitution": "none"}
        wish = getattr(self.line, "market_wish", None)
        if wish is None:
            return {"steps": self.line.quantity, "preparation": "", "substitution": "none"}
        return {
            "steps": self.line.quantity,
            "preparation": str(wish.preparation_id or ""),
            "substitution": wish.substitution,
            "note": wish.note,
        }

    def form_valid(self, form: ListingForm) -> HttpResponse:
        try:
            self._write(form.cleaned_data["steps"], form.wish())
        except CannotBuy as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        words = {"amount": say_steps(self.listing, form.cleaned_data["steps"]), "title": self.title}
        messages.success(self.request, _("In your basket: %(amount)s of %(title)s.") % words)
        return HttpResponseRedirect(self._next_page())

    def _write(self, steps: int, wish: dict[str, Any]) -> None:
        if self.line is None:
            add_listing(self.request.basket, self.listing, steps, wish=wish)
            return
        with transaction.atomic():
            change_steps(self.line, steps)
            set_wish(self.line, **wish)

    def _next_page(self) -> str:
        stall_page = reverse("market:stall", args=[self.listing.stall.slug])
        return page_to_return_to(self.request, otherwise=f"{stall_page}#{anchor_of(self.listing.pk)}")

    @property
    def title(self) -> str:
        return self.listing.stockrecord.product.get_title()

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        listing, stall = self.listing, self.listing.stall
        now = timezone.now()
        others = list(
            offers_of_product(listing.stockrecord.product_id)
            .filter(stall__operator=stall.operator)
            .exclude(pk=listing.pk)[:MOST_OTHERS]
        )
        places = places_of_stalls({stall.pk, *(other.stall_id for other in others)})
        place = next_place(places.get(stall.pk, []), now=now)
        context = super().get_context_data(**kwargs)
        stall_url = reverse("market:stall", args=[stall.slug])
        stall_language = shown_language(stall, "name", written_in=stall.language)
        return {
            **context,
            "form_errors": form_problems(context["form"]),
            "listing": listing,
            "card": listing_card(listing, now=now),
            "stall": stall,
            "stall_language": stall_language,
            "stall_url": stall_url,
            "place_words": say_pitches([place.pitch.number]) if place else "",
            "crumbs": [
                *self.get_crumbs(),
                *market_crumbs(place.pitch.market if place else None),
                {"url": stall_url, "label": stall.name, "language": stall_language},
            ],
            "form_url": self.request.path,
            "next_page": page_to_return_to(self.request, otherwise=""),
            "is_wish_open": bool(context["form"].errors) or getattr(self.line, "market_wish", None) is not None,
            "line": self.line,
            "bound": _bound(listing),
            "others": [_other_row(other, places.get(other.stall_id, []), now) for other in others],
            "product_url": reverse("market:product", args=[listing.stockrecord.product_id]),
            "currency": stall.operator.currency,
            "mk_hue": stall.hue,
        }


class ProductView(MarketplacePage, TemplateView):
    """Every stall that sells a product, cheapest first: the order is said on the page."""

    template_name = "oscar_marketplace/storefront/product.html"

    @cached_property
    def product(self):
        products = get_model("catalogue", "Product").objects.select_related("catalogue_entry")
        return get_object_or_404(products, pk=self.kwargs["pk"], is_public=True, catalogue_entry__isnull=False)

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        now = timezone.now()
        page = Paginator(offers_of_product(self.product.pk), OFFERS_PER_PAGE).get_page(self.request.GET.get("page"))
        offers = list(page)
        operators = {offer.stall.operator for offer in offers}
        self.operator = operators.pop() if len(operators) == 1 else None
        language = self.operator.language if self.operator else ""
        return super().get_context_data(
            product=self.product,
            entry=self.product.catalogue_entry,
            product_language=shown_language(self.product, "title", written_in=language),
            offers=_offers(offers, now, steps_in_basket(self.request.basket)),
            page=page,
            add_url=add_url(self.request.get_full_path()),
            mk_hue=self.product.catalogue_entry.hue,
            **kwargs,
        )

    def get_operator(self) -> Operator | None:
        return self.operator


def _offers(listings: list[Listing], now: datetime, held: dict[int, int]) -> list[dict[str, Any]]:
    stalls = list({listing.stall_id: listing.stall for listing in listings}.values())
    openings = opening_of_stalls(stalls, at=now)
    places = places_of_stalls([stall.pk for stall in stalls])
    offers = []
    for listing in listings:
        card = listing_card(listing, now=now, steps_in_basket=held.get(listing.stockrecord_id, 0))
        opening = openings.get(listing.stall_id)
        row = _other_row(listing, places.get(listing.stall_id, []), now)
        offers.append({**row, "card": card, "is_open": bool(opening and opening.is_open)})
    return offers


def _other_row(listing: Listing, places: list, now: datetime) -> dict[str, Any]:
    place = next_place(places, now=now)
    card: ListingCard = listing_card(listing, now=now)
    return {
        "url": card.url,
        "stall": listing.stall.name,
        "stall_language": shown_language(listing.stall, "name", written_in=listing.stall.language),
        "market": place.pitch.market if place else None,
        "place": say_pitches([place.pitch.number]) if place else "",
        "amount": listing.price,
        "per": card.per,
        "currency": card.currency,
    }


def _bound(listing: Listing) -> dict[str, str] | None:
    """The most a weighed listing can cost, for the smallest amount; None where nothing is weighed afterwards."""
    if not listing.is_estimated or listing.by_amount:
        return None
    currency = listing.stall.operator.currency
    amount = line_amount(listing, listing.min_steps)
    most = quantise(amount * (100 + Decimal(listing.bound_percent)) / 100, currency)
    return {
        "percent": str(listing.bound_percent),
        "most": format_money(most, currency),
        "amount": say_steps(listing, listing.min_steps),
    }
