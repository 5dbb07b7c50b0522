from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WagtailMercadoConfig(AppConfig):
    """The market inside a Wagtail portal: blocks and parts of pages for editors, screens for the city's staff."""

    name = "wagtail_mercado"
    label = "wagtail_mercado"
    verbose_name = _("Market pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail_mercado import checks  # noqa: F401 (registers them)
