"""Django's entry into the package."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OscarMarketplaceConfig(AppConfig):
    name = "oscar_marketplace"
    label = "oscar_marketplace"
    verbose_name = _("Markets")
    # Ours, whatever the host's default is: its own keys and Oscar's may be of either kind.
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from oscar_marketplace import checks  # noqa: F401 (registers them)
        from oscar_marketplace.overlay.order_signal import install

        install()
