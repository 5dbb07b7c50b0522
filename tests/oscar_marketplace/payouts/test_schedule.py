"""Making a batch: what is due, to whom, once; and who is left out, with the reason."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.orders.models import Decision
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.payouts.models import Payout, PayoutBatch, PayoutLine
from oscar_marketplace.payouts.owed import on_hold
from oscar_marketplace.payouts.schedule import make_batch, preview
from oscar_marketplace.stalls.models import Payee, Tenure
from oscar_marketplace.test import factories
from tests.oscar_marketplace.payouts.conftest import IBAN, give_account, owe, sold

pytestmark = pytest.mark.django_db


def codes(operator, method="cash"):
    return [(each.name, each.amount, each.code) for each in preview(operator, method=method)]


def test_everything_due_is_claimed_in_one_payout(operator, stall, payee, maker):
    sold(stall, 3200)
    sold(stall, 1050)

    batch = make_batch(operator, method="cash", by=maker)

    payout = batch.payouts.get()
    assert (payout.payee, payout.amount, payout.currency, payout.state) == (payee, 4250, "MXN", "draft")
    assert sorted(payout.lines.values_list("posting__amount", flat=True)) == [-3200, -1050]
    assert payout.reference == f"{batch.reference}-1" and len(payout.reference) <= 35
    assert AuditEntry.objects.get(verb="make_batch").data == {"method": "cash", "payouts": 1, "amount": 4250}


def test_a_second_batch_finds_nothing(operator, stall, maker):
    sold(stall, 3200)
    make_batch(operator, method="cash", by=maker)

    assert make_batch(operator, method="cash", by=maker) is None
    assert PayoutBatch.objects.count() == 1
    assert codes(operator) == []


def test_the_database_refuses_a_posting_in_two_payouts(operator, stall, maker):
    sold(stall, 3200)
    line = PayoutLine.objects.get(payout__batch=make_batch(operator, method="cash", by=maker))
    sold(stall, 100)
    other = make_batch(operator, method="cash", by=maker).payouts.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutLine.objects.create(payout=other, posting=line.posting)


@pytest.mark.parametrize("state", [S.ACCEPTED, S.READY, S.HANDED_OVER, S.DELIVERED])
def test_an_order_that_is_not_at_its_end_waits(operator, stall, maker, state):
    sold(stall, 3200, state=state)

    assert make_batch(operator, method="cash", by=maker) is None


def test_the_hold_days_are_the_operators(operator, stall, maker):
    part = sold(stall, 3200, days_ago=1)
    accounts = stall.ledger_accounts.all()
    since = part.order.ledger_transactions.get().at

    assert make_batch(operator, method="cash", by=maker) is None
    held = on_hold(accounts, operator, now=timezone.now())
    assert [(each.amount, each.until) for each in held] == [(3200, since + timedelta(days=2))]
    operator.payout_hold_days = 1
    operator.save()
    assert make_batch(operator, method="cash", by=maker).payouts.get().amount == 3200
    assert on_hold(accounts, operator, now=timezone.now()) == []


def test_an_order_that_is_asked_about_waits(operator, stall, maker):
    part = sold(stall, 3200)
    question = Decision.objects.create(order=part.order, kind="revive", default="keep", decide_by=timezone.now())

    assert make_batch(operator, method="cash", by=maker) is None
    assert [each.until for each in on_hold(stall.ledger_accounts.all(), operator, now=timezone.now())] == [None]
    question.answered_at = timezone.now()
    question.save()
    assert make_batch(operator, method="cash", by=maker) is not None


def test_cash_and_what_is_kept_are_netted_with_what_was_sold_online(operator, stall, maker):
    online, cash = sold(stall, 10000), sold(stall, 5000)
    owe(cash, -5000, "netting", days_ago=5)
    owe(online, -1000, "commission", days_ago=5)
    owe(cash, -500, "commission", days_ago=5)

    assert make_batch(operator, method="cash", by=maker).payouts.get().amount == 8500
    assert PayoutLine.objects.count() == 5


@pytest.mark.parametrize("kept", [3200, 4000])
def test_nothing_is_paid_where_nothing_is_owed_and_it_is_netted_next_time(operator, stall, maker, kept):
    owe(sold(stall, 3200), -kept, "commission", days_ago=5)

    assert make_batch(operator, method="cash", by=maker) is None
    assert [code for _name, _amount, code in codes(operator)] == ["nothing_owed"]
    sold(stall, 2000)
    assert make_batch(operator, method="cash", by=maker).payouts.get().amount == 5200 - kept


def test_two_stalls_of_one_holder_are_paid_at_once(operator, stall, payee, maker):
    market = stall.places.get().pitch.market
    other = factories.make_stall(market=market, payee=payee)
    sold(stall, 3200)
    sold(other, 1000)

    assert make_batch(operator, method="cash", by=maker).payouts.get().amount == 4200


def test_another_operators_stalls_are_not_paid(operator, stall, maker):
    sold(factories.make_stall(), 5000)

    assert make_batch(operator, method="cash", by=maker) is None


def test_after_a_transfer_each_holder_is_paid_their_own(operator, stall, payee, maker):
    sold(stall, 3200)
    Tenure.objects.filter(stall=stall).update(ends_on=date(2026, 11, 1))
    heir = Payee.objects.create(operator=operator, name="Heir")
    Tenure.objects.create(stall=stall, payee=heir, starts_on=date(2026, 11, 1))
    sold(stall, 700)

    batch = make_batch(operator, method="cash", by=maker)

    assert dict(batch.payouts.values_list("payee", "amount")) == {payee.pk: 3200, heir.pk: 700}


def test_nobody_is_left_out_without_a_word(operator, stall, payee, maker):
    market = stall.places.get().pitch.market
    named = {name: factories.make_stall(market=market, name=name) for name in ("New", "Iban", "Gone", "Minus")}
    for each in (stall, *named.values()):
        each.tenures.all().update(starts_on=date(2020, 1, 1))
        Payee.objects.filter(tenures__stall=each).update(name=each.name)
        if each.name == "Gone":
            Tenure.objects.filter(stall=each).delete()
        sold(each, 3200)
    owe(sold(named["Minus"], 100), -9000, "commission", days_ago=5)
    give_account(named["New"].tenures.get().payee, days_ago=1)
    give_account(named["Iban"].tenures.get().payee, number=IBAN)

    found = codes(operator, "spei")

    assert found == [
        ("Gone", 3200, "no_payee"),
        ("Iban", 3200, "other_method"),
        ("Minus", -5700, "nothing_owed"),
        ("New", 3200, "account_is_new"),
        ("Verduras Doña Chayo", 3200, "no_account"),
    ]
    assert all(each.why_not for each in preview(operator, method="spei"))
    assert make_batch(operator, method="spei", by=maker) is None


def test_cash_is_for_whoever_has_no_account(operator, stall, payee, maker):
    give_account(payee)
    sold(stall, 3200)

    assert codes(operator, "cash") == [(payee.name, 3200, "other_method")]
    assert codes(operator, "spei") == [(payee.name, 3200, "")]


def test_only_the_chosen_are_paid(operator, stall, payee, maker):
    other = factories.make_stall(market=stall.places.get().pitch.market)
    sold(stall, 3200)
    sold(other, 1000)

    batch = make_batch(operator, method="cash", by=maker, payees=[payee.pk])

    assert list(batch.payouts.values_list("payee", flat=True)) == [payee.pk]
    assert len(codes(operator)) == 1


def test_the_preview_writes_nothing(operator, stall, django_assert_num_queries):
    for _ in range(3):
        sold(stall, 3200)

    with django_assert_num_queries(1):
        preview(operator, method="cash")

    assert not Payout.objects.exists() and not AuditEntry.objects.exists()
