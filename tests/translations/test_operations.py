"""The operations as a migration has them: written and read again, put together, told where their model went."""

import pytest
from django.db import connection, models
from django.db.migrations import AddField, Migration, RemoveField, RenameField
from django.db.migrations.optimizer import MigrationOptimizer
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

from oscar_marketplace.models import Trade
from oscar_marketplace.translations.operations import (
    ChangeUniqueTogether,
    CopyOriginals,
    InApp,
    KeepOnlyTexts,
    RestoreOriginals,
)

pytestmark = pytest.mark.both


def add(name) -> InApp:
    return InApp("catalogue", AddField("product", name, models.CharField(max_length=9, null=True)))


def test_a_migration_is_read_as_it_was_written():
    operations = [
        add("title_es"),
        InApp("catalogue", ChangeUniqueTogether("attributeoption", add=[("group", "option_es")])),
        CopyOriginals("catalogue", "product", {"title": ["title_es"]}),
        KeepOnlyTexts("catalogue", "product", {"title": [["title_es"], ["title_fr"]]}),
        RestoreOriginals("catalogue", "product", {"title": ["title_es"]}),
    ]
    migration = Migration("0001_initial", "translations")
    migration.operations = operations
    written = MigrationWriter(migration, include_header=False).as_string()
    read = {}

    exec(written, read)  # what Django does when it imports the file

    again = read["Migration"]("0001_initial", "translations")
    assert len(again.operations) == len(operations)
    assert MigrationWriter(again, include_header=False).as_string() == written
    # It is read where the languages are taken out, too.
    assert "modeltranslation" not in written


def test_squashing_leaves_out_what_came_and_went():
    operations = [
        add("title_es"),
        add("title_fr"),
        InApp("catalogue", RenameField("product", "title_es", "name_es")),
        InApp("catalogue", RemoveField("product", "title_fr")),
    ]

    optimized = MigrationOptimizer().optimize(operations, "translations")

    assert [(each.target, type(each.operation), each.operation.name) for each in optimized] == [
        ("catalogue", AddField, "name_es")
    ]


def test_squashing_moves_no_column_past_the_texts_that_go_into_it():
    operations = [
        add("title_es"),
        CopyOriginals("catalogue", "product", {"title": ["title_es"]}),
        InApp("catalogue", RemoveField("product", "title_es")),
    ]

    assert MigrationOptimizer().optimize(operations, "translations") == operations


def test_operations_of_two_apps_do_not_meet():
    removed = InApp("demo", RemoveField("product", "title_es"))

    assert len(MigrationOptimizer().optimize([add("title_es"), removed], "translations")) == 2


def test_a_model_that_is_gone_is_named_with_what_to_write():
    with pytest.raises(LookupError) as problem:
        add("title_es").state_forwards("translations", ProjectState())

    message = str(problem.value)
    assert "'catalogue' has no model 'product' any more" in message
    assert 'run_before = [("catalogue", "<name of that migration>")]' in message


def test_what_a_models_app_made_unique_stays_so():
    project = ProjectState()
    fields = [("id", models.AutoField(primary_key=True)), *((name, models.CharField(max_length=9)) for name in "abcd")]
    project.add_model(ModelState("catalogue", "Thing", fields, {"unique_together": {("a", "b"), ("a", "c")}}))
    change = InApp("catalogue", ChangeUniqueTogether("thing", add=[("a", "d")], remove=[("a", "c")]))

    change.state_forwards("translations", project)

    assert project.models["catalogue", "thing"].options["unique_together"] == {("a", "b"), ("a", "d")}


# Texts, on a table of ours


@pytest.fixture
def run(db):
    """Run an operation's step on the trades as they are now; the state is that of all models."""

    def run(operation, step="database_forwards"):
        state = ProjectState()
        state.add_model(ModelState.from_model(Trade))
        with connection.schema_editor(atomic=False) if connection.vendor != "sqlite" else _Editor() as editor:
            getattr(operation, step)("translations", editor, state, state)

    return run


class _Editor:
    """A schema editor for data only: SQLite's real one may not begin inside a test's transaction."""

    connection = connection

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return None


def make(slug, original, spanish, english) -> None:
    Trade.objects.create(slug=slug)
    Trade.objects.rewrite(False).filter(slug=slug).update(name=original, name_es=spanish, name_en=english)


def texts() -> list[tuple]:
    return list(Trade.objects.rewrite(False).order_by("slug").raw_values("name", "name_es", "name_en").iterator())


def row(name, spanish, english) -> dict:
    return {"name": name, "name_es": spanish, "name_en": english}


def test_originals_are_copied_where_there_is_no_text_and_come_back(run):
    make("a", "Flores", None, None)
    make("b", "Flowers", "", "Flowers")
    make("c", "", None, None)
    copy = CopyOriginals("oscar_marketplace", "trade", {"name": ["name_es", "name_en"]})

    run(copy)
    run(copy)  # again is harmless

    assert texts() == [row("Flores", "Flores", None), row("Flowers", "", "Flowers"), row("", "", None)]

    Trade.objects.rewrite(False).filter(slug="a").update(name="Flowers", name_es="Florería")
    run(copy, "database_backwards")

    assert [each["name"] for each in texts()] == ["Florería", "Flowers", ""]


def test_the_last_text_of_a_row_is_kept(run):
    make("a", "x", None, "Flowers")
    make("b", "x", "Flores", "Flowers")

    run(KeepOnlyTexts("oscar_marketplace", "trade", {"name": [["name_es"], ["name_en"]]}))

    assert [each["name_es"] for each in texts()] == ["Flowers", "Flores"]


@pytest.mark.parametrize("kind", [CopyOriginals, RestoreOriginals])
@pytest.mark.parametrize("step", ["database_forwards", "database_backwards"])
def test_fields_and_models_that_are_not_there_are_passed_over(run, kind, step):
    make("a", "Flores", "Flores", None)

    run(kind("oscar_marketplace", "trade", {"headline": ["headline_es"]}), step)
    run(kind("oscar_marketplace", "poster", {"name": ["name_es"]}), step)

    assert texts() == [row("Flores", "Flores", None)]
