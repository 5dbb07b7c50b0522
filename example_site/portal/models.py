"""The city's own pages, as any Wagtail site has them; markets appear in them as blocks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from wagtail_mercado.pages import MercadoPageMixin


class HomePage(MercadoPageMixin, Page):
    """The portal's front door."""

    max_count_per_locale = 1

    class Meta:
        verbose_name = _("home page")


class ArticlePage(MercadoPageMixin, Page):
    """Anything the city has to tell: how it works, a season, a festival."""

    in_footer = models.BooleanField(_("in the footer"), default=False)
    promote_panels = [*Page.promote_panels, FieldPanel("in_footer")]

    class Meta:
        verbose_name = _("article")
