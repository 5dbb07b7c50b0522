"""A page model of the city's own, and a market's page built on it from our parts."""

from django.db import models
from wagtail.models import AbstractPage

from wagtail_mercado.pages import MarketPageMixin


class CityPage(AbstractPage):
    """Every page of this city says whose desk answers for it; none has Wagtail's fields for search engines."""

    desk = models.CharField(max_length=80, blank=True)


class MarketPage(MarketPageMixin, CityPage):
    """A market, on the city's own page model."""
