"""Prices of the day, and one listing's stock."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oscar_marketplace.exceptions import MarketplaceError, NotAllowed
from oscar_marketplace.form_problems import form_problems
from oscar_marketplace.listings import stock
from oscar_marketplace.listings.models import Listing, ListingState, StockMode
from oscar_marketplace.listings.queries import free_steps, with_price_facts
from oscar_marketplace.measures import say_measure
from oscar_marketplace.stall_area.forms.prices import PriceRow, PricesForm
from oscar_marketplace.stall_area.forms.stock import StockForm
from oscar_marketplace.stall_area.moments import say_day, say_moment
from oscar_marketplace.stall_area.page import UNPROCESSABLE, StallPage
from oscar_marketplace.stall_area.save_prices import save_prices
from oscar_marketplace.stall_area.shelf import Shelf, currency_sign, price_tag, shelf_of
from oscar_marketplace.stalls import permissions
from oscar_marketplace.translations.lookups import shown_text

ROWS_ON_A_PAGE = 40


class ListingsPage(StallPage):
    """One form with a row for each listing; saved whole or not at all."""

    template_name = "oscar_marketplace/stall_area/listings.html"
    section = "listings"

    def get(self, request, slug):
        return self.show_form(PricesForm(self.rows_page.object_list, now=self.now))

    def post(self, request, slug):
        form = PricesForm(self.rows_page.object_list, request.POST, now=self.now)
        if not form.is_valid():
            return self.show_form(form, status=UNPROCESSABLE)
        changes = form.cleaned_data["changes"]
        held_back = save_prices(changes, by=self.actor, now=self.now, zone=self.zone)
        if held_back:
            for row in held_back:
                form.hold_back(row.listing, row.text, ask_for=row.price)
            return self.show_form(form, status=UNPROCESSABLE)
        self._say_what_was_saved(len(changes))
        return redirect(request.get_full_path())

    @property
    def rows_page(self):
        if not hasattr(self, "_rows_page"):
            listings = permissions.listings_of(self.request.user).filter(stall=self.stall)
            listings = with_price_facts(listings.exclude(state=ListingState.ARCHIVED))
            listings = listings.order_by(shown_text(Listing, "stockrecord__product__title"), "pk")
            self._rows_page = Paginator(listings, ROWS_ON_A_PAGE).get_page(self.request.GET.get("page"))
        return self._rows_page

    def _say_what_was_saved(self, n: int) -> None:
        if n:
            messages.success(self.request, ngettext("%(n)d change saved.", "%(n)d changes saved.", n) % {"n": n})
        else:
            messages.info(self.request, _("Nothing was changed."))

    def show_form(self, form: PricesForm, *, status: int = 200):
        return self.show(
            status=status,
            form=form,
            form_errors=form.problems() if form.is_bound else [],
            rows=[self._row(row) for row in form.rows()],
            rows_page=self.rows_page,
            day=say_day(self.now, zone=self.zone),
            sign=currency_sign(self.stall.operator.currency),
        )

    def _row(self, row: PriceRow) -> dict[str, Any]:
        listing = row.listing
        return {
            "row": row,
            "product": listing.stockrecord.product,
            "entry": getattr(listing.stockrecord.product, "catalogue_entry", None),
            "price_note": price_note(listing, zone=self.zone, now=self.now),
            "left": left_in_words(listing),
            "is_not_come": row.shelf == Shelf.NOT_COME,
            "url": reverse("stall:listing", args=[self.stall.slug, listing.pk]),
        }


class ListingPage(StallPage):
    """One listing: is there any today, and how much of it."""

    template_name = "oscar_marketplace/stall_area/listing.html"
    section = "listings"

    def find_listing(self) -> None:
        listings = permissions.listings_of(self.request.user).filter(stall=self.stall)
        listings = with_price_facts(listings.exclude(state=ListingState.ARCHIVED))
        self.listing = listings.filter(pk=self.kwargs["pk"]).first()
        if self.listing is None:
            raise Http404("No such listing of yours.")

    def get(self, request, slug, pk):
        self.find_listing()
        return self.show_listing()

    def post(self, request, slug, pk):
        self.find_listing()
        if request.POST.get("do") == "count":
            return self._count(StockForm(self.listing, request.POST))
        acts = {
            "sold_out": (stock.mark_sold_out, _("%(title)s: sold out today.")),
            "available": (stock.mark_available, _("%(title)s: on sale again.")),
            "came": (stock.mark_came_today, _("%(title)s: it came today.")),
        }
        if request.POST.get("do") not in acts:
            messages.error(request, _("Choose one of the buttons below. Nothing was changed."))
            return self.show_listing(status=UNPROCESSABLE)
        verb, words = acts[request.POST["do"]]
        try:
            verb(self.listing, by=self.actor)
        except NotAllowed as refusal:
            # Somebody archived it since it was read.
            messages.error(request, str(refusal))
            return redirect("stall:listings", self.stall.slug)
        messages.success(request, words % {"title": self.listing.stockrecord.product.title})
        return redirect("stall:listing", self.stall.slug, self.listing.pk)

    def _count(self, form: StockForm):
        if not form.is_valid():
            return self.show_listing(form, status=UNPROCESSABLE)
        try:
            is_too_little = stock.set_stock(self.listing, steps=form.cleaned_data["amount"], by=self.actor)
        except MarketplaceError as refusal:
            form.add_error("amount", str(refusal))
            return self.show_listing(form, status=UNPROCESSABLE)
        if is_too_little:
            messages.warning(self.request, _("That is less than your open orders need. The market's staff were told."))
        else:
            messages.success(self.request, _("The amount is saved."))
        return redirect("stall:listing", self.stall.slug, self.listing.pk)

    def show_listing(self, form: StockForm | None = None, *, status: int = 200):
        listing = self.listing
        if listing.stock_mode != StockMode.COUNTED:
            form = None
        elif form is None:
            form = StockForm(listing)
        return self.show(
            status=status,
            listing=listing,
            product=listing.stockrecord.product,
            entry=getattr(listing.stockrecord.product, "catalogue_entry", None),
            price_note=price_note(listing, zone=self.zone, now=self.now),
            shelf=shelf_of(listing, now=self.now),
            left=left_in_words(listing),
            form=form,
            form_errors=form_problems(form) if form and form.is_bound else [],
        )


def price_note(listing, *, zone, now) -> str:
    """What the price was and since when: a vendor compares today with yesterday."""
    changed = listing.price_changed_at
    tag = price_tag(listing.price, listing.stall.operator.currency)
    if changed and changed.astimezone(zone).date() == now.astimezone(zone).date():
        when = say_moment("changed", changed, zone=zone, now=now)
        return _("%(price)s, %(when)s") % {"price": tag, "when": when}
    return _("yesterday %(price)s") % {"price": tag}


def left_in_words(listing) -> str:
    """How much of counted goods is left to sell; empty for goods nobody counts."""
    if listing.stock_mode != StockMode.COUNTED:
        return ""
    amount = free_steps(listing.stockrecord) * listing.step
    return _("%(amount)s left to sell") % {"amount": say_measure(amount, listing.order_unit)}
