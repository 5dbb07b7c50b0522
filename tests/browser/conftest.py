"""One Chromium for all tests of this folder, and windows of it that tell what they did."""

import os
import shutil

import pytest

from tests.browser import city as cities
from tests.browser.window import ARGUMENTS, open_window

NAMES = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser():
    """The system's Chromium, closed with the folder: its event loop would forbid Django the database elsewhere."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed (apt install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    # Playwright's loop runs in this thread while the tests use the database in it, one after the other.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_api.sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
            yield chromium
            chromium.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def base_url(live_server) -> str:
    return live_server.url.replace("localhost", "127.0.0.1")


@pytest.fixture
def open_a_window(browser, base_url):
    """Opens windows on the live server; at the end none may have met an error or asked another machine for anything."""
    windows = []

    def open_one(**how):
        windows.append(open_window(browser, base_url, **how))
        return windows[-1]

    yield open_one
    foreign = [url for window in windows for url in window.foreign]
    for window in windows:
        window.page.context.close()
    assert not foreign, f"the pages asked other machines: {foreign}"
    broken = [url for window in windows for url in window.broken]
    assert not broken, f"the server failed: {broken}"


@pytest.fixture
def city(transactional_db, settings, tmp_path):
    """A city without orders."""
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        **settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS,
        "dummy": {
            "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
            "OPTIONS": {"I_KNOW_NO_MONEY_MOVES": True, "DIRECTORY": str(tmp_path / "bank")},
        },
    }
    return cities.make_city()


@pytest.fixture
def busy_city(city):
    """A city with an order in every state."""
    return cities.take_orders(city)
