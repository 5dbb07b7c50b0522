"""Every page of the story, in both languages, light and dark, on a phone and on a desk: axe finds nothing."""

import pytest

from tests.browser import axe
from tests.browser.walk import every_page

#: Each language, scheme and width once; the other combinations are in the slow matrix.
QUICK = [("es-MX", "light", 360), ("en", "dark", 1280)]
WIDE = [
    (language, scheme, width)
    for language in ("es-MX", "en")
    for scheme in ("light", "dark")
    for width in (360, 1280)
    if (language, scheme, width) not in QUICK
]


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [*QUICK, *(pytest.param(*each, marks=pytest.mark.slow) for each in WIDE)]
)
def test_axe_finds_nothing(busy_city, open_a_window, language, scheme, width):
    window = open_a_window(language=language, scheme=scheme, width=width)

    found = {}
    for name in every_page(window, busy_city):
        assert window.page.locator("html").get_attribute("lang") == language.lower(), name
        for fault in axe.faults(window.page):
            found.setdefault(name, []).append(fault)

    assert not found, "\n".join(f"{name}: {fault}" for name, faults in found.items() for fault in faults)


FAULTS = {
    "image-alt": "<img src='/static/oscar_marketplace/icons/tomato.svg' width='44' height='44'>",
    "color-contrast": "<p id='faint'>Hard to read</p>",
    "target-size": "<div id='tiny'><button>a</button><button>b</button></div>",
}
PLANT = """html => {
    document.querySelector('main').insertAdjacentHTML('beforeend', html);
    for (const each of document.querySelectorAll('#faint')) each.style.color = '#f4e6d0';
    for (const each of document.querySelectorAll('#tiny button'))
        each.style.cssText = 'width: 12px; height: 12px; min-height: 0; padding: 0; font-size: 8px; border: 0';
}"""


@pytest.mark.parametrize("rule", FAULTS)
def test_a_planted_fault_is_found(city, open_a_window, rule):
    window = open_a_window()
    window.open("market:market", "jacaranda")
    assert axe.faults(window.page) == []

    window.page.evaluate(PLANT, FAULTS[rule])

    assert [fault.split()[0] for fault in axe.faults(window.page)][0] == rule
