"""The basket: grouped by market and stall, and the few acts that change it. Every act is a POST and a redirect."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from oscar.core.loading import get_class

from oscar_marketplace.exceptions import CannotBuy
from oscar_marketplace.listings.add import add_listing, change_steps
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.plain_requests import PlainRequest
from oscar_marketplace.storefront.basket_parts import BasketPage, basket_page
from oscar_marketplace.storefront.going_back import page_to_return_to
from oscar_marketplace.storefront.listing_cards import anchor_of, say_steps
from oscar_marketplace.storefront.page import MarketplacePage

#: As long as a number a person means can be; a longer one is no amount of goods.
MOST_DIGITS = 9


# A phone is passed around: “back” must not show another person's basket.
@method_decorator(never_cache, name="dispatch")
class BasketView(MarketplacePage, TemplateView):
    template_name = "oscar_marketplace/storefront/basket.html"

    @cached_property
    def page(self) -> BasketPage:
        return basket_page(self.request.basket)

    def get_operator(self) -> Operator | None:
        return self.page.operator

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        basket, page = self.request.basket, self.page
        total = basket.total_incl_tax if page.markets else Decimal(0)
        stalls = [stall for market in page.markets for stall in market.stalls]
        return super().get_context_data(
            page=page,
            currency=(basket.currency if page.markets else None) or "",
            total=total,
            account_rows=[
                {"label": stall.name, "language": stall.language, "amounts": [stall.total]} for stall in stalls
            ],
            account_total={"label": pgettext("account", "Goods"), "amounts": [total]},
            has_estimates=page.most is not None,
            vouchers=_vouchers(basket),
            last_order_path=self.request.session.get(LAST_ORDER, ""),
            **kwargs,
        )


#: Session key of the page of the order placed last, for whoever comes back to an empty basket.
LAST_ORDER = "market_last_order"


class AddView(PlainRequest):
    """Adds a listing: ``add`` is its pk, ``steps`` how many steps (the fewest it is sold in if left out)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        listing = _listing(request.POST.get("add", ""))
        if listing is None:
            messages.error(request, _("That product is no longer sold here."))
            return HttpResponseRedirect(page_to_return_to(request, otherwise=reverse("market:home")))
        back = page_to_return_to(request, otherwise=reverse("market:stall", args=[listing.stall.slug]))
        steps = whole_number(request.POST.get("steps", str(listing.min_steps)))
        try:
            add_listing(request.basket, listing, steps or 0)
        except CannotBuy as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(back)
        title = listing.stockrecord.product.get_title()
        messages.success(
            request, _("Added: %(amount)s of %(title)s.") % {"amount": say_steps(listing, steps), "title": title}
        )
        # Back to the card that was pressed, not to the top of a long page.
        return HttpResponseRedirect(f"{back.partition('#')[0]}#{anchor_of(listing.pk)}")


class LineView(PlainRequest):
    """Changes a basket line: ``line`` is its pk, ``do`` is less, more or remove."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        page = redirect("market:basket")
        line = self._line(request)
        if line is None:
            messages.info(request, _("That was no longer in your basket."))
            return page
        do = request.POST.get("do", "")
        if do not in {"less", "more", "remove"}:
            messages.error(request, _("Choose more, less or remove."))
            return page
        try:
            with transaction.atomic():
                self._change(request, line, do)
        except CannotBuy as refusal:
            messages.error(request, str(refusal))
        return page

    def _line(self, request: HttpRequest):
        number = whole_number(request.POST.get("line", ""))
        if number is None or request.basket.pk is None:
            return None
        # Read again and not from the cached lines, so that pressing twice in two tabs counts twice.
        return request.basket.lines.select_related("product").filter(pk=number).first()

    def _change(self, request: HttpRequest, line, do: str) -> None:
        line.basket = request.basket
        listing = Listing.objects.filter(stockrecord_id=line.stockrecord_id).first()
        fewest = listing.min_steps if listing else 1
        wanted = {"less": line.quantity - 1, "more": line.quantity + 1, "remove": 0}[do]
        if wanted < fewest:
            wanted = 0
        if listing is None:
            _change_house_line(request, line, wanted)
        else:
            change_steps(line, wanted)
        if wanted == 0:
            messages.success(request, _("Removed: %(title)s.") % {"title": line.product.get_title()})


class VoucherView(PlainRequest, get_class("basket.views", "VoucherAddView")):
    """Oscar's own act with the city's changes to it; only where it leads to is ours."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        return redirect("market:basket")

    def form_valid(self, form) -> HttpResponse:
        if self.request.basket.pk is not None:
            super().form_valid(form)
        return redirect("market:basket")

    def form_invalid(self, form) -> HttpResponse:
        messages.error(self.request, _("Write the code of your coupon."))
        return redirect("market:basket")


class VoucherRemoveView(PlainRequest, get_class("basket.views", "VoucherRemoveView")):
    def post(self, request, *args, **kwargs) -> HttpResponse:
        super().post(request, *args, **kwargs)
        return redirect("market:basket")


def whole_number(text: str) -> int | None:
    """The whole number a form field or address carries, None for anything else ("1e9", "½", "", a hundred digits)."""
    text = text.strip()
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        return None
    return int(text)


def _listing(text: str) -> Listing | None:
    number = whole_number(text)
    return with_price_facts(Listing.objects.filter(pk=number)).first() if number is not None else None


def _change_house_line(request: HttpRequest, line, wanted: int) -> None:
    if wanted == 0:
        line.delete()
    else:
        allowed, reason = request.basket.is_quantity_allowed(wanted - line.quantity, line)
        if wanted > line.quantity and not allowed:
            raise CannotBuy(str(reason), code="cannot_buy")
        line.quantity = wanted
        line.save()
    request.basket.reset_offer_applications()


def _vouchers(basket) -> list[dict[str, Any]]:
    if basket.pk is None:
        return []
    discounts = {each["voucher"].pk: each["discount"] for each in basket.grouped_voucher_discounts}
    return [{"voucher": voucher, "discount": discounts.get(voucher.pk)} for voucher in basket.vouchers.all()]
