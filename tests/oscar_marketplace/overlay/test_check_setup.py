"""Each way to get the set-up wrong has its check, and the hint says what to write."""

import sys
import types
from importlib import reload

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.urls import clear_url_caches, include, path, set_urlconf
from oscar.core.loading import get_class

from oscar_marketplace import checks
from oscar_marketplace import urls as marketplace_urls
from oscar_marketplace.overlay import checks as overlay_checks
from oscar_marketplace.storefront import urls as storefront_urls
from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import sell_at, sell_in_shop

CASH = {"BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall", "OPTIONS": {}}


def ids(messages) -> list[str]:
    return [message.id.removeprefix("oscar_marketplace.") for message in messages]


def only(messages):
    assert len(messages) == 1, messages
    assert messages[0].hint
    return messages[0]


# The loader


def test_a_shop_that_is_set_up_has_no_loader_problem():
    assert overlay_checks.check_loader(None) == []


def test_the_loader_is_missing(settings):
    settings.OSCAR_DYNAMIC_CLASS_LOADER = "oscar.core.loading.default_class_loader"

    message = only(overlay_checks.check_loader(None))

    assert message.id == "oscar_marketplace.E001"
    assert "from oscar_marketplace.defaults import *" in message.hint
    assert "NEXT_CLASS_LOADER" not in message.hint


def test_another_loader_is_set_and_the_hint_chains_it(settings):
    settings.OSCAR_DYNAMIC_CLASS_LOADER = "city.loading.load"

    message = only(overlay_checks.check_loader(None))

    assert message.id == "oscar_marketplace.E001"
    assert "OSCAR_MARKETPLACE_NEXT_CLASS_LOADER = 'city.loading.load'" in message.hint


@pytest.mark.parametrize(
    "next_loader",
    ["no_such_module.load", "oscar.core.loading.no_such_function", "oscar_marketplace.overlay.load_classes"],
)
def test_the_loader_behind_ours_cannot_be_used(settings, next_loader):
    settings.OSCAR_MARKETPLACE_NEXT_CLASS_LOADER = next_loader

    assert only(overlay_checks.check_loader(None)).id == "oscar_marketplace.E002"


def test_a_class_found_without_its_mixin_is_named(monkeypatch):
    from oscar.apps.order.utils import OrderCreator

    monkeypatch.setattr(
        "oscar_marketplace.overlay.points.get_class",
        lambda label, name: OrderCreator if name == "OrderCreator" else get_class(label, name),
    )

    message = only(overlay_checks.check_loader(None))

    assert message.id == "oscar_marketplace.E003"
    assert "oscar_marketplace.overlay.order_utils.OrderCreatorMixin" in message.msg
    assert "get_class('order.utils', 'OrderCreator')" in message.hint


@pytest.fixture
def urls_of_city(settings):
    """Make a URLconf of these patterns the project's."""

    def use(*patterns):
        module = types.ModuleType("a_citys_urls")
        module.urlpatterns = list(patterns)
        sys.modules[module.__name__] = module
        settings.ROOT_URLCONF = module.__name__
        clear_url_caches()

    yield use
    sys.modules.pop("a_citys_urls", None)
    set_urlconf(None)
    clear_url_caches()


def our_urls():
    return path("", include("oscar_marketplace.urls"))


def oscars_urls():
    from django.apps import apps

    return path("", include(apps.get_app_config("oscar").urls[0]))


def test_a_view_mounted_past_the_loader_is_named(urls_of_city):
    from oscar.apps.basket.views import BasketView

    class CityBasketView(BasketView):
        pass

    urls_of_city(our_urls(), path("bolsa/", CityBasketView.as_view()), oscars_urls())

    message = only(overlay_checks.check_loader(None))

    assert message.id == "oscar_marketplace.E003"
    assert "CityBasketView, used by /bolsa/" in message.msg


def test_a_module_that_imports_past_the_loader_is_named(monkeypatch):
    from oscar.apps.order.utils import OrderCreator

    module = types.ModuleType("example_site.demo.counter_sale")
    module.OrderCreator = OrderCreator
    monkeypatch.setitem(sys.modules, module.__name__, module)

    message = only(overlay_checks.check_loader(None))

    assert message.id == "oscar_marketplace.W001"
    assert "OrderCreator = get_class('order.utils', 'OrderCreator') in example_site.demo.counter_sale" in message.hint


def test_a_module_that_asks_the_loader_is_left_alone(monkeypatch):
    module = types.ModuleType("example_site.demo.counter_sale")
    module.OrderCreator = get_class("order.utils", "OrderCreator")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    assert overlay_checks.check_loader(None) == []


