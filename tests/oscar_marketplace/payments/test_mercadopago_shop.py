"""Mercado Pago through the verbs: paid on its page, told, delivered, given back, and the books are right."""

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.inbox import act_on, notifications_due
from oscar_marketplace.payments.inbox_models import ProviderNotification
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import refunds_to_send, request_refunds, send_refund
from oscar_marketplace.payments.settle import fetch_and_apply, poll_open_charges
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test.fake_mercadopago import FakeMercadoPago
from oscar_marketplace.test.stall_orders import SHOPPER, fresh
from tests.oscar_marketplace.payments.test_capture import balances, later
from tests.oscar_marketplace.payments.test_refunds import delivered

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake(settings):
    fake = FakeMercadoPago()
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        **django_settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS,
        "mp": {
            "BACKEND": "oscar_marketplace.payments.providers.mercadopago.MercadoPagoProvider",
            "OPTIONS": fake.options(EXCLUDED_TYPES=[]),
        },
    }
    return fake


@pytest.fixture
def charge(fake, parts):
    start_payment(parts[0].order, provider="mp", by=SHOPPER)
    return Charge.objects.get()


def deliver(client, fake, raw=None):
    raw = raw or fake.notification()
    return client.post(
        f"/payments/mp/notify/?data.id={raw.query['data.id']}&type={raw.query['type']}",
        raw.body,
        content_type="application/json",
        headers=raw.headers,
    ).status_code


def work_off():
    for pk in notifications_due(now=timezone.now()):
        act_on(pk)


def test_paid_told_delivered_given_back_and_the_books_are_right(client, fake, charge, parts, vendors):
    fake.pay(charge.external_id, fee="8.00")
    answered = deliver(client, fake)
    work_off()
    paid = Charge.objects.get()
    for number, (part, vendor) in enumerate(zip(parts, vendors, strict=True)):
        delivered(part, vendor, share="0.95" if number == 1 else "1")
    request_refunds(parts[0].order_id)
    for refund_id in refunds_to_send(now=later()):
        send_refund(refund_id)
    for told in fake.told:
        deliver(client, fake, fake.notification(told))
    work_off()

    refund, charge = Refund.objects.get(), Charge.objects.get()
    assert (answered, paid.state, paid.captured, paid.fee) == (200, ChargeState.CAPTURED, 20200, 800)
    assert paid.external_id == str(next(iter(fake.payments)))
    assert (refund.state, refund.amount, charge.refunded, charge.needs_review) == ("done", 720, 720, False)
    assert balances()["psp"] == 20200 - 720 - 800
    assert "credit_customer" not in balances() and "receivable" not in balances()
    assert list(troubles()) == []
    assert set(ProviderNotification.objects.values_list("state", flat=True)) == {"done"}


def test_the_first_notification_finds_its_charge_by_asking(client, fake, charge):
    fake.pay(charge.external_id)
    deliver(client, fake)
    row = ProviderNotification.objects.get()
    work_off()

    assert (row.reference, row.external_id) == ("", next(iter(fake.payments)))
    assert ProviderNotification.objects.get().reference == charge.reference
    assert Charge.objects.get().state == ChargeState.CAPTURED


def test_a_notification_that_cannot_be_asked_about_now_waits(client, fake, charge):
    fake.pay(charge.external_id)
    deliver(client, fake)
    fake.fail("server_error", path="/v1/payments/")

    work_off()
    waits = ProviderNotification.objects.get()
    act_on(waits.pk, now=later())

    assert (waits.state, waits.attempts) == ("new", 1)
    assert Charge.objects.get().state == ChargeState.CAPTURED


@pytest.mark.parametrize(
    "foreign", [{"collector_id": 700002}, {"live_mode": True}, {"external_reference": "of-a-till"}]
)
def test_a_notification_about_a_payment_that_is_not_ours_moves_nothing(client, fake, charge, foreign):
    number = fake.pay(charge.external_id)
    fake.payments[number].update(foreign)
    deliver(client, fake)
    row = ProviderNotification.objects.get()

    for _ in range(12):
        act_on(row.pk)

    assert ProviderNotification.objects.get().state == "unknown"
    assert (fresh(charge).state, fresh(charge).needs_review) == (ChargeState.ACTION_REQUIRED, False)


def test_a_payment_that_is_not_in_the_list_yet_is_not_missed(client, fake, charge):
    number = fake.pay(charge.external_id)
    fake.unlisted.add(number)
    deliver(client, fake)
    work_off()
    waits = ProviderNotification.objects.get()
    fake.unlisted.clear()

    act_on(waits.pk, now=later())

    assert waits.state == "new"
    assert fresh(charge).state == ChargeState.CAPTURED


