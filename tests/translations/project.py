"""A city's shop with markets whose texts are in several languages: a project of its own, on SQLite or PostgreSQL."""

import copy
import hashlib
import json
import os
import re
import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import django
import oscar
import psycopg

from tests.database import one_builder
from tests.forks.project import CHECKOUT, Project

HERE = Path(__file__).parent

#: Settings that let the tests choose the database.
DATABASE = """
import json, os
if os.environ.get("CITY_DATABASE"):
    DATABASES["default"] |= json.loads(os.environ["CITY_DATABASE"])
if os.environ.get("CITY_TABLES_FROM_MODELS"):
    from collections import UserDict
    MIGRATION_MODULES = type("Off", (UserDict,), {"__contains__": lambda *_: True, "__missing__": lambda *_: None})()
"""
#: What the guide says to add for languages, word for word but for their codes.
LANGUAGES = """
INSTALLED_APPS = ["modeltranslation", "oscar_marketplace.translations", *INSTALLED_APPS, "texts"]
OSCAR_MARKETPLACE_TRANSLATIONS_APP = "texts"
MODELTRANSLATION_LANGUAGES = {languages}
MODELTRANSLATION_FALLBACK_LANGUAGES = {languages}
"""
#: A language Django does not know.
NAHUATL = """
from django.conf.locale import LANG_INFO
LANG_INFO["nah"] = {"bidi": False, "code": "nah", "name": "Nahuatl", "name_local": "Nāhuatlahtōlli"}
OSCAR_CURRENCY_FORMAT = {"MXN": {"locale": "es_MX"}}
"""


