"""What a payment provider is to us: it translates, our verbs decide.

A provider takes and returns frozen dataclasses and never touches our tables. It is called outside any transaction.
"""

from dataclasses import dataclass

from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.orders.states import ChargeState


class ProviderTimeout(MarketplaceError):
    """The provider did not answer: nothing is known, least of all that it failed."""

    code = "provider_timeout"


@dataclass(frozen=True)
class ChargeRequest:
    """What to ask for. ``reference`` is the idempotency key; ``amount`` is in the currency's minor unit."""

    reference: str
    amount: int
    currency: str
    description: str
    return_url: str
    language: str = ""


@dataclass(frozen=True)
class ChargeFact:
    """What the provider says a charge is now. ``amount`` and ``currency`` are its words, compared with ours."""

    reference: str
    external_id: str
    state: ChargeState
    amount: int
    currency: str
    decline_code: str = ""
    redirect_url: str = ""


class Provider:
    """Base of the backends in ``OSCAR_MARKETPLACE_PAYMENT_PROVIDERS``."""

    #: The money is only promised now and changes hands at the counter.
    promises = False
    #: One charge per stall order instead of one for the whole order.
    per_stall = False
    #: The stall takes the money itself, so the books net it with what is owed to the stall.
    is_cash_at_stall = False

    def __init__(self, alias: str, options: dict):
        self.alias, self.options = alias, options

    def label(self) -> str:
        """Name at the checkout."""
        raise NotImplementedError

    def hint(self, *, stall_count: int) -> str:
        """One sentence on how paying works."""
        return ""

    def why_not(self, *, amount: int, currency: str) -> str:
        """Why it is not offered for this amount (in words for the shopper), or ""."""
        return ""

    def start(self, request: ChargeRequest) -> ChargeFact:
        """Ask for the charge; the same reference twice is one charge.

        Raises:
            ProviderTimeout: nothing is known.
        """
        raise NotImplementedError

    def fetch(self, *, reference: str, external_id: str) -> ChargeFact | None:
        """What the charge is now; None if the provider never heard of it.

        Raises:
            ProviderTimeout: nothing is known.
        """
        raise NotImplementedError

    def check(self) -> list[str]:
        """Mistakes in ``OPTIONS``, each saying what to write instead."""
        return []