# Oscar's settings


def test_no_default_currency(settings):
    del settings.OSCAR_DEFAULT_CURRENCY

    message = only(checks.check_currency(None))

    assert (message.id, "OSCAR_DEFAULT_CURRENCY =" in message.hint) == ("oscar_marketplace.E004", True)


def test_oscars_own_default_currency_is_a_warning(settings):
    settings.OSCAR_DEFAULT_CURRENCY = "GBP"

    message = only(checks.check_currency(None))

    assert message.id == "oscar_marketplace.W002"
    assert 'SILENCED_SYSTEM_CHECKS = ["oscar_marketplace.W002"]' in message.hint


def test_a_currency_of_the_citys_own_is_fine(settings):
    settings.OSCAR_DEFAULT_CURRENCY = "EUR"

    assert checks.check_currency(None) == []


def test_our_values_are_fine():
    assert checks.check_oscar_values(None) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OSCAR_ALLOW_ANON_CHECKOUT", False, "E005"),
        ("OSCAR_OFFERS_INCL_TAX", False, "E006"),
        ("OSCAR_INITIAL_ORDER_STATUS", "Nuevo", "E007"),
        ("OSCAR_INITIAL_LINE_STATUS", "Nuevo", "E007"),
    ],
)
def test_a_value_that_contradicts_ours(settings, name, value, expected):
    setattr(settings, name, value)

    message = only(checks.check_oscar_values(None))

    assert (ids([message]), name in message.msg, name in message.hint) == ([expected], True, True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OSCAR_ALLOW_ANON_CHECKOUT", ["E005"]),
        ("OSCAR_OFFERS_INCL_TAX", ["E006"]),
        ("OSCAR_INITIAL_ORDER_STATUS", ["E007"]),
        ("OSCAR_INITIAL_LINE_STATUS", ["E007"]),
        ("OSCAR_ORDER_STATUS_PIPELINE", ["E007", "E008"]),
        ("OSCAR_LINE_STATUS_PIPELINE", ["E007", "E008"]),
    ],
)
def test_a_value_of_ours_is_missing(settings, name, expected):
    delattr(settings, name)

    assert ids(checks.check_oscar_values(None)) == expected


@pytest.mark.parametrize("kind", ["ORDER", "LINE"])
def test_a_pipeline_that_cannot_hold_what_we_write(settings, kind):
    setattr(
        settings,
        f"OSCAR_{kind}_STATUS_PIPELINE",
        {"Pending": ("Complete", "Cancelled"), "Complete": (), "Cancelled": ()},
    )

    message = only(checks.check_oscar_values(None))

    assert (ids([message]), "Being processed" in message.msg) == (["E008"], True)
    assert f"OSCAR_{kind}_STATUS_PIPELINE" in message.hint


def test_a_citys_own_pipeline_with_its_own_map_is_fine(settings):
    settings.OSCAR_ORDER_STATUS_PIPELINE = settings.OSCAR_LINE_STATUS_PIPELINE = {"Nuevo": ("Listo",), "Listo": ()}
    settings.OSCAR_INITIAL_ORDER_STATUS = settings.OSCAR_INITIAL_LINE_STATUS = "Nuevo"
    settings.OSCAR_MARKETPLACE_ORDER_STATUS_MAP = {"new": "Nuevo", "completed": "Listo"}
    settings.OSCAR_MARKETPLACE_LINE_STATUS_MAP = {"delivered": "Listo"}

    assert checks.check_oscar_values(None) == []


@pytest.mark.parametrize("kind", ["ORDER", "LINE"])
def test_a_map_of_states_that_do_not_exist(settings, kind):
    setattr(settings, f"OSCAR_MARKETPLACE_{kind}_STATUS_MAP", {"baked": "Pending"})

    message = only(checks.check_oscar_values(None))

    assert (ids([message]), "baked" in message.msg) == (["E009"], True)


# Plugs


@pytest.mark.parametrize("setting", ["PAYMENT_PROVIDERS", "CHANNELS"])
@pytest.mark.parametrize(
    "value",
    [
        ["oscar_marketplace.payments.providers.cash.CashAtStall"],
        {},
        {"cash": "oscar_marketplace.payments.providers.cash.CashAtStall"},
        {"cash": {"OPTIONS": {}}},
        {"cash": {**CASH, "OPTIONS": ["MAX_AMOUNT"]}},
        {"cash": {**CASH, "MAX_AMOUNT": 1500}},
        {"c" * 41: CASH},
        {3: CASH},
    ],
)
def test_a_plug_setting_of_the_wrong_shape(settings, setting, value):
    setattr(settings, f"OSCAR_MARKETPLACE_{setting}", value)

    found = [message for message in checks.check_backends(None) if setting in message.msg]

    assert ids(found) == ["E010"]
    assert f"OSCAR_MARKETPLACE_{setting} = " in found[0].hint


