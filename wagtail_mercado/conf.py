"""Every setting of the portal side: its type, its default and what it is for. Read at call time."""

from typing import Any

from django.conf import settings as django_settings


class AppSettings:
    """Typed, read-through view of the ``WAGTAIL_MERCADO_*`` settings."""

    prefix = "WAGTAIL_MERCADO_"

    def _get(self, name: str, default: Any) -> Any:
        return getattr(django_settings, self.prefix + name, default)

    @property
    def MOST_CARDS(self) -> int:
        """Most stalls or listings that one block of a page shows; an editor may ask for fewer."""
        return self._get("MOST_CARDS", 24)


settings = AppSettings()
