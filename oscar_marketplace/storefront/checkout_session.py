"""What the shopper said on the first page of the checkout, kept in the session until the order is placed."""

import secrets
from dataclasses import asdict

from django.http import HttpRequest
from django.utils.translation import get_language

from oscar_marketplace.orders.plan import ContactDetails, HandOverChoice

DETAILS = "market_checkout"
KEYS = "market_checkout_keys"
#: As many baskets as one browser reasonably checks out at the same time.
KEYS_KEPT = 5


class CheckoutDetails:
    """Reads and writes the session; a session from an older version of the page counts as empty."""

    def __init__(self, request: HttpRequest):
        self.request = request

    @property
    def contact(self) -> ContactDetails | None:
        """Who to tell, in the language the page is read in now."""
        kept = self._kept().get("contact")
        if not isinstance(kept, dict) or not {"name", "email", "phone"} <= kept.keys():
            return None
        return ContactDetails(kept["name"], kept["email"], kept["phone"], get_language() or "")

    @property
    def waves(self) -> dict[int, int]:
        """Market -> the pick-up time chosen there."""
        return {int(market_id): wave_id for market_id, wave_id in self._kept().get("waves", {}).items()}

    @property
    def address(self) -> dict[str, str]:
        """Where goods of the shop itself are sent; empty if there are none."""
        return self._kept().get("address", {})

    def hand_overs(self) -> tuple[HandOverChoice, ...]:
        return tuple(HandOverChoice(market_id, wave_id=wave_id) for market_id, wave_id in sorted(self.waves.items()))

    def write(self, *, contact: ContactDetails, waves: dict[int, int], address: dict[str, str] | None = None) -> None:
        kept = asdict(contact)
        kept.pop("language")
        self.request.session[DETAILS] = {
            "contact": kept,
            "waves": {str(market_id): wave_id for market_id, wave_id in waves.items()},
            "address": address or {},
        }

    def forget(self) -> None:
        """Drop the choices; the keys stay, so that an old tab still finds the order it placed."""
        self.request.session.pop(DETAILS, None)

    def key_for(self, basket) -> str:
        """The idempotency key of this basket's checkout: the same in every tab."""
        keys = self.request.session.get(KEYS, {})
        name = str(basket.pk)
        if name not in keys:
            keys = dict(list(keys.items())[-(KEYS_KEPT - 1) :])
            keys[name] = secrets.token_urlsafe(24)
            self.request.session[KEYS] = keys
        return keys[name]

    def is_own_key(self, key: str) -> bool:
        return key in self.request.session.get(KEYS, {}).values()

    def _kept(self) -> dict:
        kept = self.request.session.get(DETAILS)
        return kept if isinstance(kept, dict) else {}
