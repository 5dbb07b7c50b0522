"""Where payment providers send their notifications. It verifies and keeps them, and does nothing else."""

import logging

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from oscar_marketplace.backends import payment_providers
from oscar_marketplace.payments.inbox import receive
from oscar_marketplace.payments.providers.base import BadSignature, NotSupported, RawNotification

logger = logging.getLogger("oscar_marketplace.payments")

#: Larger than any notification of the providers we know (Stripe: 64 kB), small enough to be read whole.
MOST_BYTES = 256 * 1024


@method_decorator(csrf_exempt, name="dispatch")
class ProviderNoticeView(View):
    """``POST``: 200 kept (or kept before), 401 not signed by the provider, 404 no such provider, 413 too large.

    Mounted with ``non_atomic_requests``: what is kept is committed before it is acknowledged.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider: str, endpoint: str = "") -> HttpResponse:
        if provider not in payment_providers.aliases():
            return HttpResponse(status=404)
        raw = RawNotification(
            endpoint=endpoint,
            headers={name.lower(): value for name, value in request.headers.items()},
            query=request.GET.dict(),
            body=request.read(MOST_BYTES + 1),
        )
        if len(raw.body) > MOST_BYTES:
            return HttpResponse(status=413)
        try:
            receive(provider, raw)
        except NotSupported:
            return HttpResponse(status=404)
        except BadSignature:
            # Only that it happened: the sender chose every byte of it.
            logger.warning("a notification for %s was not signed by it (%d bytes)", provider, len(raw.body))
            return HttpResponse(status=401)
        return HttpResponse("ok", content_type="text/plain")