@pytest.mark.parametrize("setting", ["PAYMENT_PROVIDERS", "CHANNELS"])
@pytest.mark.parametrize("backend", ["no_such_module.Provider", "oscar_marketplace.money.NoSuchClass", "nothing"])
def test_a_backend_that_cannot_be_loaded(settings, setting, backend):
    setattr(settings, f"OSCAR_MARKETPLACE_{setting}", {"card": {"BACKEND": backend}})

    found = [message for message in checks.check_backends(None) if setting in message.msg]

    assert (ids(found), backend in found[0].msg) == (["E011"], True)


def test_a_backend_that_finds_its_options_wrong(settings):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {"cash": {**CASH, "OPTIONS": {"MAX_AMOUNT": "a lot"}}}

    found = [message for message in checks.check_backends(None) if "PROVIDERS" in message.msg]

    assert (ids(found), "MAX_AMOUNT" in found[0].hint) == (["E012"], True)


def test_plugs_that_work_are_fine(settings):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {"cash": CASH, "till": {"BACKEND": CASH["BACKEND"]}}

    assert [message for message in checks.check_backends(None) if "PROVIDERS" in message.msg] == []


# Templates


@pytest.fixture
def templates(settings, tmp_path):
    """Write a template of the city's own: ``templates(name, text)``."""
    engine, *others = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine.get("DIRS", [])]}, *others]
    return lambda name, text: (tmp_path / name).write_text(text)


def test_our_base_template_is_fine():
    assert checks.check_base_template(None) == []


def test_the_base_template_is_missing(settings):
    settings.OSCAR_MARKETPLACE_BASE_TEMPLATE = "city/page.html"

    message = only(checks.check_base_template(None))

    assert (message.id, "city/page.html" in message.msg) == ("oscar_marketplace.E013", True)


@pytest.mark.parametrize(("block", "missing"), [("content", "head_extra"), ("head_extra", "content")])
def test_the_base_template_lacks_a_block(settings, templates, block, missing):
    templates("city.html", f"<html>{{% block {block} %}}{{% endblock %}}</html>")
    settings.OSCAR_MARKETPLACE_BASE_TEMPLATE = "city.html"

    message = only(checks.check_base_template(None))

    assert (message.id, f"no block {missing}" in message.msg) == ("oscar_marketplace.E014", True)


def test_blocks_of_the_template_it_extends_count(settings, templates):
    templates(
        "whole.html", "<head>{% block head_extra %}{% endblock %}</head><main>{% block content %}{% endblock %}</main>"
    )
    templates("city.html", '{% extends "whole.html" %}{% block title %}Ciudad{% endblock %}')
    settings.OSCAR_MARKETPLACE_BASE_TEMPLATE = "city.html"

    assert checks.check_base_template(None) == []


# URLs


def test_the_urls_are_mounted_before_oscars(urls_of_city):
    urls_of_city(our_urls(), oscars_urls())

    assert checks.check_urls(None) == []


def test_the_urls_are_not_mounted(urls_of_city):
    urls_of_city(oscars_urls())

    message = only(checks.check_urls(None))

    assert message.id == "oscar_marketplace.E015"
    assert 'include("oscar_marketplace.urls")' in message.hint


@pytest.fixture
def markets_at_the_root(settings):
    """A shop without a portal: the list of markets has ``/``, as Oscar's home would."""
    settings.OSCAR_MARKETPLACE_HOME_PATH = ""
    reload(storefront_urls), reload(marketplace_urls)
    yield
    del settings.OSCAR_MARKETPLACE_HOME_PATH
    reload(storefront_urls), reload(marketplace_urls)


def test_the_urls_are_mounted_after_oscars(markets_at_the_root, urls_of_city):
    urls_of_city(oscars_urls(), our_urls())

    message = only(checks.check_urls(None))

    assert message.id == "oscar_marketplace.E016"
    assert "before Oscar's URLs" in message.hint


# Addresses and databases