def test_a_voucher_paid_after_it_was_given_up_is_money_that_came_late(client, fake, charge, parts):
    voucher = fake.pend_cash(charge.external_id)
    fetch_and_apply(charge.pk)
    start_payment(parts[0].order, provider="cash", by=SHOPPER)
    given_up = (fresh(charge).state, fake.payments[voucher]["status"])
    fake.pay_cash_late(voucher)

    deliver(client, fake)
    work_off()

    assert given_up == (ChargeState.CANCELLED, "cancelled")
    assert (fresh(charge).state, fresh(charge).received, fresh(charge).needs_review) == ("captured", 20200, True)


def test_repeated_shuffled_and_late_notifications_end_alike(client, fake, charge):
    voucher = fake.pend_cash(charge.external_id)
    fake.pay_cash_late(voucher)
    fake.pay_cash_late(voucher)
    first, *_others, last = fake.told

    for told in [last, first, last, first]:
        deliver(client, fake, fake.notification(told))
        work_off()

    assert ProviderNotification.objects.count() == 2
    assert (fresh(charge).state, fresh(charge).captured) == (ChargeState.CAPTURED, 20200)
    assert balances() == {"psp": 20200, "receivable": -20200}


def test_without_any_notification_it_is_found_by_asking(fake, charge):
    fake.pay(charge.external_id)
    Charge.objects.update(checked_at=None)

    assert poll_open_charges() == 1
    assert fresh(charge).state == ChargeState.CAPTURED


def test_asked_outside_of_any_transaction(client, fake, charge, monkeypatch):
    fake.pay(charge.external_id)
    deliver(client, fake)
    depths = []
    ask = fake._request

    def watch(*args, **kwargs):
        depths.append(len(connection.savepoint_ids))
        return ask(*args, **kwargs)

    monkeypatch.setattr(fake, "_request", watch)
    outside = len(connection.savepoint_ids)
    work_off()

    assert depths and set(depths) == {outside}


def test_another_way_to_pay_closes_the_page(fake, charge, parts):
    page = charge.external_id

    start_payment(parts[0].order, provider="cash", by=SHOPPER)

    assert fresh(charge).state == ChargeState.CANCELLED
    assert fake.page_is_over(fake.pages[page])


def test_the_way_back_proves_nothing(client, fake, charge, parts):
    from oscar_marketplace.orders.tracking import tracking_path

    client.get(f"{tracking_path(parts[0].order)}?status=approved&collection_status=approved&payment_id=90002")

    assert Charge.objects.get().state == ChargeState.ACTION_REQUIRED
    assert set(StallOrder.objects.values_list("state", flat=True)) == {"awaiting_payment"}


def test_a_payment_of_a_cheaper_order_pays_for_nothing_else(fake, charge):
    """Somebody makes our charge point at their own, true and approved, payment."""
    fake.pay(charge.external_id)
    other = next(iter(fake.payments))
    fake.payments[other].update(external_reference="100001-1", transaction_amount=1.0)
    Charge.objects.update(external_id=other)

    fetch_and_apply(charge.pk)

    charge = Charge.objects.get()
    assert (charge.state, charge.captured, charge.needs_review) == (ChargeState.ACTION_REQUIRED, 0, True)


def test_paid_twice_asks_for_a_person_and_stays_paid(fake, charge):
    page = charge.external_id
    fake.pay(page)
    fetch_and_apply(charge.pk)
    once = fresh(charge)
    fake.pay(page)

    fetch_and_apply(charge.pk)

    assert (once.state, once.needs_review) == (ChargeState.CAPTURED, False)
    assert (fresh(charge).state, fresh(charge).captured, fresh(charge).needs_review) == ("captured", 20200, True)


def test_refused_once_and_paid_on_the_same_page(fake, charge):
    fake.reject(charge.external_id)
    fetch_and_apply(charge.pk)
    refused = fresh(charge).state
    fake.pay(charge.external_id)

    fetch_and_apply(charge.pk)

    assert (refused, fresh(charge).state) == (ChargeState.ACTION_REQUIRED, ChargeState.CAPTURED)


def test_a_voucher_says_how_to_pay_and_is_paid_late(fake, charge):
    voucher = fake.pend_cash(charge.external_id)
    fetch_and_apply(charge.pk)
    waits = fresh(charge)
    fake.pay_cash_late(voucher)
    fetch_and_apply(charge.pk)

    assert (waits.state, waits.details["instructions"]["barcode"]) == ("action_required", f"9999{voucher}")
    assert waits.expires_at is not None
    assert fresh(charge).state == ChargeState.CAPTURED
