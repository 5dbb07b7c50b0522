"""Each way to get the translations' set-up wrong has its check, and the hint says what to write."""

import sys
import types

import pytest
from django.apps import apps
from django.conf import global_settings
from django.core.management.commands import makemigrations

from oscar_marketplace.translations import checks


def only(messages):
    assert len(messages) == 1, messages
    assert messages[0].hint
    return messages[0]


def ids(messages) -> list[str]:
    return [message.id.removeprefix("oscar_marketplace.") for message in messages]


ALL = [
    checks.check_host_app,
    checks.check_installed_apps,
    checks.check_translated_fields,
    checks.check_languages,
    checks.check_prices_of_oscars_pages,
]


@pytest.mark.parametrize("check", ALL)
def test_the_example_has_no_problem(check):
    assert check(None) == []


@pytest.fixture
def installed(monkeypatch):
    """Pretend which of the two apps are installed."""

    def pretend(*names):
        is_installed = lambda name: name in names if "translation" in name else apps.app_configs  # noqa: E731
        monkeypatch.setattr("oscar_marketplace.translations.checks.apps.is_installed", is_installed)

    return pretend


def test_no_app_for_the_migrations(settings):
    settings.OSCAR_MARKETPLACE_TRANSLATIONS_APP = ""

    message = only(checks.check_host_app(None))

    assert message.id == "oscar_marketplace.E030"
    assert 'OSCAR_MARKETPLACE_TRANSLATIONS_APP = "texts"' in message.hint


def test_a_shop_in_one_language_needs_no_app(settings, installed):
    settings.OSCAR_MARKETPLACE_TRANSLATIONS_APP = ""
    installed()

    assert checks.check_host_app(None) == checks.check_installed_apps(None) == []


def test_an_app_that_is_not_installed(settings):
    settings.OSCAR_MARKETPLACE_TRANSLATIONS_APP = "texts"

    message = only(checks.check_host_app(None))

    assert (message.id, "INSTALLED_APPS" in message.hint) == ("oscar_marketplace.E031", True)


def test_the_name_of_the_app_instead_of_its_label(settings):
    settings.OSCAR_MARKETPLACE_TRANSLATIONS_APP = "example_site.translations"

    message = only(checks.check_host_app(None))

    assert (message.id, "'translations'" in message.hint) == ("oscar_marketplace.E031", True)


@pytest.mark.parametrize("label", ["oscar_marketplace", "catalogue"])
def test_an_app_that_holds_other_things(settings, label):
    settings.OSCAR_MARKETPLACE_TRANSLATIONS_APP = label

    assert only(checks.check_host_app(None)).id == "oscar_marketplace.E032"


def test_an_app_that_can_have_no_migrations(settings):
    settings.OSCAR_MARKETPLACE_TRANSLATIONS_APP = "demo"

    message = only(checks.check_host_app(None))

    assert (message.id, "example_site/demo/migrations" in message.hint) == ("oscar_marketplace.E033", True)


def test_a_suite_that_switches_migrations_off_has_no_problem(settings):
    settings.MIGRATION_MODULES = {"translations": None}

    assert checks.check_host_app(None) == []


@pytest.mark.parametrize(
    ("there", "missing"),
    [("oscar_marketplace.translations", "modeltranslation"), ("modeltranslation", "oscar_marketplace.translations")],
)
def test_one_app_without_the_other(installed, there, missing):
    installed(there)

    message = only(checks.check_installed_apps(None))

    assert (message.id, repr(missing) in message.hint) == ("oscar_marketplace.E034", True)


def test_another_apps_command(monkeypatch):
    module = types.ModuleType("city_tools.management.commands.makemigrations")
    module.Command = makemigrations.Command
    monkeypatch.setitem(sys.modules, module.__name__, module)
    used = {**checks.get_commands(), "makemigrations": "city_tools"}
    monkeypatch.setattr(checks, "get_commands", lambda: used)

    message = only(checks.check_installed_apps(None))

    assert message.id == "oscar_marketplace.E035"
    assert "before 'city_tools'" in message.hint
    assert "autodetector = HostOwnedTranslations" in message.hint


def test_the_admin_before_the_translations(monkeypatch):
    configs = {config.name: config for config in apps.get_app_configs()}
    last = [configs.pop("modeltranslation")]
    monkeypatch.setattr(checks.apps, "get_app_configs", lambda: [*configs.values(), *last])

    assert only(checks.check_installed_apps(None)).id == "oscar_marketplace.E036"


def test_fields_that_do_not_exist(settings):
    settings.OSCAR_MARKETPLACE_TRANSLATED_FIELDS = {
        "catalogue.Product": ("title", "headline"),
        "catalogue.Flyer": ("title",),
        "catalogue": (),
    }

    message = only(checks.check_translated_fields(None))

    assert message.id == "oscar_marketplace.E037"
    assert message.msg.endswith("catalogue.Product.headline, catalogue.Flyer, catalogue.")


def test_a_language_nobody_knows(settings):
    settings.LANGUAGES = [("en", "English"), ("es-mx", "Español"), ("nah", "Nāhuatlahtōlli")]

    assert ids(checks.check_languages(None)) == ["E038"]
    assert 'LANG_INFO["nah"] = {' in only(checks.check_languages(None)).hint
    prices = only(checks.check_prices_of_oscars_pages(None))
    assert prices.id == "oscar_marketplace.E039"
    assert 'OSCAR_CURRENCY_FORMAT = {"MXN": {"locale": "es_MX"}}' in prices.hint

    settings.OSCAR_CURRENCY_FORMAT = {"MXN": {"locale": "es_MX"}}
    assert checks.check_prices_of_oscars_pages(None) == []


def test_djangos_own_list_of_languages_is_nobodys_mistake(settings):
    settings.LANGUAGES = [*global_settings.LANGUAGES]

    assert checks.check_languages(None) == checks.check_prices_of_oscars_pages(None) == []


def test_a_language_that_is_left_out_of_the_fallbacks(monkeypatch):
    monkeypatch.setattr("modeltranslation.settings.FALLBACK_LANGUAGES", {"default": ("en",)})

    message = only(checks.check_languages(None))

    assert message.id == "oscar_marketplace.W030"
    assert "only in es is empty" in message.msg
    assert "MODELTRANSLATION_FALLBACK_LANGUAGES = ('en', 'es')" in message.hint
