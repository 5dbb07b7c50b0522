"""What has to happen to translation columns, as operations of the host's app in an order that loses no text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.migrations import AddField, AlterField, AlterUniqueTogether, RemoveConstraint, RemoveField, RemoveIndex
from django.db.migrations import RenameField as RenameColumn
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from oscar_marketplace.translations.columns import Column, ModelKey, default_language
from oscar_marketplace.translations.history import ColumnHistory
from oscar_marketplace.translations.operations import (
    ChangeUniqueTogether,
    CopyOriginals,
    InApp,
    KeepOnlyTexts,
    RestoreOriginals,
    TextOperation,
)


@dataclass
class ColumnPlan:
    """Three steps: change and add columns, move texts, remove columns. Each becomes a migration.

    ``columns``: every translation column of each model, as the code has it now. ``old`` and ``new``: the states before
    and after. ``renamed``: columns whose field has another name now.
    """

    columns: Mapping[ModelKey, Mapping[str, Column]]
    history: ColumnHistory
    old: ProjectState
    new: ProjectState
    renamed: Mapping[ModelKey, Mapping[str, str]]
    adding: list[InApp] = field(default_factory=list)
    texts: list[TextOperation] = field(default_factory=list)
    removing: list[InApp] = field(default_factory=list)

    def take(self, detected: Iterable[tuple[str, Operation]]) -> "ColumnPlan":
        """Arrange the operations (with their apps' labels) that lead from the old columns to the new ones."""
        kinds: dict[str, list[InApp]] = {"going": [], "columns": [], "removing": [], "coming": []}
        for label, operation in detected:
            if not isinstance(operation, AlterUniqueTogether):
                kinds[_kind(operation)].append(InApp(label, operation))
        # A constraint that changes goes and comes back under one name; one that only goes, goes with its columns.
        coming = {_name(each.operation) for each in kinds["coming"]}
        changing = [each for each in kinds["going"] if each.operation.name in coming]
        going = [each for each in kinds["going"] if each.operation.name not in coming]
        self.adding = [*changing, *self._renames(), *kinds["columns"], *self._newly_unique(), *kinds["coming"]]
        self.removing = [*going, *self._no_longer_unique(), *kinds["removing"]]
        self.texts = [*self._copies(), *self._departures()]
        return self

    def __bool__(self) -> bool:
        return bool(self.adding or self.texts or self.removing)

    @property
    def targets(self) -> set[str]:
        """Labels of the apps whose tables change."""
        return {operation.target for operation in (*self.adding, *self.texts, *self.removing)}

    def _renames(self) -> Iterator[InApp]:
        for (label, model), names in sorted(self.renamed.items()):
            for old, new in sorted(names.items()):
                yield InApp(label, RenameColumn(model, old, new))

    def _no_longer_unique(self) -> Iterator[InApp]:
        for (label, model), old, new in self._unique_groups():
            if old - new:
                yield InApp(label, ChangeUniqueTogether(model, remove=old - new))

    def _newly_unique(self) -> Iterator[InApp]:
        for (label, model), old, new in self._unique_groups():
            if new - old:
                yield InApp(label, ChangeUniqueTogether(model, add=new - old))

    def _unique_groups(self) -> Iterator[tuple[ModelKey, set[tuple], set[tuple]]]:
        for key in sorted(self.new.models.keys() & self.old.models.keys()):
            yield key, _unique(self.old.models[key]), _unique(self.new.models[key])

    def _copies(self) -> Iterator[CopyOriginals]:
        """A field's first columns get the text there was; renamed ones what they missed where the field was renamed
        before they were made, as on a new database."""
        added, removed = _names(self.adding, AddField), _names(self.removing, RemoveField)
        for key in sorted(self.columns):
            new, followed = added.get(key, set()), set(self.renamed.get(key, {}).values())
            had_others = {self.original_of(key, name) for name in removed.get(key, ())}
            fields = {
                original: names
                for original, names in self._columns_by_original(key).items()
                if followed.intersection(names) or (new.issuperset(names) and original not in had_others)
            }
            if fields:
                yield CopyOriginals(*key, fields)

    def _departures(self) -> Iterator[TextOperation]:
        """Texts that would go with their column."""
        for key, names in sorted(_names(self.removing, RemoveField).items()):
            staying = self._columns_by_original(key)
            going: dict[str, list[str]] = {}
            for name in sorted(names, key=self._place_in_history(key)):
                if original := self.original_of(key, name):
                    going.setdefault(original, []).append(name)
            kept = {original: [staying[original], gone] for original, gone in going.items() if original in staying}
            restored = {original: gone for original, gone in going.items() if original not in staying}
            if kept:
                yield KeepOnlyTexts(*key, kept)
            if restored:
                yield RestoreOriginals(*key, restored)

    def _columns_by_original(self, key: ModelKey) -> dict[str, list[str]]:
        """Original -> its columns, that of the default language first."""
        columns = self.columns.get(key, {}).values()
        found: dict[str, list[str]] = {}
        for column in sorted(columns, key=lambda each: (each.language != default_language(), each.name)):
            found.setdefault(column.original, []).append(column.name)
        return {original: found[original] for original in sorted(found)}

    def original_of(self, key: ModelKey, column: str) -> str:
        """The field a column translated, if there still is one: the longest name it may be made of."""
        fields = set(self.new.models[key].fields) - set(self.columns.get(key, {}))
        return max((name for name in fields if column.startswith(f"{name}_")), key=len, default="")

    def _place_in_history(self, key: ModelKey):
        """Sorts columns: those the texts were copied to first, each time it was done, then by name."""
        firsts = {names[0] for names in self.history.copied.get(key, {}).values()}
        return lambda name: (name not in firsts, name)


def _kind(operation: Operation) -> str:
    if isinstance(operation, RemoveConstraint | RemoveIndex):
        return "going"
    if isinstance(operation, AddField | AlterField):
        return "columns"
    return "removing" if isinstance(operation, RemoveField) else "coming"


def _name(operation: Operation) -> str:
    """Name of the constraint or index that an operation makes."""
    made = getattr(operation, "constraint", None) or getattr(operation, "index", None)
    return made.name if made else ""


def _unique(model: ModelState) -> set[tuple]:
    return set(model.options.get("unique_together") or ())


def _names(operations: Iterable[InApp], kind: type[Operation]) -> dict[ModelKey, set[str]]:
    """Model -> columns that operations of a kind are about."""
    found: dict[ModelKey, set[str]] = {}
    for wrapped in operations:
        if isinstance(wrapped.operation, kind):
            key = (wrapped.target, wrapped.operation.model_name_lower)
            found.setdefault(key, set()).add(wrapped.operation.name)
    return found
