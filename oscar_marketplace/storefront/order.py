"""The order behind its signed link: see it, answer, pay again, cancel, pick up. Works without an account."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.generic import TemplateView

from oscar_marketplace.aftersales.cancel import cancel_by_shopper, cancel_part_by_shopper
from oscar_marketplace.aftersales.decide import answer_decision
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import CannotBuy, MarketplaceError
from oscar_marketplace.listings.add import add_listing
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.money import from_minor, to_minor
from oscar_marketplace.orders.cancel import SHOPPER_MAY
from oscar_marketplace.orders.models import Decision, HandOver, StallOrder, StallOrderLine
from oscar_marketplace.orders.states import LIVE
from oscar_marketplace.orders.tracking import order_from_token, tracking_path
from oscar_marketplace.payments.choices import payment_choices
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.settle import fetch_and_apply
from oscar_marketplace.payments.start import most_for, start_payment
from oscar_marketplace.plain_requests import PlainRequest
from oscar_marketplace.storefront import order_page
from oscar_marketplace.storefront.basket import whole_number
from oscar_marketplace.storefront.order_page import OrderFacts, read_order
from oscar_marketplace.storefront.page import MarketplacePage, tel_url
from oscar_marketplace.storefront.pay import not_at_the_counter
from oscar_marketplace.storefront.pay_form import PayAgainForm


@method_decorator(cache_control(no_store=True), name="dispatch")
class BehindLink(PlainRequest):
    """Whoever has the link may see the order, so the link is kept: not cached, not indexed, not sent to other sites."""

    @cached_property
    def order(self):
        return order_from_token(self.kwargs["token"])

    @property
    def by(self) -> Actor:
        return Actor.of(self.request.user, role="shopper")

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def back(self) -> HttpResponse:
        return HttpResponseRedirect(tracking_path(self.order))


class OrderView(BehindLink, MarketplacePage, TemplateView):
    """The order's page. Coming back from a payment page asks the provider what became of the charge."""

    template_name = "oscar_marketplace/storefront/order.html"

    @cached_property
    def facts(self) -> OrderFacts:
        return read_order(self.order, now=timezone.now())

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        # A link checker only asks whether there is such a page.
        if request.method != "HEAD":
            for charge in Charge.objects.filter(order=self.order, state__in=order_page.UNDER_WAY):
                fetch_and_apply(charge.pk)
        return super().get(request, *args, **kwargs)

    def get_operator(self) -> Operator | None:
        return self.facts.operator

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        facts = self.facts
        parts = order_page.shown_parts(facts)
        return super().get_context_data(
            order=self.order,
            headline=order_page.headline(facts),
            placed_words=order_page.placed_words(facts),
            question=order_page.question_words(facts),
            payment=order_page.payment_words(facts),
            pay_form=pay_again_form(facts),
            left_to_pay=facts.left_to_pay,
            hand_overs=order_page.hand_over_cards(facts, token=self.kwargs["token"]),
            parts=parts,
            account=order_page.account(facts, parts),
            currency=self.order.currency,
            can_cancel=any(part.state in SHOPPER_MAY for part in facts.parts),
            can_repeat=not any(part.state in LIVE for part in facts.parts) and not facts.awaiting,
            operator=facts.operator,
            operator_phone_url=tel_url(facts.operator.phone) if facts.operator else "",
            **kwargs,
        )


def pay_again_form(facts: OrderFacts, data=None) -> PayAgainForm | None:
    """The ways to pay what is left; None when nothing is."""
    if not facts.awaiting:
        return None
    waves = {part.hand_over.wave_id: part.hand_over.wave for part in facts.awaiting if part.hand_over}
    choices = payment_choices(
        amount=facts.left_to_pay,
        currency=facts.order.currency,
        stall_count=len(facts.awaiting),
        most=_most(facts),
        waves=[wave for wave in waves.values() if wave],
    )
    if any(part.stall is None for part in facts.awaiting):
        choices = not_at_the_counter(choices)
    last = facts.charges[-1].provider if facts.charges else ""
    return PayAgainForm(data, choices=choices, initial={"provider": last})


