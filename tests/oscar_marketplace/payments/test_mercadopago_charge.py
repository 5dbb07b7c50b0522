"""What Mercado Pago says of payments, and what it means to us."""

from datetime import UTC, datetime, timedelta

import pytest

from oscar_marketplace.orders.states import ChargeState as C
from oscar_marketplace.orders.states import RefundState
from oscar_marketplace.payments.providers.base import (
    CaptureRequest,
    ChargeRequest,
    NotSupported,
    ProviderRefused,
    ProviderTimeout,
    RefundRequest,
)
from oscar_marketplace.payments.providers.mercadopago import MercadoPagoProvider
from oscar_marketplace.payments.providers.mercadopago_facts import from_number, to_number
from oscar_marketplace.test.fake_mercadopago import FakeMercadoPago


@pytest.fixture
def fake():
    return FakeMercadoPago()


@pytest.fixture
def provider(fake):
    return MercadoPagoProvider("mp", fake.options(EXCLUDED_TYPES=[]))


def request(**changes):
    asked = {
        "reference": "100023-1",
        "amount": 20249,
        "currency": "MXN",
        "description": "Mercado, order 100023",
        "return_url": "https://market.example/order/token/",
        "email": "shopper@example.org",
        **changes,
    }
    return ChargeRequest(**asked)


@pytest.fixture
def page(provider):
    return provider.start(request()).external_id


def fetch(provider, number=""):
    return provider.fetch(reference="100023-1", external_id=number)


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_asks_for_the_whole_amount_under_our_name(provider, fake):
    provider.options.update(EXCLUDED_TYPES=["atm"], EXCLUDED_METHODS=["paypal"], STATEMENT="MERCADO")
    before = datetime.now(UTC)

    fact = provider.start(request())

    asked = fake.sent[-1].body
    ends = datetime.fromisoformat(asked.pop("expiration_date_to"))
    voucher_ends = datetime.fromisoformat(asked.pop("date_of_expiration"))
    assert asked == {
        "items": [
            {
                "id": "100023-1",
                "title": "Mercado, order 100023",
                "quantity": 1,
                "currency_id": "MXN",
                "unit_price": 202.49,
            }
        ],
        "external_reference": "100023-1",
        "metadata": {"reference": "100023-1"},
        "back_urls": dict.fromkeys(("success", "pending", "failure"), "https://market.example/order/token/"),
        "auto_return": "approved",
        "expires": True,
        "payer": {"email": "shopper@example.org"},
        "statement_descriptor": "MERCADO",
        "payment_methods": {
            "excluded_payment_types": [{"id": "atm"}],
            "excluded_payment_methods": [{"id": "paypal"}],
        },
    }
    assert timedelta(minutes=59) < ends - before < timedelta(minutes=61)
    assert timedelta(hours=47) < voucher_ends - before < timedelta(hours=49)
    assert fact.redirect_url.startswith("https://sandbox.mercadopago.com.mx/")


def test_a_voucher_cannot_be_paid_longer_than_the_goods_are_kept(provider, fake):
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)

    provider.start(request(pay_until=until))

    assert datetime.fromisoformat(fake.sent[-1].body["date_of_expiration"]) == until


def test_a_site_without_https_asks_for_no_automatic_return(provider, fake):
    provider.start(request(return_url="http://localhost:8000/order/token/"))

    assert "auto_return" not in fake.sent[-1].body


@pytest.mark.parametrize("changes", [{"currency": "USD"}, {"capture_later": True}])
def test_what_it_cannot_do_is_not_asked_for(provider, fake, changes):
    with pytest.raises(NotSupported):
        provider.start(request(**changes))

    assert fake.sent == []


def test_a_page_that_is_not_listed_yet_is_made_once(provider, fake, page):
    """Asked for again in other words (another moment, another language), so that the key alone does not answer."""
    fake.unlisted.add(page)

    with pytest.raises(ProviderTimeout):
        provider.start(request(description="Another description"))

    assert list(fake.pages) == [page]


