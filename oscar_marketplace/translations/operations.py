"""Migration operations for translation columns that stand on another app's tables.

They are named in migrations of the host's project, so their names and arguments stay as they are. They need
django-modeltranslation neither to be read nor to be run.
"""

from collections.abc import Callable, Iterable

from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.models import Case, CharField, F, Model, Q, TextField, When


class InApp(Operation):
    """Run an operation on a model of the app ``target`` from this app's history."""

    serialization_expand_args = ["operation"]

    def __init__(self, target: str, operation: Operation):
        self.target, self.operation = target, operation

    reversible = property(lambda self: self.operation.reversible)
    reduces_to_sql = property(lambda self: self.operation.reduces_to_sql)
    atomic = property(lambda self: self.operation.atomic)
    category = property(lambda self: self.operation.category)

    @property
    def migration_name_fragment(self) -> str | None:
        return self.operation.migration_name_fragment

    def deconstruct(self):
        return self.__class__.__name__, [self.target, self.operation], {}

    def state_forwards(self, app_label, state):
        self._find_model(app_label, state)
        self.operation.state_forwards(self.target, state)

    def _find_model(self, app_label, state) -> None:
        name = getattr(self.operation, "model_name", None) or self.operation.name
        if (self.target, name.lower()) not in state.models:
            raise LookupError(
                f"{self.describe()}: when this migration of {app_label!r} runs, {self.target!r} has no model {name!r} "
                f"any more. A later migration of {self.target!r} renamed or deleted it. Write in the migration of "
                f'{app_label!r}: run_before = [("{self.target}", "<name of that migration>")].'
            )

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.operation.database_forwards(self.target, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.operation.database_backwards(self.target, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{self.operation.describe()} (in {self.target})"

    def references_model(self, name, app_label) -> bool:
        return self.operation.references_model(name, self.target)

    def references_field(self, model_name, name, app_label) -> bool:
        return self.operation.references_field(model_name, name, self.target)

    def reduce(self, operation, app_label):
        if not isinstance(operation, InApp) or operation.target != self.target:
            return super().reduce(operation, app_label)
        reduced = self.operation.reduce(operation.operation, self.target)
        return [InApp(self.target, each) for each in reduced] if isinstance(reduced, list) else reduced


class ChangeUniqueTogether(Operation):
    """Add and remove groups of columns that are unique together, and leave the model's other groups alone.

    Django's own operation sets the whole list, and would undo what the model's app decided in the meantime.
    """

    category = OperationCategory.ALTERATION

    def __init__(self, name: str, add: Iterable[tuple] = (), remove: Iterable[tuple] = ()):
        self.name, self.add, self.remove = name, _ordered(add), _ordered(remove)

    def deconstruct(self):
        groups = {"add": self.add, "remove": self.remove}
        return self.__class__.__name__, [self.name], {name: value for name, value in groups.items() if value}

    def state_forwards(self, app_label, state):
        kept = set(state.models[app_label, self.name.lower()].options.get("unique_together") or ())
        changed = (kept | set(self.add)) - set(self.remove)
        state.alter_model_options(app_label, self.name.lower(), {"unique_together": changed})

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            old = from_state.apps.get_model(app_label, self.name)._meta.unique_together
            schema_editor.alter_unique_together(model, old, model._meta.unique_together)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Change what is unique together in {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"unique_together_{self.name.lower()}"

    def references_model(self, name, app_label) -> bool:
        return name.lower() == self.name.lower()

    def references_field(self, model_name, name, app_label) -> bool:
        return self.references_model(model_name, app_label) and any(name in each for each in self.add + self.remove)

    def reduce(self, operation, app_label):
        return super().reduce(operation, app_label) or not operation.references_model(self.name, app_label)


def _ordered(groups: Iterable[tuple]) -> list[tuple]:
    return sorted(tuple(group) for group in groups)


class TextOperation(Operation):
    """Moves texts between the columns of a model's fields, in one statement; the schema stays as it is.

    Fields that are not there are passed over: the model's app may have renamed or dropped one in an earlier migration.
    """

    category = OperationCategory.PYTHON
    reduces_to_sql = False

    def __init__(self, target: str, model_name: str, fields: dict[str, list]):
        self.target, self.model_name, self.fields = target, model_name, fields

    def deconstruct(self):
        return self.__class__.__name__, [self.target, self.model_name, self.fields], {}

    def state_forwards(self, app_label, state):
        pass

    def references_model(self, name, app_label) -> bool:
        return name.lower() == self.model_name.lower()

    @property
    def migration_name_fragment(self) -> str:
        return f"texts_of_{self.model_name.lower()}"

    def _update(self, schema_editor, state, values: Callable[[type[Model]], dict[str, Case]]) -> None:
        if (self.target, self.model_name.lower()) not in state.models:
            return
        model = state.apps.get_model(self.target, self.model_name)
        alias = schema_editor.connection.alias
        if self.allow_migrate_model(alias, model) and (new := values(model)):
            model._base_manager.using(alias).update(**new)


class CopyOriginals(TextOperation):
    """The text there was becomes the text in the default language; backwards, that text becomes the original again.

    ``fields``: the original's name -> its columns, that of the default language first. A row with a text in any of the
    columns is left alone, so it may run again.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._update(schema_editor, from_state, self._columns)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self._update(schema_editor, from_state, self._originals)

    def _columns(self, model: type[Model]) -> dict[str, Case]:
        return {
            columns[0]: Case(When(_all_empty(model, columns), then=F(original)), default=F(columns[0]))
            for original, columns in self.fields.items()
            if _has(model, original, *columns)
        }

    def _originals(self, model: type[Model]) -> dict[str, Case]:
        return {
            original: _first_text(model, columns, otherwise=original)
            for original, columns in self.fields.items()
            if _has(model, original, *columns)
        }

    def describe(self) -> str:
        return f"Copy the texts of {self.model_name} into the default language (in {self.target})"


class RestoreOriginals(CopyOriginals):
    """Before all columns of a field go: its text in the default language, or else in another, becomes the original."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._update(schema_editor, from_state, self._originals)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self._update(schema_editor, from_state, self._columns)

    def describe(self) -> str:
        return f"Make the texts of {self.model_name} in the default language the originals (in {self.target})"


class KeepOnlyTexts(TextOperation):
    """Before the column of a language goes: a text that is in no other language moves to the default language.

    ``fields``: the original's name -> the columns that stay, that of the default language first, and those that go.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._update(schema_editor, from_state, self._kept)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass

    def _kept(self, model: type[Model]) -> dict[str, Case]:
        return {
            staying[0]: Case(
                When(~_all_empty(model, staying), then=F(staying[0])),
                default=_first_text(model, going, otherwise=staying[0]),
            )
            for staying, going in self.fields.values()
            if _has(model, *staying, *going)
        }

    def describe(self) -> str:
        return f"Keep texts of {self.model_name} that are in no other language (in {self.target})"


def _has(model: type[Model], *names: str) -> bool:
    return set(names) <= {field.name for field in model._meta.concrete_fields}


def _all_empty(model: type[Model], columns: list[str]) -> Q:
    empty = Q()
    for column in columns:
        is_text = isinstance(model._meta.get_field(column), (CharField, TextField))
        empty &= Q(**{f"{column}__isnull": True}) | (Q(**{column: ""}) if is_text else Q())
    return empty


def _first_text(model: type[Model], columns: list[str], *, otherwise: str) -> Case:
    whens = [When(~_all_empty(model, [column]), then=F(column)) for column in columns]
    return Case(*whens, default=F(otherwise))
