"""A site's settings after ``from wagtail_mercado.defaults import *``: what is added, what is left, what is refused."""

import subprocess
import sys
from pathlib import Path

import oscar
import pytest
from django.core.exceptions import ImproperlyConfigured

from wagtail_mercado import defaults
from wagtail_mercado.defaults import add_market_apps, add_market_context_processors, add_market_middleware

SITE = ["home", "wagtail.users", "wagtail.admin", "wagtail", "django.contrib.admin", "django.contrib.auth"]
OURS = ["oscar_marketplace", "wagtail_mercado", "wagtail_mercado.pages_app"]
SESSION, AUTH = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
DJANGOS_LOCALE = "django.middleware.locale.LocaleMiddleware"
LOCALE = "wagtail_mercado.middleware.PortalLocaleMiddleware"
REMEMBER = "wagtail_mercado.middleware.RememberPageLanguage"
BASKET = "oscar.apps.basket.middleware.BasketMiddleware"


@pytest.fixture
def importable(tmp_path, monkeypatch):
    """Write modules of a site and make them importable: ``importable(city__apps="…")``."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def write(**sources: str) -> None:
        for name, text in sources.items():
            path = tmp_path / Path(*name.split("__", 1)).with_suffix(".py")
            path.parent.mkdir(exist_ok=True)
            (path.parent / "__init__.py").touch()
            path.write_text(text)

    yield write
    for name in set(sys.modules) - before:
        del sys.modules[name]


# The values


def test_nothing_needs_a_site_that_is_set_up(tmp_path):
    script = (
        "from wagtail_mercado.defaults import *\n"
        "add_market_apps(['wagtail', 'django.contrib.admin']); add_market_middleware([])\n"
        "add_market_context_processors([])\n"
        "from django.apps import apps; from django.conf import settings\n"
        "print(settings.configured, apps.ready, OSCAR_MARKETPLACE_HOME_PATH, OSCAR_DYNAMIC_CLASS_LOADER)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.stdout == "False False markets/ oscar_marketplace.overlay.load_classes\n", done.stderr


def test_the_star_brings_settings_and_three_functions():
    names = set(defaults.__all__)

    assert {name for name in names if not name.isupper()} == {
        "add_market_apps",
        "add_market_context_processors",
        "add_market_middleware",
    }
    assert {name for name in names if not name.startswith(("OSCAR_", "add_market_"))} == {
        "AUTHENTICATION_BACKENDS",
        "DEFAULT_AUTO_FIELD",
        "HAYSTACK_CONNECTIONS",
        "HAYSTACK_SIGNAL_PROCESSOR",
        "LOGIN_REDIRECT_URL",
        "LOGIN_URL",
        "SITE_ID",
    }


def test_links_home_lead_to_the_markets():
    assert str(defaults.OSCAR_HOMEPAGE) == "/markets/"
    assert str(defaults.LOGIN_URL) == "/accounts/login/"


# The apps


def test_ours_come_first_then_the_sites_then_what_is_missing():
    apps = add_market_apps(SITE)

    assert apps[: len(OURS) + len(SITE)] == OURS + SITE
    added = apps[len(OURS) + len(SITE) :]
    assert set(added) == {*oscar.INSTALLED_APPS, "sorl.thumbnail", "wagtail.contrib.settings"} - set(SITE)


def test_adding_twice_changes_nothing():
    once = add_market_apps(SITE)

    assert add_market_apps(once) == once
    assert len(set(once)) == len(once)


def test_a_site_with_its_own_page_model_gets_no_pages():
    apps = add_market_apps(SITE, pages=False)

    assert apps[:3] == ["oscar_marketplace", "wagtail_mercado", "home"]
    assert "wagtail_mercado.pages_app" not in apps


def test_an_app_under_a_config_of_the_sites_own_is_not_added_again(importable):
    importable(
        office__apps="from django.contrib.admin.apps import AdminConfig\n\n\n"
        "class OfficeAdmin(AdminConfig):\n    default_site = 'office.Site'\n"
    )

    apps = add_market_apps(["wagtail", "office.apps.OfficeAdmin"])

    assert "django.contrib.admin" not in apps
    assert "django.contrib.auth" in apps


def test_where_oscar_is_no_app_of_oscars_is_added():
    apps = add_market_apps([*SITE, "oscar.config.Shop", "oscar.apps.order.apps.OrderConfig"])

    assert apps == [*OURS, *SITE, "oscar.config.Shop", "oscar.apps.order.apps.OrderConfig", "wagtail.contrib.settings"]


def test_a_fork_is_oscar_too(importable):
    importable(
        forked__apps="from oscar.apps.order.apps import OrderConfig\n\n\n"
        "class ForkedOrder(OrderConfig):\n    name = 'forked'\n"
    )

    apps = add_market_apps([*SITE, "forked.apps.ForkedOrder"])

    assert apps == [*OURS, *SITE, "forked.apps.ForkedOrder", "wagtail.contrib.settings"]


def test_the_search_app_of_a_started_site_leaves_oscars_label_free(importable):
    importable(search__views="")

    apps = add_market_apps(["home", "search", "wagtail"])

    assert apps[3:6] == ["home", "wagtail_mercado.site_search.SiteSearchConfig", "wagtail"]
    assert "oscar.apps.search.apps.SearchConfig" in apps


def test_a_search_app_with_tables_is_not_relabelled_unasked(importable):
    importable(search__models="")

    with pytest.raises(ImproperlyConfigured) as refused:
        add_market_apps(["search", "wagtail"])

    assert "'search' has the label 'search'" in str(refused.value)
    assert 'label = "site_search"' in str(refused.value)


def test_another_app_with_a_label_of_oscars_is_named(importable):
    importable(payment__views="")

    with pytest.raises(ImproperlyConfigured, match='label = "site_payment" in the AppConfig in payment/apps.py'):
        add_market_apps(["payment", "wagtail"])


def test_an_app_that_only_sounds_like_oscars_is_left_alone(importable):
    importable(
        order__apps="from django.apps import AppConfig\n\n\n"
        "class CityOrder(AppConfig):\n    name = 'order'\n    label = 'city_order'\n"
    )

    assert "order" in add_market_apps(["order", "wagtail"])


# Middleware and context processors


def test_a_site_in_one_language_gets_the_basket():
    assert add_market_middleware([SESSION, AUTH]) == [SESSION, AUTH, BASKET]


def test_a_site_with_languages_gets_ours_in_place_of_djangos_and_remembers_them_right_below():
    assert add_market_middleware([SESSION, DJANGOS_LOCALE, AUTH]) == [SESSION, LOCALE, REMEMBER, AUTH, BASKET]


def test_middleware_that_is_there_stays_where_it_is():
    given = [SESSION, LOCALE, AUTH, REMEMBER, "city.basket.middleware.BasketMiddleware"]

    assert add_market_middleware(given) == given


def test_engines_of_djangos_kind_get_what_is_missing_and_the_sites_own_lists_stay_as_they_are():
    jinja = {"BACKEND": "django.template.backends.jinja2.Jinja2", "OPTIONS": {}}
    django = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["city.own", "django.template.context_processors.request"]},
    }

    changed_jinja, changed = add_market_context_processors([jinja, django])

    assert changed_jinja == jinja
    assert changed["APP_DIRS"] is True
    assert changed["OPTIONS"]["context_processors"] == [
        "city.own",
        "django.template.context_processors.request",
        "django.template.context_processors.i18n",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "oscar.apps.search.context_processors.search_form",
        "oscar.apps.checkout.context_processors.checkout",
        "oscar.apps.communication.notifications.context_processors.notifications",
        "oscar.core.context_processors.metadata",
    ]
    assert len(django["OPTIONS"]["context_processors"]) == 2


def test_an_engine_without_options_gets_them():
    (changed,) = add_market_context_processors([{"BACKEND": "django.template.backends.django.DjangoTemplates"}])

    assert len(changed["OPTIONS"]["context_processors"]) == 8