@pytest.mark.parametrize(
    ("country", "currency", "amount", "number"),
    [
        ("MX", "MXN", 20249, 202.49),
        ("MX", "MXN", 10, 0.1),
        ("MX", "MXN", 30, 0.3),
        ("AR", "ARS", 123456789, 1234567.89),
        ("CO", "COP", 4550000, 45500.0),
        ("CL", "CLP", 20249, 20249),
        ("UY", "UYU", 105, 1.05),
    ],
)
def test_amounts_have_the_digits_of_their_currency(country, currency, amount, number):
    fake = FakeMercadoPago(country=country, currency=currency)
    fact = MercadoPagoProvider("mp", fake.options()).start(request(amount=amount, currency=currency))

    sent = fake.sent[-1].body["items"][0]["unit_price"]
    assert (sent, type(sent)) == (number, type(number))
    assert (fact.amount, fact.currency) == (amount, currency)


def test_every_amount_comes_back_as_it_went():
    assert all(from_number(to_number(minor, "MXN"), "MXN") == minor for minor in range(1, 30000))
    assert all(from_number(to_number(minor, "CLP"), "CLP") == minor for minor in range(1, 300))


@pytest.mark.parametrize("odd", ["202.49", True, None, 202.491])
def test_what_is_no_amount_says_nothing(provider, fake, page, odd):
    number = fake.pay(page)
    fake.payments[number]["transaction_amount"] = odd

    with pytest.raises(ProviderTimeout):
        fetch(provider)


# -- states ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "detail", "state", "why"),
    [
        ("approved", "accredited", C.CAPTURED, ""),
        ("approved", "partially_refunded", C.CAPTURED, ""),
        ("approved", "something_new", C.PROCESSING, "approved:something_new"),
        ("authorized", "pending_capture", C.AUTHORISED, ""),
        ("in_process", "pending_review_manual", C.PROCESSING, ""),
        ("in_process", "something_new", C.PROCESSING, "in_process:something_new"),
        ("pending", "pending_waiting_payment", C.ACTION_REQUIRED, ""),
        ("pending", "pending_waiting_transfer", C.ACTION_REQUIRED, ""),
        ("pending", "pending_challenge", C.ACTION_REQUIRED, ""),
        ("pending", "pending_contingency", C.PROCESSING, ""),
        ("in_mediation", "pending", C.PROCESSING, "in_mediation:pending"),
        ("charged_back", "settled", C.PROCESSING, "charged_back:settled"),
        ("charged_back", "in_process", C.PROCESSING, "charged_back:in_process"),
        ("charged_back", "reimbursed", C.CAPTURED, ""),
        ("something_new", "at_all", C.PROCESSING, "something_new:at_all"),
    ],
)
def test_status_and_detail_together_say_the_state(provider, fake, page, status, detail, state, why):
    number = fake.pay(page)
    fake.payments[number].update(status=status, status_detail=detail)

    fact = fetch(provider)

    assert (fact.state, fact.decline_code) == (state, why)
    assert fact.captured == (20249 if state == C.CAPTURED else 0)
    assert (fact.reference, fact.external_id, fact.amount, fact.currency) == ("100023-1", number, 20249, "MXN")


def test_approved_and_not_captured_is_not_paid(provider, fake, page):
    number = fake.pay(page)
    fake.payments[number]["captured"] = False

    assert fetch(provider).state == C.PROCESSING


def test_the_fee_is_what_is_kept_of_ours(provider, fake, page):
    fake.pay(page, fee="8.09")

    assert fetch(provider).fee == 809


def test_a_fee_finer_than_the_currency_is_rounded():
    fake = FakeMercadoPago(country="CL", currency="CLP")
    provider = MercadoPagoProvider("mp", fake.options())
    fake.pay(provider.start(request(currency="CLP")).external_id, fee="3.5")

    assert (fetch(provider).state, fetch(provider).fee) == (C.CAPTURED, 4)


def test_refused_the_page_stays_open_and_lapses_with_it(provider, fake, page):
    fake.reject(page, "cc_rejected_bad_filled_security_code")
    still = fetch(provider, page)
    fake.expire_page(page)
    over = fetch(provider, page)

    assert (still.state, still.decline_code) == (C.ACTION_REQUIRED, "cc_rejected_bad_filled_security_code")
    assert still.redirect_url
    # Not failed for good: somebody may have been typing when the page ended, and that money is ours.
    assert (over.state, over.decline_code) == (C.EXPIRED, "cc_rejected_bad_filled_security_code")


