"""From a market or a stall in the shop to what an editor published about it."""

from functools import cache
from typing import Any

from django.apps import apps
from django.utils import translation

from wagtail_mercado.catalogue import Market, Stall
from wagtail_mercado.pages import MarketPageMixin, StallPageMixin


def published_pages_about(row: Market | Stall) -> list[Any]:
    """Live pages about it that anybody may read, in the reader's language, by title.

    One statement per type of page the project has; private pages would cost one more each and are left out by Wagtail.
    """
    mixin, column = (MarketPageMixin, "market") if isinstance(row, Market) else (StallPageMixin, "stall")
    return [
        page
        for model in _page_types(mixin)
        for page in model.objects.live()
        .public()
        .filter(**{column: row, "locale__language_code": translation.get_language()})
        .order_by("title")
        if page.url
    ]


@cache
def _page_types(mixin: type) -> list[type]:
    return [model for model in apps.get_models() if issubclass(model, mixin)]
