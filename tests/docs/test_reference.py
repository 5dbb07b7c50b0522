"""The reference pages say what the code says: no setting, default or check id is missing or made up."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils.module_loading import import_string

from oscar_marketplace import conf, defaults

CHECKOUT = Path(__file__).resolve().parents[2]
REFERENCE = CHECKOUT / "docs" / "reference"


def setting_names() -> list[str]:
    return [name for name, value in vars(conf.AppSettings).items() if isinstance(value, property)]


def documented_defaults() -> dict[str, str]:
    """Setting name without prefix -> what the page gives as its default."""
    page = (REFERENCE / "settings.md").read_text()
    return dict(re.findall(r"^### `OSCAR_MARKETPLACE_(\w+)`\n\nDefault: `(.+)`\n", page, re.MULTILINE))


def check_ids_in(text: str) -> list[str]:
    return re.findall(r"oscar_marketplace\.[EW]\d{3}", text)


def test_every_setting_has_its_entry():
    documented = re.findall(r"^### `OSCAR_MARKETPLACE_(\w+)`", (REFERENCE / "settings.md").read_text(), re.MULTILINE)

    assert documented == sorted(setting_names())


@pytest.mark.parametrize("name", setting_names())
def test_documented_default_is_the_real_one(name, monkeypatch):
    monkeypatch.setattr(conf, "django_settings", SimpleNamespace())
    written = documented_defaults()[name]

    try:
        documented = ast.literal_eval(written)
    except ValueError:
        documented = import_string(written)

    assert getattr(conf.settings, name) == documented


def test_every_value_for_oscar_is_listed():
    table = (REFERENCE / "settings.md").read_text().partition("## Values for Oscar's settings")[2]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`(OSCAR_\w+)`", row.split("|")[1])}

    assert listed == set(defaults.__all__)


def test_every_check_has_its_entry():
    sources = (CHECKOUT / "oscar_marketplace").rglob("*.py")
    in_code = {check_id for source in sources for check_id in check_ids_in(source.read_text())}

    documented = re.findall(
        r"^### `(oscar_marketplace\.[EW]\d{3})`", (REFERENCE / "checks.md").read_text(), re.MULTILINE
    )

    assert in_code, "no check found: the pattern or the place of the ids changed"
    assert documented == sorted(in_code)
