"""Every pair of colours with text or an edge keeps its contrast (WCAG 2.2, 1.4.3 and 1.4.11), light and dark."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[3] / "oscar_marketplace/static/oscar_marketplace/css/tokens.css"
TEXT, EDGE = 4.5, 3.0

PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "soft") for ground in ("page", "surface", "sunken", "tint")],
    *[("brand", ground, TEXT) for ground in ("page", "surface", "tint")],
    ("on-brand", "brand", TEXT),
    ("on-accent", "accent", TEXT),
    *[(tone, f"{tone}-bg", TEXT) for tone in ("go", "wait", "info", "bad")],
    *[("ink", f"{tone}-bg", TEXT) for tone in ("go", "wait", "info", "bad")],
    *[("bad", ground, TEXT) for ground in ("page", "surface")],
    *[("edge", ground, EDGE) for ground in ("page", "surface")],
    *[("brand", ground, EDGE) for ground in ("page", "surface")],
    *[("ink", card, TEXT) for card in ("verde", "rojo", "amarillo", "rosa", "azul", "cafe")],
]


def colours(scheme: str) -> dict[str, str]:
    light, _, dark = TOKENS.read_text(encoding="utf-8").partition("prefers-color-scheme: dark")
    found = dict(re.findall(r"--mk-([a-z0-9-]+): (#[0-9a-f]{3,8});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--mk-([a-z0-9-]+): (#[0-9a-f]{3,8});", dark))
    return found


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_itself():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(scheme, front, back, least):
    palette = colours(scheme)

    assert contrast(palette[front], palette[back]) >= least


def test_the_city_colours_are_set_twice():
    light, dark = colours("light"), colours("dark")

    # All but the one that is dark on yellow in both schemes.
    same = {name for name in light if light[name] == dark[name]}
    assert same == {"on-accent"}
