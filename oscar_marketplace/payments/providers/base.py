"""What a payment provider is to us: it translates, our verbs decide.

A provider takes and returns frozen dataclasses and never touches our tables. It is called outside any transaction.
Amounts are whole minor units of the currency (``money.to_minor``); a provider converts where its own API differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.orders.states import ChargeState, RefundState


class ProviderTimeout(MarketplaceError):
    """The outcome is unknown (no answer, a lost one, a server error): least of all does it mean that it failed."""

    code = "provider_timeout"


class ProviderRefused(MarketplaceError):
    """The provider understood and said no, or our keys are wrong; asking again the same way is no use.

    ``code`` is the provider's word for it, for the log and the admin.
    """

    code = "provider_refused"


class NotSupported(ProviderRefused):
    """The provider has no such thing."""

    code = "not_supported"


class BadSignature(MarketplaceError):
    """A notification that the provider did not send, or that is too old or from the future."""

    code = "bad_signature"


@dataclass(frozen=True)
class Capabilities:
    """What can be done with a charge. ``least`` and ``most`` in minor units, tax included."""

    #: Money is only set aside first, and up to that much is taken later, once.
    captures_later: bool = False
    #: Gives back what it took, wholly or in parts, by the way it came.
    refunds: bool = False
    #: Hours or days pass until the money is there.
    is_delayed: bool = False
    #: Currencies it takes; None is any.
    currencies: frozenset[str] | None = None
    least: int = 1
    most: int | None = None
    #: How long the goods are kept for a delayed payment, in days.
    days_to_pay: int = 0


@dataclass(frozen=True)
class ChargeRequest:
    """What to ask for. ``reference`` is the idempotency key; ``amount`` is in the currency's minor unit."""

    reference: str
    amount: int
    currency: str
    description: str
    #: With scheme and host.
    return_url: str
    language: str = ""
    #: Only set the amount aside: ``capture`` takes what it comes to.
    capture_later: bool = False
    #: The shopper's, where known: receipts and vouchers of some providers need it.
    email: str = ""
    #: What the shopper writes into the transfer, and until when it has to be here: where we read our own statements.
    payer_reference: str = ""
    pay_until: datetime | None = None


@dataclass(frozen=True)
class ChargeFact:
    """What the provider says a charge is now.

    ``amount`` and ``currency`` are what it says was asked for and are compared with ours. ``captured`` is what was
    taken in all (None: ``amount`` if the state says captured), ``refunded`` what went back of it, ``fee`` what the
    provider keeps. A provider compares the account and the mode (test or live) itself and refuses what is not its own.
    """

    reference: str
    external_id: str
    state: ChargeState
    amount: int
    currency: str
    decline_code: str = ""
    redirect_url: str = ""
    captured: int | None = None
    #: What came so far, where money comes in pieces or a little is let off; None: what was captured.
    received: int | None = None
    refunded: int = 0
    fee: int = 0
    #: What the shopper's bank asks back or took back for good, in all; what was won is not in it.
    disputed: int = 0
    capture_before: datetime | None = None
    expires_at: datetime | None = None
    #: What the shopper needs in order to pay: written to ``Charge.details["instructions"]``.
    instructions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CaptureRequest:
    """Take ``amount`` of what is set aside; ``key`` is the idempotency key."""

    key: str
    reference: str
    external_id: str
    amount: int
    currency: str


@dataclass(frozen=True)
class RefundRequest:
    """Give ``amount`` of a charge back; ``key`` is the idempotency key and our name for the refund.

    ``refund_id`` is the provider's number of the refund where it told us one: some keep no name of ours.
    """

    key: str
    reference: str
    external_id: str
    amount: int
    currency: str
    refund_id: str = ""


@dataclass(frozen=True)
class RefundFact:
    """What the provider says a refund is now."""

    key: str
    external_id: str
    state: RefundState
    amount: int
    currency: str
    decline_code: str = ""


@dataclass(frozen=True)
class RawNotification:
    """A notification as it came in. Header names are lower-case. ``endpoint`` is the last part of its address."""

    endpoint: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Hint:
    """What a notification seems to be about. It is never believed: the charge is fetched.

    ``event_id`` is the same whenever the same notification is sent again.
    """

    event_id: str
    reference: str = ""
    external_id: str = ""


class Provider:
    """Base of the backends in ``OSCAR_MARKETPLACE_PAYMENT_PROVIDERS``."""

    #: The money is only promised now and changes hands at the counter.
    promises = False
    #: One charge per stall order instead of one for the whole order.
    per_stall = False
    #: The stall takes the money itself, so the books net it with what is owed to the stall.
    is_cash_at_stall = False
    #: ``ChargeRequest`` carries the shopper's e-mail address and language.
    needs_contact = True
    #: Its money is seen on our own bank statements (``payments.bank``), so nobody is asked about a charge.
    is_by_statement = False

    def __init__(self, alias: str, options: dict):
        self.alias, self.options = alias, options

    def capabilities(self, *, currency: str) -> Capabilities:
        return Capabilities()

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
            ProviderTimeout, ProviderRefused
        """
        raise NotImplementedError

    def fetch(self, *, reference: str, external_id: str) -> ChargeFact | None:
        """What the charge is now, by the provider's number or, without it, by ours; None if it never heard of it.

        Raises:
            ProviderTimeout: nothing is known.
        """
        raise NotImplementedError

    def capture(self, request: CaptureRequest) -> ChargeFact:
        """Take what was set aside, once; the rest is free again.

        Raises:
            ProviderTimeout, ProviderRefused
        """
        raise NotSupported()

    def cancel(self, *, reference: str, external_id: str, key: str) -> ChargeFact:
        """Give up a charge that was not taken. What was paid meanwhile is said by the fact.

        Raises:
            ProviderTimeout, ProviderRefused
        """
        raise NotSupported()

    def refund(self, request: RefundRequest) -> RefundFact:
        """Give money back; the same key twice is one refund.

        Raises:
            ProviderTimeout, ProviderRefused
        """
        raise NotSupported()

    def fetch_refund(self, request: RefundRequest) -> RefundFact | None:
        """What became of a refund, found by its key; None if the provider never heard of it.

        Raises:
            ProviderTimeout: nothing is known.
        """
        raise NotSupported()

    def parse_notification(self, raw: RawNotification) -> list[Hint]:
        """What a notification is about. Pure: no database, no network.

        Raises:
            BadSignature, NotSupported
        """
        raise NotSupported()

    def resolve(self, hint: Hint) -> str:
        """Our reference of what a hint names by a number that we do not know yet; "" if it is not ours.

        Called outside any transaction; only a provider whose notifications carry no more than its number asks for it.

        Raises:
            ProviderTimeout, ProviderRefused
        """
        return ""

    def check(self) -> list[str]:
        """Mistakes in ``OPTIONS``, each saying what to write instead."""
        return []
