"""The portal's own pages for its header and footer, in the reader's language."""

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from wagtail.models import Page, Site

from example_site.portal.models import ArticlePage

register = template.Library()


@register.simple_tag(takes_context=True)
def portal_pages(context: dict[str, Any]) -> dict[str, Any]:
    """``home_url``, ``city``, and the published pages of ``menu`` and ``footer``; read once for a request."""
    request = context.get("request")
    if request is None:
        # The pages of errors are made without one.
        return {"home_url": "/", "city": settings.WAGTAIL_SITE_NAME, "menu": [], "footer": []}
    if not hasattr(request, "portal_pages"):
        request.portal_pages = _read(request)
    return request.portal_pages


def _read(request: HttpRequest) -> dict[str, Any]:
    site = Site.find_for_request(request)
    home = _home_in(site, translation.get_language()) if site else None
    if home is None:
        return {"home_url": "/", "city": settings.WAGTAIL_SITE_NAME, "menu": [], "footer": []}
    footer = ArticlePage.objects.live().descendant_of(home).filter(in_footer=True)
    return {
        "home_url": home.get_url(request),
        "city": site.site_name or settings.WAGTAIL_SITE_NAME,
        "menu": _links(home.get_children().live().in_menu(), request),
        "footer": _links(footer, request),
    }


def _links(pages, request: HttpRequest) -> list[dict[str, str]]:
    return [{"url": each.get_url(request), "title": each.title} for each in pages]


def _home_in(site: Site, language: str | None) -> Page:
    """The home page in a language; the site's own where there is none."""
    root = site.root_page
    translated = root.get_translations(inclusive=True).live().filter(locale__language_code=language).first()
    return translated or root
