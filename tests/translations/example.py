"""The example site as a project of somebody's: a copy of its folder, with a database, on which the guides are tried."""

import hashlib
import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from tests.database import CACHE, migrations_hash
from tests.forks.project import CHECKOUT, rename_migrations
from tests.translations.project import HERE, City, _new_name, server_url

FORKS = CHECKOUT / "tests/forks/shop"
GUIDE = CHECKOUT / "docs/how-to/add-a-language.md"
#: So that the tests can have tables made from the models.
TABLES_FROM_MODELS = """
if os.environ.get("CITY_TABLES_FROM_MODELS"):
    from collections import UserDict
    MIGRATION_MODULES = type("Off", (UserDict,), {"__contains__": lambda *_: True, "__missing__": lambda *_: None})()
"""


class Example(City):
    """A copy of ``example_site`` in ``folder``; ``forks`` are the Oscar apps it has its own version of."""

    def __init__(self, folder: Path, *, engine: str, forks: tuple[str, ...] = ()):
        self.folder, self.engine, self.forks, self.name = folder / "example_site", engine, forks, _new_name()
        shutil.copytree(CHECKOUT / "example_site", self.folder, ignore=shutil.ignore_patterns("var", "__pycache__"))
        for script in (HERE / "city/describe_schema.py", HERE / "city/stock_detector.py"):
            shutil.copy(script, self.folder)
        for script in ("serve.py", "seed_market.py"):
            shutil.copy(FORKS / script, self.folder)
        self.write_file("settings.py", (self.folder / "settings.py").read_text() + TABLES_FROM_MODELS)
        if forks:
            self._fork(folder / "city")

    def _fork(self, city: Path) -> None:
        shutil.copytree(FORKS / "city", city)
        settings = (self.folder / "settings.py").read_text()
        for app in self.forks:
            rename_migrations(app, city / app / "migrations")
        for config in re.findall(r'"oscar\.apps\.([\w.]+)\.apps\.\w+"', settings):
            if config.partition(".")[0] in self.forks and (city / config.replace(".", "/")).is_dir():
                settings = settings.replace(f'"oscar.apps.{config}.apps.', f'"city.{config}.apps.')
        self.write_file("settings.py", settings)
        # The migrations of the languages belong to a project, and name its tables' migrations: this one makes its own.
        for path in (self.folder / "translations/migrations").glob("0*.py"):
            path.unlink()

    @property
    def environment(self) -> dict[str, str]:
        server = urlsplit(server_url())._replace(path=f"/{self.name}")
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "example_site.settings",
            "PYTHONPATH": os.pathsep.join([str(self.folder.parent), str(CHECKOUT)]),
            "EXAMPLE_VAR_DIR": str(self.folder.parent / "var"),
            "DATABASE_URL": server.geturl() if self.engine == "postgresql" else "",
        }

    @property
    def database(self) -> Path:
        return self.folder.parent / "var/demo.sqlite3"

    def migrate(self) -> None:
        if self.forks:
            self.make_migrations()
        if self.engine == "postgresql":
            super().migrate()
            return
        self.database.parent.mkdir(exist_ok=True)
        template = CACHE / f"{migrations_hash()}.sqlite3"
        if not self.forks and template.exists():
            # The suite runs on the example's own apps.
            shutil.copy(template, self.database)
        else:
            self.manage("migrate", "--verbosity", "0")

    def _migrations_hash(self) -> str:
        own = (self.folder / "settings.py", *sorted(self.folder.parent.glob("city/*/migrations/*.py")))
        digest = hashlib.sha256(migrations_hash().encode())
        for path in own:
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def schema_of_models(self, folder: Path) -> dict:
        if self.forks:
            shutil.copytree(self.folder.parent / "city", folder.parent / "city")
        return super().schema_of_models(folder)

    def schema(self) -> dict:
        """Without the index of Wagtail's search on SQLite, which is no table of a model's."""
        return {table: columns for table, columns in super().schema().items() if not table.endswith("_fts")}

    def write_settings(self, *lines: str) -> None:
        """Write each line in place of the one that sets the same name."""
        settings = (self.folder / "settings.py").read_text()
        for line in lines:
            name = line.partition(" = ")[0]
            settings, found = re.subn(rf"(?m)^{name} = .*$", line.replace("\\", r"\\"), settings)
            assert found == 1, f"{name} is set {found} times"
        self.write_file("settings.py", settings)

    def settings_lines(self, *names: str) -> list[str]:
        settings = (self.folder / "settings.py").read_text()
        return [re.search(rf"(?m)^{name} = .*$", settings).group() for name in names]

    def text_migrations(self) -> list[str]:
        return sorted(path.stem for path in (self.folder / "translations/migrations").glob("0*.py"))


def guide_blocks(heading: str, language: str) -> list[str]:
    """The blocks of code of a part of the guide, in their order; of the console only what is typed."""
    part = GUIDE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert part, f"the guide has no part called {heading}"
    blocks = re.findall(rf"(?ms)^ *```{language}\n(.*?)^ *```", part)
    if language == "console":
        return [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return blocks
