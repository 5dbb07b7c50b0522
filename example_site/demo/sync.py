"""Bringing tables in line with rows, in bulk: what is missing is created, what differs is changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

BATCH = 300


@dataclass
class Tally:
    """What a run did, for the report at its end."""

    created: int = 0
    changed: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, created: int, changed: int) -> None:
        self.created += created
        self.changed += changed


def sync(
    model: type[Model],
    wanted: Iterable[dict[str, Any]],
    *,
    key: tuple[str, ...],
    tally: Tally,
    once: Iterable[str] = (),
) -> dict[Any, Model]:
    """Make ``model`` hold the wanted rows and return its rows by key (a tuple if the key has several fields).

    Rows give values by column (``market_id``, not ``market``). Fields named in ``once`` are written on
    creation and left alone afterwards. Rows nobody wants are left alone too: people may have added them.
    """
    by_key = {tuple(row[name] for name in key): row for row in wanted}
    existing = {tuple(getattr(row, name) for name in key): row for row in model._default_manager.all()}
    missing = [model(**row) for name, row in by_key.items() if name not in existing]
    model._default_manager.bulk_create(missing, batch_size=BATCH)
    changed, columns = [], set()
    for name, row in by_key.items():
        stored = existing.get(name)
        differing = [f for f in row if stored is not None and f not in once and getattr(stored, f) != row[f]]
        for column in differing:
            setattr(stored, column, row[column])
        if differing:
            changed.append(stored)
            columns.update(differing)
    if changed:
        model._default_manager.bulk_update(changed, sorted(columns), batch_size=BATCH)
    tally.add(len(missing), len(changed))
    found = {**existing, **{tuple(getattr(row, name) for name in key): row for row in missing}}
    return {name[0] if len(key) == 1 else name: found[name] for name in by_key}


def in_both(model: type[Model], column: str, spanish: str, english: str) -> dict[str, str]:
    """Values for a text: one for each language that the model has a column for; without any, the Spanish one."""
    texts = {f"{column}_es": spanish, f"{column}_en": english}
    return texts if _has(model, f"{column}_es") else {column: spanish}


def in_spanish(model: type[Model], column: str) -> str:
    """Name of the column that holds a text's Spanish."""
    return f"{column}_es" if _has(model, f"{column}_es") else column


def _has(model: type[Model], column: str) -> bool:
    return column in {field.name for field in model._meta.fields}
