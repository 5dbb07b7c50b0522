"""Which app a change is written into, and in which order: states before and after, no database."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField, CreateModel, Migration, RemoveField
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations import RemoveConstraint, RemoveIndex, RenameField, RenameModel
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState

from oscar_marketplace.translations import autodetector
from oscar_marketplace.translations.columns import Column
from oscar_marketplace.translations.operations import ChangeUniqueTogether, CopyOriginals, InApp

APP, HOST = "demo", "translations"


def text(**options) -> models.CharField:
    return models.CharField(max_length=80, **options)


def state(name="Notice", fields=("title", "title_en", "title_es"), **options) -> ProjectState:
    """A model with these text fields."""
    made = [("id", models.AutoField(primary_key=True))]
    made += [(each, text(null=each.endswith(("_en", "_es")))) for each in fields]
    return with_model(ModelState(APP, name, made, options))


def with_model(model: ModelState) -> ProjectState:
    project = ProjectState()
    project.add_model(model)
    return project


def graph(*columns: str, model="notice") -> MigrationGraph:
    """The app's first migration, and the host's if there are columns."""
    found = MigrationGraph()
    found.add_node((APP, "0001_initial"), Migration("0001_initial", APP))
    if columns:
        ours = Migration("0001_initial", HOST)
        ours.operations = [InApp(APP, AddField(model, each, text(null=True))) for each in columns]
        found.add_node((HOST, "0001_initial"), ours)
        found.add_dependency(ours, (HOST, "0001_initial"), (APP, "0001_initial"))
    return found


@pytest.fixture
def detect(monkeypatch):
    """Changes between two states; ``wanted`` are the names of the translation columns that the code has now."""

    def run(before, after, history, *, wanted=("title_en", "title_es"), model="notice", answers=None):
        columns = {name: Column(name, name.rpartition("_")[0], name.rpartition("_")[2]) for name in wanted}
        monkeypatch.setattr(autodetector, "translation_columns", lambda: {(APP, model): columns} if wanted else {})
        questioner = MigrationQuestioner(defaults=answers, specified_apps={HOST})
        return autodetector.HostOwnedTranslations(before, after, questioner).changes(graph=history)

    return run


def kinds(migrations) -> list:
    """Types of the operations, of what is wrapped where something is."""
    return [type(getattr(each, "operation", each)) for step in migrations for each in step.operations]


def test_columns_go_to_the_host_and_the_rest_stays_with_its_app(detect):
    before = state(fields=("title",))
    after = state(fields=("title", "title_en", "title_es", "body"))

    changes = detect(before, after, graph())

    assert set(changes) == {APP, HOST}
    assert [operation.name for operation in changes[APP][0].operations] == ["body"]
    assert kinds(changes[HOST]) == [AddField, AddField, CopyOriginals]
    assert [step.name for step in changes[HOST]] == ["0001_initial", "0002_texts"]
    # After the app's new migration, in case a column's field is new.
    assert changes[HOST][0].dependencies == [(APP, changes[APP][0].name)]
    assert changes[HOST][1].dependencies == [(HOST, "0001_initial")]
    # The default language, which is English in this suite, comes first: the text there was goes into it.
    assert changes[HOST][1].operations[0].fields == {"title": ["title_en", "title_es"]}


def test_a_new_model_is_created_without_its_columns(detect):
    changes = detect(ProjectState(), state(), graph())

    (created,) = changes[APP][0].operations
    assert isinstance(created, CreateModel)
    assert [name for name, _field in created.fields] == ["id", "title"]
    assert kinds(changes[HOST]) == [AddField, AddField, CopyOriginals]


def test_nothing_changed(detect):
    assert detect(state(), state(), graph("title_en", "title_es")) == {}


def test_a_changed_field_changes_in_its_app_and_its_columns_in_the_host(detect):
    longer = [("id", models.AutoField(primary_key=True)), ("title", models.CharField(max_length=200))]
    longer += [(name, models.CharField(max_length=200, null=True)) for name in ("title_en", "title_es")]

    changes = detect(state(), with_model(ModelState(APP, "Notice", longer)), graph("title_en", "title_es"))

    assert [operation.name for operation in changes[APP][0].operations] == ["title"]
    assert kinds(changes[HOST]) == [AlterField, AlterField]


def test_constraints_and_indexes_on_columns_are_the_hosts(detect):
    def options(*endings):
        return {
            "unique_together": {("id", f"title{ending}") for ending in endings},
            "constraints": [
                models.UniqueConstraint(fields=[f"title{ending}"], name=f"once{ending}") for ending in endings
            ],
            "indexes": [models.Index(fields=[f"title{ending}"], name=f"find{ending}") for ending in endings],
        }

    one, both = state(**options("", "_en")), state(**options("", "_en", "_es"))
    history = graph("title_en", "title_es")

    coming, going = detect(one, both, history), detect(both, one, history)

    assert (set(coming), set(going)) == ({HOST}, {HOST})
    assert kinds(coming[HOST]) == [ChangeUniqueTogether, AddIndex, AddConstraint]
    assert sorted(kinds(going[HOST]), key=str) == sorted([ChangeUniqueTogether, RemoveIndex, RemoveConstraint], key=str)
    assert coming[HOST][0].operations[0].operation.add == [("id", "title_es")]
    # The model's own are left to its app.
    assert detect(state(), one, history).keys() == {APP, HOST}


def test_a_language_goes(detect):
    changes = detect(state(), state(fields=("title", "title_en")), graph("title_en", "title_es"), wanted=("title_en",))

    texts, removal = changes[HOST]
    assert (texts.name, removal.name) == ("0002_texts", "0003_remove_es")
    assert texts.operations[0].fields == {"title": [["title_en"], ["title_es"]]}
    assert kinds([removal]) == [RemoveField]


def test_columns_of_another_field_with_a_longer_name_are_not_mixed_up(detect):
    fields = ("title", "title_short", "title_en", "title_short_en")

    changes = detect(
        state(fields=fields),
        state(fields=("title", "title_short", "title_en")),
        graph("title_en", "title_short_en"),
        wanted=("title_en",),
    )

    assert changes[HOST][0].operations[0].fields == {"title_short": ["title_short_en"]}


def test_a_model_that_is_renamed_takes_its_columns_along(detect):
    changes = detect(
        state(),
        state(name="Poster"),
        graph("title_en", "title_es"),
        model="poster",
        answers={"ask_rename_model": True},
    )

    assert kinds(changes[APP]) == [RenameModel]
    # A new database has to make the columns before: the migrations that made them name the old model.
    assert (HOST, "0001_initial") in changes[APP][0].dependencies
    assert HOST not in changes


def test_a_field_that_is_renamed_in_the_same_run_takes_its_columns_along(detect):
    changes = detect(
        state(),
        state(fields=("headline", "headline_en", "headline_es")),
        graph("title_en", "title_es"),
        wanted=("headline_en", "headline_es"),
        answers={"ask_rename": True},
    )

    assert kinds(changes[APP]) == [RenameField]
    assert kinds(changes[HOST]) == [RenameField, RenameField, CopyOriginals]
    assert changes[HOST][0].dependencies[-1] == (HOST, "0001_initial")


def test_a_language_for_another_is_not_asked_to_be_a_renaming(detect):
    changes = detect(
        state(fields=("title", "title_en")),
        state(fields=("title", "title_es")),
        graph("title_en"),
        wanted=("title_es",),
        answers={"ask_rename": True},
    )

    # Added, then filled with what would go, then removed.
    assert kinds(changes[HOST])[0] == AddField
    assert changes[HOST][1].operations[0].fields == {"title": [["title_es"], ["title_en"]]}
    assert kinds(changes[HOST])[-1] == RemoveField


def test_columns_that_an_app_made_itself_are_its_own(detect):
    # No InApp in the history: the app's migrations have made title_en.
    changes = detect(state(fields=("title", "title_en")), state(), graph())

    assert set(changes) == {APP}
    assert [operation.name for operation in changes[APP][0].operations] == ["title_es"]


def test_without_a_place_for_them_columns_are_written_nowhere(detect, settings):
    settings.OSCAR_MARKETPLACE_TRANSLATIONS_APP = ""

    with pytest.raises(ImproperlyConfigured, match="OSCAR_MARKETPLACE_TRANSLATIONS_APP"):
        detect(state(fields=("title",)), state(), graph())


def test_without_translations_it_is_djangos_own(detect, settings):
    settings.OSCAR_MARKETPLACE_TRANSLATIONS_APP = ""

    changes = detect(state(fields=("title",)), state(fields=("title", "body")), graph(), wanted=())

    assert set(changes) == {APP}
