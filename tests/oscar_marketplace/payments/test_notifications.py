"""Providers tell us: kept once, believed never, acted on whatever comes first."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.inbox import act_on, notifications_due
from oscar_marketplace.payments.inbox_models import ProviderNotification
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.storefront.provider_notices import MOST_BYTES
from oscar_marketplace.test.stall_orders import SHOPPER
from tests.oscar_marketplace.payments.paper_bank import sign

pytestmark = pytest.mark.django_db
URL = "/payments/paper/notify/"


@pytest.fixture
def charge(paper, parts):
    """Begun, and paid at the bank after our call."""
    paper.open(LATER=False)
    start_payment(parts[0].order, provider="paper", by=SHOPPER)
    charge = Charge.objects.get()
    Charge.objects.update(state=ChargeState.ACTION_REQUIRED, captured=0, received=0)
    StallOrder.objects.update(state="awaiting_payment")
    paper.facts[charge.reference] = replace(paper.facts[charge.reference], state=ChargeState.CAPTURED)
    return Charge.objects.get()


def tell(client, url=URL, *, signature=None, body=None, **said):
    body = json.dumps({"id": "evt-1", **said}).encode() if body is None else body
    headers = {"paper-signature": sign(body) if signature is None else signature}
    return client.post(url, body, content_type="application/json", headers=headers)


def work_off():
    for pk in notifications_due(now=timezone.now()):
        act_on(pk)


def test_a_notification_is_kept_and_its_charge_asked_about(client, charge):
    answer = tell(client, reference=charge.reference)
    before = Charge.objects.get().state
    work_off()

    assert (answer.status_code, before, Charge.objects.get().state) == (200, "action_required", "captured")
    assert ProviderNotification.objects.get().state == "done"


def test_the_same_one_again_is_one(client, charge):
    answers = [tell(client, reference=charge.reference).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert ProviderNotification.objects.count() == 1


def test_what_it_claims_is_not_believed(client, charge, paper):
    paper.facts[charge.reference] = replace(paper.facts[charge.reference], state=ChargeState.PROCESSING)

    tell(client, reference=charge.reference, status="approved", amount=1)
    work_off()

    assert Charge.objects.get().state == ChargeState.PROCESSING


@pytest.mark.parametrize("signature", ["", "0" * 64])
def test_not_signed_leaves_no_trace(client, charge, signature):
    answer = tell(client, signature=signature, reference=charge.reference)

    assert answer.status_code == 401
    assert not ProviderNotification.objects.exists()


def test_a_body_changed_after_signing_is_refused(client, charge):
    answer = tell(client, signature=sign(b'{"id": "evt-1"}'), reference=charge.reference)

    assert answer.status_code == 401


def test_providers_that_tell_nothing_and_ones_we_do_not_have(client, charge):
    assert tell(client, "/payments/cash/notify/", reference="x").status_code == 404
    assert tell(client, "/payments/nobody/notify/", reference="x").status_code == 404
    assert client.get(URL).status_code == 405


def test_too_large_is_refused_unread(client, charge):
    assert tell(client, body=b"x" * (MOST_BYTES + 1)).status_code == 413


def test_faster_than_our_own_commit_it_is_tried_again_and_found(client, charge):
    Charge.objects.update(reference="later")
    tell(client, reference=charge.reference)
    work_off()
    waits = ProviderNotification.objects.get()
    Charge.objects.update(reference=charge.reference)

    soon = notifications_due(now=timezone.now())
    act_on(waits.pk, now=timezone.now() + timedelta(minutes=5))

    assert (waits.state, waits.attempts, soon) == ("new", 1, [])
    assert Charge.objects.get().state == ChargeState.CAPTURED


def test_about_nothing_of_ours_it_is_given_up(client, charge):
    tell(client, reference="somebody-elses")
    row = ProviderNotification.objects.get()

    for _ in range(10):
        act_on(row.pk)

    assert ProviderNotification.objects.get().state == "unknown"
    assert Charge.objects.get().state == ChargeState.ACTION_REQUIRED
