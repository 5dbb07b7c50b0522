"""A city on Wagtail 8 that swapped the page model builds its market page from our parts."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import django
import oscar
import pytest
import wagtail

from tests.database import CACHE

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.wagtail8]

STOCK_DETECTOR = """
from django.core.management import call_command
from django.core.management.commands.makemigrations import Command
call_command(Command(), check_changes=True, dry_run=True)
"""
ADD_AND_READ_PAGES = """
from django.test import Client
from wagtail.models import Site
from city.models import CityPage, MarketPage
from oscar_marketplace.test import factories

market = factories.make_market(name="Mercado Corona", slug="corona")
factories.make_stall(market=market, name="Verduras Doña Chayo")
home = CityPage.get_first_root_node().add_child(instance=CityPage(title="Home", slug="city"))
Site.objects.update_or_create(hostname="localhost", defaults={"root_page": home, "is_default_site": True})
Site.clear_site_root_paths_cache()
body = [
    ("opening_hours", {"heading": "When to come", "market": None}),
    ("stalls", {"heading": "Who sells", "stalls": [], "market": None, "trade": "", "most": 6}),
    ("notice", {"tone": "info", "text": "<p>Closed on Sunday</p>", "shown_from": None, "shown_until": None}),
]
page = MarketPage(title="Corona, since 1891", slug="corona", market=market, desk="Markets", body=body)
home.add_child(instance=page)
page.save_revision().publish()

client = Client()
shown, gone = client.get("/corona/"), client.get("/nothing/")
words = ["Corona, since 1891", "When to come", "Who sells", "Verduras Doña Chayo", "Closed on Sunday"]
print([shown.status_code, gone.status_code, client.get("/markets/").status_code])
print([word for word in words if word not in shown.content.decode()])
print(type(CityPage.objects.get(slug="corona").specific).__name__, CityPage.objects.get(slug="corona").desk)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The project, migrated."""
    folder = tmp_path_factory.mktemp("swapped") / "site"
    shutil.copytree(HERE / "swapped", folder, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3*"))
    template = CACHE / f"swapped-{_migrations_hash()}.sqlite3"
    if not template.exists():
        run(folder, "manage.py", "migrate", "--verbosity", "0")
        CACHE.mkdir(parents=True, exist_ok=True)
        building = template.with_suffix(f".{os.getpid()}")
        shutil.copy(folder / "city.sqlite3", building)
        building.rename(template)
    shutil.copy(template, folder / "city.sqlite3")
    return folder


def _migrations_hash() -> str:
    digest = hashlib.sha256(f"{django.VERSION} {oscar.VERSION} {wagtail.VERSION}".encode())
    for package in (CHECKOUT / "oscar_marketplace", CHECKOUT / "wagtail_mercado", HERE / "swapped"):
        for path in sorted(package.rglob("migrations/*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def run(folder: Path, *arguments: str) -> str:
    """What the project's Python printed; it must succeed."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": os.pathsep.join([str(folder), str(CHECKOUT)]),
    }
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def script(folder: Path, code: str) -> str:
    return run(folder, "-c", f"import django\ndjango.setup()\n{code}")


def test_checks_and_migrations_are_clean(folder):
    assert "no issues" in run(folder, "manage.py", "check", "--fail-level", "WARNING")
    assert "No changes detected" in run(folder, "manage.py", "makemigrations", "--check", "--dry-run")
    assert "No changes detected" in script(folder, STOCK_DETECTOR)


def test_the_citys_market_page_shows_its_blocks(folder):
    assert script(folder, ADD_AND_READ_PAGES).splitlines() == ["[200, 404, 200]", "[]", "MarketPage Markets"]


def test_the_ready_made_pages_are_refused_in_words(folder, tmp_path):
    copy = tmp_path / "site"
    shutil.copytree(folder, copy)
    settings = copy / "settings.py"
    settings.write_text(settings.read_text().replace(", pages=False", ""))

    with pytest.raises(AssertionError, match=r"wagtail_mercado\.E004"):
        run(copy, "manage.py", "check")
