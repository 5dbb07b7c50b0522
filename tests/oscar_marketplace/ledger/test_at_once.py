"""Everybody posts the same event at the same moment: it is in the books once."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.ledger.models import AccountKind, LedgerAccount, LedgerPosting, LedgerTransaction
from oscar_marketplace.ledger.post import AccountKey, Entry, Line, post_all
from oscar_marketplace.orders import advance
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.open_books import open_books
from oscar_marketplace.test.stall_orders import fresh, pack
from tests.oscar_marketplace.ledger.conftest import balances, kinds

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MANY = 12


def at_once(*acts):
    """Run each act in a thread with a connection of its own; returns what went wrong beside ordinary refusals."""
    start, problems = threading.Barrier(len(acts)), []

    def run(act):
        try:
            start.wait(timeout=20)
            act()
        except MarketplaceError:
            pass
        except Exception as problem:  # noqa: BLE001 (shown by the caller's assertion)
            problems.append(repr(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return problems


def test_duplicates_in_parallel_are_one_transaction():
    keys = [AccountKey(AccountKind.PSP, "MXN", provider="x"), AccountKey(AccountKind.RECEIVABLE, "MXN")]
    entry = Entry("capture", "charge:1", (Line(keys[0], 5), Line(keys[1], -5)), None, timezone.now())

    def act():
        with transaction.atomic():
            post_all([entry])

    problems = at_once(*[act] * MANY)

    assert problems == []
    assert (LedgerTransaction.objects.count(), LedgerPosting.objects.count()) == (1, 2)
    assert LedgerAccount.objects.count() == 2


def test_different_events_on_the_same_new_accounts_are_all_there():
    keys = [AccountKey(AccountKind.PSP, "MXN", provider="x"), AccountKey(AccountKind.RECEIVABLE, "MXN")]

    def act(n):
        entry = Entry("capture", f"charge:{n}", (Line(keys[0], n), Line(keys[1], -n)), None, timezone.now())
        return lambda: post_all([entry])

    problems = at_once(*[act(n) for n in range(1, MANY + 1)])

    assert problems == []
    assert balances() == {"psp": 78, "receivable": -78}
    assert LedgerAccount.objects.count() == 2


def test_the_bags_are_handed_over_by_two_and_the_books_opened_by_two(paid, vendors):
    for part, vendor in zip(paid, vendors, strict=True):
        pack(advance.accept(fresh(part), by=vendor), by=vendor)
    acts = [
        lambda part=part, by=by: deliver_part(fresh(part), code=part.hand_over.code, by=by)
        for part, by in zip(paid, vendors, strict=True)
        for _ in range(2)
    ]

    problems = at_once(*acts, open_books, open_books)

    assert problems == []
    assert sorted(kinds()) == ["capture", "sale", "sale", "sale"]
    assert balances() == {"psp": 20200, "payable": -20200}
    assert list(troubles()) == []
