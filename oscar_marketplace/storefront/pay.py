"""Pay and confirm: the second page of the checkout. The order is written first, then its payment is started."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic.edit import FormView
from oscar.core.loading import get_class

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import CannotPlace, NotAllowed
from oscar_marketplace.form_problems import form_problems
from oscar_marketplace.markets.models import Market, Operator, Wave
from oscar_marketplace.money import format_money
from oscar_marketplace.orders.amounts import OrderAmounts, order_amounts
from oscar_marketplace.orders.models import CheckoutAttempt
from oscar_marketplace.orders.place import place_order
from oscar_marketplace.orders.plan import CheckoutRequest, content_hash
from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.payments.choices import PaymentChoice, payment_choices
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.storefront.basket import LAST_ORDER
from oscar_marketplace.storefront.basket_parts import BasketPage, basket_page
from oscar_marketplace.storefront.checkout_session import CheckoutDetails
from oscar_marketplace.storefront.house_goods import needs_sending, shipping_address, shipping_method
from oscar_marketplace.storefront.page import MarketplacePage
from oscar_marketplace.storefront.pay_form import STALE_PAGE, PayForm
from oscar_marketplace.storefront.times import say_wave

OrderPlacementMixin = get_class("checkout.mixins", "OrderPlacementMixin")

#: Refusals that the first page of the checkout can mend.
ASK_WHERE = {
    "slot_gone",
    "slot_full",
    "hand_over_missing",
    "contact_missing",
    "contact_too_long",
    "bad_email",
    "unknown_language",
}
#: Refusals that this page can mend.
ASK_HERE = {"price_changed", "too_many_cash_orders", "refused_by_shop", "bad_key"}


@method_decorator(never_cache, name="dispatch")
class PayView(MarketplacePage, FormView, OrderPlacementMixin):
    """Built on the city's ``OrderPlacementMixin``: the status, signal and acts after an order that it defines are kept.

    Its ``dispatch`` and context are not: they belong to Oscar's own checkout, which sends stalls' goods here. Mounted
    with ``non_atomic_requests``: the order must be committed before money moves.
    """

    template_name = "oscar_marketplace/storefront/pay.html"
    form_class = PayForm

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.details = CheckoutDetails(request)
        self.checkout_session = get_class("checkout.utils", "CheckoutSessionData")(request)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._turned_away() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        done = self._order_of_key(request.POST.get("key", ""))
        if done is not None:
            # Pressed twice, in another tab, or after going back: there is one order, and it goes on from here.
            return self._pay(done, request.POST.get("provider", ""))
        return self._turned_away() or super().post(request, *args, **kwargs)

    def _order_of_key(self, key: str):
        if not key or not self.details.is_own_key(key):
            return None
        placed = CheckoutAttempt.objects.filter(key=key, state=CheckoutAttempt.State.PLACED)
        attempt = placed.select_related("order").first()
        return attempt.order if attempt else None

    def _turned_away(self) -> HttpResponse | None:
        """To the page that has to come first, if one has."""
        if not self.page.markets:
            messages.info(self.request, _("There is nothing in your basket."))
            return redirect("market:basket")
        markets = {market.market.pk for market in self.page.markets if market.market}
        lacks_address = needs_sending(self.page.parts) and self.shipping_address is None
        if self.details.contact is None or set(self.details.waves) != markets or lacks_address:
            if self.details.contact is not None:
                messages.info(self.request, _("Your basket changed. Please choose again when you will pick up."))
            return redirect("market:checkout")
        return None

    @cached_property
    def shipping_address(self):
        """Where goods of the shop itself are sent, unsaved; None if nothing is."""
        contact = self.details.contact
        if contact is None or not needs_sending(self.page.parts):
            return None
        return shipping_address(
            self.details.address, name=contact.name, phone=contact.phone, operator=self.get_operator()
        )

    @cached_property
    def shipping_method(self):
        return shipping_method(
            self.request.basket, self.page.parts, address=self.shipping_address, request=self.request
        )

    @cached_property
    def page(self) -> BasketPage:
        return basket_page(self.request.basket)

    @cached_property
    def amounts(self) -> OrderAmounts:
        return order_amounts(self.request.basket, request=self.request, shipping_method=self.shipping_method)

    @property
    def total(self):
        return self.amounts.total

    @cached_property
    def choices(self) -> list[PaymentChoice]:
        choices = payment_choices(
            amount=self.total.incl_tax,
            currency=self.total.currency,
            stall_count=self.page.stall_count,
            most=self._most(),
            # Read only if a way to pay takes days.
            waves=Wave.objects.filter(pk__in=self.details.waves.values()).select_related("market__operator"),
        )
        return not_at_the_counter(choices) if self.page.has_house_goods else choices

    def _most(self) -> Decimal | None:
        """The most the whole order can come to once its goods are weighed; None if nothing is weighed."""
        if self.page.most is None:
            return None
        shown = sum((line.amount for line in self.page.lines), Decimal(0))
        return self.page.most + self.total.incl_tax - shown

    def get_operator(self) -> Operator | None:
        return self.page.operator

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "choices": self.choices}

    def get_initial(self) -> dict[str, Any]:
        offered = [choice.alias for choice in self.choices if not choice.why_not]
        return {"provider": offered[0] if len(offered) == 1 else ""}

    def form_valid(self, form: PayForm) -> HttpResponse:
        asked = self._asked(form)
        if not self.details.is_own_key(asked.key):
            form.add_error(None, STALE_PAGE)
            return self.form_invalid(form)
        user = self.request.user if self.request.user.is_authenticated else None
        try:
            order = place_order(
                self.request.basket,
                asked=asked,
                user=user,
                request=self.request,
                status=self.get_initial_order_status(self.request.basket),
                shipping_method=self.shipping_method,
                shipping_address=self.shipping_address,
            )
        except CannotPlace as refusal:
            return self._refused(form, refusal)
        return self._placed(order, asked.provider)

    def _asked(self, form: PayForm) -> CheckoutRequest:
        provider = form.cleaned_data["provider"]
        return CheckoutRequest(
            key=form.cleaned_data["key"],
            hand_overs=self.details.hand_overs(),
            contact=self.details.contact,
            provider=provider,
            seen=form.cleaned_data["seen"],
            pays_later=any(choice.promises for choice in self.choices if choice.alias == provider),
        )

    def _refused(self, form: PayForm, refusal: CannotPlace) -> HttpResponse:
        if refusal.code in ASK_HERE:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.error(self.request, str(refusal))
        return redirect("market:checkout" if refusal.code in ASK_WHERE else "market:basket")

    def _placed(self, order, provider: str) -> HttpResponse:
        self.details.forget()
        self.request.session[LAST_ORDER] = tracking_path(order)
        response = self._pay(order, provider)
        self.success_url = response.url
        if not getattr(order, "placed_now", False):
            return response
        answer = self.handle_successful_order(order)
        # A city may show a page of its own, but not instead of the bank's.
        return answer if answer is not None and response.url == tracking_path(order) else response

    def _pay(self, order, provider: str) -> HttpResponse:
        """Start the payment and go to the provider's page, or to the order's."""
        by = Actor.of(self.request.user, role="shopper")
        try:
            started = start_payment(order, provider=provider, by=by)
        except NotAllowed as refusal:
            if refusal.code != "unknown_provider":
                messages.error(self.request, str(refusal))
            return HttpResponseRedirect(tracking_path(order))
        return HttpResponseRedirect(started.redirect_url or tracking_path(order))

    def get_success_url(self) -> str:
        return self.success_url

    def send_order_placed_email(self, order) -> None:
        """Nothing: the outbox tells the shopper, also when this process dies before it gets here."""

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form, total = context["form"], self.total
        return {
            **context,
            "form_errors": form_problems(form) if form.is_bound else [],
            "page": self.page,
            "rows": self._rows(),
            "total": {"label": _("Total"), "amounts": [total.incl_tax]},
            "amount": total.incl_tax,
            "currency": total.currency,
            "key": self.details.key_for(self.request.basket),
            "seen": content_hash(self.request.basket, self.details.hand_overs(), self.total),
            "contact": self.details.contact,
            "address": self.shipping_address,
            "hand_overs": self._hand_overs(),
            "terms_label": terms_label(self.get_operator()),
            "bound": format_money(self.page.most, total.currency) if self.page.most is not None else "",
        }

    def _rows(self) -> list[dict[str, Any]]:
        stalls = [stall for market in self.page.markets for stall in market.stalls]
        rows = [{"label": stall.name, "language": stall.language, "amounts": [stall.total]} for stall in stalls]
        if self.amounts.shipping_charge.incl_tax:
            rows.append({"label": self.shipping_method.name, "amounts": [self.amounts.shipping_charge.incl_tax]})
        return rows + [
            {"label": each.surcharge.name, "amounts": [each.price.incl_tax]} for each in self.amounts.surcharges or ()
        ]

    def _hand_overs(self) -> list[dict[str, Any]]:
        now = timezone.now()
        waves = Wave.objects.in_bulk(self.details.waves.values())
        chosen = {market_id: waves.get(wave_id) for market_id, wave_id in self.details.waves.items()}
        return [
            {
                "market": market.market,
                "language": market.language,
                "stalls": market.stalls,
                "when": _when(chosen.get(market.market.pk), market.market, now),
            }
            for market in self.page.markets
            if market.market
        ]


def not_at_the_counter(choices: list[PaymentChoice]) -> list[PaymentChoice]:
    """Goods of the shop itself have no counter to pay at: what is only promised is not offered, with the reason."""
    reason = _("Not together with goods of the shop itself: there is no counter to pay them at.")
    return [replace(choice, why_not=choice.why_not or reason) if choice.promises else choice for choice in choices]


def terms_label(operator: Operator | None) -> SafeString | str:
    """What is accepted, with links to it where the operator has them."""
    if operator is None or not operator.terms_url:
        return _("I accept the purchase rules")
    if not operator.privacy_url:
        return format_html(_('I accept the <a href="{}">purchase rules</a>'), operator.terms_url)
    text = _('I accept the <a href="{}">purchase rules</a> and the <a href="{}">privacy notice</a>')
    return format_html(text, operator.terms_url, operator.privacy_url)


def _when(wave: Wave | None, market: Market, now) -> str:
    return say_wave(wave, market.zone, now=now) if wave else ""
