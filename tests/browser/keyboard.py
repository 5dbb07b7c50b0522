"""A person without a mouse: Tab, Space and Enter, and at every stop a look whether it is seen."""

from tests.browser.window import Window

MOST_STOPS = 200
#: What has the focus, and whether a person sees that: a ring on it, or on what stands for it, that nothing covers.
FOCUSED = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const {outlineStyle, outlineWidth} = getComputedStyle(e);
    const {left, top, width, height} = e.getBoundingClientRect();
    const above = document.elementFromPoint(left + width / 2, top + height / 2);
    const isCovered = !above || above.closest('.mk-bar') && !e.closest('.mk-bar');
    return {
        html: e.outerHTML.slice(0, 200),
        ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
        free: !isCovered && (e.contains(above) || above.contains(e)),
        skips: e.matches('.mk-skip') && top >= 0,
    };
}"""


class Keyboard:
    """Drives a window by its keys alone. ``stops`` is every stop so far."""

    def __init__(self, window: Window):
        self.page = window.page
        self.stops: list[dict] = []

    def tab_to(self, selector: str) -> None:
        """Press Tab until what the selector means has the focus.

        Raises:
            AssertionError: Tab does not get there, or a stop on the way is not seen.
        """
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(FOCUSED)
            if stop is None:
                # Past the last control: the browser's own ones are next, then the page begins anew.
                continue
            self.stops.append(stop)
            assert stop["ring"], f"no ring around {stop['html']} on {self.page.url}"
            assert stop["free"], f"something covers {stop['html']} on {self.page.url}"
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab does not get to {selector} on {self.page.url}")

    def press(self, selector: str) -> None:
        """Go to a link or button, press Enter, and be on the page that it leads to."""
        self.tab_to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, selector: str) -> None:
        """Go to a box or an option and press Space."""
        self.tab_to(selector)
        self.page.keyboard.press("Space")
        assert self.page.evaluate("document.activeElement.checked"), selector

    def write(self, selector: str, text: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.type(text)

    def skip(self) -> None:
        """The first stop of a page is the link over its header; it is seen and leads to the content."""
        self.page.keyboard.press("Tab")
        stop = self.page.evaluate(FOCUSED)
        assert stop and stop["skips"] and stop["ring"], f"the first stop of {self.page.url} is {stop}"
        self.page.keyboard.press("Enter")
        # The browser moves to the target a moment after the key.
        self.page.wait_for_url("**#contenido", timeout=5000, wait_until="commit")
