"""The wheel is whole: a shop started from it, with the README's own lines, shows the markets."""

import re
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from tests.packaging.site_environment import SiteEnvironment

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]
HOST_SHOP = Path(__file__).parent / "host_shop"
PACKAGES = ("oscar_marketplace", "wagtail_mercado")


def readme_blocks() -> tuple[str, str]:
    """The README's lines for ``settings.py`` and for ``urls.py``."""
    section = (CHECKOUT / "README.md").read_text().partition("## Add it to your Oscar shop")[2].partition("\n## ")[0]
    settings, urls = re.findall(r"```python\n(.+?)```", section, re.DOTALL)
    return settings, urls


@pytest.fixture(scope="module")
def shop(wheel, tmp_path_factory) -> Iterator[tuple[SiteEnvironment, Path]]:
    """An Oscar shop with the README's lines, in an environment of its own; migrated."""
    # Oscar leaves the choice of a thumbnailer to the shop.
    environment = SiteEnvironment(tmp_path_factory.mktemp("env"), wheel=wheel, extra=("sorl-thumbnail",))
    project = tmp_path_factory.mktemp("shop")
    settings, urls = readme_blocks()
    for name, added in {"settings.py": settings, "urls.py": urls, "manage.py": ""}.items():
        (project / name).write_text((HOST_SHOP / name).read_text() + added)
    migrated = environment.run("manage.py", "migrate", "--verbosity", "0", cwd=project)
    assert migrated.returncode == 0, migrated.stderr
    return environment, project


@pytest.fixture(scope="module")
def address(shop) -> Iterator[str]:
    """Where the shop's server answers."""
    environment, project = shop
    with environment.server(project) as address:
        yield address


def sources(package: str) -> set[str]:
    """Paths, relative to the checkout, of everything the package's folder holds."""
    files = (path for path in (CHECKOUT / package).rglob("*") if path.is_file())
    return {
        str(path.relative_to(CHECKOUT)) for path in files if path.suffix not in (".pyc", ".mo") and path.name[0] != "."
    }


def test_wheel_holds_every_source_file_and_the_compiled_translations(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())

    wanted = set().union(*(sources(package) for package in PACKAGES))
    compiled = {name.removesuffix(".po") + ".mo" for name in wanted if name.endswith(".po")}

    assert wanted - packed == set()
    assert compiled
    assert compiled - packed == set()
    for kind in (".html", ".css", ".svg"):
        assert any(name.endswith(kind) for name in packed), f"no {kind} in the wheel"


def test_wheel_holds_nothing_else(wheel):
    packed = zipfile.ZipFile(wheel).namelist()

    tops = {name.split("/")[0] for name in packed}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert not [name for name in packed if name.endswith((".pyc", ".part", ".sqlite3"))]


def test_the_readme_needs_fewer_than_15_lines():
    lines = [line for block in readme_blocks() for line in block.splitlines() if line.strip()]

    assert len(lines) < 15


def test_shop_runs_on_the_installed_wheel_not_on_the_checkout(shop):
    environment, project = shop

    shown = environment.run("-c", "import oscar_marketplace; print(oscar_marketplace.__file__)", cwd=project)

    assert shown.stdout.startswith(str(environment.folder)), shown.stderr


def test_shop_passes_its_checks(shop):
    environment, project = shop

    checked = environment.run("manage.py", "check", "--fail-level", "WARNING", cwd=project)

    assert checked.returncode == 0, checked.stderr


def test_shop_needs_no_migration_of_its_own(shop):
    environment, project = shop

    checked = environment.run("manage.py", "makemigrations", "--check", "--dry-run", cwd=project)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_markets_page_answers_with_its_style(address):
    page = urllib.request.urlopen(f"{address}/").read().decode()

    styles = re.findall(r'<link[^>]+href="([^"]+\.css[^"]*)"', page)

    assert '<html lang="es"' in page
    assert styles
    for style in styles:
        assert urllib.request.urlopen(f"{address}{style}").status == 200


def test_a_page_that_is_not_there_is_not_found(address):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{address}/no-such-page/")

    assert refused.value.code == 404


def test_shop_speaks_spanish_from_the_wheels_own_catalogue(shop):
    environment, project = shop
    catalogue = polib.pofile(str(CHECKOUT / "oscar_marketplace" / "locale" / "es" / "LC_MESSAGES" / "django.po"))
    plain = next(e for e in catalogue.translated_entries() if not e.msgctxt and not e.msgid_plural)
    script = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
        "import django; django.setup()\n"
        "from django.utils.translation import gettext, override\n"
        f"with override('es'): print(gettext({plain.msgid!r}))\n"
    )

    said = environment.run("-c", script, cwd=project)

    assert said.stdout.removesuffix("\n") == plain.msgstr, said.stderr
