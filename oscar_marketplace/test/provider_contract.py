"""What every payment provider keeps to, as a class of tests to inherit from::

    class TestMyProvider(ProviderContract):
        @pytest.fixture
        def provider(self):
            return MyProvider("mine", {...})

        def shopper_pays(self, provider, fact): ...

What a provider says it cannot do, it has to refuse with ``NotSupported``; nothing is skipped. The database is closed: a
provider translates and keeps nothing of ours. For failures that show the values, call
``pytest.register_assert_rewrite("oscar_marketplace.test.provider_contract")`` in your ``conftest.py``.
"""

from contextlib import AbstractContextManager
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from oscar_marketplace.orders.states import ChargeState, RefundState
from oscar_marketplace.payments.providers.base import (
    BadSignature,
    CaptureRequest,
    ChargeFact,
    ChargeRequest,
    Hint,
    NotSupported,
    Provider,
    ProviderRefused,
    ProviderTimeout,
    RawNotification,
    RefundFact,
    RefundRequest,
)
from oscar_marketplace.payments.settle import taken_by

OVER = {ChargeState.CANCELLED, ChargeState.EXPIRED}
NOT_TAKEN = {ChargeState.ACTION_REQUIRED, ChargeState.PROCESSING, ChargeState.FAILED}


class ProviderContract:
    """Inherit, give ``provider`` and the hooks; ``amount`` is in minor units of ``currency``."""

    currency = "MXN"
    amount = 20249
    #: ``cancel`` gives up what was not paid.
    cancels = True
    #: ``parse_notification`` reads what the provider sends.
    notifies = True
    #: It keeps a charge that can be asked about; cash does not.
    remembers = True

    @pytest.fixture
    def provider(self) -> Provider:
        raise NotImplementedError("Give a provider whose other side is a double.")

    # Hooks: what happens on the other side.

    def shopper_pays(self, provider: Provider, fact: ChargeFact) -> None:
        """The money is there, or is set aside."""
        raise NotImplementedError

    def shopper_is_declined(self, provider: Provider, fact: ChargeFact) -> None:
        raise NotImplementedError

    def answers_are_lost(self, provider: Provider) -> AbstractContextManager:
        """Inside it whatever is asked for is done, and its answer never arrives."""
        raise NotImplementedError

    def notification(
        self, provider: Provider, fact: ChargeFact, *, age_seconds: int = 0, secret: str = ""
    ) -> RawNotification:
        """What the provider sends of this paid charge, signed so long ago (below 0: ahead), or by another secret."""
        raise NotImplementedError

    def without_secret(self, provider: Provider) -> Provider:
        """The same provider whose secret is the empty text."""
        raise NotImplementedError

    # What the cases are made of.

    @pytest.fixture(autouse=True)
    def closed_database(self, django_db_blocker):
        with django_db_blocker.block():
            yield

    def request(self, reference: str = "100023-1", **changes) -> ChargeRequest:
        asked = ChargeRequest(
            reference=reference,
            amount=self.amount,
            currency=self.currency,
            description="Mercado, order 100023",
            return_url="https://market.example/order/token/",
            language="es-mx",
            email="shopper@example.org",
        )
        return replace(asked, **changes)

    def started(self, provider: Provider, **changes) -> ChargeFact:
        return plain(provider.start(self.request(**changes)))

    def paid(self, provider: Provider, **changes) -> ChargeFact:
        fact = self.started(provider, **changes)
        self.shopper_pays(provider, fact)
        return self.fetched(provider, fact)

    def fetched(self, provider: Provider, fact: ChargeFact) -> ChargeFact:
        return plain(provider.fetch(reference=fact.reference, external_id=fact.external_id))

    def capture_of(self, fact: ChargeFact, amount: int, key: str = "capture-1") -> CaptureRequest:
        return CaptureRequest(key, fact.reference, fact.external_id, amount, self.currency)

    def refund_of(self, fact: ChargeFact, amount: int, key: str = "refund-1") -> RefundRequest:
        return RefundRequest(key, fact.reference, fact.external_id, amount, self.currency)

    # Asking for money.

    def test_what_is_asked_for_comes_back_as_asked(self, provider):
        fact = self.started(provider)

        assert (fact.reference, fact.amount, fact.currency) == ("100023-1", self.amount, self.currency)
        assert fact.external_id
        assert fact.state == (ChargeState.PROMISED if provider.promises else ChargeState.ACTION_REQUIRED)
        assert (taken_by(fact), fact.refunded) == (0, 0)

    def test_the_same_reference_twice_is_one_charge(self, provider):
        first = self.started(provider)

        again = self.started(provider)

        assert again.external_id == first.external_id

    def test_another_reference_is_another_charge(self, provider):
        first = self.started(provider)

        other = self.started(provider, reference="100023-2")

        assert (other.reference, other.external_id == first.external_id) == ("100023-2", False)

    def test_another_language_or_description_is_still_the_same_charge(self, provider):
        first = self.started(provider)

        again = self.started(provider, language="en", description="Market, order 100023", email="other@example.org")

        assert (again.external_id, again.amount) == (first.external_id, self.amount)

    def test_a_charge_that_was_paid_meanwhile_is_not_asked_for_again(self, provider):
        if provider.promises:
            assert self.started(provider).state == ChargeState.PROMISED
            return
        paid = self.paid(provider)

        again = self.started(provider)

        assert (again.external_id, again.state, taken_by(again)) == (
            paid.external_id,
            ChargeState.CAPTURED,
            self.amount,
        )

    def test_a_start_whose_answer_was_lost_is_found_and_is_one_charge(self, provider):
        if not self.remembers:
            assert provider.fetch(reference="100023-1", external_id="") is None
            return
        with self.answers_are_lost(provider), pytest.raises(ProviderTimeout):
            provider.start(self.request())

        found = plain(provider.fetch(reference="100023-1", external_id=""))
        again = self.started(provider)

        assert (found.reference, found.amount, found.state) == ("100023-1", self.amount, ChargeState.ACTION_REQUIRED)
        assert again.external_id == found.external_id

    def test_a_charge_is_found_by_either_name(self, provider):
        if not self.remembers:
            return
        paid = self.paid(provider)

        assert provider.fetch(reference=paid.reference, external_id="") == paid

    def test_a_charge_it_never_heard_of_is_none(self, provider):
        assert provider.fetch(reference="999999-1", external_id="") is None

    def test_a_payment_is_captured_in_full(self, provider):
        if provider.promises:
            return
        paid = self.paid(provider)

        assert (paid.state, paid.amount, taken_by(paid), paid.refunded) == (
            ChargeState.CAPTURED,
            self.amount,
            self.amount,
            0,
        )
        assert 0 <= paid.fee < self.amount

    def test_a_declined_payment_takes_nothing(self, provider):
        if provider.promises:
            return
        fact = self.started(provider)

        self.shopper_is_declined(provider, fact)

        declined = self.fetched(provider, fact)
        assert declined.state in NOT_TAKEN
        assert taken_by(declined) == 0
        assert declined.decline_code or declined.state != ChargeState.FAILED

    # Taking what was set aside.

    def held(self, provider: Provider) -> ChargeFact | None:
        """A charge that is only set aside; None, and proof that it says so, if the provider cannot."""
        if provider.capabilities(currency=self.currency).captures_later:
            return self.paid(provider, capture_later=True)
        with pytest.raises(NotSupported):
            provider.capture(self.capture_of(self.started(provider), self.amount))
        return None

    def test_money_is_set_aside_and_nothing_is_taken_yet(self, provider):
        held = self.held(provider)

        if held:
            assert (held.state, held.captured, held.amount) == (ChargeState.AUTHORISED, 0, self.amount)
            assert held.capture_before is not None

    def test_less_than_was_set_aside_is_taken(self, provider):
        held = self.held(provider)

        if held:
            taken = plain(provider.capture(self.capture_of(held, self.amount - 249)))
            assert (taken.state, taken.captured, taken.refunded) == (ChargeState.CAPTURED, self.amount - 249, 0)
            assert self.fetched(provider, held) == taken

    def test_capturing_twice_is_once(self, provider):
        held = self.held(provider)

        if held:
            first = provider.capture(self.capture_of(held, self.amount - 249))
            assert provider.capture(self.capture_of(held, self.amount - 249)) == first
            assert provider.capture(self.capture_of(held, self.amount - 249, key="capture-2")) == first
            with pytest.raises(ProviderRefused):
                provider.capture(self.capture_of(held, self.amount - 250, key="capture-3"))
            assert self.fetched(provider, held).captured == self.amount - 249

    def test_no_more_is_taken_than_was_set_aside(self, provider):
        held = self.held(provider)

        if held:
            with pytest.raises(ProviderRefused):
                provider.capture(self.capture_of(held, self.amount + 1))
            assert self.fetched(provider, held).state == ChargeState.AUTHORISED

    def test_a_capture_whose_answer_was_lost_is_one_capture(self, provider):
        held = self.held(provider)

        if held:
            with self.answers_are_lost(provider), pytest.raises(ProviderTimeout):
                provider.capture(self.capture_of(held, self.amount - 249))
            taken = plain(provider.capture(self.capture_of(held, self.amount - 249)))
            assert (taken.state, taken.captured) == (ChargeState.CAPTURED, self.amount - 249)

    # Giving up.

    def cancelled(self, provider: Provider, fact: ChargeFact) -> ChargeFact | None:
        """What cancelling says; None, and proof that it says so, if the provider cannot."""
        if self.cancels:
            asked = {"reference": fact.reference, "external_id": fact.external_id, "key": "cancel-1"}
            first = plain(provider.cancel(**asked))
            assert plain(provider.cancel(**asked)) == first
            return first
        with pytest.raises(NotSupported):
            provider.cancel(reference=fact.reference, external_id=fact.external_id, key="cancel-1")
        return None

    def test_an_open_charge_is_given_up(self, provider):
        fact = self.started(provider)

        cancelled = self.cancelled(provider, fact)

        if cancelled:
            assert (cancelled.state, taken_by(cancelled)) == (ChargeState.CANCELLED, 0)
            assert self.fetched(provider, fact).state in OVER

    def test_what_was_set_aside_is_free_again(self, provider):
        held = self.held(provider)

        cancelled = held and self.cancelled(provider, held)

        if cancelled:
            assert (cancelled.state, taken_by(cancelled)) == (ChargeState.CANCELLED, 0)
            with pytest.raises(ProviderRefused):
                provider.capture(self.capture_of(held, self.amount))

    def test_giving_up_what_was_paid_meanwhile_says_that_it_was_paid(self, provider):
        if provider.promises:
            return
        paid = self.paid(provider)

        cancelled = self.cancelled(provider, paid)

        if cancelled:
            assert (cancelled.state, taken_by(cancelled)) == (ChargeState.CAPTURED, self.amount)

    # Giving back.

    def refundable(self, provider: Provider) -> ChargeFact | None:
        """A paid charge; None, and proof that it says so, if the provider cannot give money back."""
        if provider.capabilities(currency=self.currency).refunds:
            return self.paid(provider)
        request = self.refund_of(self.started(provider), 1000)
        with pytest.raises(NotSupported):
            provider.refund(request)
        return None

    def test_a_part_goes_back_and_then_another(self, provider):
        paid = self.refundable(provider)

        if paid:
            first = plain(provider.refund(self.refund_of(paid, 5000)))
            second = plain(provider.refund(self.refund_of(paid, 249, key="refund-2")))
            assert (first.key, first.amount, first.currency) == ("refund-1", 5000, self.currency)
            assert {first.state, second.state} <= {RefundState.SENT, RefundState.DONE}
            assert first.external_id != second.external_id
            assert self.fetched(provider, paid).refunded == 5249
            assert self.fetched(provider, paid).captured == self.amount

    def test_the_same_key_twice_is_one_refund(self, provider):
        paid = self.refundable(provider)

        if paid:
            first = provider.refund(self.refund_of(paid, 5000))
            assert provider.refund(self.refund_of(paid, 5000)) == first
            assert provider.fetch_refund(self.refund_of(paid, 5000)) == first
            with pytest.raises(ProviderRefused):
                provider.refund(self.refund_of(paid, 4999))
            assert self.fetched(provider, paid).refunded == 5000

    def test_no_more_goes_back_than_was_taken(self, provider):
        paid = self.refundable(provider)

        if paid:
            provider.refund(self.refund_of(paid, 5000))
            with pytest.raises(ProviderRefused):
                provider.refund(self.refund_of(paid, self.amount - 4999, key="refund-2"))
            assert self.fetched(provider, paid).refunded == 5000
            provider.refund(self.refund_of(paid, self.amount - 5000, key="refund-3"))
            assert self.fetched(provider, paid).refunded == self.amount

    def test_nothing_goes_back_of_what_was_not_paid(self, provider):
        if self.refundable(provider):
            unpaid = self.started(provider, reference="100023-2")
            with pytest.raises(ProviderRefused):
                provider.refund(self.refund_of(unpaid, 1000, key="refund-2"))

    def test_a_refund_whose_answer_was_lost_is_one_refund(self, provider):
        paid = self.refundable(provider)

        if paid:
            request = self.refund_of(paid, 5000)
            assert provider.fetch_refund(request) is None
            with self.answers_are_lost(provider), pytest.raises(ProviderTimeout):
                provider.refund(request)
            found = plain(provider.fetch_refund(request))
            assert provider.refund(request) == found
            assert self.fetched(provider, paid).refunded == 5000

    def test_of_a_smaller_capture_only_what_was_taken_goes_back(self, provider):
        if not provider.capabilities(currency=self.currency).refunds:
            return
        held = self.held(provider)

        if held:
            provider.capture(self.capture_of(held, self.amount - 249))
            with pytest.raises(ProviderRefused):
                provider.refund(self.refund_of(held, self.amount - 248))
            provider.refund(self.refund_of(held, 1000, key="refund-2"))
            now = self.fetched(provider, held)
            assert (now.captured, now.refunded) == (self.amount - 249, 1000)

    # Notifications.

    def test_a_notification_names_the_charge_and_is_the_same_when_sent_again(self, provider):
        if not self.notifies:
            with pytest.raises(NotSupported):
                provider.parse_notification(RawNotification(provider.alias, {}, {}, b"{}"))
            return
        raw = self.notification(provider, self.paid(provider))

        hints = provider.parse_notification(raw)

        assert [hint.reference for hint in hints] == ["100023-1"]
        assert all(type(hint) is Hint and hint.event_id for hint in hints)
        assert provider.parse_notification(raw) == hints

    def test_a_notification_that_the_provider_did_not_send_is_refused(self, provider):
        if not self.notifies:
            return
        paid = self.paid(provider)
        good = self.notification(provider, paid)

        forged = {
            "changed": replace(good, body=good.body.replace(b"100023-1", b"100023-9")),
            "unsigned": replace(good, headers={}),
            "of another secret": self.notification(provider, paid, secret="whsec_of_somebody_else"),
            "to another endpoint": replace(good, endpoint="elsewhere"),
            "stale": self.notification(provider, paid, age_seconds=3600),
            "from the future": self.notification(provider, paid, age_seconds=-3600),
            "no text": replace(good, body=b"\xff\xfe"),
        }

        assert forged["changed"].body != good.body
        for what, raw in forged.items():
            with pytest.raises(BadSignature):
                provider.parse_notification(raw)
                pytest.fail(f"a notification that is {what} was believed")

    def test_an_empty_secret_verifies_nothing(self, provider):
        if not self.notifies:
            return
        paid = self.paid(provider)

        with pytest.raises(BadSignature):
            self.without_secret(provider).parse_notification(self.notification(provider, paid))

    # What it says of itself.

    def test_it_is_named_and_its_options_are_right(self, provider):
        assert str(provider.label()).strip()
        assert provider.check() == []

    def test_it_says_why_not_exactly_outside_of_what_it_takes(self, provider):
        can = provider.capabilities(currency=self.currency)

        assert provider.why_not(amount=self.amount, currency=self.currency) == ""
        if can.least > 1:
            assert provider.why_not(amount=can.least, currency=self.currency) == ""
            assert provider.why_not(amount=can.least - 1, currency=self.currency)
        if can.most is not None:
            assert provider.why_not(amount=can.most, currency=self.currency) == ""
            assert provider.why_not(amount=can.most + 1, currency=self.currency)
        if can.currencies is not None:
            assert self.currency in can.currencies
            assert provider.why_not(amount=self.amount, currency="XXX")


def plain(fact):
    """The fact itself, after a look at whether it is one of ours, cannot be changed and counts in whole numbers."""
    assert type(fact) in {ChargeFact, RefundFact}
    with pytest.raises(FrozenInstanceError):
        fact.amount = 0
    counted = {"amount", "captured", "refunded", "fee"} & {field.name for field in fields(fact)}
    assert all(type(getattr(fact, name)) is int or getattr(fact, name) is None for name in counted)
    assert fact.currency == fact.currency.upper()
    return fact