@pytest.mark.parametrize(
    "url", ["https://mercados.example.org", "http://localhost:8000", "https://mercados.example.org/"]
)
def test_an_address_that_can_stand_before_links(settings, url):
    settings.OSCAR_MARKETPLACE_SITE_URL = url

    assert checks.check_site_url(None) == []


@pytest.mark.parametrize(
    "url",
    [
        "mercados.example.org",
        "//mercados.example.org",
        "ftp://mercados.example.org",
        "https://",
        "https://mercados.example.org/tienda",
        "https://mercados.example.org?city=1",
        "https://admin@mercados.example.org",
        "https://mercados.example.org:port",
        None,
        "",
    ],
)
def test_an_address_that_cannot(settings, url):
    settings.OSCAR_MARKETPLACE_SITE_URL = url

    assert only(checks.check_site_url(None)).id == "oscar_marketplace.E017"


def test_a_deployed_site_does_not_send_links_to_localhost(settings):
    settings.OSCAR_MARKETPLACE_SITE_URL = "http://localhost:8000"
    assert only(checks.check_site_url_is_real(None)).id == "oscar_marketplace.W003"

    settings.OSCAR_MARKETPLACE_SITE_URL = "https://mercados.example.org"
    assert checks.check_site_url_is_real(None) == []


@pytest.mark.parametrize("options", [{}, {"transaction_mode": "DEFERRED"}])
def test_sqlite_that_does_not_take_turns(monkeypatch, options):
    default = connections["default"]
    monkeypatch.setattr(type(default), "vendor", "sqlite")
    monkeypatch.setitem(default.settings_dict, "OPTIONS", options)

    message = only(checks.check_sqlite_takes_turns(None))

    assert message.id == "oscar_marketplace.W004"
    assert '"transaction_mode": "IMMEDIATE"' in message.hint


def test_sqlite_that_takes_turns_is_fine(monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", {"transaction_mode": "IMMEDIATE"})

    assert checks.check_sqlite_takes_turns(None) == []


@pytest.fixture
def dashboard_access(db):
    return Permission.objects.get(codename="dashboard_access", content_type__app_label="partner")


def test_a_member_with_the_partner_dashboard(three_stalls, dashboard_access):
    member = three_stalls[0].members.get().user
    member.user_permissions.add(dashboard_access)

    message = only(checks.check_members_stay_out_of_the_partner_dashboard(None, databases=["default"]))

    assert message.id == "oscar_marketplace.W005"
    assert member.username in message.msg
    assert three_stalls[1].members.get().user.username not in message.msg


def test_a_member_with_the_partner_dashboard_through_a_group(three_stalls, dashboard_access):
    group = Group.objects.create(name="Partners")
    group.permissions.add(dashboard_access)
    three_stalls[2].members.get().user.groups.add(group)

    assert ids(checks.check_members_stay_out_of_the_partner_dashboard(None, databases=["default"])) == ["W005"]


def test_other_people_may_hold_it(three_stalls, dashboard_access):
    factories.make_user("partner-of-the-shop").user_permissions.add(dashboard_access)

    assert checks.check_members_stay_out_of_the_partner_dashboard(None, databases=["default"]) == []


def test_no_database_is_asked_unless_it_was_named(django_assert_num_queries, three_stalls, dashboard_access):
    three_stalls[0].members.get().user.user_permissions.add(dashboard_access)

    with django_assert_num_queries(0):
        assert checks.check_members_stay_out_of_the_partner_dashboard(None) == []


def test_it_says_nothing_before_the_tables_exist(monkeypatch, db):
    monkeypatch.setattr(type(connections["default"].introspection), "table_names", lambda *args, **kwargs: [])

    assert checks.check_members_stay_out_of_the_partner_dashboard(None, databases=["default"]) == []


def test_a_stalls_stock_record_without_a_listing(three_stalls):
    factories.make_listing(stall=three_stalls[0])
    sell_at(three_stalls[1].partner, "miel-1")

    message = only(checks.check_stalls_sell_by_listings(None, databases=["default"]))

    assert message.id == "oscar_marketplace.W006"
    assert message.msg == "1 stock records of stalls have no listing and are not for sale: miel-1."
    assert checks.check_stalls_sell_by_listings(None) == []


def test_the_shops_stock_records_need_no_listing(db):
    sell_in_shop()

    assert checks.check_stalls_sell_by_listings(None, databases=["default"]) == []


def test_the_suites_own_site_has_no_problem(db):
    from django.core.checks import run_checks

    ours = [message for message in run_checks() if str(message.id).startswith("oscar_marketplace.")]

    assert ours == []
