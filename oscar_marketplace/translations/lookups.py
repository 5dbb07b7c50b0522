"""Searching and sorting by translated texts. Without translations each of these is the plain lookup."""

from collections.abc import Iterable

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from oscar_marketplace.translations.columns import columns_by_original, reading_order


def in_every_language(model: type[Model], lookups: Iterable[str]) -> list[str]:
    """Lookups such as ``product__title``; one that leads to a translated field becomes one for each of its columns."""
    found: list[str] = []
    for lookup in lookups:
        path = lookup.rpartition("__")[0]
        found += [f"{path}__{each}" if path else each for each in _columns(model, lookup)] or [lookup]
    return found


def is_text(model: type[Model], lookup: str, text: str) -> Q:
    """Whether a field is this text in any language."""
    wanted = Q()
    for each in in_every_language(model, [lookup]):
        wanted |= Q(**{each: text})
    return wanted


def shown_text(model: type[Model], lookup: str) -> F | Coalesce:
    """The text as a page shows it, for sorting: a column alone would set rows without a translation apart."""
    columns = set(_columns(model, lookup))
    original = lookup.rpartition("__")[2]
    read = [f"{lookup}{ending}" for _language, ending in reading_order() if f"{original}{ending}" in columns]
    if not read:
        return F(lookup)
    # Each translation column has a field class of its own, so the type has to be said.
    texts = (NullIf(F(each), Value(""), output_field=TextField()) for each in read)
    return Coalesce(*texts, Value(""), output_field=TextField())


def _columns(model: type[Model], lookup: str) -> list[str]:
    """Columns of the translated field a lookup leads to; none if it leads elsewhere."""
    *path, name = lookup.split("__")
    try:
        for step in path:
            model = model._meta.get_field(step).related_model
    except (FieldDoesNotExist, AttributeError):
        return []
    return columns_by_original(model).get(name, []) if model else []
