"""The migrations of the host's app: their names, their order, and what they depend on."""

from collections.abc import Iterable

from django.db.migrations import AddField, DeleteModel, Migration, RemoveField, RenameField, RenameModel
from django.db.migrations.graph import MigrationGraph

from oscar_marketplace.translations.operations import InApp
from oscar_marketplace.translations.plan import ColumnPlan

#: App label -> its new migrations, as the autodetector has them.
Changes = dict[str, list[Migration]]


def append_migrations(changes: Changes, plan: ColumnPlan, *, host: str, graph: MigrationGraph) -> None:
    """Add the plan's steps to the changes, each step a migration: schema and data stay apart."""
    steps = [(plan.adding, _name_of_addition(plan)), (plan.texts, "texts"), (plan.removing, _name_of_removal(plan))]
    dependencies = sorted(_last_of(target, changes, graph) for target in plan.targets)
    made = changes.setdefault(host, []) if plan else []
    for operations, name in steps:
        if operations:
            migration = _named(name)(f"auto_{len(made) + 1}", host)
            migration.operations = list(operations)
            migration.dependencies = [(host, made[-1].name)] if made else []
            migration.dependencies += dependencies
            dependencies = []
            made.append(migration)


def _last_of(label: str, changes: Changes, graph: MigrationGraph) -> tuple[str, str]:
    if changes.get(label):
        return label, changes[label][-1].name
    return graph.leaf_nodes(label)[0]


def let_columns_go_first(changes: Changes, *, host: str, graph: MigrationGraph) -> None:
    """Where a model is renamed or deleted, the migrations that put columns on it have to run before."""
    leaves = graph.leaf_nodes(host)
    for label, migrations in changes.items():
        for migration in migrations:
            moves = any(isinstance(operation, RenameModel | DeleteModel) for operation in migration.operations)
            if moves and label != host and leaves:
                migration.dependencies = [*migration.dependencies, leaves[0]]


def _named(name: str) -> type[Migration]:
    return type("Migration", (Migration,), {"suggest_name": lambda self: name})


def _name_of_addition(plan: ColumnPlan) -> str:
    if any(isinstance(each.operation, RenameField) for each in plan.adding):
        return "rename_columns"
    added = [each for each in plan.adding if isinstance(each.operation, AddField)]
    columns = (plan.columns[each.target, each.operation.model_name_lower] for each in added)
    languages = {found[each.operation.name].language for found, each in zip(columns, added, strict=True)}
    return _with_languages("add", languages) if languages else "alter_columns"


def _name_of_removal(plan: ColumnPlan) -> str:
    removed = [each for each in plan.removing if isinstance(each.operation, RemoveField)]
    return _with_languages("remove", {_language_of(each, plan) for each in removed})


def _language_of(removal: InApp, plan: ColumnPlan) -> str:
    operation = removal.operation
    original = plan.original_of((removal.target, operation.model_name_lower), operation.name)
    return operation.name.removeprefix(f"{original}_") if original else "columns"


def _with_languages(word: str, languages: Iterable[str]) -> str:
    codes = sorted(languages) or ["columns"]
    return "_".join([word, *codes]).replace("-", "_") if len(codes) <= 3 else f"{word}_columns"
