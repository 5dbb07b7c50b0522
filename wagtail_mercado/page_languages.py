"""A page in the reader's other languages: links, as each has an address of its own."""

from typing import Any

from django.conf import settings

from oscar_marketplace.templatetags.mercado import other_languages


def links_to_translations(page: Any) -> list[dict[str, str]] | None:
    """``{"code", "name", "url"}`` per language in which the page is published; None where pages have no languages."""
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        return None
    names = {language["code"]: language["name"] for language in other_languages()}
    found = page.get_translations().live().select_related("locale")
    return [
        {"code": each.locale.language_code, "name": names[each.locale.language_code], "url": each.url}
        for each in found
        if each.locale.language_code in names and each.url
    ]