def test_all_of_it_went_back_before_we_heard_of_it_is_not_paid(provider, fake, page):
    number = fake.pay(page)
    fake.payments[number]["transaction_amount_refunded"] = 202.49
    fake.say(number, "refunded", "refunded")

    fact = fetch(provider)

    assert (fact.state, fact.captured, fact.refunded) == (C.CANCELLED, 0, 20249)


@pytest.mark.parametrize(
    ("attempts", "counts"),
    [
        (["reject", "pay"], 1),
        (["pay", "reject"], 0),
        (["pay", "pend_cash"], 0),
        (["pend_cash", "pay"], 1),
        (["pay", "pay"], 0),
        (["pend_review", "reject"], 0),
        (["pend_cash", "pend_review"], 1),
        (["pend_review", "hold"], 1),
        (["pend_cash", "pend_cash"], 1),
        (["pend_cash", "reject"], 0),
    ],
)
def test_of_several_attempts_the_one_that_counts(provider, fake, page, attempts, counts):
    numbers = [getattr(fake, attempt)(page) for attempt in attempts]

    assert fetch(provider).external_id == numbers[counts]


def test_the_payment_that_a_charge_has_stays_its_own(provider, fake, page):
    first = fake.pay(page)
    fake.payments[first]["transaction_amount_refunded"] = 202.49
    fake.say(first, "refunded", "refunded")
    fake.pend_cash(page)

    assert fetch(provider, first).external_id == first


def test_a_voucher_says_how_and_until_when(provider, fake, page):
    number = fake.pend_cash(page)

    fact = fetch(provider)

    assert fact.instructions == {
        "method": "oxxo",
        "url": f"https://www.mercadopago.com.mx/payments/{number}/ticket",
        "barcode": f"9999{number}",
        "reference": f"77{number}",
        "bank": "oxxo",
    }
    assert timedelta(hours=47) < fact.expires_at - datetime.now(UTC) < timedelta(hours=49)


def test_the_list_may_lag_behind(provider, fake, page):
    voucher = fake.pend_cash(page)
    fetch(provider)
    fake.pay_cash_late(voucher)
    fake.unlisted.add(voucher)

    assert fetch(provider, voucher).state == C.CAPTURED


# -- whose payment -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("foreign", "code"),
    [({"collector_id": 700002}, "collector_mismatch"), ({"live_mode": True}, "live_mode_mismatch")],
)
def test_a_payment_to_another_account_or_in_another_mode_is_never_ours(provider, fake, page, foreign, code):
    number = fake.pay(page)
    fake.payments[number].update(foreign)

    assert fetch(provider).state == C.ACTION_REQUIRED
    with pytest.raises(ProviderRefused) as refused:
        fetch(provider, number)
    assert refused.value.code == code


def test_without_the_number_of_our_account_nothing_is_ours(provider, fake, page):
    number = fake.pay(page)
    del provider.options["COLLECTOR_ID"]

    with pytest.raises(ProviderRefused):
        fetch(provider, number)


def test_a_payment_in_another_currency_says_so(provider, fake, page):
    number = fake.pay(page)
    fake.payments[number]["currency_id"] = "ARS"

    assert fetch(provider, number).currency == "ARS"


# -- taking what was set aside -----------------------------------------------------------------------------------------


def capture_of(number, amount, key="100023-1-capture"):
    return CaptureRequest(key, "100023-1", number, amount, "MXN")


def test_what_is_set_aside_is_taken_once_and_up_to_that(provider, fake, page):
    number = fake.hold(page)
    held = fetch(provider)
    with pytest.raises(ProviderRefused):
        provider.capture(capture_of(number, 20250))

    taken = provider.capture(capture_of(number, 20000))
    again = provider.capture(capture_of(number, 20000))

    assert (held.state, held.captured, held.capture_before.tzinfo is not None) == (C.AUTHORISED, 0, True)
    assert (taken.state, taken.captured, taken.amount) == (C.CAPTURED, 20000, 20249)
    assert again.captured == 20000
    assert fake.number_of("PUT", f"/v1/payments/{number}") == 2
    with pytest.raises(ProviderRefused):
        provider.capture(capture_of(number, 19999, key="other"))