def _most(facts: OrderFacts) -> Decimal | None:
    """The most that is left to pay once goods are weighed; None if nothing is weighed."""
    currency = facts.order.currency
    due = sum(to_minor(part.amount_due, currency) for part in facts.awaiting)
    more = sum(most_for(facts.awaiting, currency).values()) - due
    return facts.left_to_pay + from_minor(more, currency) if more else None


class OrderPayView(BehindLink):
    """Pays again, or another way. Mounted with ``non_atomic_requests``."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        facts = read_order(self.order, now=timezone.now())
        form = pay_again_form(facts, request.POST)
        if form is None:
            messages.info(request, _("There is nothing left to pay."))
            return self.back()
        if not form.is_valid():
            messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
            return self.back()
        try:
            started = start_payment(self.order, provider=form.cleaned_data["provider"], by=self.by)
        except MarketplaceError as refusal:
            messages.error(request, str(refusal))
            return self.back()
        return HttpResponseRedirect(started.redirect_url or tracking_path(self.order))


class OrderDecideView(BehindLink):
    """Answers the open question: ``question`` is its pk, ``answer`` one of its options."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        number = whole_number(request.POST.get("question", ""))
        question = Decision.objects.filter(order=self.order, pk=number).first()
        if question is None:
            messages.info(request, _("There is no open question any more."))
            return self.back()
        answer = request.POST.get("answer", "")
        if not answer:
            messages.error(request, _("Choose one of the answers."))
            return self.back()
        try:
            answer_decision(question, answer=answer, by=self.by, channel="link")
        except MarketplaceError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Thank you, we have your answer."))
        return self.back()


class OrderCancelView(BehindLink):
    """Cancels what no stall has accepted, or one stall's part (``part`` is its pk)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            cancelled = self._cancel(request.POST.get("part", ""))
        except MarketplaceError as refusal:
            messages.error(request, str(refusal))
            return self.back()
        names = ", ".join(part.seller_name for part in cancelled)
        messages.success(request, _("Cancelled: %(stalls)s.") % {"stalls": names})
        return self.back()

    def _cancel(self, part: str) -> list[StallOrder]:
        if not part:
            return cancel_by_shopper(self.order, by=self.by)
        row = StallOrder.objects.filter(order=self.order, pk=whole_number(part)).select_related("order").first()
        if row is None:
            raise Http404
        return [cancel_part_by_shopper(row, by=self.by)]


class OrderAgainView(BehindLink):
    """Puts the goods of an order into the basket again, as far as they can be had."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        lines = StallOrderLine.objects.filter(
            stall_order__order=self.order, kind=StallOrderLine.Kind.ORDERED, listing__isnull=False
        ).order_by("pk")
        listings = with_price_facts(Listing.objects.filter(order_lines__in=lines)).in_bulk()
        added = 0
        for line in lines:
            try:
                with transaction.atomic():
                    add_listing(request.basket, listings[line.listing_id], line.steps)
                added += 1
            except CannotBuy as refusal:
                messages.warning(request, str(refusal))
        if added:
            messages.success(request, _("The goods are in your basket again, at today's prices."))
        return redirect("market:basket")


class OrderCodeView(BehindLink):
    """The pick-up code as a QR image: the same digits, nothing else."""

    def get(self, request: HttpRequest, token: str, pk: int) -> HttpResponse:
        hand_over = HandOver.objects.filter(order=self.order, pk=pk, stall_orders__state__in=LIVE).first()
        if hand_over is None:
            raise Http404
        image = BytesIO()
        segno.make(hand_over.code, error="m", micro=False).save(image, kind="svg", scale=4, xmldecl=False, border=2)
        return HttpResponse(image.getvalue(), content_type="image/svg+xml")
