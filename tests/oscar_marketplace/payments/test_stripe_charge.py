"""A charge at Stripe: what is asked for, and what each state there means here."""

from datetime import UTC, datetime

import pytest
import time_machine

from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.providers.base import NotSupported, ProviderRefused, ProviderTimeout
from oscar_marketplace.payments.providers.stripe import locale_for
from oscar_marketplace.payments.providers.stripe_facts import from_stripe, to_stripe

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_request_is_the_servers_amount_on_a_hosted_page(shop):
    with time_machine.travel(NOON, tick=False):
        shop.start(language="es-mx", email="shopper@example.org", capture_later=True)

    assert shop.asked("POST", "/v1/checkout/sessions") == [
        {
            "mode": "payment",
            "client_reference_id": "100023-1",
            "metadata": {"reference": "100023-1", "provider": "stripe"},
            "line_items": [
                {
                    "quantity": "1",
                    "price_data": {
                        "currency": "mxn",
                        "unit_amount": "20249",
                        "product_data": {"name": "Mercado, order 100023"},
                    },
                }
            ],
            "payment_intent_data": {
                "metadata": {"reference": "100023-1", "provider": "stripe"},
                "description": "Mercado, order 100023",
                "capture_method": "manual",
            },
            "allowed_payment_method_types": ["card"],
            "adaptive_pricing": {"enabled": "false"},
            "success_url": "https://market.example/order/token/",
            "cancel_url": "https://market.example/order/token/",
            "expires_at": str(int(NOON.timestamp()) + 35 * 60),
            "locale": "es-419",
            "customer_email": "shopper@example.org",
        }
    ]
    assert shop.stripe.sent[0].headers["Idempotency-Key"] == "100023-1:start"


def test_a_path_to_come_back_to_is_made_whole(shop, settings):
    settings.OSCAR_MARKETPLACE_SITE_URL = "https://mercados.example/"

    shop.start(return_url="/order/token/")

    assert shop.asked("POST", "/v1/checkout/sessions")[0]["success_url"] == "https://mercados.example/order/token/"


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("es-mx", "es-419"),
        ("es-es", "es"),
        ("es", "es"),
        ("en", "en"),
        ("pt-br", "pt-BR"),
        ("nah", "auto"),
        ("", "auto"),
    ],
)
def test_the_page_speaks_the_shoppers_language(language, locale):
    assert locale_for(language) == locale


def test_the_number_of_a_charge_is_its_session_for_good(shop):
    fact = shop.start()
    assert fact.external_id == "cs_test_000001"
    assert fact.redirect_url == "https://checkout.stripe.com/c/pay/cs_000001"

    shop.stripe.pay(fact.external_id)

    assert shop.fetch(fact.external_id).external_id == shop.fetch().external_id == fact.external_id


def test_a_notifications_payment_intent_leads_to_its_charge(shop):
    fact = shop.start()
    intent = shop.stripe.pay(fact.external_id)

    assert shop.fetch(intent["id"], reference="") == shop.fetch(fact.external_id)


def test_a_declined_card_leaves_the_page_open_for_another(shop):
    fact = shop.start()

    shop.stripe.decline(fact.external_id)
    declined = shop.fetch(fact.external_id)
    shop.stripe.pay(fact.external_id)

    assert (declined.state, declined.redirect_url) == (ChargeState.ACTION_REQUIRED, fact.redirect_url)
    assert shop.fetch(fact.external_id).state == ChargeState.CAPTURED


def test_a_question_of_the_bank_is_answered_on_their_page(shop):
    fact = shop.start()

    shop.stripe.require_3ds(fact.external_id)

    asked = shop.fetch(fact.external_id)
    assert (asked.state, asked.redirect_url) == (ChargeState.ACTION_REQUIRED, fact.redirect_url)


def test_a_page_nobody_used_expires(shop):
    fact = shop.start()

    shop.stripe.expire(fact.external_id)

    assert shop.fetch(fact.external_id).state == ChargeState.EXPIRED


def test_a_declined_card_and_a_closed_page_expire_and_do_not_fail_later(shop):
    fact = shop.start()
    shop.stripe.decline(fact.external_id)

    shop.stripe.expire(fact.external_id)

    assert shop.fetch(fact.external_id).state == ChargeState.EXPIRED


def test_what_is_set_aside_says_until_when(shop):
    with time_machine.travel(NOON, tick=False):
        fact = shop.start(capture_later=True)
        shop.stripe.pay(fact.external_id)

        held = shop.fetch(fact.external_id)

    assert (held.state, held.captured) == (ChargeState.AUTHORISED, 0)
    assert held.capture_before == datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_what_nobody_took_in_time_has_expired(shop):
    fact = shop.start(capture_later=True)
    shop.stripe.pay(fact.external_id)

    shop.stripe.lapse(fact.external_id)

    assert shop.fetch(fact.external_id).state == ChargeState.EXPIRED
    with pytest.raises(ProviderRefused):
        shop.capture(fact, 20249)