def test_a_capture_whose_answer_was_lost_is_one(provider, fake, page):
    number = fake.hold(page)
    fake.fail("drop_after", method="PUT")
    with pytest.raises(ProviderTimeout):
        provider.capture(capture_of(number, 20000))

    assert provider.capture(capture_of(number, 20000)).captured == 20000
    assert fake.payments[number]["transaction_amount"] == 200.0


# -- giving up ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", ["pend_cash", "pend_review", "hold"])
def test_giving_up_closes_the_page_and_calls_off_what_is_under_way(provider, fake, page, attempt):
    number = getattr(fake, attempt)(page)

    fact = provider.cancel(reference="100023-1", external_id=number, key="100023-1-cancel")

    assert fact.state == C.CANCELLED
    assert fake.payments[number]["status"] == "cancelled"
    assert fake.page_is_over(fake.pages[page])


def test_what_cannot_be_called_off_is_refused(provider, fake, page, monkeypatch):
    number = fake.pend_cash(page)
    provider.cancel(reference="100023-1", external_id=number, key="k")
    fake.payments[number].update(status="pending", status_detail="pending_waiting_payment")
    fake.forget_keys()
    monkeypatch.setattr(fake, "_update_payment", lambda *args: _refuse())

    with pytest.raises(ProviderRefused):
        provider.cancel(reference="100023-1", external_id=number, key="k")


def _refuse():
    from oscar_marketplace.test.fake_mercadopago import Refusal

    raise Refusal(400, "invalid_state", 2018)


# -- giving back -------------------------------------------------------------------------------------------------------


def refund_of(number, amount, key="100023-1-r1", refund_id=""):
    return RefundRequest(key, "100023-1", number, amount, "MXN", refund_id)


def test_two_refunds_of_the_same_amount_are_told_apart(provider, fake, page):
    """The second never arrived: the first is not taken for it."""
    number = fake.pay(page)
    first = provider.refund(refund_of(number, 500))
    fake.fail("drop_before", method="POST")
    with pytest.raises(ProviderTimeout):
        provider.refund(refund_of(number, 500, key="100023-1-r2"))

    second = provider.fetch_refund(refund_of(number, 500, key="100023-1-r2"))

    assert second.external_id != first.external_id
    assert len(fake.refunds) == 2
    assert fake.payments[number]["transaction_amount_refunded"] == 10.0


def test_a_day_later_a_refund_is_not_asked_for_a_second_time(provider, fake, page):
    number = fake.pay(page)
    made = provider.refund(refund_of(number, 500))
    fake.forget_keys()
    fake.refunds[int(made.external_id)]["date_created"] = fake.at(timedelta(hours=-25))

    with pytest.raises(ProviderTimeout) as unknown:
        provider.fetch_refund(refund_of(number, 500))
    by_number = provider.fetch_refund(refund_of(number, 500, refund_id=made.external_id))

    assert unknown.value.code == "refund_ambiguous"
    assert by_number == made
    assert len(fake.refunds) == 1


@pytest.mark.parametrize(
    ("then", "state", "why"), [("approved", RefundState.DONE, ""), ("rejected", RefundState.FAILED, "rejected")]
)
def test_a_refund_on_its_way_is_followed(provider, fake, page, then, state, why):
    number = fake.pay(page)
    fake.refund_status = "in_process"
    sent = provider.refund(refund_of(number, 500))
    on_its_way = provider.fetch_refund(refund_of(number, 500))
    fake.finish_refund(int(sent.external_id), then)

    found = provider.fetch_refund(refund_of(number, 500))

    assert (sent.state, on_its_way.state) == (RefundState.SENT, RefundState.SENT)
    assert (found.state, found.decline_code, found.external_id) == (state, why, sent.external_id)
    assert provider.fetch_refund(refund_of(number, 500, refund_id=sent.external_id)) == found


def test_a_refund_is_asked_for_with_one_key_and_a_number(provider, fake, page):
    number = fake.pay(page)
    provider.refund(refund_of(number, 500))
    provider.refund(refund_of(number, 500))

    asked = [sent for sent in fake.sent if sent.path.endswith("/refunds")]
    assert [sent.body for sent in asked] == [{"amount": 5.0}] * 2
    assert len({sent.headers["x-idempotency-key"] for sent in asked}) == 1


def test_under_the_number_of_the_page_the_payment_is_found(provider, fake, page):
    fake.pay(page)

    assert provider.refund(refund_of(page, 500)).state == RefundState.DONE
