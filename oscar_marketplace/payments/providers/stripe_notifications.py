"""What Stripe sends to us: who signed it, and which charge it is about."""

import json
import time

from oscar_marketplace.payments.providers.base import BadSignature, Hint, RawNotification

#: A notification may be this much older or newer than our clock.
TOLERANCE_SECONDS = 300
#: Notifications about a charge; the rest of Stripe's two hundred kinds is for others.
EVENTS = ("checkout.session.", "payment_intent.", "charge.", "refund.")


def hints_in(event: dict, alias: str) -> list[Hint]:
    """The charge an event is about: by our name for it, and by Stripe's number of the session or the payment intent."""
    about = event["data"]["object"]
    metadata = about.get("metadata") or {}
    if metadata.get("provider", alias) != alias:
        # Of another provider entry of ours at the same account: it is told, too.
        return []
    reference = metadata.get("reference") or about.get("client_reference_id") or ""
    is_it = about["object"] in {"checkout.session", "payment_intent"}
    number = about.get("id") if is_it else about.get("payment_intent")
    # What others sell by the same account has no name of ours; nor do disputes, and refunds made on Stripe's own pages.
    is_nameless = not reference and not (about["object"] in {"dispute", "refund"} and number)
    if not event["type"].startswith(EVENTS) or is_nameless:
        return []
    return [Hint(event_id=event["id"], reference=reference, external_id=number or "")]


def verified_event(raw: RawNotification, secrets: list[str]) -> dict:
    """The event, if one of the endpoint's secrets signed it in the last minutes.

    Raises:
        BadSignature
    """
    import stripe

    header = raw.headers.get("stripe-signature", "")
    for secret in secrets:
        try:
            # The SDK refuses an empty secret and what is old; it lets pass what is from the future.
            stripe.WebhookSignature.verify_header(raw.body, header, secret, TOLERANCE_SECONDS)
            signed_at = int(next(part for part in header.split(",") if part.startswith("t="))[2:])
            if signed_at > time.time() + TOLERANCE_SECONDS:
                raise BadSignature(code="from_the_future")
            event = json.loads(raw.body)
            event["id"], event["type"], event["data"]["object"]["object"]
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError):
            continue
        return event
    raise BadSignature()
