"""A shop at the double of Stripe."""

from oscar_marketplace.payments.providers.base import CaptureRequest, ChargeRequest, RefundRequest
from oscar_marketplace.payments.providers.stripe import StripeProvider
from oscar_marketplace.test.fake_stripe import FakeStripe


class ShopAtStripe:
    """One provider, its Stripe, and one charge of 202.49 pesos."""

    reference = "100023-1"

    def __init__(self, *, livemode=False, **options):
        self.stripe = FakeStripe(livemode=livemode)
        self.provider = StripeProvider("stripe", self.stripe.options(**options))

    def start(self, **changes):
        asked = {
            "reference": self.reference,
            "amount": 20249,
            "currency": "MXN",
            "description": "Mercado, order 100023",
            "return_url": "https://market.example/order/token/",
        }
        return self.provider.start(ChargeRequest(**{**asked, **changes}))

    def fetch(self, external_id="", reference=reference):
        return self.provider.fetch(reference=reference, external_id=external_id)

    def capture(self, fact, amount, key="capture-1"):
        return self.provider.capture(CaptureRequest(key, fact.reference, fact.external_id, amount, fact.currency))

    def cancel(self, fact, key="cancel-1"):
        return self.provider.cancel(reference=fact.reference, external_id=fact.external_id, key=key)

    def refund_request(self, fact, amount, key="refund-1"):
        return RefundRequest(key, fact.reference, fact.external_id, amount, fact.currency)

    def refund(self, fact, amount, key="refund-1"):
        return self.provider.refund(self.refund_request(fact, amount, key))

    def sessions(self):
        return [thing for thing in self.stripe.objects.values() if thing["object"] == "checkout.session"]

    def asked(self, method, path):
        """What was sent there."""
        return [each.params for each in self.stripe.sent if (each.method, each.path) == (method, path)]
