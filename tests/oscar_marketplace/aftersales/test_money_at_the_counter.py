"""Goods and money change hands together; an order nobody paid goes back to the shelf."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_desk_order, deliver_part, take_back_part
from oscar_marketplace.aftersales.expire import expire_order, unpaid_orders
from oscar_marketplace.aftersales.pack import pack_part
from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.hand_over import WrongCode, move_to_desk
from oscar_marketplace.orders.models import HandOver
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.test.stall_orders import fresh, pack

pytestmark = pytest.mark.django_db


def ready(part, vendor, **kwargs):
    return pack(advance.accept(part, by=vendor), by=vendor, **kwargs)


def test_the_cash_taken_is_what_was_packed(parts, vendors):
    row = ready(parts[0], vendors[0], share=D("0.75"))

    deliver_part(row, code=row.hand_over.code, by=vendors[0], version=row.version)

    charge = Charge.objects.get(shares__stall_order=row)
    assert (charge.state, charge.captured) == (ChargeState.CAPTURED, 2400)
    assert Charge.objects.filter(state=ChargeState.PROMISED).count() == 2


def test_no_code_no_money(parts, vendors, charge_states):
    row = ready(parts[0], vendors[0])

    with pytest.raises(WrongCode):
        deliver_part(row, code="x", by=vendors[0])

    assert charge_states() == ["promised"] * 3


def test_at_the_desk_all_of_it_is_paid_or_taken_back(parts, vendors, charge_states):
    HandOver.objects.update(kind=HandOver.Kind.DESK)
    rows = [ready(fresh(part), vendor) for part, vendor in zip(parts, vendors, strict=True)]
    rows = [move_to_desk(row, by=vendor) for row, vendor in zip(rows, vendors, strict=True)]

    take_back_part(rows[2], bags=[1], by=vendors[2])
    deliver_desk_order(rows[0].hand_over, code=rows[0].hand_over.code, by=vendors[0])

    assert charge_states() == ["captured", "captured", "cancelled"]


def test_packing_nothing_voids_the_payment(parts, vendors, charge_states):
    row = advance.accept(parts[0], by=vendors[0])

    pack_part(row, by=vendors[0], version=row.version, packed={row.lines.get().pk: D(0)}, bags=1)

    assert (fresh(row).state, charge_states()) == (S.CANCELLED, ["cancelled", "promised", "promised"])


def test_packing_leaves_the_promise(parts, vendors, charge_states):
    row = advance.accept(parts[0], by=vendors[0])

    pack_part(row, by=vendors[0], version=row.version, packed={}, bags=1)

    assert charge_states() == ["promised"] * 3


def test_an_order_nobody_paid_goes_back_to_the_shelf(unpaid, listings, stock, charge_states):
    charge = Charge.objects.create(
        order=unpaid[0].order, provider="dummy", reference="x-1", currency="MXN", requested=1
    )
    ChargeShare.objects.create(charge=charge, stall_order=unpaid[0], amount=1)
    runs_out = StockHold.objects.latest("expires_at").expires_at
    assert not unpaid_orders(now=runs_out - timedelta(minutes=1)).exists()
    assert list(unpaid_orders(now=runs_out)) == [unpaid[0].order_id]

    done = expire_order(unpaid[0].order_id, now=runs_out)
    again = expire_order(unpaid[0].order_id, now=runs_out)

    assert (done, again) == (3, 0)
    assert [fresh(part).state for part in unpaid] == [S.EXPIRED] * 3
    assert [stock(listing) for listing in listings] == [(20, 0)] * 3
    assert charge_states() == ["expired"]


def test_a_hold_that_outlived_its_order_is_only_cleared_away(parts, listings, stock):
    line = parts[0].lines.get().order_line
    StockHold.objects.create(
        order_line=line, stockrecord=line.stockrecord, quantity=4, expires_at=timezone.now() - timedelta(minutes=1)
    )

    done = expire_order(parts[0].order_id)

    assert (done, StockHold.objects.count(), fresh(parts[0]).state) == (0, 0, S.NEW)
    assert stock(listings[0]) == (20, 4)
