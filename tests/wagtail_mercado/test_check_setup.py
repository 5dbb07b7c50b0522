"""Each way to get the portal's set-up wrong has its check, and the hint says what to write."""

import sys
import types

import pytest
from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.urls import clear_url_caches, include, path, set_urlconf
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls

from wagtail_mercado import checks
from wagtail_mercado.extend_settings import DJANGOS_LOCALE, LOCALE, REMEMBER, add_market_middleware

OURS = path("", include("wagtail_mercado.urls"))
PAGES = path("", include(wagtail_urls))
OSCARS_HOME = path("", RedirectView.as_view(url="/catalogue/"), name="home")


@pytest.fixture
def mount(settings):
    """Make a URL configuration of these patterns the site's."""

    def make(*patterns):
        module = types.ModuleType("tests_urlconf_of_a_portal")
        module.urlpatterns = list(patterns)
        sys.modules[module.__name__] = module
        settings.ROOT_URLCONF = module.__name__
        clear_url_caches()
        set_urlconf(None)

    yield make
    sys.modules.pop("tests_urlconf_of_a_portal", None)
    clear_url_caches()


def only(messages):
    assert len(messages) == 1, messages
    assert messages[0].hint
    return messages[0]


def test_the_example_is_set_up():
    found = [
        *checks.check_app_order(None),
        *checks.check_pages_fit_the_page_model(None),
        *checks.check_settings_app(None),
        *checks.check_most_cards(None),
        *checks.check_urls(None),
        *checks.check_pages_own_the_root(None),
        *checks.check_language_middleware(None),
    ]

    assert found == []


# Apps


def test_oscar_stands_before_ours(monkeypatch):
    order = [apps.get_app_config(label) for label in ("oscar_marketplace", "order", "wagtail_mercado")]
    monkeypatch.setattr(apps, "get_app_configs", lambda: order)

    message = only(checks.check_app_order(None))

    assert message.id == "wagtail_mercado.E003"
    assert "'oscar.apps.order' comes first" in message.msg
    assert "INSTALLED_APPS = add_market_apps(INSTALLED_APPS)" in message.hint


def test_the_ready_made_pages_beside_a_page_model_of_the_citys_own(monkeypatch):
    # What Django says of a swapped model; with a real one: test_swapped_page_model.
    monkeypatch.setattr(checks, "Page", types.SimpleNamespace(_meta=types.SimpleNamespace(swapped="city.CityPage")))

    message = only(checks.check_pages_fit_the_page_model(None))

    assert message.id == "wagtail_mercado.E004"
    assert "WAGTAIL_PAGE_MODEL is 'city.CityPage'" in message.msg
    assert "pages=False" in message.hint
    assert "wagtail_mercado.pages" in message.hint


def test_there_is_no_place_for_the_market_settings(monkeypatch):
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "wagtail.contrib.settings")

    message = only(checks.check_settings_app(None))

    assert message.id == "wagtail_mercado.E005"
    assert '"wagtail.contrib.settings"' in message.hint


@pytest.mark.parametrize("most", [0, -1, "24", 2.5, True, None])
def test_the_most_cards_are_no_number(settings, most):
    settings.WAGTAIL_MERCADO_MOST_CARDS = most

    message = only(checks.check_most_cards(None))

    assert message.id == "wagtail_mercado.E006"
    assert "WAGTAIL_MERCADO_MOST_CARDS = 24" in message.hint


# URLs


def test_the_shop_is_not_mounted(mount):
    mount(PAGES)

    message = only(checks.check_urls(None))

    assert message.id == "wagtail_mercado.E001"
    assert 'path("", include("wagtail_mercado.urls"))' in message.hint
    assert "tests_urlconf_of_a_portal" in message.hint


def test_the_shop_is_mounted_after_the_pages(mount):
    mount(PAGES, OURS)

    message = only(checks.check_urls(None))

    assert message.id == "wagtail_mercado.E002"
    assert "Wagtail's pages answer at /markets/" in message.msg
    assert "move" in message.hint


def test_the_shop_is_mounted_before_the_pages(mount):
    mount(OURS, PAGES)

    assert checks.check_urls(None) == []
    assert checks.check_pages_own_the_root(None) == []
    assert checks.check_language_middleware(None) == []


@pytest.mark.parametrize("pages", [(PAGES,), i18n_patterns(PAGES)], ids=["pages", "pages with a language"])
def test_oscars_home_hides_the_sites(mount, pages):
    mount(OSCARS_HOME, OURS, *pages)

    message = only(checks.check_pages_own_the_root(None))

    assert message.id == "wagtail_mercado.W001"
    assert 'OSCAR_MARKETPLACE_HOME_PATH = "markets/"' in message.hint


def test_the_list_of_markets_hides_the_sites_home(mount):
    home = path("", include(([path("", RedirectView.as_view(url="/x/"), name="home")], "market")))
    mount(home, OURS, PAGES)

    assert only(checks.check_pages_own_the_root(None)).id == "wagtail_mercado.W001"


def test_pages_below_a_path_leave_the_root_to_the_shop(mount):
    mount(OSCARS_HOME, OURS, path("pages/", include(wagtail_urls)))

    assert checks.check_pages_own_the_root(None) == []


def test_a_home_of_the_sites_own_is_no_concern_of_ours(mount):
    mount(path("", RedirectView.as_view(url="/welcome/")), OURS, PAGES)

    assert checks.check_pages_own_the_root(None) == []


# Languages


@pytest.mark.parametrize(
    ("middleware", "expected"),
    [
        pytest.param([LOCALE], "wagtail_mercado.W002", id="missing"),
        pytest.param([REMEMBER, LOCALE], "wagtail_mercado.W003", id="above"),
        pytest.param([REMEMBER], "wagtail_mercado.W003", id="with nothing above"),
    ],
)
def test_the_shop_does_not_learn_the_language_of_a_page(mount, settings, middleware, expected):
    mount(OURS, *i18n_patterns(PAGES))
    settings.MIDDLEWARE = middleware

    message = only(checks.check_language_middleware(None))

    assert message.id == expected
    assert "wagtail_mercado.middleware.RememberPageLanguage" in message.hint
    assert "wagtail_mercado.middleware.PortalLocaleMiddleware" in message.hint


def test_djangos_own_middleware_hides_a_404(mount, settings):
    mount(OURS, *i18n_patterns(PAGES))
    settings.MIDDLEWARE = [DJANGOS_LOCALE, REMEMBER]

    message = only(checks.check_language_middleware(None))

    assert message.id == "wagtail_mercado.W004"
    assert "MIDDLEWARE = add_market_middleware(MIDDLEWARE)" in message.hint


def test_the_shop_learns_the_language_of_a_page(mount, settings):
    mount(OURS, *i18n_patterns(PAGES))
    settings.MIDDLEWARE = add_market_middleware([DJANGOS_LOCALE])

    assert checks.check_language_middleware(None) == []
