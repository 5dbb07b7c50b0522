"""What is in the books stays, whoever asks: the ORM, a deletion that cascades, SQL by hand."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from oscar_marketplace.ledger.append_only import WrittenOnce
from oscar_marketplace.ledger.guards import BOOKS, missing_guards
from oscar_marketplace.ledger.models import AccountKind, LedgerAccount, LedgerPosting, LedgerTransaction
from oscar_marketplace.ledger.post import AccountKey, Entry, Line, post_all

pytestmark = [pytest.mark.both, pytest.mark.django_db]

LINES = (Line(AccountKey(AccountKind.PSP, "MXN", provider="x"), 5), Line(AccountKey(AccountKind.RECEIVABLE, "MXN"), -5))


@pytest.fixture(autouse=True)
def posted(db):
    post_all([Entry("capture", "charge:1", LINES, None, timezone.now())])


def contents():
    return [list(model.objects.order_by("pk").values()) for model in BOOKS]


WAYS = {
    "save": lambda model: model.objects.first().save(),
    "create": lambda model: model.objects.create(),
    "delete": lambda model: model.objects.first().delete(),
    "update": lambda model: model.objects.update(id=9),
    "bulk_update": lambda model: model.objects.bulk_update(list(model.objects.all()), ["id"]),
    "delete all": lambda model: model.objects.all().delete(),
    "raw delete": lambda model: model.objects.all()._raw_delete("default"),
    "base manager": lambda model: model._base_manager.all().delete(),
}


@pytest.mark.parametrize("model", BOOKS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("way", WAYS)
def test_the_orm_refuses_in_words(model, way):
    before = contents()

    with pytest.raises(WrittenOnce) as refusal:
        WAYS[way](model)

    assert (refusal.value.code, contents()) == ("written_once", before)


@pytest.mark.parametrize("model", BOOKS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_sql_by_hand(model, sql):
    before = contents()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(model._meta.db_table))

    assert contents() == before


def test_no_guard_is_missing():
    assert missing_guards(connection) == []


@pytest.mark.sqlite
def test_a_guard_that_is_gone_is_found():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER oscar_marketplace_ledgerposting_UPDATE")

    assert missing_guards(connection) == ["oscar_marketplace_ledgerposting_UPDATE"]


@pytest.mark.postgres
def test_postgresql_refuses_at_the_commit_what_does_not_balance():
    account = LedgerAccount.objects.first()

    with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
        row = LedgerTransaction(kind="capture", source="charge:2", at=timezone.now())
        LedgerTransaction.objects.bulk_create([row])
        LedgerPosting.objects.bulk_create([LedgerPosting(transaction=row, account=account, amount=5)])
        check_constraints_now()


@pytest.mark.postgres
def test_postgresql_refuses_a_transaction_without_postings():
    with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
        LedgerTransaction.objects.bulk_create([LedgerTransaction(kind="sale", source="x:1", at=timezone.now())])
        check_constraints_now()


def check_constraints_now():
    """What the end of a transaction does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
