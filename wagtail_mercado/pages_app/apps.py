from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketPagesConfig(AppConfig):
    """Optional: the three pages, ready to use."""

    name = "wagtail_mercado.pages_app"
    label = "wagtail_mercado_pages"
    verbose_name = _("Pages of the markets")
    default_auto_field = "django.db.models.BigAutoField"
