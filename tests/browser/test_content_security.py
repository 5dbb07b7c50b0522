"""The strict content security policy is on every page of the story, and no page asks for what it forbids."""

import pytest

from tests.browser.walk import every_page
from tests.browser.window import open_window


def test_no_page_breaches_its_policy(busy_city, open_a_window):
    window = open_a_window()

    names = list(every_page(window, busy_city))

    assert len(names) > 40
    assert len(window.policies) > 20
    lax = {path: policy for path, policy in window.policies.items() if not _is_strict(policy)}
    assert not lax
    assert window.breaches == []
    assert [noise for noise in window.noises if "status of 4" not in noise] == []


def _is_strict(policy: str) -> bool:
    return "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy


def test_a_breach_is_noticed(city, open_a_window):
    window = open_a_window()
    window.open("market:home")

    window.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">Inline</p>')")
    window.page.wait_for_timeout(200)

    assert window.breaches == ["style-src-attr"]


def test_a_request_to_another_machine_is_noticed_and_goes_nowhere(browser, base_url):
    window = open_window(browser, base_url)

    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        window.page.goto("http://example.org/")

    assert window.foreign == ["http://example.org/"]
    window.page.context.close()
