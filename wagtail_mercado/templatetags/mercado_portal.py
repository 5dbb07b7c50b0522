"""Tags for templates of a portal: ``{% load mercado_portal %}``."""

from typing import Any

from django import template

from wagtail_mercado.models import MarketplaceSettings

register = template.Library()


@register.simple_tag(takes_context=True)
def page_crumbs(context: dict[str, Any]) -> list[dict[str, str]]:
    """The pages above this one from below the site's home on, for ``components/breadcrumbs.html``."""
    page = context["page"]
    return [
        {"url": each.url, "label": each.title, "language": ""}
        for each in page.get_ancestors().live().filter(depth__gt=1)
        if each.url
    ]


@register.simple_tag(takes_context=True)
def portal_notice(context: dict[str, Any]) -> str:
    """What the city has to say on every page of the market now; empty if nothing."""
    request = context.get("request")
    return MarketplaceSettings.for_request(request).current_notice if request is not None else ""
