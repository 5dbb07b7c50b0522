"""What django-modeltranslation added to the models; nothing where it is not installed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model


@dataclass(frozen=True)
class Column:
    """A translation column: ``original`` is the field it translates, e.g. ``title`` of ``title_es``."""

    name: str
    original: str
    language: str


#: A model in migration states: its app's label and its name in lower case.
ModelKey = tuple[str, str]


def is_on() -> bool:
    """Whether django-modeltranslation is in INSTALLED_APPS."""
    return apps.is_installed("modeltranslation")


def default_language() -> str:
    """The language the texts of a column without translation are in. Only where :func:`is_on`."""
    from modeltranslation.settings import DEFAULT_LANGUAGE

    return DEFAULT_LANGUAGE


def reading_order() -> list[tuple[str, str]]:
    """Languages that a text is looked for in on the present page, with the endings of their columns; the first text
    counts. Empty where :func:`is_on` is not."""
    if not is_on():
        return []
    from modeltranslation.utils import build_lang, get_language, resolution_order

    return [(language, f"_{build_lang(language)}") for language in resolution_order(get_language())]


def translation_columns() -> dict[ModelKey, dict[str, Column]]:
    """Columns of every registered model that stand in its own table, whoever registered them."""
    if not is_on():
        return {}
    found = {model: {column.name: column for column in _columns_of(model)} for model in apps.get_models()}
    return {(model._meta.app_label, model._meta.model_name): columns for model, columns in found.items() if columns}


def columns_by_original(model: type[Model]) -> dict[str, list[str]]:
    """A model's translated fields and their columns, in the order of the languages."""
    found: dict[str, list[str]] = {}
    for column in _columns_of(model) if is_on() else ():
        found.setdefault(column.original, []).append(column.name)
    return found


def texts_by_language(row: Model, field: str) -> dict[str, str]:
    """Language -> ``row.field`` in it, for each column that has a text. Empty where :func:`is_on` is not."""
    columns = _columns_of(type(row)) if is_on() else ()
    texts = {column.language: getattr(row, column.name) for column in columns if column.original == field}
    return {language.lower(): text for language, text in texts.items() if text}


def _columns_of(model: type[Model]) -> Iterator[Column]:
    from modeltranslation.fields import TranslationField

    if model._meta.proxy:
        return
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
        if isinstance(field, TranslationField):
            yield Column(field.name, field.translated_field.name, field.language)
