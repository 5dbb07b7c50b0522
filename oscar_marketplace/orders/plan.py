"""What a checkout asks for, as plain data, and the plan the order is written by."""

import hashlib
import json
from dataclasses import dataclass, field

from oscar_marketplace.orders.models import HandOver


@dataclass(frozen=True)
class HandOverChoice:
    """How and when the shopper wants what comes from one market."""

    market_id: int
    kind: str = HandOver.Kind.STALL
    wave_id: int | None = None


@dataclass(frozen=True)
class ContactDetails:
    """Who to tell. E-mail or phone is needed; stalls see neither."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True)
class CheckoutRequest:
    """One press of “confirm and pay”.

    ``key`` is the form's idempotency key, ``seen`` the :func:`content_hash` of what the page showed. ``pays_later``
    says that the payment is only promised (cash), which is what limits open orders per person.
    """

    key: str
    hand_overs: tuple[HandOverChoice, ...]
    contact: ContactDetails
    provider: str
    seen: str
    pays_later: bool = False


@dataclass
class Plan:
    """What the order creator needs beside Oscar's arguments.

    Without a checkout of ours (an API, a shop's own page that took its payment already) the parts are confirmed at
    once: ``awaits_payment`` is False and there is no hand-over.
    """

    hand_overs: tuple[HandOverChoice, ...] = ()
    waves: dict = field(default_factory=dict)
    contact: ContactDetails | None = None
    awaits_payment: bool = False
    attempt: object = None
    places: dict = field(default_factory=dict)
    user: object = None


def content_hash(basket, hand_overs: tuple[HandOverChoice, ...], total) -> str:
    """Hash of each line's listing, amount and tax, of each hand-over and of the total with delivery and surcharges.

    Not only of the total: two changes could cancel each other out.

    The basket has its strategy and its offers applied.
    """
    lines = [
        [
            line.pk,
            line.stockrecord_id,
            line.quantity,
            str(line.line_price_incl_tax_incl_discounts),
            str(line.line_price_excl_tax_incl_discounts),
        ]
        for line in basket.all_lines()
    ]
    choices = sorted([choice.market_id, choice.kind, choice.wave_id or 0] for choice in hand_overs)
    whole = [str(total.incl_tax), str(total.excl_tax), total.currency]
    return hashlib.sha256(json.dumps([lines, choices, whole]).encode()).hexdigest()
