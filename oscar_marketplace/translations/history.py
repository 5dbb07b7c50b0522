"""Which columns the host's migrations put on other apps' tables, followed through the whole history."""

from collections.abc import Iterable, Iterator

from django.db.migrations import AddField, DeleteModel, RemoveField, RenameField, RenameModel, SeparateDatabaseAndState
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations.base import Operation

from oscar_marketplace.translations.columns import ModelKey
from oscar_marketplace.translations.operations import CopyOriginals, InApp


class ColumnHistory:
    """``owned``: model -> columns that an :class:`InApp` operation added and none removed.

    ``renamed``: model -> (old, new) names of its other fields, in order; their columns may have to follow.
    ``copied``: model -> its fields -> the columns to which the text there was belongs, the default language's first.
    """

    def __init__(self, graph: MigrationGraph):
        self.owned: dict[ModelKey, set[str]] = {}
        self.renamed: dict[ModelKey, list[tuple[str, str]]] = {}
        self.copied: dict[ModelKey, dict[str, list[str]]] = {}
        #: Model -> the name it had before operations given to :meth:`follow` renamed it.
        self.former: dict[ModelKey, ModelKey] = {}
        for app_label, name in _in_order(graph):
            self.follow(app_label, graph.nodes[app_label, name].operations)
        self.former.clear()

    def follow(self, app_label: str, operations: Iterable[Operation]) -> None:
        """Take further operations of an app's migrations into account."""
        for operation in operations:
            if isinstance(operation, SeparateDatabaseAndState):
                self.follow(app_label, operation.state_operations)
            elif isinstance(operation, InApp):
                self._follow_ours(operation.target, operation.operation)
            elif isinstance(operation, CopyOriginals):
                self.copied.setdefault((operation.target, operation.model_name.lower()), {}).update(operation.fields)
            elif isinstance(operation, RenameModel):
                self._rename_model(app_label, operation)
            elif isinstance(operation, DeleteModel):
                self._forget((app_label, operation.name_lower))
            elif isinstance(operation, RenameField):
                key = (app_label, operation.model_name_lower)
                self.renamed.setdefault(key, []).append((operation.old_name, operation.new_name))

    def _follow_ours(self, target: str, operation: Operation) -> None:
        if not isinstance(operation, AddField | RemoveField | RenameField):
            return
        columns = self.owned.setdefault((target, operation.model_name_lower), set())
        if isinstance(operation, AddField):
            columns.add(operation.name)
        elif isinstance(operation, RemoveField):
            columns.discard(operation.name)
        else:
            columns.discard(operation.old_name)
            columns.add(operation.new_name)

    def _rename_model(self, app_label: str, operation: RenameModel) -> None:
        old, new = (app_label, operation.old_name_lower), (app_label, operation.new_name_lower)
        self.former[new] = self.former.pop(old, old)
        for kept in (self.owned, self.renamed, self.copied):
            if old in kept:
                kept[new] = kept.pop(old)

    def _forget(self, key: ModelKey) -> None:
        for kept in (self.owned, self.renamed, self.copied):
            kept.pop(key, None)

    def new_names(self, key: ModelKey, *, wanted: Iterable[str]) -> dict[str, str]:
        """Columns of a model whose field has another name now -> the name of its wanted column."""
        owned, wanted = self.owned.get(key, set()), set(wanted)
        found = {}
        for column in sorted(owned - wanted):
            # "name_plural_es" is a column of "name_plural" or, for all we know, of "name": every reading is followed.
            names = {column}
            for old, new in self.renamed.get(key, ()):
                names |= {f"{new}_{name.removeprefix(f'{old}_')}" for name in names if name.startswith(f"{old}_")}
            if renamed := names & (wanted - owned):
                found[column] = renamed.pop()
        return found


def _in_order(graph: MigrationGraph) -> Iterator[tuple[str, str]]:
    """Every migration in the order in which a new database runs them."""
    seen = set()
    for leaf in graph.leaf_nodes():
        for node in graph.forwards_plan(leaf):
            if node not in seen:
                seen.add(node)
                yield node
