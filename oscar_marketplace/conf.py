"""Every setting of the package: its type, its default and what it is for.

Read through ``conf.settings`` at call time, never at import, so that ``override_settings`` works.
"""

from decimal import Decimal
from typing import Any

from django.conf import settings as django_settings


class AppSettings:
    """Typed, read-through view of the ``OSCAR_MARKETPLACE_*`` settings."""

    prefix = "OSCAR_MARKETPLACE_"

    def _get(self, name: str, default: Any) -> Any:
        return getattr(django_settings, self.prefix + name, default)

    @property
    def BASE_SHOWS_LANGUAGES(self) -> bool:
        """Whether a base template of the city's own has ``components/languages.html``; else our pages show it."""
        return self._get("BASE_SHOWS_LANGUAGES", False)

    @property
    def BASE_TEMPLATE(self) -> str:
        """Template that our pages extend; it must offer the blocks ``head_extra`` and ``content``."""
        return self._get("BASE_TEMPLATE", "oscar_marketplace/base/page.html")

    @property
    def HOME_PATH(self) -> str:
        """Path of the list of markets below where our URLs are mounted; read once, when they are loaded.

        A portal whose own home page has ``/`` says ``"markets/"``.
        """
        return self._get("HOME_PATH", "")

    @property
    def NEXT_CLASS_LOADER(self) -> str:
        """Dotted path of the class loader that ours calls first: a host's own loader, or Oscar's."""
        return self._get("NEXT_CLASS_LOADER", "oscar.core.loading.default_class_loader")

    @property
    def PAYMENT_PROVIDERS(self) -> dict[str, dict]:
        """``alias -> {"BACKEND": dotted path, "OPTIONS": {...}}``, in the order they are offered."""
        return self._get(
            "PAYMENT_PROVIDERS",
            {"cash": {"BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall", "OPTIONS": {}}},
        )

    @property
    def CHANNELS(self) -> dict[str, dict]:
        """Message channels, ``alias -> {"BACKEND", "OPTIONS"}``."""
        return self._get(
            "CHANNELS",
            {"email": {"BACKEND": "oscar_marketplace.notifications.channels.email.EmailChannel", "OPTIONS": {}}},
        )

    @property
    def PAYOUT_METHODS(self) -> dict[str, dict]:
        """Ways in which stalls are paid, ``alias -> {"BACKEND", "OPTIONS"}``."""
        return self._get(
            "PAYOUT_METHODS",
            {"cash": {"BACKEND": "oscar_marketplace.payouts.methods.cash.CashAtDesk", "OPTIONS": {}}},
        )

    @property
    def PAYOUT_ACCOUNT_HOLD_DAYS(self) -> int:
        """Days for which nothing is paid to an account that was changed."""
        return self._get("PAYOUT_ACCOUNT_HOLD_DAYS", 3)

    @property
    def PAYOUT_FOUR_EYES_ABOVE(self) -> Decimal | int | None:
        """Above this sum (operator's currency) whoever made a batch does not approve it; None: always may."""
        return self._get("PAYOUT_FOUR_EYES_ABOVE", 0)

    @property
    def ENCRYPTION_KEYS(self) -> list[str]:
        """Fernet keys for bank data: the first seals, every one opens."""
        return self._get("ENCRYPTION_KEYS", [])

    @property
    def ORDER_STATUS_MAP(self) -> dict[str, str]:
        """Derived order state -> Oscar status written as a projection; states left out are not written."""
        from oscar_marketplace.defaults import ORDER_STATUS_MAP

        return self._get("ORDER_STATUS_MAP", ORDER_STATUS_MAP)

    @property
    def LINE_STATUS_MAP(self) -> dict[str, str]:
        """Stall order state -> Oscar line status written as a projection."""
        from oscar_marketplace.defaults import LINE_STATUS_MAP

        return self._get("LINE_STATUS_MAP", LINE_STATUS_MAP)

    @property
    def MAX_STEPS(self) -> int:
        """Most steps of one listing in one basket; a guard against slips of the finger."""
        return self._get("MAX_STEPS", 200)

    @property
    def MAX_LINES(self) -> int:
        """Most lines in one basket."""
        return self._get("MAX_LINES", 150)

    @property
    def SITE_URL(self) -> str:
        """Scheme and host put before links in messages, e.g. ``https://mercados.example.org``."""
        return self._get("SITE_URL", "http://localhost:8000")

    @property
    def TRACKING_SALT(self) -> str:
        """Salt of the signed order links; changing it makes every link sent so far invalid."""
        return self._get("TRACKING_SALT", "oscar_marketplace.tracking")

    @property
    def TRANSLATIONS_APP(self) -> str:
        """Label of the app of the project that holds the migrations of translation columns, and nothing else."""
        return self._get("TRANSLATIONS_APP", "")

    @property
    def TRANSLATED_FIELDS(self) -> dict[str, tuple[str, ...]]:
        """``"app.Model" -> names of fields`` that have a column per language."""
        from oscar_marketplace.translations.fields import TRANSLATED_FIELDS

        return self._get("TRANSLATED_FIELDS", TRANSLATED_FIELDS)

    @property
    def WAVE_DAYS(self) -> int:
        """How many days ahead pick-up times are generated and offered."""
        return self._get("WAVE_DAYS", 3)

    @property
    def OUTBOX_ATTEMPTS(self) -> int:
        """Deliveries tried before an outbox event is put aside as dead (and shown in the admin)."""
        return self._get("OUTBOX_ATTEMPTS", 8)

    @property
    def REFUND_APPROVAL_ABOVE(self) -> Decimal | None:
        """A refund that staff grants above this amount (in the order's currency) is approved by a second person."""
        return self._get("REFUND_APPROVAL_ABOVE", None)

    @property
    def DEMO(self) -> bool:
        """Allows the demo data to be loaded with its public password."""
        return self._get("DEMO", False)


settings = AppSettings()
