"""Bank data is readable to nobody without the keys, and shows nowhere."""

import base64
import io
import logging

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.checks import check_backends, check_encryption_keys
from oscar_marketplace.payouts import encryption
from oscar_marketplace.payouts.account_numbers import kind_of_number, plain_number
from oscar_marketplace.payouts.methods.base import Transfer
from oscar_marketplace.payouts.models import AccountDetails, PayoutAccount
from oscar_marketplace.payouts.schedule import make_batch
from tests.oscar_marketplace.payouts.conftest import CLABE, IBAN, give_account, sold

pytestmark = pytest.mark.django_db


def key(letter: str) -> str:
    return base64.urlsafe_b64encode(letter.encode() * 32).decode()


@pytest.fixture(autouse=True)
def keys(settings):
    settings.OSCAR_MARKETPLACE_ENCRYPTION_KEYS = [key("a")]
    return settings


def test_what_is_stored_is_not_what_was_written(payee):
    row = give_account(payee, holder="Rosario Ríos")

    stored = PayoutAccount.objects.values().get()
    assert CLABE not in str(stored) and "Rosario" not in str(stored)
    assert AccountDetails.unseal(row.sealed) == AccountDetails(CLABE, "Rosario Ríos")
    assert (row.kind, row.last_four) == ("clabe", "9719")


def test_the_same_text_is_sealed_differently_each_time():
    assert encryption.seal(CLABE) != encryption.seal(CLABE)


def test_nothing_prints_it(payee, caplog):
    caplog.set_level(logging.DEBUG)
    row = give_account(payee)
    details = AccountDetails.unseal(row.sealed)

    shown = [repr(row), str(row), repr(details), repr(Transfer("r", 1, "n", number=CLABE)), caplog.text]
    shown += [str(each.data) for each in AuditEntry.objects.all()]
    assert not any(CLABE in text or CLABE[:14] in text for text in shown)
    assert "9719" in str(row)


def test_another_key_opens_nothing_and_says_so(payee, keys):
    row = give_account(payee)
    keys.OSCAR_MARKETPLACE_ENCRYPTION_KEYS = [key("b")]

    with pytest.raises(encryption.WrongKey, match="OSCAR_MARKETPLACE_ENCRYPTION_KEYS"):
        AccountDetails.unseal(row.sealed)
    with pytest.raises(CommandError, match="another key"):
        call_command("marketplace_rotate_keys")


def test_without_keys_nothing_is_kept(payee, keys):
    keys.OSCAR_MARKETPLACE_ENCRYPTION_KEYS = []

    with pytest.raises(encryption.NoKeys):
        give_account(payee)
    assert not PayoutAccount.objects.exists() and not AuditEntry.objects.exists()


def test_keys_are_changed_without_losing_an_account(operator, stall, payee, maker, keys):
    give_account(payee)
    sold(stall, 3200)
    payout = make_batch(operator, method="spei", by=maker).payouts.get()
    keys.OSCAR_MARKETPLACE_ENCRYPTION_KEYS = [key("b"), key("a")]
    out = io.StringIO()

    call_command("marketplace_rotate_keys", stdout=out)

    keys.OSCAR_MARKETPLACE_ENCRYPTION_KEYS = [key("b")]
    assert "Sealed 2 rows again." in out.getvalue()
    sealed = [PayoutAccount.objects.get().sealed, type(payout).objects.get().sealed_account]
    assert [AccountDetails.unseal(each).number for each in sealed] == [CLABE, CLABE]


@pytest.mark.parametrize("wrong", [["short"], [3], "a text", [key("a"), ""]])
def test_bad_keys_are_found_by_a_check_that_does_not_repeat_them(keys, wrong):
    keys.OSCAR_MARKETPLACE_ENCRYPTION_KEYS = wrong

    found = check_encryption_keys(None)

    assert {each.id for each in found} == {"oscar_marketplace.E020"}
    assert not any(key("a") in str(each) for each in found)


def test_keys_are_asked_for_where_accounts_are_paid_to(keys):
    keys.OSCAR_MARKETPLACE_ENCRYPTION_KEYS = []
    assert [each.id for each in check_encryption_keys(None)] == ["oscar_marketplace.E020"]

    keys.OSCAR_MARKETPLACE_PAYOUT_METHODS = {
        "cash": {"BACKEND": "oscar_marketplace.payouts.methods.cash.CashAtDesk", "OPTIONS": {}}
    }
    assert check_encryption_keys(None) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("PAYOUT_ACCOUNT_HOLD_DAYS", -1), ("PAYOUT_FOUR_EYES_ABOVE", "10"), ("PAYOUT_FOUR_EYES_ABOVE", -1)],
)
def test_values_that_cannot_be_used_are_named(settings, name, value):
    setattr(settings, f"OSCAR_MARKETPLACE_{name}", value)

    assert [each.id for each in check_encryption_keys(None)] == ["oscar_marketplace.E021"]


def test_a_method_that_cannot_be_loaded_is_named(settings):
    settings.OSCAR_MARKETPLACE_PAYOUT_METHODS = {"x": {"BACKEND": "no.such.Method"}}

    assert [each.id for each in check_backends(None)] == ["oscar_marketplace.E011"]


def test_a_new_account_waits_and_the_same_again_does_not(payee):
    row = give_account(payee)
    again = give_account(payee, number=f" {CLABE[:6]} {CLABE[6:]}", days_ago=0)

    assert (row.held_until - row.changed_at).days == 3
    assert again.changed_at == row.changed_at
    assert AuditEntry.objects.filter(verb="set_payout_account").count() == 1


def test_a_change_is_written_down_with_the_last_signs_only(payee, maker):
    give_account(payee)
    give_account(payee, number=IBAN, by=maker)

    entry = AuditEntry.objects.filter(verb="set_payout_account").last()
    assert (entry.data, entry.actor_id) == ({"was": "9719", "now": "1332"}, maker.user_id)


@pytest.mark.parametrize(
    "number", ["", "123", "032180000118359718", "ES9121000418450200051333", "XX", "٠" * 18, "ES91 2100"]
)
def test_a_number_with_a_wrong_digit_is_refused(payee, number):
    with pytest.raises(ValidationError):
        give_account(payee, number=number)
    assert not PayoutAccount.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kind"), [("0321 8000 0118 3597 19", "clabe"), ("es91 2100 0418 4502 0005 1332", "iban"), (IBAN, "iban")]
)
def test_blanks_and_small_letters_are_fine(typed, kind):
    assert kind_of_number(plain_number(typed)) == kind
