"""The glossary is the authority on words: complete rows, every model in it, and the names the screens really use."""

import re
from pathlib import Path

from django.apps import apps
from django.utils import translation

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "reference" / "glossary.md"


def rows() -> list[list[str]]:
    """The cells of every table, without heads and rules."""
    lines = re.findall(r"^\|(.+)\|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [row for row in cells if row[0] not in {"English (code)", "model", "---"}]


def model_rows() -> dict[str, list[str]]:
    return {row[0].strip("`"): row[1:] for row in rows() if row[0].startswith("`")}


def names_of_models(language: str) -> dict[str, str]:
    with translation.override(language):
        models = apps.get_app_config("oscar_marketplace").get_models()
        return {model.__name__: str(model._meta.verbose_name) for model in models}


def test_every_row_is_complete():
    assert [row for row in rows() if len(row) != 4 or not all(row)] == []


def test_a_word_has_one_row():
    words = [row[0] for row in rows()]

    assert [word for word in words if words.count(word) > 1] == []


def test_every_model_has_its_row_with_the_names_of_the_screens():
    found = model_rows()

    assert {name: row[0] for name, row in found.items()} == names_of_models("en")
    assert {name: row[1] for name, row in found.items()} == names_of_models("es-mx")


def test_words_marked_as_wrong_are_on_no_screen():
    wrong = {"marchante"}
    catalogues = (GLOSSARY.parents[2] / "oscar_marketplace" / "locale").glob("*/LC_MESSAGES/django.po")
    translations = [
        line
        for path in catalogues
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("msgstr", '"'))
    ]

    assert [line for line in translations if any(word in line.lower() for word in wrong)] == []
