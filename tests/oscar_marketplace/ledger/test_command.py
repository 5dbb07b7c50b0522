"""``marketplace_ledger``: opening books for what was before them, checking them, writing the journal."""

import csv
import io
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from oscar_marketplace.aftersales.cancel import cancel_by_shopper
from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.ledger.export import plain_cell
from oscar_marketplace.ledger.guards import BOOKS
from oscar_marketplace.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.flush import without_guards
from oscar_marketplace.test.stall_orders import SHOPPER, fresh, pack, placed_parts
from tests.oscar_marketplace.ledger.conftest import pay_by_card

pytestmark = pytest.mark.django_db


def ledger(*args) -> str:
    out = io.StringIO()
    call_command("marketplace_ledger", *args, stdout=out, stderr=out)
    return out.getvalue()


def burn_the_books():
    """As it was before there were any."""
    with without_guards(connection), connection.cursor() as cursor:
        for model in reversed(BOOKS):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def said():
    """What the books say, without keys and the time of writing."""
    rows = LedgerPosting.objects.order_by("transaction__source", "transaction__kind", "account__code")
    names = ("kind", "source", "sequence", "order", "memo")
    return list(rows.values_list(*(f"transaction__{name}" for name in names), "account__code", "amount"))


def times():
    return dict(LedgerTransaction.objects.values_list("source", "at"))


@pytest.fixture
def city(listings, vendors):
    """An order paid in cash of which one bag was fetched, one paid by card and fetched short, one cancelled."""
    wave = factories.make_wave(listings[0].stall.places.get().pitch.market)
    in_cash, by_card, off = (placed_parts([(each, 4) for each in listings], wave=wave) for _ in range(3))
    start_payment(in_cash[0].order, provider="cash", by=SHOPPER)
    pay_by_card(by_card)
    pay_by_card(off, reference="card-2")
    for part, vendor, share in [
        (in_cash[0], vendors[0], D("0.75")),
        (by_card[0], vendors[0], D("0.75")),
        (by_card[1], vendors[1], D("1.05")),
        (by_card[2], vendors[2], D(1)),
    ]:
        row = pack(advance.accept(fresh(part), by=vendor), by=vendor, share=share)
        deliver_part(row, code=row.hand_over.code, by=vendor)
    cancel_by_shopper(off[0].order, by=SHOPPER)
    advance.complete_part(by_card[0], now=timezone.now() + timedelta(days=30))


def test_opening_says_what_living_books_would_have_said(city):
    alive, when = said(), times()
    burn_the_books()

    text = ledger("open")

    assert said() == alive
    assert "Looked at 3 orders, posted 13 transactions." in text
    late = [source for source, at in times().items() if abs(at - when[source]) > timedelta(minutes=5)]
    assert late == []


def test_opening_again_changes_nothing(city):
    burn_the_books()
    ledger("open")
    before = list(LedgerTransaction.objects.values())

    text = ledger("open")

    assert list(LedgerTransaction.objects.values()) == before
    assert "posted 0 transactions" in text


def test_opening_living_books_changes_nothing(city):
    before = list(LedgerTransaction.objects.values())

    ledger("open")

    assert list(LedgerTransaction.objects.values()) == before


def test_right_books_are_right(city):
    assert ledger("verify").strip() == "The books are right."


def verified() -> str:
    out = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("marketplace_ledger", "verify", stdout=out, stderr=out)
    assert refusal.value.returncode == 1
    return out.getvalue()


def test_what_is_not_in_the_books_is_named(city):
    burn_the_books()

    text = verified()

    assert "Charge card-1: $202.00 was taken, $0.00 is in the books." in text
    number = StallOrder.objects.get(order__marketplace_charges__reference="card-1", sequence=3).number
    assert f"Stall order {number}: $26.00 is due, $0.00 is in the books." in text


def test_a_charge_that_took_more_than_is_booked_is_named(city):
    Charge.objects.filter(reference="card-1").update(captured=20300)

    assert "Charge card-1: $203.00 was taken, $202.00 is in the books." in verified()


def test_a_shoppers_account_that_is_not_closed_is_named(city):
    source = f"stallorder:{StallOrder.objects.get(order__marketplace_charges__reference='card-2', sequence=1).pk}"
    row = LedgerTransaction.objects.get(source=source, kind="refund_due")
    with without_guards(connection), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {LedgerPosting._meta.db_table} WHERE transaction_id = {row.pk}")
        cursor.execute(f"DELETE FROM {LedgerTransaction._meta.db_table} WHERE id = {row.pk}")

    assert f"Order {row.order.number} is closed and the shopper's account stands at -$32.00." in verified()


def test_a_transaction_changed_by_hand_is_named(city):
    posting = LedgerPosting.objects.filter(account__kind="payable").first()
    with without_guards(connection), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {LedgerPosting._meta.db_table} SET amount = amount - 1 WHERE id = {posting.pk}")

    assert f"Transaction {posting.transaction_id} does not balance." in verified()


@pytest.mark.sqlite
def test_a_guard_that_is_gone_is_named(city):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER oscar_marketplace_ledgerposting_DELETE")

    assert "the trigger oscar_marketplace_ledgerposting_DELETE is gone" in verified()


def test_the_csv_holds_every_posting_and_sums_to_zero(city):
    rows = list(csv.DictReader(io.StringIO(ledger("export", "--format", "csv"))))

    assert len(rows) == LedgerPosting.objects.count() == 26
    assert sum(D(row["amount"]) for row in rows) == 0
    first = rows[0]
    assert (first["kind"], first["account"], first["amount"], first["currency"]) == (
        "capture",
        LedgerAccount.objects.get(kind="psp").code,
        "202.00",
        "MXN",
    )


def test_no_cell_is_a_formula_to_a_spreadsheet(city):
    assert [plain_cell(text) for text in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "sale", "")] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "'\rx",
        "sale",
        "",
    ]
    LedgerAccount.objects.bulk_create([LedgerAccount(code="=cmd()", kind="psp", currency="MXN")])
    account = LedgerAccount.objects.get(code="=cmd()")
    row = LedgerTransaction(kind="capture", source="charge:0", at=timezone.now(), memo="=HYPERLINK()")
    LedgerTransaction.objects.bulk_create([row])
    LedgerPosting.objects.bulk_create([LedgerPosting(transaction=row, account=account, amount=-5)])

    last = list(csv.reader(io.StringIO(ledger("export"))))[-1]

    assert last[5:] == ["'=cmd()", "-0.05", "MXN", "'=HYPERLINK()"]


def test_the_plain_text_journal_balances_transaction_by_transaction(city):
    text = ledger("export", "--format", "hledger")

    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    assert len(blocks) == LedgerTransaction.objects.count() == 13
    for head, *postings in blocks:
        assert head[:4].isdigit() and " * (" in head
        assert sum(D(line.split()[1]) for line in postings) == 0
        assert {line.split()[2] for line in postings} == {"MXN"}
        assert all(line.startswith("    ") and "  " in line.strip() for line in postings)


@pytest.mark.parametrize("form", ["csv", "hledger"])
def test_an_export_names_no_shopper(city, form):
    text = ledger("export", "--format", form)

    assert "Ana" not in text and "ana@example.org" not in text


def test_an_export_takes_one_statement_however_much_there_is(city, django_assert_num_queries):
    with django_assert_num_queries(1):
        ledger("export")
