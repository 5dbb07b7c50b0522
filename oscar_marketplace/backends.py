"""``alias -> {"BACKEND", "OPTIONS"}`` turned into instances, as Django does for caches and tasks."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from oscar_marketplace.conf import settings


class Backends:
    """The configured backends of one kind, e.g. payment providers; read at call time and made anew each time.

    Backends hold no state between calls, so making one is cheap and settings can be overridden in tests.
    """

    def __init__(self, setting: str):
        self.setting = setting

    def aliases(self) -> list[str]:
        return list(getattr(settings, self.setting))

    def __getitem__(self, alias: str) -> Any:
        configured = getattr(settings, self.setting)
        if alias not in configured:
            raise ImproperlyConfigured(
                f"{settings.prefix}{self.setting} has no '{alias}'; it has: {', '.join(configured) or 'nothing'}."
            )
        entry = configured[alias]
        backend_class = import_string(entry["BACKEND"])
        return backend_class(alias, entry.get("OPTIONS", {}))

    def all(self) -> list[Any]:
        return [self[alias] for alias in self.aliases()]


payment_providers = Backends("PAYMENT_PROVIDERS")
payout_methods = Backends("PAYOUT_METHODS")
channels = Backends("CHANNELS")
