"""Migration states with and without the translation columns that the host's app holds."""

from collections.abc import Collection, Iterable, Mapping

from django.apps import apps
from django.db.migrations.state import ModelState, ProjectState

from oscar_marketplace.translations.columns import Column, ModelKey
from oscar_marketplace.translations.history import ColumnHistory

#: Options of a model that name columns.
LISTS = ("constraints", "indexes")


def host_columns(
    before: ProjectState,
    wanted: Mapping[ModelKey, Mapping[str, Column]],
    history: ColumnHistory,
    *,
    host: str,
    convert_apps: Collection[str],
) -> dict[ModelKey, dict[str, Column]]:
    """Those of the wanted columns that the host's app holds or is to hold.

    Not those that an app has in its own migrations, nor further ones of such an app: it goes on as it began.
    """
    found = {}
    for key, columns in wanted.items():
        label = key[0]
        if label == host or (label in before.real_apps and label not in convert_apps):
            continue
        owned = history.owned.get(key, set())
        its_own = set(before.models[key].fields) - owned if key in before.models else set()
        keeps_on = _has_its_own(label, before, columns.values(), history)
        mine = {name: each for name, each in columns.items() if name in owned or not (keeps_on or name in its_own)}
        if mine:
            found[key] = mine
    return found


def _has_its_own(label: str, before: ProjectState, columns: Iterable[Column], history: ColumnHistory) -> bool:
    """Whether the migrations of an app already have translation columns of their own."""
    package = apps.get_app_config(label).name
    if package == "oscar_marketplace" or package.startswith("oscar."):
        # Ours and Oscar's have none. Whatever somebody wrote into an installed package is no beginning to go on from.
        return False
    suffixes = {column.name.removeprefix(column.original) for column in columns}
    for key, model in before.models.items():
        names = set(model.fields) - history.owned.get(key, set())
        if key[0] == label and any(f"{name}{suffix}" in names for name in names for suffix in suffixes):
            return True
    return False


def without_columns(state: ProjectState, columns: Mapping[ModelKey, Iterable[str]]) -> ProjectState:
    """The state without these columns, and without the constraints and indexes on them."""
    models = {key: model.clone() for key, model in state.models.items()}
    for key, names in columns.items():
        if key in models:
            _take_out(models[key], set(names))
    return ProjectState(models, state.real_apps)


def _take_out(model: ModelState, names: set[str]) -> None:
    model.fields = {name: field for name, field in model.fields.items() if name not in names}
    model.options |= {
        option: [each for each in model.options[option] if not names.intersection(getattr(each, "fields", ()))]
        for option in LISTS
        if option in model.options
    }
    if "unique_together" in model.options:
        groups = model.options["unique_together"]
        model.options["unique_together"] = {group for group in groups if not names.intersection(group)}


def with_columns(
    bare: ProjectState, before: ProjectState, history: ColumnHistory, renamed: Mapping[ModelKey, Mapping[str, str]]
) -> ProjectState:
    """The state ``bare`` plus the columns that the host's migrations made, as they were in the state ``before``.

    ``renamed``: model -> columns whose name has to follow -> their new name.
    """
    models = {key: model.clone() for key, model in bare.models.items()}
    for key, owned in history.owned.items():
        former = before.models.get(history.former.get(key, key))
        if key in models and former is not None:
            _put_in(models[key], former, owned, renamed.get(key, {}))
    return ProjectState(models, bare.real_apps)


def _put_in(model: ModelState, former: ModelState, owned: set[str], renamed: Mapping[str, str]) -> None:
    for name in owned & set(former.fields):
        model.fields[renamed.get(name, name)] = former.fields[name]
    for option in LISTS:
        ours = [each for each in former.options.get(option, []) if owned.intersection(getattr(each, "fields", ()))]
        if ours:
            model.options[option] = [*model.options.get(option, []), *ours]
    groups = [group for group in former.options.get("unique_together") or () if owned.intersection(group)]
    if groups:
        following = {tuple(renamed.get(name, name) for name in group) for group in groups}
        model.options["unique_together"] = set(model.options.get("unique_together") or ()) | following
