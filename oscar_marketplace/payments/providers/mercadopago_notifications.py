"""What Mercado Pago sends to us: who signed it, and which payment it is about.

Signed are the payment's number in the address, the number of the delivery and the time; the body is not, so nothing
in it is read.
"""

import hashlib
import hmac
import re
import time

from oscar_marketplace.payments.providers.base import BadSignature, Hint, RawNotification

#: A part of the signed text with a ";" in it could be read as another one.
NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: The last of the repeats comes four days after the first:
#: https://www.mercadopago.com/developers/en/docs/your-integrations/notifications/webhooks
OLDEST_SECONDS = 5 * 24 * 3600
AHEAD_SECONDS = 300
#: A time above this is in milliseconds (as seconds it is in the year 5138).
MILLISECONDS_FROM = 10**11


def hints_in(raw: RawNotification, secrets: list[str]) -> list[Hint]:
    """The payment that a notification is about; nothing if it is about something else.

    ``event_id`` is made of what is signed only. A repeat under a new number of delivery is another row, and costs one
    more question; were it the number in the body, one true signature could fill the table.

    Raises:
        BadSignature
    """
    number, delivery = raw.query.get("data.id", ""), raw.headers.get("x-request-id", "")
    if not NUMBER.fullmatch(number) or not NUMBER.fullmatch(delivery):
        raise BadSignature(code="odd_number")
    _verify(raw.headers.get("x-signature", ""), number, delivery, secrets)
    if raw.query.get("type", raw.query.get("topic")) != "payment":
        return []
    return [Hint(event_id=f"payment:{number}:{delivery}", external_id=number)]


def _verify(header: str, number: str, delivery: str, secrets: list[str]) -> None:
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    signed_at, given = parts.get("ts", ""), parts.get("v1", "")
    if not re.fullmatch(r"[0-9]{1,15}", signed_at) or not re.fullmatch(r"[0-9a-f]{64}", given):
        raise BadSignature()
    # Mercado Pago lowers the number's letters before it signs in some products and not in others.
    texts = {f"id:{each};request-id:{delivery};ts:{signed_at};" for each in (number, number.lower())}
    # The empty text signs as well as any secret, and everybody knows it.
    if not any(hmac.compare_digest(signature(text, secret), given) for secret in secrets if secret for text in texts):
        raise BadSignature()
    seconds = int(signed_at)
    age = time.time() - (seconds / 1000 if seconds >= MILLISECONDS_FROM else seconds)
    if not -AHEAD_SECONDS <= age <= OLDEST_SECONDS:
        raise BadSignature(code="stale" if age > 0 else "from_the_future")


def signature(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
