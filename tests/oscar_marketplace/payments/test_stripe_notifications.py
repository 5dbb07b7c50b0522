"""Notifications of Stripe: signed by it, a few minutes old at most, and only ever a hint."""

import json
import time
from dataclasses import replace

import pytest
import stripe

from oscar_marketplace.payments.providers.base import BadSignature, Hint
from oscar_marketplace.payments.providers.stripe import StripeProvider


@pytest.fixture
def paid(shop):
    fact = shop.start()
    shop.stripe.pay(fact.external_id)
    return fact


def intent_of(shop):
    return shop.sessions()[0]["payment_intent"]


def test_each_notification_of_a_payment_leads_to_its_charge(shop, paid):
    hints = [hint for raw in shop.stripe.notifications() for hint in shop.provider.parse_notification(raw)]

    assert {hint.reference for hint in hints} == {"100023-1"}
    assert {hint.external_id for hint in hints} == {paid.external_id, intent_of(shop)}
    assert len({hint.event_id for hint in hints}) == len(hints) == 4


def test_copies_in_any_order_are_the_same_hints(shop, paid):
    once = [shop.provider.parse_notification(raw) for raw in shop.stripe.notifications()]

    thrice = [shop.provider.parse_notification(raw) for raw in shop.stripe.notifications(copies=3, newest_first=True)]

    assert thrice == [hints for hints in reversed(once) for _copy in range(3)]


def test_a_refund_and_a_dispute_lead_to_the_charge(shop, paid):
    shop.refund(paid, 5000)
    refunded = [event for event in shop.stripe.events if event["type"] == "refund.created"]
    about = {"object": "dispute", "id": "du_1", "payment_intent": intent_of(shop), "metadata": {}}
    disputed = {"id": "evt_d", "type": "charge.dispute.created", "livemode": False, "data": {"object": about}}

    hints = [shop.provider.parse_notification(shop.stripe.notification(event)) for event in [*refunded, disputed]]

    assert hints[0][0].reference == "100023-1"
    assert hints[1] == [Hint(event_id="evt_d", reference="", external_id=intent_of(shop))]


@pytest.mark.parametrize("kind", ["customer.created", "payout.paid", "account.updated"])
def test_of_what_is_no_charge_nothing_is_asked(shop, paid, kind):
    event = {**shop.stripe.events[0], "type": kind}

    assert shop.provider.parse_notification(shop.stripe.notification(event)) == []


def test_of_what_others_sell_by_the_same_account_nothing_is_asked(shop, paid):
    event = shop.stripe.events[0]
    about = {**event["data"]["object"], "metadata": {"donation": "7"}}

    raw = shop.stripe.notification({**event, "data": {"object": about}})

    assert shop.provider.parse_notification(raw) == []


def test_of_another_entrys_charge_at_the_same_account_nothing_is_asked(shop, paid):
    oxxo = StripeProvider("oxxo", {**shop.provider.options, "METHODS": ["oxxo"]})

    assert [hint for raw in shop.stripe.notifications() for hint in oxxo.parse_notification(raw)] == []


def test_of_a_connected_accounts_charge_nothing_is_asked(shop, paid):
    event = {**shop.stripe.events[0], "account": "acct_stall"}

    assert shop.provider.parse_notification(shop.stripe.notification(event)) == []


def test_a_signature_is_good_for_five_minutes_either_way(shop, paid):
    def accepts(seconds_ago):
        raw = shop.stripe.notification(shop.stripe.events[0], signed_at=time.time() - seconds_ago)
        try:
            return bool(shop.provider.parse_notification(raw))
        except BadSignature:
            return False

    assert [accepts(seconds) for seconds in (0, 290, 310, -290, -310)] == [True, True, False, True, False]


def test_every_secret_of_the_endpoint_is_tried_so_that_it_can_be_changed(shop, paid):
    shop.provider.options["WEBHOOK_SECRETS"] = {"events": ["whsec_new_one", shop.stripe.webhook_secret]}

    assert shop.provider.parse_notification(shop.stripe.notification(shop.stripe.events[0]))


@pytest.mark.parametrize(
    "secrets", [{}, {"events": []}, {"events": [""]}, {"events": [" "]}, {"other": ["whsec_made_up"]}]
)
def test_without_the_endpoints_secret_nothing_is_believed(shop, paid, secrets):
    provider = StripeProvider("stripe", {**shop.provider.options, "WEBHOOK_SECRETS": secrets})
    signed_by_nothing = shop.stripe.notification(shop.stripe.events[0], secret="")

    for raw in (shop.stripe.notification(shop.stripe.events[0]), signed_by_nothing):
        with pytest.raises(BadSignature):
            provider.parse_notification(raw)


def test_a_changed_body_is_refused(shop, paid):
    good = shop.stripe.notification(shop.stripe.events[0])
    dearer = json.dumps({**shop.stripe.events[0], "id": "evt_other"}).encode()

    with pytest.raises(BadSignature):
        shop.provider.parse_notification(replace(good, body=dearer))


@pytest.mark.parametrize("header", ["", "t=,v1=", "v1=abc", "t=1,v0=abc", "t=abc,v1=abc", ","])
def test_a_header_that_is_none_is_refused(shop, paid, header):
    good = shop.stripe.notification(shop.stripe.events[0])

    with pytest.raises(BadSignature):
        shop.provider.parse_notification(replace(good, headers={"stripe-signature": header}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"7",
        b'"text"',
        b"{",
        b"\xff",
        b'{"id": "e", "type": "x"}',
        b'{"id": "e", "type": 1, "livemode": false, "data": {"object": {"object": "charge"}}}',
        b'{"id": "e", "type": "charge.x", "livemode": false, "data": {"object": {"object": "charge", "metadata": [1]}}}',
        b'{"id": "e", "type": 1, "data": {"object": []}}',
    ],
)
def test_odd_json_is_refused_also_when_it_is_signed(shop, body):
    text = body.decode(errors="replace")
    header = stripe.WebhookSignature.generate_signature_header(text, shop.stripe.webhook_secret)
    raw = replace(shop.stripe.notification({}), headers={"stripe-signature": header}, body=body)

    with pytest.raises(BadSignature):
        shop.provider.parse_notification(raw)


def test_a_test_notification_at_a_live_shop_is_refused(shop, shop_with, paid):
    live = shop_with(livemode=True)
    live.provider.options["WEBHOOK_SECRETS"] = {"events": [shop.stripe.webhook_secret]}

    with pytest.raises(BadSignature) as refusal:
        live.provider.parse_notification(shop.stripe.notification(shop.stripe.events[0]))

    assert refusal.value.code == "livemode_mismatch"


def test_reading_a_notification_asks_nobody(shop, paid):
    before = len(shop.stripe.sent)

    shop.provider.parse_notification(shop.stripe.notification(shop.stripe.events[0]))

    assert len(shop.stripe.sent) == before
