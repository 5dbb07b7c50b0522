"""Pictures of goods and the line icons of the screens, found in the static files; a city may add or replace both."""

import re
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

FOLDER = "oscar_marketplace/icons"
SPRITE = f"{FOLDER}/ui.svg"
#: Shown for a product whose picture nobody has chosen.
NO_PICTURE = "shopping-bags"


def picture_url(name: str) -> str:
    """URL of the picture called ``name``; of the market bag when there is no such file."""
    return static(f"{FOLDER}/{name if has_picture(name) else NO_PICTURE}.svg")


@lru_cache(maxsize=1024)
def has_picture(name: str) -> bool:
    """Whether a picture of goods has this name."""
    return bool(re.fullmatch(r"[a-z0-9-]+", name)) and bool(finders.find(f"{FOLDER}/{name}.svg"))


def line_icon(name: str) -> SafeString:
    """The ``svg`` element of a line icon; decoration only, words stand beside it.

    Raises:
        LookupError: the sprite has no such symbol.
    """
    view_box, shapes = _symbol(name)
    sprite = static(SPRITE)
    if sprite.startswith("/") and not sprite.startswith("//"):
        return format_html('<svg class="mk-ui" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)
    # Browsers refuse <use> from another origin (static files on a CDN): the shapes then come with the page.
    return format_html('<svg class="mk-ui" aria-hidden="true" viewBox="{}">{}</svg>', view_box, shapes)


def _symbol(name: str) -> tuple[str, SafeString]:
    try:
        return sprite_symbols()[name]
    except KeyError:
        raise LookupError(f"{SPRITE} has no symbol {name!r}") from None


@lru_cache(maxsize=1)
def sprite_symbols() -> dict[str, tuple[str, SafeString]]:
    """Symbols of the sprite: name -> view box and shapes."""
    root = ElementTree.fromstring(Path(finders.find(SPRITE)).read_text(encoding="utf-8"))
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return {
        # The sprite is a file of the project or the city, never something a visitor sent.
        symbol.get("id"): (symbol.get("viewBox"), mark_safe("".join(map(_as_text, symbol))))
        for symbol in root.iter("symbol")
    }


def _as_text(shape: ElementTree.Element) -> str:
    return ElementTree.tostring(shape, encoding="unicode").strip()
