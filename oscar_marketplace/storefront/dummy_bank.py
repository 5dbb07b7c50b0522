"""The page of the make-believe bank, where a person trying out the demo says what the bank answers."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from oscar_marketplace.backends import payment_providers
from oscar_marketplace.money import from_minor
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.providers.dummy import DummyProvider
from oscar_marketplace.payments.settle import fetch_and_apply
from oscar_marketplace.storefront.page import MarketplacePage


@method_decorator([transaction.non_atomic_requests, never_cache], name="dispatch")
class DummyBankView(MarketplacePage, TemplateView):
    """Only there while a provider of this kind is configured; anything else is a 404."""

    template_name = "oscar_marketplace/storefront/dummy_bank.html"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self._payment()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        provider, charge, payment = self._payment()
        if provider.answer(charge.reference, request.POST.get("answer", "")) is None:
            return self.render_to_response(self.get_context_data(has_errors=True))
        fetch_and_apply(charge.pk)
        target = payment["return_url"]
        if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
            raise Http404
        return HttpResponseRedirect(target)

    def _payment(self) -> tuple[DummyProvider, Charge, dict]:
        charge = Charge.objects.filter(reference=self.kwargs["reference"]).first()
        if charge is None or charge.provider not in payment_providers.aliases():
            raise Http404
        provider = payment_providers[charge.provider]
        payment = provider.payment(charge.reference) if isinstance(provider, DummyProvider) else None
        if payment is None:
            raise Http404
        return provider, charge, payment

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        _provider, charge, payment = self._payment()
        return super().get_context_data(
            **{
                "amount": from_minor(payment["amount"], payment["currency"]),
                "currency": payment["currency"],
                "reference": charge.reference,
                "has_errors": False,
                **kwargs,
            }
        )