def test_the_rest_of_a_smaller_capture_is_no_refund(shop):
    fact = shop.start(capture_later=True)
    shop.stripe.pay(fact.external_id)

    taken = shop.capture(fact, 20000)

    charge = next(thing for thing in shop.stripe.objects.values() if thing["object"] == "charge")
    assert charge["amount_refunded"] == 249  # so Stripe books it
    assert (taken.captured, taken.refunded, taken.amount) == (20000, 0, 20249)
    assert shop.asked("POST", "/v1/payment_intents/pi_000003/capture")[0]["amount_to_capture"] == "20000"


def test_the_fee_is_told_if_it_is_kept_in_the_currency_of_the_charge(shop):
    fact = shop.start()
    shop.stripe.pay(fact.external_id)
    assert shop.fetch(fact.external_id).fee == 728

    other = shop.start(reference="100023-2")
    shop.stripe.settles_in = "usd"
    shop.stripe.pay(other.external_id)

    assert shop.fetch(other.external_id).fee == 0


def test_a_session_given_up_while_it_is_paid_counts_as_paid(shop, monkeypatch):
    fact = shop.start()
    give_up = shop.provider._give_up

    def paid_in_between(session, key):
        shop.stripe.pay(fact.external_id)
        give_up(session, key)

    monkeypatch.setattr(shop.provider, "_give_up", paid_in_between)

    assert shop.cancel(fact).state == ChargeState.CAPTURED


def test_what_was_set_aside_is_given_up_at_the_payment_intent(shop):
    fact = shop.start(capture_later=True)
    intent = shop.stripe.pay(fact.external_id)

    cancelled = shop.cancel(fact)

    assert cancelled.state == ChargeState.CANCELLED
    assert intent["cancellation_reason"] == "requested_by_customer"
    assert shop.fetch(fact.external_id).state == ChargeState.CANCELLED


def test_a_captured_twice_in_two_processes_is_one_capture(shop, monkeypatch):
    fact = shop.start(capture_later=True)
    shop.stripe.pay(fact.external_id)
    seen = shop.provider._session(fact.reference, fact.external_id)
    shop.capture(fact, 20000)
    # This process looked before the other one captured.
    monkeypatch.setattr(shop.provider, "_session", lambda reference, external_id: seen)

    assert shop.capture(fact, 20000, key="capture-2").captured == 20000


# Vouchers and debits.


def test_a_voucher_has_a_number_a_page_and_a_last_day(shop_with):
    shop = shop_with(METHODS=["oxxo"])
    with time_machine.travel(NOON, tick=False):
        fact = shop.start()
        shop.stripe.take_voucher(fact.external_id, days=3)

    waiting = shop.fetch(fact.external_id)

    assert waiting.state == ChargeState.ACTION_REQUIRED
    assert waiting.instructions == {
        "number": "12340000030000",
        "hosted_voucher_url": "https://payments.stripe.com/oxxo/voucher/000003",
    }
    assert waiting.redirect_url == "https://payments.stripe.com/oxxo/voucher/000003"
    assert waiting.expires_at == datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_a_voucher_that_ran_out_expires_and_cash_that_came_late_is_captured(shop_with):
    shop = shop_with(METHODS=["oxxo"])
    fact = shop.start()
    shop.stripe.take_voucher(fact.external_id)

    shop.stripe.fail_late(fact.external_id)
    ran_out = shop.fetch(fact.external_id)
    shop.stripe.pay_voucher_late(fact.external_id)

    assert ran_out.state == ChargeState.EXPIRED
    assert shop.fetch(fact.external_id).state == ChargeState.CAPTURED


def test_a_voucher_nobody_wants_is_given_up(shop_with):
    shop = shop_with(METHODS=["oxxo"])
    fact = shop.start()
    shop.stripe.take_voucher(fact.external_id)

    assert shop.cancel(fact).state == ChargeState.CANCELLED


def test_a_debit_is_processed_for_days_and_may_come_back(shop_with):
    shop = shop_with(METHODS=["sepa_debit"])
    fact = shop.start(currency="EUR")
    shop.stripe.pay(fact.external_id)
    assert shop.fetch(fact.external_id).state == ChargeState.PROCESSING

    shop.stripe.fail_late(fact.external_id, code="debit_not_authorized")

    failed = shop.fetch(fact.external_id)
    assert (failed.state, failed.decline_code) == (ChargeState.FAILED, "debit_not_authorized")


def test_only_methods_that_can_are_asked_to_set_aside(shop_with):
    shop = shop_with(METHODS=["card", "ideal"])

    shop.start(currency="EUR", capture_later=True)
    shop.start(currency="EUR", reference="100023-2")

    asked = shop.asked("POST", "/v1/checkout/sessions")
    assert [each["allowed_payment_method_types"] for each in asked] == [["card"], ["card", "ideal"]]
    with pytest.raises(NotSupported):
        shop_with(METHODS=["oxxo"]).start(capture_later=True)


