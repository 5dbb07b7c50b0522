"""Approving, sending, paying, failing: what is posted, what is owed, and what is refused."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.ledger.models import LedgerTransaction
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payouts import pay
from oscar_marketplace.payouts.check_payouts import troubles_of_payouts
from oscar_marketplace.payouts.models import Payout, PayoutBatch, PayoutLine
from oscar_marketplace.payouts.schedule import make_batch
from oscar_marketplace.test import factories
from tests.oscar_marketplace.payouts.conftest import CLABE, IBAN, give_account, owe, owed_to, sold, stands_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(operator, stall, maker):
    sold(stall, 3200)
    return make_batch(operator, method="cash", by=maker)


@pytest.fixture
def sent(batch, second):
    pay.approve_batch(batch, by=second)
    return pay.mark_sent(batch, by=second)


@pytest.fixture
def by_bank(operator, stall, payee, maker, second):
    give_account(payee)
    sold(stall, 3200)
    return pay.approve_batch(make_batch(operator, method="spei", by=maker), by=second)


def paid_kinds():
    return list(LedgerTransaction.objects.filter(source__startswith="payout:").values_list("kind", "sequence"))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_nothing_is_posted_before_it_is_paid(sent, payee):
    assert (owed_to(payee), paid_kinds()) == (3200, [])


def test_paid_in_cash_it_leaves_the_desk(sent, payee, second):
    payout = pay.mark_paid(sent.payouts.get(), by=second, receipt="R-17, Rosario")

    assert (payout.state, payout.receipt) == ("paid", "R-17, Rosario")
    assert (owed_to(payee), stands_at("cash_desk"), stands_at("bank")) == (0, -3200, 0)
    assert list(troubles_of_payouts()) == []
    assert fresh(payout).paid_at is not None


def test_paid_by_bank_it_leaves_the_bank(by_bank, payee, second):
    pay.mark_sent(by_bank, by=second)
    pay.mark_paid(by_bank.payouts.get(), by=second)

    assert (owed_to(payee), stands_at("cash_desk"), stands_at("bank")) == (0, 0, -3200)


def test_two_stalls_of_one_holder_are_posted_on_their_own_accounts(operator, stall, payee, maker, second):
    other = factories.make_stall(market=stall.places.get().pitch.market, payee=payee)
    sold(stall, 3200)
    owe(sold(other, 100), -600, "commission", days_ago=5)
    batch = make_batch(operator, method="cash", by=maker)
    pay.approve_batch(batch, by=second)
    pay.mark_sent(batch, by=second)
    pay.mark_paid(batch.payouts.get(), by=second, receipt="1")

    booked = LedgerTransaction.objects.get(kind="payout")
    assert dict(booked.postings.values_list("account__stall", "amount")) == {
        stall.pk: 3200,
        other.pk: -500,
        None: -2700,
    }
    assert list(troubles_of_payouts()) == []


def test_everything_twice_changes_nothing(batch, payee, second):
    for _ in range(2):
        pay.approve_batch(batch, by=second)
    for _ in range(2):
        pay.mark_sent(batch, by=second)
    for _ in range(2):
        pay.mark_paid(batch.payouts.get(), by=second, receipt="1")

    assert paid_kinds() == [("payout", 1)]
    assert owed_to(payee) == 0
    assert AuditEntry.objects.filter(verb__in=["approve_batch", "send_batch", "pay"]).count() == 3


def test_cash_needs_a_receipt(sent, payee, second):
    with pytest.raises(pay.NoReceipt):
        pay.mark_paid(sent.payouts.get(), by=second, receipt=" ")

    assert (sent.payouts.get().state, owed_to(payee), paid_kinds()) == ("sent", 3200, [])


def test_whoever_made_it_does_not_approve_it(batch, maker):
    with pytest.raises(pay.SecondPerson):
        pay.approve_batch(batch, by=maker)

    assert (fresh(batch).approved_at, batch.payouts.get().state) == (None, "draft")
    assert not AuditEntry.objects.filter(verb="approve_batch").exists()


@pytest.mark.parametrize(("limit", "refused"), [(32, False), (31, True), (None, False)])
def test_up_to_the_limit_one_person_is_enough(batch, maker, settings, limit, refused):
    settings.OSCAR_MARKETPLACE_PAYOUT_FOUR_EYES_ABOVE = limit

    if refused:
        with pytest.raises(pay.SecondPerson):
            pay.approve_batch(batch, by=maker)
    else:
        assert pay.approve_batch(batch, by=maker).approved_by_id == maker.user_id


@pytest.mark.parametrize("act", ["mark_sent", "mark_paid", "mark_failed", "file_of"])
def test_before_it_is_approved_nothing_goes_out(batch, second, act):
    row = batch.payouts.get() if act in {"mark_paid", "mark_failed"} else batch
    words = {"mark_paid": {"receipt": "1"}, "mark_failed": {"reason": "x"}}.get(act, {})

    with pytest.raises(pay.WrongMoment):
        getattr(pay, act)(row, by=second, **words)

    assert (batch.payouts.get().state, paid_kinds()) == ("draft", [])


def test_what_came_back_before_it_was_paid_can_be_paid_again(sent, operator, payee, maker, second):
    failed = pay.mark_failed(sent.payouts.get(), by=second, reason="nobody came")

    again = make_batch(operator, method="cash", by=maker).payouts.get()
    assert (failed.state, failed.failure, paid_kinds()) == ("failed", "nobody came", [])
    assert (again.amount, owed_to(payee)) == (3200, 3200)
    assert list(failed.lines.values_list("is_live", flat=True)) == [False]
    assert PayoutLine.objects.count() == 2


def test_what_came_back_after_it_was_paid_is_owed_again(sent, operator, payee, maker, second):
    payout = pay.mark_paid(sent.payouts.get(), by=second, receipt="1")
    pay.mark_failed(payout, by=second, reason="account closed")
    pay.mark_failed(payout, by=second, reason="account closed")

    assert paid_kinds() == [("payout", 1), ("payout_failed", 1)]
    assert (owed_to(payee), stands_at("cash_desk")) == (3200, 0)
    assert make_batch(operator, method="cash", by=maker).payouts.get().amount == 3200
    assert list(troubles_of_payouts()) == []


def test_a_refund_after_the_payout_is_netted_with_the_next(sent, operator, stall, payee, maker, second):
    pay.mark_paid(sent.payouts.get(), by=second, receipt="1")
    part = stall.stall_orders.get()
    owe(part, -1200, "recovery")

    assert owed_to(payee) == -1200
    assert make_batch(operator, method="cash", by=maker) is None
    sold(stall, 5000)
    assert make_batch(operator, method="cash", by=maker).payouts.get().amount == 3800


def test_a_cancelled_batch_frees_what_it_claimed(batch, operator, maker):
    pay.cancel_batch(batch, by=maker, reason="wrong day")

    assert fresh(batch).cancelled_at and batch.payouts.get().state == "cancelled"
    assert make_batch(operator, method="cash", by=maker).payouts.get().amount == 3200
    assert list(troubles_of_payouts()) == []


def test_a_batch_whose_file_went_out_is_not_cancelled(by_bank, maker):
    pay.file_of(by_bank, by=maker)

    with pytest.raises(pay.FileHandedOut):
        pay.cancel_batch(by_bank, by=maker, reason="x")

    assert by_bank.payouts.get().state == "approved"


def test_the_file_is_the_same_whenever_it_is_asked_for(by_bank, maker, payee):
    first = pay.file_of(by_bank, by=maker)
    give_account(payee, number="646180157000000004", days_ago=0)

    assert pay.file_of(by_bank, by=maker) == first
    assert CLABE.encode() in first.content
    assert fresh(by_bank).file_sha256 != ""


def test_another_file_under_the_same_reference_is_refused(by_bank, maker, settings):
    pay.file_of(by_bank, by=maker)
    settings.OSCAR_MARKETPLACE_PAYOUT_METHODS["spei"]["OPTIONS"] = {"CONCEPT": "Other"}

    with pytest.raises(pay.FileDiffers):
        pay.file_of(by_bank, by=maker)


def test_cash_has_no_file(sent, maker):
    with pytest.raises(NotAllowed):
        pay.file_of(sent, by=maker)

    assert fresh(sent).file_sha256 == ""


def test_a_changed_account_stops_the_approval(operator, stall, payee, maker, second):
    give_account(payee)
    sold(stall, 3200)
    batch = make_batch(operator, method="spei", by=maker)
    give_account(payee, number=IBAN, now=timezone.now() + timedelta(minutes=1))

    with pytest.raises(pay.AccountChanged, match=payee.name):
        pay.approve_batch(batch, by=second)

    assert batch.payouts.get().state == "draft"


def test_the_check_finds_a_line_that_was_freed(sent):
    PayoutLine.objects.update(is_live=False)

    assert [each.code for each in troubles_of_payouts()] == ["payout_claims_otherwise"]


def test_the_check_finds_a_payout_that_was_not_posted(sent):
    Payout.objects.update(state="paid")

    assert [each.code for each in troubles_of_payouts()] == ["payout_booked_otherwise"]
    assert not [each for each in troubles() if each.code == "unbalanced"]


def test_no_batch_is_deleted_with_its_payouts(batch):
    with pytest.raises(Exception, match="PayoutBatch|protected"):
        PayoutBatch.objects.filter(pk=batch.pk).delete()
