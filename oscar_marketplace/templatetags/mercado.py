"""Tags and filters of our templates: ``{% load mercado %}``."""

import re
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from django import template
from django.conf import global_settings, settings
from django.forms.boundfield import BoundField
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from oscar_marketplace import form_problems as problems
from oscar_marketplace import icons, measures, money
from oscar_marketplace.picks import Pick
from oscar_marketplace.state_words import state_word

register = template.Library()

#: Drawn side (px) and class of a product's picture, by where it stands.
PICTURE_PLACES = {
    "card": (72, "mk-pic"),
    "line": (36, "mk-pic mk-pic--s"),
    "task": (44, "mk-pic mk-pic--s"),
    "page": (144, "mk-pic"),
}
NOTICE_ICONS = {"info": "info", "go": "check", "wait": "clock", "bad": "warn"}


@register.inclusion_tag("oscar_marketplace/components/chip.html")
def chip(state: str, *, kind: str) -> dict[str, Any]:
    """A state as shape, colour and word: ``{% chip order.state kind="stall_order" %}``."""
    found = state_word(str(state), kind=kind)
    return {"tone": found.tone, "word": found.word}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon of ``ui.svg``: ``{% icon "bag" %}``. Decoration: the words beside it carry the meaning."""
    return icons.line_icon(name)


@register.simple_tag
def product_icon(name: str, hue: str = "", *, place: str = "card", alt: str = "") -> SafeString:
    """A product's picture on its colour card. ``place``: ``card``, ``line``, ``task`` (vendor's forms) or ``page``."""
    side, css_class = PICTURE_PLACES[place]
    picture = product_picture(name, side=side, alt=alt, lazy=place != "page")
    # Always an inline element made block by its class: it may stand inside a paragraph, a label or a heading cell.
    return format_html('<span class="{}" data-hue="{}">{}</span>', css_class, hue, picture)


@register.simple_tag
def product_picture(name: str, *, side: int = 36, alt: str = "", lazy: bool = True) -> SafeString:
    """Only the picture, ``side`` pixels wide and high. ``alt`` stays empty where the name stands beside it."""
    loading = mark_safe(' loading="lazy"') if lazy else ""
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}"{}>', icons.picture_url(name or ""), alt, side, side, loading
    )


@register.filter(name="money")
def money_filter(amount: Decimal | None, currency: str) -> str:
    """Amount with its cents, for lines and accounts: ``$32.00``."""
    return money.format_money(amount, currency)


@register.filter
def price(amount: Decimal | None, currency: str) -> str:
    """Amount as on a price tag: no cents when there are none, ``$32`` but ``$19.50``."""
    text = money.format_money(amount, currency)
    if amount is None or amount % 1:
        return text
    # Only the last group of digits: the zeros of "1,000" stay.
    return re.sub(r"[.,]00(?!.*\d)", "", text)


@register.filter
def measure(amount: Decimal, unit) -> str:
    """Quantity as people say it: ``{{ line.amount|measure:line.unit }}`` gives ``¼ kg`` or ``2 manojos``."""
    return measures.say_measure(amount, unit)


@register.filter
def per(unit) -> str:
    """What follows a price: ``{{ listing.price_unit|per }}`` gives ``por kilo``."""
    return measures.say_per(unit)


@register.simple_tag
def lang_attr(language: str | None) -> SafeString:
    """`` lang="…"`` for text in another language than the page's, else nothing: ``<b{% lang_attr language %}>``."""
    page_language = translation.get_language() or ""
    if not language or _primary(language) == _primary(page_language):
        return mark_safe("")
    return format_html(' lang="{}"', language)


def _primary(language: str) -> str:
    return language.lower().replace("_", "-").partition("-")[0]


@register.simple_tag
def other_languages() -> list[dict[str, str]]:
    """The site's languages but the active one: ``code`` and ``name`` in that language itself.

    Django's own list of a hundred languages is nobody's decision to offer them: nothing.
    """
    if list(settings.LANGUAGES) == global_settings.LANGUAGES:
        return []
    active = translation.get_language()
    return [{"code": code, "name": _own_name(code, name)} for code, name in settings.LANGUAGES if code != active]


def _own_name(code: str, given: str | Promise) -> str:
    """The name the city's settings give a language; where they say what Django does ("Spanish"), its own name."""
    name = given
    if isinstance(given, Promise):
        with translation.override(code):
            name = str(given)
    try:
        info = get_language_info(code)
    except KeyError:
        # A language a city added that Django does not know (Nahuatl).
        return name
    if name != info["name"]:
        return name
    try:
        # Django's own "español de Mexico" lacks its accent.
        own_name = Locale.parse(translation.to_locale(code)).get_display_name() or name
    except UnknownLocaleError:
        own_name = info["name_local"]
    return own_name[:1].upper() + own_name[1:]


@register.simple_block_tag
def notice(content: str, *, tone: str = "info", icon: str = "", role: str = "") -> SafeString:
    """A fact in its colour: ``{% notice tone="go" %}<p>…</p>{% endnotice %}``. ``role="status"`` reads it aloud."""
    return format_html(
        '<div class="mk-notice" data-tone="{}"{}>{}{}</div>',
        tone,
        format_html(' role="{}"', role) if role else "",
        icons.line_icon(icon or NOTICE_ICONS[tone]),
        content,
    )


@register.inclusion_tag("oscar_marketplace/components/steps.html")
def steps(current: int, *labels: str) -> dict[str, Any]:
    """Where in a form: ``{% steps 2 basket_label delivery_label payment_label %}``; counted from 1."""
    return {
        "steps": [
            {"label": label, "is_done": place < current, "is_current": place == current}
            for place, label in enumerate(labels, start=1)
        ]
    }


@register.simple_tag
def form_problems(*forms) -> list[problems.Problem]:
    """Every error of the forms, for ``components/errors.html``: ``{% form_problems form as form_errors %}``."""
    return problems.form_problems(*(form for form in forms if form))


@register.simple_tag
def control(field: BoundField, css_class: str = "mk-input", **attributes: str) -> SafeString:
    """The field's control with our class and further attributes; an underscore in a name reads as a dash."""
    own = field.field.widget.attrs.get("class", "")
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return field.as_widget(attrs={"class": f"{css_class} {own}".strip(), **named})


@register.filter
def as_pick(label) -> Pick:
    """A choice's label as title, note and icon, also where it is plain text."""
    return label if isinstance(label, Pick) else Pick(title=label)
