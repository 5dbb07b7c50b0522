"""A site made by ``wagtail start`` becomes a portal by the README's lines, and a plain site again by the guide's."""

import hashlib
import re
import shutil
import sqlite3
import urllib.request
from pathlib import Path

import django
import oscar
import pytest
import wagtail

from tests.database import copy_file
from tests.packaging.site_environment import SiteEnvironment

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]
GUIDE = CHECKOUT / "docs" / "how-to" / "install-wagtail-site.md"
PAGES_LINE = '    path("", include(wagtail_urls)),\n'
OURS = "{0} LIKE '%mercado%' OR {0} LIKE '%marketplace%'"
STOCK_DETECTOR = """
import django
django.setup()
from django.core.management import call_command
from django.core.management.commands.makemigrations import Command
call_command(Command(), check_changes=True, dry_run=True)
"""
ADD_PAGES = """
import django
django.setup()
from oscar_marketplace.test import factories
from wagtail.models import Site
from wagtail_mercado.pages_app.models import MarketIndexPage, MarketPage
home = Site.objects.get().root_page
market = factories.make_market(name="Mercado Corona", slug="corona")
index = home.add_child(instance=MarketIndexPage(title="Our halls", slug="halls"))
body = [("opening_hours", {"heading": "When to come", "market": None}), ("stalls", {"heading": "Stalls", "most": 6})]
page = MarketPage(title="Corona, since 1891", slug="corona", market=market, intro="Eggs and flowers.", body=body)
index.add_child(instance=page)
"""


def section(page: Path, heading: str) -> str:
    return page.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]


def readme_blocks() -> tuple[str, str, str]:
    """The README's lines for the top of the settings, for their end and for the URLs."""
    top, end, urls = re.findall(
        r"```python\n(.+?)```", section(CHECKOUT / "README.md", "Add it to your Wagtail site"), re.DOTALL
    )
    return top, end, urls


def commands(text: str) -> list[list[str]]:
    """Arguments of each ``$ python manage.py …`` in it."""
    return [line.split() for line in re.findall(r"^\$ python manage\.py (.+)$", text, re.MULTILINE)]


class City:
    """The site in ``folder``, run by the Python of ``environment``."""

    def __init__(self, environment: SiteEnvironment, folder: Path):
        self.environment, self.folder = environment, folder
        self.database = folder / "db.sqlite3"

    def manage(self, *arguments: str) -> str:
        return self.run("manage.py", *arguments)

    def script(self, code: str) -> str:
        return self.run("-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'city.settings.dev'\n{code}")

    def run(self, *arguments: str) -> str:
        """What it printed; it must succeed."""
        done = self.environment.run(*arguments, cwd=self.folder)
        assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def rows(self, statement: str) -> list[tuple]:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute(statement).fetchall()

    def assert_commands_work(self) -> None:
        assert "no issues" in self.manage("check", "--fail-level", "WARNING")
        assert "No changes detected" in self.manage("makemigrations", "--check", "--dry-run")
        assert "No changes detected" in self.script(STOCK_DETECTOR)

    def migrate(self) -> None:
        """From nothing; what was migrated before with the same migrations is copied."""
        template = f"wagtail-start-{self._migrations_hash()}.sqlite3"
        copy_file(template, self.database, make=lambda: self.manage("migrate", "--verbosity", "0"))

    def _migrations_hash(self) -> str:
        digest = hashlib.sha256(f"{django.VERSION} {oscar.VERSION} {wagtail.VERSION}".encode())
        packages = (CHECKOUT / "oscar_marketplace", CHECKOUT / "wagtail_mercado", self.folder)
        for path in [path for package in packages for path in sorted(package.rglob("migrations/*.py"))]:
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]


def add_the_market(folder: Path) -> None:
    """Do to the settings and URLs what the README says, word for word."""
    top, end, urls_line = readme_blocks()
    settings, urls = folder / "city" / "settings" / "base.py", folder / "city" / "urls.py"
    settings.write_text(top + settings.read_text() + end)
    assert urls.read_text().count(PAGES_LINE) == 1
    urls.write_text(urls.read_text().replace(PAGES_LINE, urls_line + PAGES_LINE))


