"""The city's staff upload a file and see to the lines that need a person."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.bank.models import BankLine, BankStatement
from oscar_marketplace.test import factories
from tests.oscar_marketplace.payments.bank_world import balances, bring, line_states, row, statement, the_charge

pytestmark = pytest.mark.django_db
IMPORT = "admin:oscar_marketplace_bankstatement_import"
LINES = "admin:oscar_marketplace_bankline_changelist"


@pytest.fixture
def boss(client):
    user = factories.make_user("boss", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def upload(client, content, **data):
    file = SimpleUploadedFile("movements.csv", content)
    return client.post(reverse(IMPORT), {"account": "transfer", "file": file, **data}, follow=True)


def do(client, action, line, **data):
    return client.post(reverse(LINES), {"action": action, "_selected_action": line.pk, "index": 0, **data}, follow=True)


def test_an_uploaded_file_is_imported_and_says_who_brought_it(client, boss, waiting):
    page = upload(client, statement(row("202.49", waiting.bank_reference.reference), row("5.00", "hola")))

    assert "2 movements, 2 of them new: 1 matched, 1 need a person." in page.content.decode()
    assert BankStatement.objects.get().imported_by == boss
    assert the_charge().state == ChargeState.CAPTURED


def test_a_bad_file_is_refused_with_its_lines_and_nothing_is_written(client, boss, waiting):
    page = upload(client, statement(row("5.00"), row("5.00", day="31/02/2026"), row("five")))

    words = page.content.decode()
    assert "Line 3: there is no day 31/02/2026." in words
    assert "Line 4: “five” is no amount." in words
    assert not BankStatement.objects.exists()
    assert not BankLine.objects.exists()


def test_who_may_only_look_cannot_import_or_act(client, waiting):
    bring(row("202.49", "tomates"))
    clerk = factories.make_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_bank"))
    client.force_login(clerk)

    assert client.get(reverse(IMPORT)).status_code == 403
    assert upload(client, statement(row("1.00"))).status_code == 403
    assert "Import a bank statement" not in client.get(reverse(LINES.replace("line", "statement"))).content.decode()
    do(client, "match_order", BankLine.objects.get(), number=waiting.order.number)
    assert line_states() == [("queued", "unknown_reference")]


def test_a_line_is_matched_by_the_orders_number_and_who_did_it_is_written(client, boss, waiting):
    bring(row("202.49", "tomates"))
    line = BankLine.objects.get()

    page = do(client, "match_order", line)
    assert "Number of the order" in page.content.decode()
    do(client, "match_order", line, number=waiting.order.number)

    assert the_charge().state == ChargeState.CAPTURED
    entry = AuditEntry.objects.get(verb="bank_line_matched")
    assert (entry.actor, entry.role, entry.data["charge"]) == (boss, "city", waiting.reference)


def test_an_unknown_number_changes_nothing(client, boss, waiting):
    bring(row("202.49", "tomates"))
    before = balances()

    page = do(client, "match_order", BankLine.objects.get(), number="nope")

    assert "No transfer to this account was asked for" in page.content.decode()
    assert (line_states(), balances()) == ([("queued", "unknown_reference")], before)


def test_not_ours_needs_a_reason_and_keeps_it(client, boss, waiting):
    bring(row("80.00", "rent"))
    line = BankLine.objects.get()

    do(client, "put_aside", line)
    assert line_states() == [("queued", "unknown_reference")]
    do(client, "put_aside", line, reason="Rent of the hall")

    assert line_states() == [("ignored", "unknown_reference")]
    assert AuditEntry.objects.get(verb="bank_line_ignored").reason == "Rent of the hall"
    assert balances() == {"bank": 8000, "credit_customer": -8000}


def test_the_queue_is_a_filter_and_its_statements_do_not_grow(client, boss, waiting, django_assert_num_queries):
    bring(row("202.49", waiting.bank_reference.reference), row("5.00", "uno"))
    url = reverse(LINES) + "?queue=person"
    with django_assert_num_queries(10):
        page = client.get(url)
    assert "uno" in page.content.decode()
    assert waiting.bank_reference.reference not in page.content.decode()

    bring(*[row(f"{n}.00", "dos") for n in range(6, 16)])
    with django_assert_num_queries(10):
        client.get(url)