class City(Project):
    """A shop with markets. ``engine`` is ``sqlite`` or ``postgresql``; ``apps`` are further apps of the project."""

    def __init__(self, folder: Path, *, engine: str, forks: tuple[str, ...] = (), apps: tuple[str, ...] = ()):
        self.engine, self.name = engine, _new_name()
        super().__init__(folder, forks=forks)
        shutil.copytree(HERE / "city", folder, dirs_exist_ok=True)
        self._own_apps = f"INSTALLED_APPS = [*INSTALLED_APPS, *{apps!r}]\n"
        self.speak()

    def speak(self, *languages: str, extra: str = "") -> None:
        """Write the settings for these languages, the default one first; without any, translations are off."""
        text = self._own_apps
        if languages:
            text += LANGUAGES.format(languages=languages) + (NAHUATL if "nah" in languages else "")
        self.add_market(text + extra + DATABASE)

    def remove_market(self) -> None:
        super().remove_market()
        self.replace("settings.py", (self._settings, self._settings + DATABASE))

    def twin(self, folder: Path) -> "City":
        """A copy of the project, its database included, that goes its own way."""
        twin = copy.copy(self)
        twin.folder, twin.name = folder, _new_name()
        shutil.copytree(self.folder, folder)
        if self.engine == "postgresql":
            _on_server(f'CREATE DATABASE "{twin.name}" TEMPLATE "{self.name}"')
        return twin

    # The database

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "CITY_DATABASE": json.dumps(self._database_settings())}

    def _database_settings(self) -> dict:
        if self.engine == "sqlite":
            return {}
        server = urlsplit(server_url())
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": server.username or "",
            "PASSWORD": server.password or "",
            "HOST": server.hostname or "",
            "PORT": str(server.port or ""),
            "OPTIONS": {},
        }

    def migrate(self) -> None:
        """Migrate from nothing; a project that was migrated before with the same migrations is copied."""
        if self.engine == "sqlite":
            super().migrate()
            return
        template = f"mercado_city_{self._migrations_hash()}"
        with one_builder(template):
            if not _on_server(f"SELECT 1 FROM pg_database WHERE datname = '{template}'"):
                self.make_database()
                self.manage("migrate", "--verbosity", "0")
                _on_server(f'ALTER DATABASE "{self.name}" RENAME TO "{template}"')
        _on_server(f'CREATE DATABASE "{self.name}" TEMPLATE "{template}"')

    def make_database(self) -> None:
        """An empty one in place of what there was."""
        if self.engine == "sqlite":
            self.database.unlink(missing_ok=True)
            return
        self.drop_database()
        _on_server(f'CREATE DATABASE "{self.name}"')

    def drop_database(self) -> None:
        if self.engine == "postgresql":
            _on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def rows(self, statement: str) -> list[tuple]:
        if self.engine == "postgresql":
            return _on_server(statement, database=self.name)
        return super().rows(statement)

    def write(self, statement: str) -> None:
        """Change the database past Django."""
        if self.engine == "postgresql":
            _on_server(statement, database=self.name)
            return
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement)

    # The project's files

    def replace(self, path: str, *changes: tuple[str, str]) -> None:
        """Edit a file of the project."""
        file = self.folder / path
        text = file.read_text()
        for old, new in changes:
            assert old in text, f"{old!r} is not in {path}"
            text = text.replace(old, new)
        file.write_text(text)

    def write_file(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def write_migration(self, name: str, *, after: str, operation: str) -> None:
        """A migration of the noticeboard's."""
        app, _, before = after.rpartition(".")
        self.write_file(
            f"noticeboard/migrations/{name}.py",
            "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
            f"    dependencies = [({app!r}, {before!r})]\n    operations = [migrations.{operation}]\n",
        )

    # What is asked of it

    def make_migrations(self, *arguments: str) -> str:
        return self.manage("makemigrations", "--no-input", *arguments)

    def take_over(self) -> str:
        """Make the migrations that are missing and run them; what ``makemigrations`` said."""
        said = self.make_migrations()
        self.manage("migrate", "--no-input", "--verbosity", "0")
        return said

    def assert_nothing_is_missing(self) -> None:
        """Neither for our detector nor for Django's."""
        assert "No changes detected" in self.manage("makemigrations", "--check", "--dry-run")
        stock = self.run("stock_detector.py")
        assert (stock.returncode, "No changes detected" in stock.stdout) == (0, True), stock.stdout + stock.stderr

    def schema(self) -> dict:
        """Table -> column -> type, size, nullable."""
        return self.seed("describe_schema")

    def schema_of_models(self, folder: Path) -> dict:
        """The same of a database made from the models, without any migration."""
        twin = copy.copy(self)
        twin.folder, twin.name = folder, _new_name()
        shutil.copytree(self.folder, folder)
        twin.make_database()
        try:
            os.environ["CITY_TABLES_FROM_MODELS"] = "1"
            twin.manage("migrate", "--run-syncdb", "--verbosity", "0")
            return twin.schema()
        finally:
            del os.environ["CITY_TABLES_FROM_MODELS"]
            twin.drop_database()

    def python(self, code: str):
        """Run lines in the project after Django's set-up; what they assign to ``answer``."""
        start = 'import json, os, django\nos.environ["DJANGO_SETTINGS_MODULE"] = "settings"\ndjango.setup()\n'
        done = self.run("-c", f"{start}{code}\nprint(json.dumps(answer))")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def own_files(self) -> dict[str, bytes]:
        """The project's Python files, without the translations' migrations."""
        kept = (path for path in self.folder.rglob("*.py") if "texts/migrations" not in path.as_posix())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in kept}

    def text_migrations(self) -> list[str]:
        return sorted(path.stem for path in (self.folder / "texts/migrations").glob("0*.py"))


def installed_migrations() -> str:
    """Changes with any migration file outside of the project: Django's, Oscar's, ours, other libraries'."""
    digest = hashlib.sha256()
    for root in (Path(django.__file__).parents[1], CHECKOUT / "oscar_marketplace"):
        for path in sorted(root.glob("**/migrations/*.py")):
            digest.update(f"{path}".encode() + path.read_bytes())
    assert Path(oscar.__file__).is_relative_to(Path(django.__file__).parents[1])
    return digest.hexdigest()


def server_url() -> str:
    """The PostgreSQL server for these projects; empty if there is none."""
    return os.environ.get("TEST_POSTGRES_URL") or os.environ.get("DATABASE_URL", "")


def _new_name() -> str:
    return f"mercado_city_{secrets.token_hex(6)}"


def _on_server(statement: str, *, database: str = "") -> list[tuple]:
    url = urlsplit(server_url())
    with psycopg.connect(url._replace(path=f"/{database or 'postgres'}").geturl(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def languages_of(columns: dict[str, list], original: str) -> list[str]:
    """Codes of the languages in which a table has a column of a field."""
    found = (re.fullmatch(rf"{original}_(\w+)", name) for name in columns)
    return sorted(match.group(1) for match in found if match)
