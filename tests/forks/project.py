"""A city's shop as a project of its own: a folder, a database, processes that know nothing of the test's."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import django
import oscar

from tests.database import copy_file

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
OUR_MIGRATIONS = CHECKOUT / "oscar_marketplace" / "migrations"
OSCAR_APPS = Path(oscar.__file__).parent / "apps"

#: What the guide to installation says to add to a shop, word for word.
MARKET_SETTINGS = """
from oscar_marketplace.defaults import *  # after Oscar's

INSTALLED_APPS = ["oscar_marketplace", *INSTALLED_APPS]  # before Oscar's apps
OSCAR_DEFAULT_CURRENCY = "MXN"
"""
MARKET_URLS = """    path("", include("oscar_marketplace.urls")),\n"""


class Project:
    """A shop in ``folder``; ``forks`` are the Oscar apps the city has its own version of."""

    def __init__(self, folder: Path, *, forks: tuple[str, ...] = (), market: bool = True):
        self.folder, self.forks = folder, forks
        shutil.copytree(HERE / "shop", folder)
        for app in forks:
            rename_migrations(app, folder / "city" / app / "migrations")
        for app in (folder / "city").iterdir():
            if app.is_dir() and app.name not in forks:
                shutil.rmtree(app)
        self._settings, self._urls = (folder / "settings.py").read_text(), (folder / "urls.py").read_text()
        if market:
            self.add_market()

    # The settings

    def add_market(self, extra: str = "") -> None:
        """Do to the settings and URLs what the guide says."""
        (self.folder / "settings.py").write_text(self._settings + MARKET_SETTINGS + extra)
        oscars = '    path("", include(apps.get_app_config("oscar")'
        assert oscars in self._urls
        (self.folder / "urls.py").write_text(self._urls.replace(oscars, MARKET_URLS + oscars))

    def remove_market(self) -> None:
        """Undo it."""
        (self.folder / "settings.py").write_text(self._settings)
        (self.folder / "urls.py").write_text(self._urls)

    # The processes

    @property
    def environment(self) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        return {
            **outside,
            "CITY_FORKS": ",".join(self.forks),
            "PYTHONPATH": os.pathsep.join([str(self.folder), str(CHECKOUT)]),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run the project's Python, whatever comes of it."""
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)

    def manage(self, *arguments: str) -> str:
        """A management command that must succeed; what it printed."""
        done = self.run("manage.py", *arguments)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def seed(self, script: str) -> dict:
        """Run one of the shop's scripts; the keys it printed."""
        done = self.run(f"{script}.py")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def migrate(self) -> None:
        """Migrate from nothing; a project that was migrated before with the same migrations is copied."""
        template = f"fork-{self._migrations_hash()}.sqlite3"
        copy_file(template, self.database, make=lambda: self.manage("migrate", "--verbosity", "0"))

    def _migrations_hash(self) -> str:
        digest = hashlib.sha256(f"{django.VERSION} {oscar.VERSION}".encode())
        own = self.folder.glob("city/*/migrations/*.py")
        for path in [self.folder / "settings.py", *sorted(own), *sorted(OUR_MIGRATIONS.glob("*.py"))]:
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    @contextmanager
    def server(self):
        """The shop on the network; yields its address."""
        with open(self.folder / "server.log", "a") as log:
            process = subprocess.Popen(
                [sys.executable, "serve.py"],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            try:
                port = process.stdout.readline().strip()
                assert port, (self.folder / "server.log").read_text()[-4000:]
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.wait(timeout=15)

    # What came of it

    @property
    def database(self) -> Path:
        return self.folder / "shop.sqlite3"

    def rows(self, statement: str) -> list[tuple]:
        """Ask the shop's database, past Django."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute(statement).fetchall()

    def trace(self) -> list[str]:
        """What the city's classes noted since it was last asked."""
        path = self.folder / "trace.log"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


def rename_migrations(app: str, target: Path) -> None:
    """Oscar's migrations of an app under other names, as a city has them that squashed and renamed along the years.

    Names that migrations of other apps depend on stay: those of a city's do too.
    """
    if not (OSCAR_APPS / app / "migrations").is_dir():
        return
    target.mkdir()
    (target / "__init__.py").touch()
    names = sorted(path.stem for path in (OSCAR_APPS / app / "migrations").glob("[0-9]*.py"))
    kept = {name for name in names if _others_depend_on(app, name)}
    renamed = {name: name if name in kept else f"city_{name[:4]}" for name in names}
    for name in names:
        text = (OSCAR_APPS / app / "migrations" / f"{name}.py").read_text()
        for old, new in renamed.items():
            text = _names_migration(app, old).sub(f'("{app}", "{new}")', text)
        (target / f"{renamed[name]}.py").write_text(text)
    (target / "city_own_field.py").write_text(
        OWN_FIELD.format(app=app, leaf=renamed[names[-1]], model=OWN_FIELDS[app][0], field=OWN_FIELDS[app][1])
    )


def _names_migration(app: str, name: str) -> re.Pattern:
    return re.compile(rf"""\(\s*["']{app}["'],\s*["']{name}["'],?\s*\)""")


def _others_depend_on(app: str, name: str) -> bool:
    wanted = _names_migration(app, name)
    return any(
        wanted.search(path.read_text())
        for path in OSCAR_APPS.rglob("migrations/*.py")
        if path.parent.parent != OSCAR_APPS / app
    )


#: The field that each of the city's models adds.
OWN_FIELDS = {
    "order": ("order", "city_note"),
    "partner": ("partner", "city_district"),
    "basket": ("basket", "city_kiosk"),
    "catalogue": ("product", "city_code"),
}
OWN_FIELD = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("{app}", "{leaf}")]
    operations = [
        migrations.AddField(
            model_name="{model}",
            name="{field}",
            field=models.CharField(blank=True, default="", max_length=80),
        )
    ]
"""
