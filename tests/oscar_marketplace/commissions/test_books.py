"""When what the market keeps is posted, of what, and what the stall is owed after it."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.cancel import cancel_by_shopper
from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.commissions.models import StallOrderCommission
from oscar_marketplace.ledger.models import AccountKind, LedgerTransaction
from oscar_marketplace.ledger.queries import accounts_of_stall, takings
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.payments.books import book
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.open_books import open_books
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, fresh, member_of, pack, placed_parts
from tests.oscar_marketplace.ledger.conftest import balances, kinds, pay_by_card

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def stall(market):
    return factories.make_stall(market=market, name="Cremería La Vaquita")


@pytest.fixture
def vendor(stall):
    return member_of(stall)


@pytest.fixture
def rule(market):
    return factories.make_commission_rule(market.operator, tax_percent=D(16))


@pytest.fixture
def goods(stall):
    return factories.make_listing(stall=stall, title="Queso", price="144.00", is_estimated=True)


@pytest.fixture
def wave(market):
    return factories.make_wave(market)


def placed(goods, **kwargs):
    """A kilo of cheese, 144.00."""
    return placed_parts([(goods, 4)], **kwargs)[0]


def deliver(part, by, *, share=D(1)):
    row = pack(advance.accept(fresh(part), by=by), by=by, share=share)
    return deliver_part(row, code=row.hand_over.code, by=by)


@pytest.fixture
def online(rule, goods, wave):
    part = placed(goods, wave=wave)
    pay_by_card([part])
    return part


@pytest.fixture
def in_cash(rule, goods, wave):
    part = placed(goods, wave=wave)
    start_payment(part.order, provider="cash", by=SHOPPER)
    return part


def wrong() -> list[str]:
    return [trouble.code for trouble in troubles()]


def test_nothing_is_kept_before_the_goods_are_handed_over(online, vendor):
    pack(advance.accept(fresh(online), by=vendor), by=vendor)

    assert kinds() == ["capture"]


def test_five_percent_and_the_tax_on_it_are_taken_off_what_the_stall_is_owed(online, vendor, stall):
    deliver(online, vendor)

    assert kinds() == ["capture", "sale", "commission"]
    kept = LedgerTransaction.objects.get(kind="commission")
    assert sorted(kept.postings.values_list("account__kind", "account__stall", "amount")) == [
        ("commission", stall.pk, -720),
        ("commission_tax", None, -115),
        ("payable", stall.pk, 835),
    ]
    assert balances() == {"psp": 14400, "payable": -13565, "commission": -720, "commission_tax": -115}
    assert wrong() == []


def test_it_is_a_part_of_what_was_weighed(online, vendor):
    deliver(online, vendor, share=D("0.5"))

    assert (balances()["commission"], balances()["commission_tax"]) == (-360, -58)
    assert wrong() == []


def test_a_stall_that_took_the_cash_owes_it(in_cash, vendor):
    deliver(in_cash, vendor)

    assert balances() == {"payable": 835, "commission": -720, "commission_tax": -115}
    assert wrong() == []


def test_of_what_nobody_receives_nothing_is_kept(online):
    cancel_by_shopper(online.order, by=SHOPPER)

    assert balances() == {"psp": 14400, "credit_customer": -14400}
    assert wrong() == []


def test_at_zero_percent_nothing_is_posted(market, goods, vendor):
    factories.make_commission_rule(market.operator, percent=D(0), tax_percent=D(16))
    part = placed(goods)
    pay_by_card([part])

    deliver(part, vendor)

    assert kinds() == ["capture", "sale"]
    assert wrong() == []


def test_booking_again_posts_nothing(online, vendor):
    deliver(online, vendor)

    assert book([fresh(online)]) == 0


def correct(part, amount) -> None:
    StallOrder.objects.filter(pk=part.pk).update(final_incl_tax=D(amount), final_excl_tax=D(amount))
    book([fresh(part)])


def test_when_the_sale_shrinks_the_difference_is_taken_back(online, vendor):
    deliver(online, vendor)

    correct(online, "100.00")
    correct(online, "80.00")
    correct(online, "120.00")

    rows = LedgerTransaction.objects.filter(kind__startswith="commission").order_by("pk")
    assert [(row.kind, row.sequence) for row in rows] == [
        ("commission", 1),
        ("commission_reversed", 1),
        ("commission_reversed", 2),
        ("commission", 2),
    ]
    assert (balances()["commission"], balances()["commission_tax"]) == (-600, -96)
    assert wrong() == []


def test_when_nothing_of_the_sale_is_left_all_of_it_is_taken_back(online, vendor):
    deliver(online, vendor)

    correct(online, "0.00")

    assert balances() == {"psp": 14400, "credit_customer": -14400}


def deliver_and_forget_to_keep(part, vendor) -> None:
    """As if the commission's posting had been lost, which the books themselves do not allow."""
    agreed = StallOrderCommission.objects.get(stall_order=part)
    agreed.delete()
    deliver(part, vendor)
    agreed.save(force_insert=True)


def test_a_part_that_was_handed_over_without_its_commission_is_reported(online, vendor):
    deliver_and_forget_to_keep(online, vendor)

    assert wrong() == ["commission_missing"]
    assert open_books()[1] == 1
    assert wrong() == []


def test_a_commission_that_does_not_fit_is_reported(online, vendor):
    deliver(online, vendor)
    StallOrder.objects.filter(pk=online.pk).update(final_incl_tax=D("100.00"))

    assert "commission_otherwise" in wrong()


def test_orders_placed_before_there_were_rules_keep_nothing(market, goods, vendor):
    part = placed(goods)
    pay_by_card([part])
    deliver(part, vendor)
    factories.make_commission_rule(market.operator)

    assert open_books()[1] == 0
    assert (kinds(), wrong()) == (["capture", "sale"], [])


def test_opened_books_date_a_commission_like_its_sale(online, vendor):
    deliver_and_forget_to_keep(online, vendor)
    sold_at = LedgerTransaction.objects.get(kind="sale").at

    open_books()

    assert abs((LedgerTransaction.objects.get(kind="commission").at - sold_at).total_seconds()) < 5


def test_the_stalls_own_account_says_sold_kept_and_owed(online, in_cash, vendor, stall):
    deliver(online, vendor)
    deliver(in_cash, vendor)

    now = timezone.now()
    (day,) = takings(
        accounts_of_stall(stall),
        start=now - timedelta(hours=1),
        end=now + timedelta(hours=1),
        zone=timezone.get_default_timezone(),
    )

    assert (day.sold, day.cash, day.online, day.kept, day.owed) == (28800, 14400, 14400, 1670, 12730)
    by_number = {each.order_number: (each.sold, each.kept, each.owed) for each in day.orders}
    assert by_number[in_cash.order.number] == (14400, 835, -835)


def test_the_payee_of_the_order_is_the_one_who_pays_it(online, vendor, stall):
    deliver(online, vendor)

    (account,) = stall.ledger_accounts.filter(kind=AccountKind.COMMISSION)
    assert account.payee == stall.tenures.get().payee
