"""What the packages import they also declare: a library that happens to come with another may go away with it."""

import ast
import configparser
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = {"oscar_marketplace", "wagtail_mercado", "example_site"}


def declared(*, extra: str | None = None) -> set[str]:
    """Distributions named in ``setup.cfg``: the required ones, or those of an extra."""
    config = configparser.ConfigParser()
    config.read(CHECKOUT / "setup.cfg")
    lines = config["options.extras_require"][extra] if extra else config["options"]["install_requires"]
    return {canonicalize_name(Requirement(line).name) for line in lines.split("\n") if line.strip()}


def imported_modules(files: list[Path]) -> set[str]:
    """Top-level names of other people's modules that these Python files import."""
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text())))
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - OURS


def distributions_of(modules: set[str]) -> set[str]:
    installed = metadata.packages_distributions()
    return {canonicalize_name(name) for module in modules for name in installed.get(module, [f"nobody's {module}"])}


def sources(folder: str, *, without: tuple[str, ...] = ()) -> list[Path]:
    left_out = {CHECKOUT / other for other in without}
    return [path for path in (CHECKOUT / folder).rglob("*.py") if not left_out & set(path.parents)]


KIT, TRANSLATIONS = "oscar_marketplace/test", "oscar_marketplace/translations"
PROVIDERS = "oscar_marketplace/payments/providers"


@pytest.mark.parametrize(
    ("files", "extras"),
    [
        pytest.param(sources("oscar_marketplace", without=(KIT, TRANSLATIONS, PROVIDERS)), [], id="oscar_marketplace"),
        pytest.param(sources(PROVIDERS), ["mercadopago", "stripe"], id="its payment providers"),
        pytest.param(sources(KIT), ["test", "mercadopago", "stripe"], id="its test kit"),
        pytest.param(sources(TRANSLATIONS), ["modeltranslation"], id="its translations"),
        pytest.param(sources("wagtail_mercado"), ["wagtail"], id="wagtail_mercado"),
        pytest.param(sources("example_site"), ["demo"], id="example_site"),
    ],
)
def test_every_import_is_declared(files, extras):
    allowed = declared().union(*(declared(extra=extra) for extra in extras))

    assert distributions_of(imported_modules(files)) - allowed == set()


def test_an_undeclared_import_is_noticed(tmp_path):
    source = tmp_path / "slice.py"
    source.write_text("import polib\nfrom django.db import models\n")

    assert distributions_of(imported_modules([source])) - declared() == {"polib"}
