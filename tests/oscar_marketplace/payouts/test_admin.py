"""A day of paying in the admin: who is paid and who is not, the batch's buttons, the file, the list, the accounts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from oscar_marketplace.payouts.models import Payout, PayoutAccount, PayoutBatch
from oscar_marketplace.payouts.schedule import make_batch
from oscar_marketplace.test import factories
from tests.oscar_marketplace.payouts.conftest import CLABE, IBAN, give_account, owed_to, sold
from tests.oscar_marketplace.stall_area.counter import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db):
    return factories.make_user("boss", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture
def batch(operator, stall, maker):
    sold(stall, 3200)
    return make_batch(operator, method="cash", by=maker)


def url(page, *args, model="payoutbatch"):
    return reverse(f"admin:oscar_marketplace_{model}_{page}", args=args)


def act(admin, batch, do, **words):
    return admin.post(url("act", batch.pk), {"do": do, **words}, follow=True)


def test_the_page_says_who_is_paid_who_is_not_and_why(admin, operator, stall, payee):
    new = factories.make_stall(market=stall.places.get().pitch.market)
    give_account(payee)
    sold(stall, 3200)
    sold(new, 1000)

    text = text_of(admin.get(url("pay"), {"operator": operator.pk, "method": "spei"}))

    assert f"{payee.name} $32.00 •••• 9719" in text
    assert "$10.00 No account: pay in cash, or ask for one." in text
    assert not PayoutBatch.objects.exists()


def test_sent_back_it_pays_whom_is_ticked(admin, boss, operator, stall, payee):
    other = factories.make_stall(market=stall.places.get().pitch.market)
    sold(stall, 3200)
    sold(other, 1000)

    asked = {"operator": operator.pk, "method": "cash", "payee": [payee.pk, "x", "9" * 40]}
    answer = admin.post(url("pay"), asked, follow=True)

    batch = PayoutBatch.objects.get()
    assert "1 payout was made." in text_of(answer)
    assert (batch.created_by, list(batch.payouts.values_list("payee", "amount"))) == (boss, [(payee.pk, 3200)])


def test_pressed_twice_the_second_says_so(admin, operator, stall, payee):
    sold(stall, 3200)
    asked = {"operator": operator.pk, "method": "cash", "payee": [payee.pk]}
    admin.post(url("pay"), asked)

    assert "it was done already" in text_of(admin.post(url("pay"), asked))
    assert Payout.objects.count() == 1


def test_from_approval_to_paid_by_the_buttons(admin, batch, payee):
    assert "Approve" in admin.get(url("change", batch.pk)).content.decode()
    act(admin, batch, "approve")
    act(admin, batch, "send")
    refused = act(admin, batch, "pay", payout=batch.payouts.get().pk, receipt="")
    assert "Write the number of the receipt" in text_of(refused)
    assert owed_to(payee) == 3200
    act(admin, batch, "pay", payout=batch.payouts.get().pk, receipt="R-1 Rosario")

    payout = batch.payouts.get()
    assert (payout.state, payout.receipt, owed_to(payee)) == ("paid", "R-1 Rosario", 0)
    act(admin, batch, "fail", payout=payout.pk, reason="false notes")
    assert owed_to(payee) == 3200


def test_whoever_made_it_is_told_to_ask_a_second_person(admin, boss, operator, stall, payee):
    sold(stall, 3200)
    admin.post(url("pay"), {"operator": operator.pk, "method": "cash", "payee": [payee.pk]})
    batch = PayoutBatch.objects.get()

    assert "ask a second person" in text_of(act(admin, batch, "approve"))
    assert batch.payouts.get().state == "draft"


def test_cancelling_asks_for_a_reason(admin, batch):
    act(admin, batch, "cancel", reason="")
    assert batch.payouts.get().state == "draft"
    act(admin, batch, "cancel", reason="wrong day")
    assert batch.payouts.get().state == "cancelled"


@pytest.mark.parametrize("body", [{}, {"do": "x"}, {"do": "pay", "payout": "x"}, {"do": "fail", "payout": "9" * 30}])
def test_what_no_button_sends_changes_nothing(admin, batch, body):
    answer = admin.post(url("act", batch.pk), {"receipt": "1", "reason": "x", **body})

    assert answer.status_code in {302, 404}
    assert batch.payouts.get().state == "draft"


@pytest.mark.parametrize("page", ["act", "file"])
def test_acts_are_never_links(admin, batch, page):
    assert admin.get(url(page, batch.pk)).status_code == 405


@pytest.mark.parametrize("page", ["pay", "act", "file", "list"])
def test_who_may_only_look_does_not_pay(client, batch, page):
    clerk = factories.make_user("clerk", is_staff=True)
    client.force_login(clerk)
    args = [] if page == "pay" else [batch.pk]
    method = client.post if page in {"act", "file"} else client.get

    assert method(url(page, *args), {"do": "approve"}).status_code == 403
    assert batch.payouts.get().state == "draft"


def test_the_file_for_the_bank(admin, operator, stall, payee, maker):
    give_account(payee)
    sold(stall, 3200)
    batch = make_batch(operator, method="spei", by=maker)
    assert admin.post(url("file", batch.pk)).status_code == 302
    act(admin, batch, "approve")

    answer = admin.post(url("file", batch.pk))

    assert CLABE in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert f'filename="{batch.reference}.csv"' in answer["Content-Disposition"]
    act(admin, batch, "send")
    act(admin, batch, "pay_all")
    assert batch.payouts.get().state == "paid"


def test_the_list_to_sign(admin, batch, payee):
    text = text_of(admin.get(url("list", batch.pk)))

    assert payee.name in text and "$32.00" in text and "____" in text and batch.reference in text


def test_no_page_shows_an_account_whole(admin, operator, stall, payee, maker):
    account = give_account(payee)
    sold(stall, 3200)
    batch = make_batch(operator, method="spei", by=maker)
    pages = [url("change", batch.pk), url("changelist"), url("list", batch.pk), url("pay")]
    pages += [url("change", batch.payouts.get().pk, model="payout"), url("changelist", model="payout")]
    pages += [url("change", account.pk, model="payoutaccount"), url("changelist", model="payoutaccount")]

    for page in pages:
        shown = admin.get(page).content.decode()
        assert CLABE not in shown and account.sealed not in shown, page


def account_form(payee, **kwargs):
    return {"payee": payee.pk, "number": IBAN, "holder": "Rosario", "bic": "", "password": "mercado", **kwargs}


def test_an_account_is_written_down_with_ones_own_password(admin, boss, payee):
    answer = admin.post(url("add", model="payoutaccount"), account_form(payee), follow=True)

    row = PayoutAccount.objects.get()
    assert (row.payee, row.last_four, row.changed_by) == (payee, "1332", boss)
    assert row.held_until > timezone.now() + timedelta(days=2)
    assert answer.status_code == 200 and IBAN not in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": "guess"}, "This is not your password."),
        ({"password": ""}, "This field is required."),
        ({"number": IBAN[:-1] + "3"}, "This IBAN is not right"),
        ({"bic": "XX"}, "A BIC has 8 or 11 signs."),
    ],
)
def test_a_wrong_form_changes_nothing(admin, payee, wrong, says):
    row = give_account(payee)

    answer = admin.post(url("change", row.pk, model="payoutaccount"), account_form(payee, **wrong))

    assert says in text_of(answer)
    assert PayoutAccount.objects.get().last_four == "9719"


def test_a_change_goes_through_the_verb(admin, payee):
    row = give_account(payee)
    admin.post(url("change", row.pk, model="payoutaccount"), account_form(payee))

    changed = PayoutAccount.objects.get()
    assert (changed.pk, changed.last_four) == (row.pk, "1332")
    assert changed.held_until > timezone.now()