def test_what_each_way_can_do_is_said_truly(shop_with):
    def can(*methods, currency="MXN"):
        capable = shop_with(METHODS=list(methods)).provider.capabilities(currency=currency)
        return capable.captures_later, capable.refunds, capable.is_delayed, capable.currencies, capable.most

    assert can("card") == (True, True, False, None, 99_999_999)
    assert can("oxxo") == (False, False, True, {"MXN"}, 1_000_000)
    assert can("sepa_debit", currency="EUR") == (False, True, True, {"EUR"}, 1_000_000)
    with pytest.raises(NotSupported):
        shop_with(METHODS=["oxxo"]).start(currency="EUR")


# Currencies.


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [
        ("MXN", 20249, 20249),
        ("EUR", 1, 1),
        ("JPY", 500, 500),
        ("CLP", 1990, 1990),
        ("UGX", 5, 500),
        ("ISK", 5, 500),
        ("KWD", 512, 5120),
        ("RSD", 7, 700),
    ],
)
def test_amounts_take_stripes_form_and_come_back(currency, ours, theirs):
    assert to_stripe(ours, currency) == theirs
    assert from_stripe(theirs, currency) == ours


@pytest.mark.parametrize("currency", ["JPY", "CLP", "UGX", "KWD"])
def test_a_charge_in_another_kind_of_currency_comes_back_as_asked(shop, currency):
    fact = shop.start(amount=2000, currency=currency)
    shop.stripe.pay(fact.external_id)

    paid = shop.fetch(fact.external_id)

    assert (paid.amount, paid.captured, paid.currency) == (2000, 2000, currency)
    sent = shop.asked("POST", "/v1/checkout/sessions")[0]["line_items"][0]["price_data"]["unit_amount"]
    assert sent == {"JPY": "2000", "CLP": "2000", "UGX": "200000", "KWD": "20000"}[currency]


def test_half_a_shilling_is_no_amount_of_ours():
    with pytest.raises(ProviderRefused):
        from_stripe(550, "UGX")


def test_limits_are_in_the_shops_minor_units(shop_with):
    card, oxxo = shop_with().provider, shop_with(METHODS=["oxxo"]).provider

    assert card.why_not(amount=999, currency="MXN") == "Only from $10.00."
    assert card.why_not(amount=1000, currency="MXN") == ""
    assert oxxo.why_not(amount=1_000_001, currency="MXN") == "Only for orders of up to $10,000.00."
    assert oxxo.why_not(amount=5000, currency="EUR") == "Not for prices in EUR."
    assert card.capabilities(currency="UGX").most == 999_999
    assert card.capabilities(currency="JPY").least == 50


# Whose charge it is.


def test_a_charge_of_another_order_says_so_itself(shop):
    fact = shop.start()
    intent = shop.stripe.pay(fact.external_id)
    intent["metadata"] = {"reference": "999999-1"}

    assert shop.fetch(fact.external_id).reference == "999999-1"


def test_a_paid_cheap_order_shown_for_a_dear_one_keeps_its_own_name_and_amount(shop):
    cheap = shop.start(reference="100001-1", amount=1000)
    shop.stripe.pay(cheap.external_id)

    shown = shop.fetch(cheap.external_id, reference="100023-1")

    assert (shown.reference, shown.amount) == ("100001-1", 1000)


def test_of_live_and_test_only_the_keys_own_is_believed(shop, shop_with):
    fact = shop.start()
    shop.stripe.objects[fact.external_id]["livemode"] = True

    with pytest.raises(ProviderRefused) as refusal:
        shop.fetch(fact.external_id)

    assert refusal.value.code == "livemode_mismatch"
    with pytest.raises(ProviderRefused) as refusal:
        shop_with(livemode=True).fetch("cs_test_000001")
    assert refusal.value.code == "livemode_mismatch"


def test_another_account_than_the_citys_is_refused_before_anything_is_asked(shop_with):
    right, wrong = shop_with(ACCOUNT="acct_city"), shop_with(ACCOUNT="acct_somebody")

    right.start()
    with pytest.raises(ProviderRefused) as refusal:
        wrong.start()

    assert refusal.value.code == "account_mismatch"
    assert [each.path for each in wrong.stripe.sent] == ["/v1/account"]


def test_a_charge_is_found_without_its_number_on_a_later_page(shop):
    wanted = shop.start()
    for number in range(120):
        shop.start(reference=f"200000-{number}")

    assert shop.fetch().external_id == wanted.external_id
    assert len(shop.asked("GET", "/v1/checkout/sessions")) == 2


def test_a_paid_charge_is_found_without_its_number_after_days(shop):
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC)):
        fact = shop.start()
        shop.stripe.pay(fact.external_id)

    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC)):
        assert shop.fetch().external_id == fact.external_id


def test_too_many_sessions_to_look_through_is_not_knowing_and_never_none(shop, monkeypatch):
    monkeypatch.setattr("oscar_marketplace.payments.providers.stripe.PAGE_SIZE", 2)
    monkeypatch.setattr("oscar_marketplace.payments.providers.stripe.FIND_PAGES", 3)
    for number in range(7):
        shop.start(reference=f"200000-{number}")

    with pytest.raises(ProviderTimeout):
        shop.fetch()
