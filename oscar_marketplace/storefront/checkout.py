"""Where and how: the first page of the checkout. What is said here waits in the session."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic.edit import FormView

from oscar_marketplace.form_problems import form_problems
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.markets.waves import waves_on_offer_by_market
from oscar_marketplace.orders.queries import MarketPart, basket_by_market
from oscar_marketplace.storefront.address_form import AddressForm
from oscar_marketplace.storefront.checkout_session import CheckoutDetails
from oscar_marketplace.storefront.house_goods import needs_sending, shipping_country
from oscar_marketplace.storefront.page import MarketplacePage
from oscar_marketplace.storefront.shown_language import shown_language
from oscar_marketplace.storefront.where_form import MarketChoice, WhereForm


@method_decorator(never_cache, name="dispatch")
class WhereView(MarketplacePage, FormView):
    template_name = "oscar_marketplace/storefront/where.html"
    form_class = WhereForm

    @cached_property
    def parts(self) -> list[MarketPart]:
        basket = self.request.basket
        return [] if basket.pk is None else basket_by_market(basket)

    @cached_property
    def details(self) -> CheckoutDetails:
        return CheckoutDetails(self.request)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._turned_away() or super().get(request, *args, **kwargs)

    def _turned_away(self) -> HttpResponse | None:
        """To the page that has to come first, if one has."""
        if not self.parts:
            messages.info(self.request, _("There is nothing in your basket."))
            return redirect("market:basket")
        if any(stall.stall and not stall.place for part in self.parts for stall in part.stalls):
            # The basket says which stall has no place any more, and at which line.
            return redirect("market:basket")
        if not any(part.market for part in self.parts):
            # Only goods of the shop itself: they are sent, not picked up, and Oscar's checkout does that.
            return redirect("checkout:index")
        if needs_sending(self.parts) and self.country is None:
            messages.error(
                self.request,
                _("Goods of the shop cannot be sent from here. Please take them out and order them separately."),
            )
            return redirect("market:basket")
        return None

    def get_operator(self) -> Operator | None:
        return next((part.market.operator for part in self.parts if part.market), None)

    def get_form_kwargs(self) -> dict[str, Any]:
        now = timezone.now()
        markets = [part.market for part in self.parts if part.market]
        offers = waves_on_offer_by_market(markets, now=now)
        return {**super().get_form_kwargs(), "parts": self.parts, "offers": offers, "now": now}

    def get_initial(self) -> dict[str, Any]:
        waves = {f"pickup_{market_id}": wave_id for market_id, wave_id in self.details.waves.items()}
        known = self.details.contact
        if known is not None:
            return {**waves, "name": known.name, "email": known.email, "phone": known.phone}
        user = self.request.user
        if not user.is_authenticated:
            return waves
        return {**waves, "name": user.get_full_name(), "email": user.email}

    @cached_property
    def country(self):
        """Where the shop's own goods can be sent; None if there are none to send, or nowhere to send them."""
        return shipping_country(self.get_operator()) if needs_sending(self.parts) else None

    def get_address_form(self) -> AddressForm | None:
        if self.country is None:
            return None
        data = self.request.POST if self.request.method == "POST" else None
        return AddressForm(data, country=self.country, initial=self.details.address)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._turned_away() or self._written()

    def _written(self) -> HttpResponse:
        form, address = self.get_form(), self.get_address_form()
        # Both are looked at, so that all mistakes are said at once.
        are_valid = [each.is_valid() for each in (form, address) if each is not None]
        if not all(are_valid):
            return self.render_to_response(self.get_context_data(form=form, address_form=address))
        self.details.write(
            contact=form.contact(get_language() or ""),
            waves=form.waves,
            address=address.cleaned_data if address else None,
        )
        return redirect("market:pay")

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        basket = self.request.basket
        context = super().get_context_data(**kwargs)
        form, address = context["form"], kwargs.get("address_form") or self.get_address_form()
        return {
            **context,
            "address_form": address,
            "form_errors": form_problems(*(each for each in (form, address) if each is not None)),
            "choices": [_shown(choice, form) for choice in form.choices],
            "stall_count": sum(len(part.stalls) for part in self.parts if part.market),
            "total": basket.total_incl_tax,
            "currency": basket.currency,
        }


def _shown(choice: MarketChoice, form: WhereForm) -> dict[str, Any]:
    language = shown_language(choice.market, "name", written_in=choice.market.operator.language)
    return {"choice": choice, "field": form[choice.field_name], "language": language}
