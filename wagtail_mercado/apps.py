from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WagtailMercadoConfig(AppConfig):
    """Puts the market of ``oscar_marketplace`` into a Wagtail portal.

    So far the app only installs. Pages and blocks for markets and stalls come first, then choosers, the
    screens in Wagtail's admin with their moderation workflow, reports, search and open data.
    """

    name = "wagtail_mercado"
    label = "wagtail_mercado"
    verbose_name = _("Market pages")
    default_auto_field = "django.db.models.BigAutoField"
