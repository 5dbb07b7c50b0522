"""What the shopper sees and is sent while a transfer is waited for, and the command that imports."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from oscar_marketplace.backends import payment_providers
from oscar_marketplace.notifications.deliver import send_event
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.payments.bank.models import BankLine
from oscar_marketplace.payments.choices import payment_choices
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER
from tests.oscar_marketplace.payments.bank_world import CLABE, bring, row, statement, the_charge
from tests.oscar_marketplace.payments.conftest import order_at
from tests.oscar_marketplace.storefront.shopper import Shopper, text

pytestmark = pytest.mark.django_db


def see(order) -> str:
    return text(Shopper().client.get(tracking_path(order)))


def test_the_page_says_account_amount_reference_and_until_when(waiting):
    page = see(waiting.order)

    assert "Your order is waiting for your transfer" in page
    assert "Transfer $202.49 to this account." in page
    assert f"CLABE {CLABE}" in page
    assert f"Reference (write it also as the concept) {waiting.bank_reference.reference}" in page
    assert "The money has to be here by tomorrow at" in page
    assert "Ciudad Jacaranda" in page


def test_after_a_part_it_asks_for_the_rest_and_after_all_of_it_for_nothing(waiting):
    bring(row("200.00", waiting.bank_reference.reference))

    page = see(waiting.order)
    assert "$200.00 came, $2.49 is still missing. Transfer the rest with the same reference." in page
    assert "Amount $2.49" in page

    bring(row("2.49", waiting.bank_reference.reference))
    page = see(waiting.order)
    assert CLABE not in page
    assert "We received your order" in page


def test_the_mail_says_it_too(waiting):
    send_event(OutboxEvent.objects.get(topic="order_placed"))

    body = mail.outbox[0].body
    assert "Transfer $202.49 by " in body
    assert f"CLABE: {CLABE}" in body
    assert waiting.bank_reference.reference in body
    assert "kept for a few minutes" not in body


def test_a_pick_up_that_is_too_near_says_why(transfers, market, three_stalls):
    near, far = (factories.make_wave(market, starts_in=timedelta(hours=hours)) for hours in (20, 48))

    def why_not(*waves):
        choices = payment_choices(amount=1, currency="MXN", stall_count=1, waves=waves)
        return {choice.alias: choice.why_not for choice in choices}["transfer"]

    assert why_not(far) == ""
    assert why_not(far, near) == (
        "A transfer can take 1 day, and your pick-up time is too soon for that. Choose a later one."
    )


def test_the_time_to_answer_is_counted_in_opening_hours(transfers, three_stalls, market):
    """A stall that opens once a week cannot answer between tomorrow and the cut-off."""
    market.opening_rules.all().delete()
    day = timezone.localtime(timezone.now() + timedelta(days=5), market.zone)
    market.opening_rules.create(weekday=day.isoweekday(), opens="08:00", closes="09:00")
    order = order_at(three_stalls, factories.make_wave(market, starts_in=timedelta(days=2)))

    choices = payment_choices(amount=1, currency="MXN", stall_count=1, waves=[order.hand_overs.get().wave])

    assert "too soon" in {choice.alias: choice.why_not for choice in choices}["transfer"]


def test_the_other_ways_to_pay_read_no_hours(transfers, market, django_assert_num_queries, settings):
    del settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS["transfer"]
    wave = factories.make_wave(market)

    with django_assert_num_queries(0):
        payment_choices(amount=1, currency="MXN", stall_count=1, waves=type(wave).objects.filter(pk=wave.pk))


def test_another_currency_is_not_offered(settings, transfers):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS["transfer"]["OPTIONS"]["CURRENCY"] = "EUR"

    assert payment_providers["transfer"].why_not(amount=1, currency="MXN") == "Only for amounts in EUR."
    assert payment_providers["transfer"].why_not(amount=1, currency="EUR") == ""


def test_a_transfer_that_is_chosen_anew_has_a_reference_of_its_own(waiting):
    first = waiting.bank_reference.reference
    start_payment(waiting.order, provider="dummy", by=SHOPPER)
    start_payment(waiting.order, provider="transfer", by=SHOPPER)

    second = Charge.objects.get(provider="transfer", state=ChargeState.ACTION_REQUIRED)
    assert second.bank_reference.reference != first


# -- the command ------------------------------------------------------------------------------------------------------


def run(path, *args, account="transfer") -> str:
    out = StringIO()
    call_command("marketplace_bank_import", str(path), "--account", account, *args, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_imports_and_reports(waiting, tmp_path):
    file = tmp_path / "movements.csv"
    file.write_bytes(statement(row("202.49", waiting.bank_reference.reference), row("9.00", "hola")))

    assert run(file, "--dry-run") == "2 movements can be read, 2 of them are new. Nothing was written.\n"
    assert not BankLine.objects.exists()
    assert run(file) == "2 movements, 2 of them new: 1 matched, 1 need a person.\n"
    assert the_charge().state == ChargeState.CAPTURED
    assert run(file) == "2 movements, 0 of them new: 1 matched, 1 need a person.\n"
    assert BankLine.objects.count() == 2


def test_the_command_refuses_a_bad_file_an_unknown_account_and_no_file(transfers, tmp_path):
    file = tmp_path / "movements.csv"
    file.write_bytes(statement(row("1.00"), row("much")))

    for arguments, words in [
        ({"path": file}, "Nothing was imported."),
        ({"path": file, "account": "cash"}, "There are: transfer."),
        ({"path": tmp_path / "none.csv"}, "cannot be read"),
    ]:
        with pytest.raises(CommandError, match=words):
            run(**arguments)
    assert not BankLine.objects.exists()
