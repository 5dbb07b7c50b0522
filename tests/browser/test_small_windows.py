"""A narrow phone: nothing runs out of the window, and what is pressed is as large as a thumb."""

from tests.browser.walk import every_page

#: What sticks out to the side, and what is cut although it has words.
CUT = """() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
    const name = e => e.tagName.toLowerCase() + '.' + e.className + ' “' + e.textContent.trim().slice(0, 60) + '”';
    const unseen = '.mk-vh, .mk-skip, details:not([open]) > :not(summary)';
    const seen = e => !e.closest(unseen) && e.getClientRects().length;
    const all = [...document.body.querySelectorAll('*')].filter(seen);
    const sticksOut = ({left, right}) => left < -1 || right > innerWidth + 1;
    const out = all.filter(e => sticksOut(e.getBoundingClientRect()));
    const cut = all.filter(e => getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1);
    return [...wide, ...out.map(e => 'out of the window: ' + name(e)), ...cut.map(e => 'cut: ' + name(e))];
}"""

#: Controls under 44 px, which is more than WCAG 2.2 AA asks (24). Links within text are read, not aimed at.
SMALL = """() => {
    const kinds = 'button, input:not([type=hidden]), select, textarea, summary, .mk-btn, .mk-tabs a, .mk-nav a';
    const seen = e => e.getClientRects().length && !e.closest('.mk-vh');
    return [...document.querySelectorAll(kinds)].filter(seen).map(e => {
        const aim = ['radio', 'checkbox'].includes(e.type) ? e.closest('label') : e;
        const {width, height} = aim.getBoundingClientRect();
        return [width, height, e.outerHTML.slice(0, 120)];
    }).filter(([width, height]) => width < 44 || height < 44).map(each => each.join(' '));
}"""


def test_nothing_runs_out_of_a_window_of_320_pixels_and_thumbs_hit(busy_city, open_a_window):
    window = open_a_window(width=320, height=568)

    cut, small = {}, {}
    for name in every_page(window, busy_city):
        cut[name], small[name] = window.page.evaluate(CUT), window.page.evaluate(SMALL)

    assert not {name: found for name, found in cut.items() if found}
    assert not {name: found for name, found in small.items() if found}


def test_what_is_too_wide_or_too_small_is_noticed(city, open_a_window):
    window = open_a_window(width=320, height=568)
    window.open("market:home")
    assert (window.page.evaluate(CUT), window.page.evaluate(SMALL)) == ([], [])

    window.page.evaluate(
        """() => {
            document.querySelector('h1').style.width = '400px';
            document.querySelector('.mk-btn').style.minHeight = '0';
        }"""
    )

    assert "the page scrolls sideways" in window.page.evaluate(CUT)
    assert len(window.page.evaluate(SMALL)) == 1
