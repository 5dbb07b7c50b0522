"""The line to Stripe fails, and Stripe says no: what is known afterwards, and that nothing happens twice."""

import pytest

from oscar_marketplace.orders.states import ChargeState, RefundState
from oscar_marketplace.payments.providers.base import NotSupported, ProviderRefused, ProviderTimeout

UNKNOWN = ["drop_before", "drop_after", "rate_limit", "server_error", "garbage", "odd_shape"]


@pytest.mark.parametrize("fault", UNKNOWN)
def test_a_start_without_an_answer_is_unknown_and_never_refused(shop, fault):
    shop.stripe.fail(fault, path="/checkout/sessions", method="POST")

    with pytest.raises(ProviderTimeout):
        shop.start()


@pytest.mark.parametrize("fault", ["drop_after", "garbage", "odd_shape"])
def test_a_session_whose_answer_was_lost_is_found_and_is_the_only_one(shop, fault):
    shop.stripe.fail(fault, method="POST")
    with pytest.raises(ProviderTimeout):
        shop.start()

    again = shop.start()

    assert [each["id"] for each in shop.sessions()] == [again.external_id]


def test_a_session_that_exists_and_is_not_found_is_unknown_and_never_refused(shop):
    fact = shop.start()
    del shop.stripe.objects[fact.external_id]

    with pytest.raises(ProviderTimeout):
        shop.start(language="en")


def test_a_short_drop_is_mended_by_the_sdk_with_the_same_key(shop):
    shop.stripe.fail("drop_after", method="POST", times=1)

    fact = shop.start()

    keys = [each.headers["Idempotency-Key"] for each in shop.stripe.sent if each.method == "POST"]
    assert keys == ["100023-1:start", "100023-1:start"]
    assert [each["id"] for each in shop.sessions()] == [fact.external_id]


def test_a_repeated_answer_is_not_taken_for_the_present(shop):
    fact = shop.start()
    shop.stripe.pay(fact.external_id)
    before = len(shop.stripe.sent)

    # The same second, so that the very same request is sent.
    again = shop.start()

    assert again.state == ChargeState.CAPTURED
    assert len(shop.stripe.sent) - before == 2


def test_a_fetch_without_an_answer_is_unknown_and_never_none(shop):
    fact = shop.start()
    for fault in UNKNOWN:
        shop.stripe.fail(fault, path="/checkout/sessions", method="GET")
        with pytest.raises(ProviderTimeout):
            shop.fetch(fact.external_id)
    assert shop.fetch(fact.external_id) == fact


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "garbage"])
def test_a_capture_without_an_answer_can_be_asked_again(shop, fault):
    fact = shop.start(capture_later=True)
    shop.stripe.pay(fact.external_id)
    shop.stripe.fail(fault, path="/capture")
    with pytest.raises(ProviderTimeout):
        shop.capture(fact, 20000)

    assert shop.capture(fact, 20000).captured == 20000
    assert shop.fetch(fact.external_id).captured == 20000


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "garbage"])
def test_a_refund_without_an_answer_is_one_refund_also_when_stripe_forgot_the_key(shop, fault):
    fact = shop.start()
    shop.stripe.pay(fact.external_id)
    shop.stripe.fail(fault, path="/refunds", method="POST")
    with pytest.raises(ProviderTimeout):
        shop.refund(fact, 5000)
    shop.stripe.forget_keys()

    shop.refund(fact, 5000)
    shop.refund(fact, 5000)

    assert shop.fetch(fact.external_id).refunded == 5000


def test_ten_refunds_of_a_fifth_give_back_no_more_than_all(shop):
    fact = shop.start(amount=10000)
    shop.stripe.pay(fact.external_id)

    refused = 0
    for number in range(10):
        try:
            shop.refund(fact, 2000, key=f"refund-{number}")
        except ProviderRefused:
            refused += 1

    assert (refused, shop.fetch(fact.external_id).refunded) == (5, 10000)


def test_a_refund_that_came_back_has_failed_and_says_why(shop):
    fact = shop.start()
    shop.stripe.pay(fact.external_id)
    made = shop.refund(fact, 5000)

    shop.stripe.fail_refund(made.external_id)

    now = shop.provider.fetch_refund(shop.refund_request(fact, 5000))
    assert (now.state, now.decline_code) == (RefundState.FAILED, "lost_or_stolen_card")
    assert shop.fetch(fact.external_id).refunded == 0


def test_cash_at_a_counter_does_not_go_back_by_the_way_it_came(shop_with):
    shop = shop_with(METHODS=["oxxo"])
    fact = shop.start()
    shop.stripe.take_voucher(fact.external_id)
    shop.stripe.pay_voucher_late(fact.external_id)

    with pytest.raises(NotSupported):
        shop.refund(fact, 5000)


def test_wrong_keys_are_refused_and_not_waited_for(shop):
    shop.provider.options["SECRET_KEY"] = "sk_test_of_somebody_else"

    with pytest.raises(ProviderRefused) as refusal:
        shop.start()

    assert refusal.value.code == "authentication_error"


def test_an_amount_that_stripe_does_not_take_is_refused_with_its_word(shop):
    with pytest.raises(ProviderRefused) as refusal:
        shop.start(amount=999)

    assert refusal.value.code == "amount_too_small"


def test_giving_up_without_the_right_to_is_not_hidden(shop):
    fact = shop.start()
    shop.stripe.fail("rate_limit", path="/expire")

    with pytest.raises(ProviderTimeout):
        shop.cancel(fact)

    assert shop.fetch(fact.external_id).state == ChargeState.ACTION_REQUIRED


def test_only_https_is_a_page_to_send_the_shopper_to(shop):
    fact = shop.start()
    shop.stripe.objects[fact.external_id]["url"] = "javascript:alert(1)"

    assert shop.fetch(fact.external_id).redirect_url == ""


def test_a_state_of_a_later_api_is_unknown(shop):
    fact = shop.start()
    shop.stripe.pay(fact.external_id)["status"] = "requires_patience"

    with pytest.raises(ProviderTimeout):
        shop.fetch(fact.external_id)