@pytest.fixture(scope="module")
def started(wheel, tmp_path_factory) -> City:
    """A site as ``wagtail start`` makes it."""
    environment = SiteEnvironment(tmp_path_factory.mktemp("env"), wheel=wheel, wheel_extra="wagtail")
    folder = tmp_path_factory.mktemp("site")
    done = environment.run("-m", "wagtail.bin.wagtail", "start", "city", ".", cwd=folder)
    assert (folder / "manage.py").exists(), done.stdout + done.stderr
    return City(environment, folder)


@pytest.fixture(scope="module")
def portal(started, tmp_path_factory) -> City:
    """The site with the market added, migrated, and two pages in it."""
    folder = tmp_path_factory.mktemp("portal") / "site"
    shutil.copytree(started.folder, folder)
    add_the_market(folder)
    city = City(started.environment, folder)
    city.migrate()
    city.script(ADD_PAGES)
    return city


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        assert answer.status == 200
        return answer.read().decode()


def test_the_readme_needs_fewer_than_15_lines():
    lines = [line for block in readme_blocks() for line in block.splitlines() if line.strip()]

    assert len(lines) < 15


def test_the_guide_says_the_same_lines():
    guide = GUIDE.read_text()

    code = [line for block in readme_blocks() for line in block.splitlines() if line and not line.startswith("#")]
    assert [line for line in code if line not in guide] == []


def test_checks_and_migrations_are_clean(portal):
    portal.assert_commands_work()


def test_pages_keep_their_place_and_the_markets_have_theirs(portal):
    with portal.environment.server(portal.folder) as address:
        home, markets = get(f"{address}/"), get(f"{address}/markets/")
        assert "Welcome to your new Wagtail site!" in home
        assert "Mercado Corona" in markets
        for style in re.findall(r'<link rel="stylesheet" href="([^"]+)"', markets):
            assert "--mk-" in get(f"{address}{style}")
        assert "/static/oscar_marketplace/" in markets
        # The site's own search and Wagtail's admin answer where they did.
        assert "<h1>Search</h1>" in get(f"{address}/search/")
        assert 'name="username"' in get(f"{address}/admin/login/")
        # Oscar's account pages, with Oscar's sign-in.
        assert 'name="login-username"' in get(f"{address}/accounts/login/")

        index, page = get(f"{address}/halls/"), get(f"{address}/halls/corona/")
        assert "Our halls" in index
        assert "Mercado Corona" in index
        assert "Corona, since 1891" in page
        assert "When to come" in page
        (shop_url,) = re.findall(r'class="mk-btn" href="([^"]+)"', page)
        assert "Mercado Corona" in get(f"{address}{shop_url}")
    assert "Traceback" not in (portal.folder / "server.log").read_text()


def test_the_documented_steps_take_it_out_again(portal, started, tmp_path):
    folder = tmp_path / "site"
    shutil.copytree(portal.folder, folder)
    city = City(portal.environment, folder)
    blocks = re.findall(r"```console\n(.+?)```", section(GUIDE, "Take it out again").partition("\n### ")[0], re.DOTALL)
    delete_pages, drop_tables, after = (commands(block) for block in blocks)

    for arguments in [*delete_pages, *drop_tables]:
        city.manage(*arguments)
    for name in ("settings/base.py", "urls.py"):
        shutil.copy(started.folder / "city" / name, folder / "city" / name)
    for arguments in after:
        city.manage(*arguments)

    left = [
        *city.rows(f"SELECT name FROM sqlite_master WHERE {OURS.format('name')}"),
        *city.rows(f"SELECT app_label FROM django_content_type WHERE {OURS.format('app_label')}"),
        *city.rows(f"SELECT app FROM django_migrations WHERE {OURS.format('app')}"),
    ]
    assert left == []
    assert city.rows("SELECT title FROM wagtailcore_page ORDER BY path") == [("Root",), ("Home",)]
    city.assert_commands_work()
    with city.environment.server(folder) as address:
        assert "Welcome to your new Wagtail site!" in get(f"{address}/")
        assert 'name="username"' in get(f"{address}/admin/login/")
    assert "Traceback" not in (folder / "server.log").read_text()
