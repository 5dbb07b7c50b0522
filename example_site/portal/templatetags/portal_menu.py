"""The portal's own pages for its header, in the reader's language."""

from typing import Any

from django import template
from django.conf import settings
from django.utils import translation
from wagtail.models import Locale, Page, Site

register = template.Library()


@register.simple_tag(takes_context=True)
def portal_pages(context: dict[str, Any]) -> dict[str, Any]:
    """``home_url``, ``city`` and ``menu`` (published pages that are to be shown in menus)."""
    request = context.get("request")
    site = Site.find_for_request(request) if request is not None else None
    home = _home_in(site, translation.get_language()) if site else None
    if home is None:
        return {"home_url": "/", "city": settings.WAGTAIL_SITE_NAME, "menu": []}
    menu = [{"url": each.get_url(request), "title": each.title} for each in home.get_children().live().in_menu()]
    return {"home_url": home.get_url(request), "city": site.site_name or settings.WAGTAIL_SITE_NAME, "menu": menu}


def _home_in(site: Site, language: str | None) -> Page | None:
    root = site.root_page
    locale = Locale.objects.filter(language_code=language).first()
    if locale is None or root.locale_id == locale.pk:
        return root
    return root.get_translations().live().filter(locale=locale).first() or root
