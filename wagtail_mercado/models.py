"""What a Wagtail site says about the market as a whole; pages are in ``pages`` and ``pages_app``."""

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Site


@register_setting(icon="mercado-stall", order=200)
class MarketplaceSettings(BaseSiteSetting):
    """Per Wagtail site: whose markets it shows, and a notice above all pages of the market."""

    operator = models.ForeignKey(
        "oscar_marketplace.Operator",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("operator"),
        help_text=_("Only markets of this operator are shown on this site. Empty: all markets."),
    )
    notice = models.CharField(
        _("notice"),
        max_length=300,
        blank=True,
        help_text=_("One or two sentences above every page of the market, for instance a holiday or a water cut."),
    )
    notice_from = models.DateTimeField(_("shown from"), null=True, blank=True)
    notice_until = models.DateTimeField(_("shown until"), null=True, blank=True)

    select_related = ["operator"]
    panels = [
        FieldPanel("operator"),
        MultiFieldPanel(
            [FieldPanel("notice"), FieldPanel("notice_from"), FieldPanel("notice_until")], heading=_("notice")
        ),
    ]

    class Meta:
        verbose_name = _("market settings")

    @classmethod
    def for_request(cls, request: HttpRequest) -> "MarketplaceSettings":
        """What was saved for the site of the request, read once; nothing where nothing was, or where there is no site.

        Wagtail's own would save a row: reading a page must not write.
        """
        name = cls.get_cache_attr_name()
        if not hasattr(request, name):
            site = Site.find_for_request(request)
            saved = cls.base_queryset().filter(site=site).first() if site else None
            setattr(request, name, saved or cls(site=site))
        return getattr(request, name)

    def clean(self) -> None:
        super().clean()
        if self.notice_from and self.notice_until and self.notice_until <= self.notice_from:
            raise ValidationError({"notice_until": _("The notice ends before it begins.")})

    @property
    def current_notice(self) -> str:
        """The notice, while it is to be shown."""
        now = timezone.now()
        begun = self.notice_from is None or self.notice_from <= now
        ended = self.notice_until is not None and self.notice_until <= now
        return self.notice if begun and not ended else ""
