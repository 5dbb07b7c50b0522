"""The portal's own pages for its header and footer, in the reader's language."""

from typing import Any

from django import template
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import translation
from wagtail.models import Page, Site

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
    if site is None:
        return {"home_url": "/", "city": settings.WAGTAIL_SITE_NAME, "menu": [], "footer": []}
    pages = list(_pages_around(site.root_page))
    homes = {page.language: page for page in pages if page.translation_key == site.root_page.translation_key}
    home = homes.get(translation.get_language(), site.root_page)
    below = [page for page in pages if page.is_descendant_of(home)]
    return {
        "home_url": home.get_url(request),
        "city": site.site_name or settings.WAGTAIL_SITE_NAME,
        "menu": _links([page for page in below if page.show_in_menus and page.is_child_of(home)], request),
        "footer": _links([page for page in below if page.in_footer], request),
    }


def _pages_around(root: Page) -> QuerySet[Page]:
    """Home pages and what their menus and footers name, in all languages: one statement for a header and a footer."""
    in_menu = Q(show_in_menus=True, depth=root.depth + 1)
    return (
        Page.objects.live()
        .filter(Q(translation_key=root.translation_key) | in_menu | Q(articlepage__in_footer=True))
        .annotate(language=F("locale__language_code"), in_footer=F("articlepage__in_footer"))
        .order_by("path")
    )


def _links(pages: list[Page], request: HttpRequest) -> list[dict[str, str]]:
    return [{"url": each.get_url(request), "title": each.title} for each in pages]
