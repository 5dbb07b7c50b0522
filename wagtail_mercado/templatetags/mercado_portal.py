"""Tags for templates of a portal: ``{% load mercado_portal %}``."""

from typing import Any

from django import template
from django.utils.translation import gettext

from wagtail_mercado.catalogue import Market, Stall
from wagtail_mercado.home_path import home_path
from wagtail_mercado.models import MarketplaceSettings
from wagtail_mercado.pages_about import published_pages_about

register = template.Library()


@register.simple_tag(takes_context=True)
def page_crumbs(context: dict[str, Any]) -> list[dict[str, str]]:
    """The published pages above this one, the site's home first, for ``components/breadcrumbs.html``."""
    page, request = context["page"], context.get("request")
    home = home_path(page, request)
    above = [(each, each.get_url(request)) for each in page.get_ancestors().live().select_related("locale")]
    # The title of a home page is its headline, not its name.
    return [
        {"url": url, "label": gettext("Home") if each.url_path == home else each.title, "language": ""}
        for each, url in above
        if url and each.url_path.startswith(home)
    ]


@register.simple_tag(takes_context=True)
def pages_below(context: dict[str, Any]) -> list[Any]:
    """The published pages below this one that anybody may read, in the editor's order.

    None below a home page, which has a menu for them.
    """
    page = context["page"]
    if page.url_path == home_path(page, context.get("request")):
        return []
    return [each for each in page.get_children().live().public().specific() if each.url]


@register.simple_tag
def pages_about(row: Market | Stall) -> list[Any]:
    """The published pages about a market or a stall in the reader's language; a statement per type of page."""
    return published_pages_about(row)


@register.simple_tag(takes_context=True)
def portal_notice(context: dict[str, Any]) -> str:
    """What the city has to say on every page of the market now; empty if nothing."""
    request = context.get("request")
    return MarketplaceSettings.for_request(request).current_notice if request is not None else ""
