"""The only way into the books: balanced, whole, once."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import SYSTEM, record
from oscar_marketplace.ledger.models import AccountKind, LedgerAccount, LedgerPosting, LedgerTransaction
from oscar_marketplace.ledger.post import AccountKey, DoesNotBalance, Entry, Line, PostedOtherwise, post, post_all
from oscar_marketplace.ledger.queries import balance, trial_balance, unbalanced_transactions

pytestmark = [pytest.mark.both, pytest.mark.django_db]

CARD = AccountKey(AccountKind.PSP, "MXN", provider="dummy")
SHOPPERS = AccountKey(AccountKind.RECEIVABLE, "MXN")
EUROS = AccountKey(AccountKind.RECEIVABLE, "EUR")


@pytest.fixture
def source(db) -> AuditEntry:
    """Any row: what an event is about."""
    return record("test", AuditEntry(pk=7), by=SYSTEM)


def lines(amount=100):
    return [Line(CARD, amount), Line(SHOPPERS, -amount)]


def post_now(source, wanted=None, **kwargs):
    return post("capture", source, lines() if wanted is None else wanted, order=None, at=timezone.now(), **kwargs)


def test_a_transaction_is_written_with_its_postings(source):
    posted = post_now(source, memo="card")

    assert (posted.kind, posted.source, posted.sequence, posted.memo) == (
        "capture",
        f"auditentry:{source.pk}",
        1,
        "card",
    )
    assert {(p.account.code, p.amount) for p in posted.postings.all()} == {
        ("psp:dummy:MXN", 100),
        ("receivable:MXN", -100),
    }


def test_the_same_event_twice_is_once(source):
    first = post_now(source)

    second = post_now(source)

    assert (first.pk, LedgerTransaction.objects.count(), LedgerPosting.objects.count()) == (second.pk, 1, 2)


def test_the_same_event_with_other_amounts_is_refused(source):
    post_now(source)

    with pytest.raises(PostedOtherwise):
        post_now(source, lines(101))

    assert balance(LedgerAccount.objects.filter(code="psp:dummy:MXN")) == 100


def test_another_number_is_another_event(source):
    post_now(source)

    post_now(source, lines(50), sequence=2)

    assert balance(LedgerAccount.objects.filter(code="psp:dummy:MXN")) == 150


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param([], id="nothing"),
        pytest.param([Line(CARD, 0), Line(SHOPPERS, 0)], id="zero"),
        pytest.param([Line(CARD, 100)], id="one side"),
        pytest.param([Line(CARD, 100), Line(SHOPPERS, -99)], id="a cent short"),
        pytest.param([Line(CARD, 100.0), Line(SHOPPERS, -100.0)], id="float"),
        pytest.param([Line(CARD, True), Line(SHOPPERS, -1)], id="bool"),
        pytest.param([Line(CARD, 100), Line(EUROS, -100)], id="two currencies"),
        pytest.param([Line(CARD, 100), Line(CARD, -100)], id="an account against itself"),
    ],
)
def test_what_is_no_transaction_is_refused_and_leaves_no_trace(source, wrong):
    with pytest.raises(DoesNotBalance):
        post_now(source, wrong)

    assert (LedgerTransaction.objects.count(), LedgerAccount.objects.count()) == (0, 0)


def test_one_wrong_entry_keeps_the_others_out(source):
    good = Entry("capture", "charge:1", tuple(lines()), None, timezone.now())
    bad = Entry("capture", "charge:2", (Line(CARD, 1), Line(SHOPPERS, -2)), None, timezone.now())

    with pytest.raises(DoesNotBalance):
        post_all([good, bad])

    assert LedgerTransaction.objects.count() == 0


def test_the_number_of_statements_does_not_grow_with_the_entries():
    def entries(numbers):
        return [Entry("capture", f"charge:{n}", tuple(lines(n)), None, timezone.now()) for n in numbers]

    post_all(entries([1]))
    with CaptureQueriesContext(connection) as few:
        post_all(entries([2]))
    with CaptureQueriesContext(connection) as many:
        post_all(entries(range(3, 60)))

    assert len(few) == len(many) == 6


def test_the_trial_balance_sums_to_zero(source):
    post_now(source)

    rows = trial_balance()

    assert [(row.account.code, row.amount) for row in rows] == [("psp:dummy:MXN", 100), ("receivable:MXN", -100)]


@pytest.mark.sqlite  # PostgreSQL does not let it in; see test_written_once.
def test_a_transaction_that_does_not_balance_is_found(source):
    post_now(source)
    wrong = LedgerTransaction(kind="capture", source="charge:9", at=timezone.now())
    bare = LedgerTransaction(kind="capture", source="charge:10", at=timezone.now())
    with transaction.atomic():
        LedgerTransaction.objects.bulk_create([wrong, bare])
        LedgerPosting.objects.bulk_create(
            [LedgerPosting(transaction=wrong, account=LedgerAccount.objects.first(), amount=1)]
        )

    assert {each.pk for each in unbalanced_transactions()} == {wrong.pk, bare.pk}
