"""The reference pages say what the code says: no setting, default or check id is missing or made up."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import oscar.defaults
import pytest
from django.utils.module_loading import import_string

import oscar_marketplace.conf
import oscar_marketplace.defaults
import wagtail_mercado.conf
import wagtail_mercado.defaults

CHECKOUT = Path(__file__).resolve().parents[2]
REFERENCE = CHECKOUT / "docs" / "reference"
#: Each package with the prefix of its settings; the prefix of its checks is its name.
PACKAGES = {
    "oscar_marketplace": (oscar_marketplace.conf, "OSCAR_MARKETPLACE_"),
    "wagtail_mercado": (wagtail_mercado.conf, "WAGTAIL_MERCADO_"),
}


def setting_names(package: str) -> list[str]:
    conf, _prefix = PACKAGES[package]
    return [name for name, value in vars(conf.AppSettings).items() if isinstance(value, property)]


def settings_page() -> str:
    return (REFERENCE / "settings.md").read_text()


def documented_defaults(prefix: str) -> dict[str, str]:
    """Setting name without prefix -> what the page gives as its default."""
    return dict(re.findall(rf"^### `{prefix}(\w+)`\n\nDefault: `(.+)`\n", settings_page(), re.MULTILINE))


def names_in_table(heading: str) -> set[str]:
    """Settings in the first column of the table below a heading."""
    table = settings_page().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_setting_has_its_entry(package):
    _conf, prefix = PACKAGES[package]

    documented = re.findall(rf"^### `{prefix}(\w+)`", settings_page(), re.MULTILINE)

    assert documented == sorted(setting_names(package))


@pytest.mark.parametrize(
    ("package", "name"), [(package, name) for package in PACKAGES for name in setting_names(package)]
)
def test_documented_default_is_the_real_one(package, name, monkeypatch):
    conf, prefix = PACKAGES[package]
    monkeypatch.setattr(conf, "django_settings", SimpleNamespace())
    written = documented_defaults(prefix)[name]

    try:
        documented = ast.literal_eval(written)
    except ValueError:
        documented = import_string(written)

    assert getattr(conf.settings, name) == documented


def test_every_value_for_oscar_is_listed():
    assert names_in_table("Values for Oscar's settings") == set(oscar_marketplace.defaults.__all__)


def test_every_value_for_a_wagtail_site_is_listed():
    known = {**vars(oscar.defaults), **vars(oscar_marketplace.defaults)}
    ours = {name: value for name, value in vars(wagtail_mercado.defaults).items() if name.isupper()}

    added = {name for name, value in ours.items() if name not in known or known[name] != value}

    assert names_in_table("Values for a Wagtail site") == added


@pytest.mark.parametrize("package", PACKAGES)
def test_every_check_has_its_entry(package):
    ids = rf"{package}\.[EW]\d{{3}}"
    sources = (CHECKOUT / package).rglob("*.py")
    in_code = {check_id for source in sources for check_id in re.findall(ids, source.read_text())}

    documented = re.findall(rf"^### `({ids})`", (REFERENCE / "checks.md").read_text(), re.MULTILINE)

    assert in_code, "no check found: the pattern or the place of the ids changed"
    assert documented == sorted(in_code)
