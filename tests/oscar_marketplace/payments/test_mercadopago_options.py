"""Every way to get the OPTIONS of Mercado Pago wrong is named, and no key with it."""

import pytest

from oscar_marketplace.payments.providers.mercadopago import MercadoPagoProvider
from oscar_marketplace.test.fake_mercadopago import FakeMercadoPago

GOOD = FakeMercadoPago(live=True).options()


def mistakes(**options):
    whole = {name: value for name, value in {**GOOD, **options}.items() if value is not None}
    return MercadoPagoProvider("mp", whole).check()


def test_right_options_have_no_mistakes():
    assert mistakes() == []
    assert mistakes(EXCLUDED_TYPES=["ticket"], PAGE_MINUTES=30, VOUCHER_HOURS=24, STATEMENT="MERCADO") == []
    assert mistakes(WEBHOOK_SECRETS=[], POLLS_ONLY=True) == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"ACCESS_TOKEN": None}, "ACCESS_TOKEN is missing"),
        ({"ACCESS_TOKEN": "sk_live_1234567890"}, "begins with APP_USR- or TEST-"),
        ({"ACCESS_TOKEN": "TEST-made-up-for-tests-700001"}, "no money moves"),
        ({"ACCESS_TOKEN": "APP_USR-made-up-for-tests-700002"}, "another account than COLLECTOR_ID"),
        ({"PUBLIC_KEY": GOOD["ACCESS_TOKEN"]}, "holds the public key"),
        ({"COLLECTOR_ID": None}, "COLLECTOR_ID is missing"),
        ({"COLLECTOR_ID": "city"}, "COLLECTOR_ID is missing"),
        ({"COUNTRY": "ES"}, "COUNTRY must be"),
        ({"WEBHOOK_SECRETS": None}, "WEBHOOK_SECRETS is missing"),
        ({"WEBHOOK_SECRETS": [""]}, "none of them empty"),
        ({"WEBHOOK_SECRETS": "a-text-and-not-a-list"}, "must be a list"),
        ({"EXCLUDED_TYPES": "ticket"}, "EXCLUDED_TYPES must be a list"),
        ({"PAGE_MINUTES": 0}, "PAGE_MINUTES must be"),
        ({"VOUCHER_HOURS": "48"}, "VOUCHER_HOURS must be"),
        ({"STATEMENT": "MERCADO DE ABASTOS"}, "STATEMENT is longer"),
        ({"TOKEN": "x"}, "there is no option TOKEN"),
    ],
)
def test_each_mistake_is_named(options, says):
    found = mistakes(**options)

    assert len(found) == 1 and says in found[0]
    assert not any(str(GOOD["ACCESS_TOKEN"]) in each or GOOD["WEBHOOK_SECRETS"][0] in each for each in found)


def test_a_test_token_is_right_while_debugging_and_for_a_demo(settings):
    assert mistakes(ACCESS_TOKEN="TEST-made-up-for-tests-700001", I_KNOW_NO_MONEY_MOVES=True) == []
    settings.DEBUG = True
    assert mistakes(ACCESS_TOKEN="TEST-made-up-for-tests-700001") == []


def test_a_country_we_do_not_know_is_a_sentence_and_not_a_crash():
    assert mistakes(COUNTRY="XX")
    assert MercadoPagoProvider("mp", {**GOOD, "COUNTRY": "XX"}).why_not(amount=100, currency="MXN")


@pytest.mark.parametrize(
    ("options", "is_delayed", "days"),
    [
        ({}, False, 0),
        ({"EXCLUDED_TYPES": ["ticket", "atm", "bank_transfer", "debit_card"]}, False, 0),
        ({"EXCLUDED_TYPES": []}, True, 0),
        ({"EXCLUDED_TYPES": ["ticket"]}, True, 0),
        ({"EXCLUDED_TYPES": ["credit_card", "debit_card"]}, True, 2),
        ({"EXCLUDED_TYPES": ["credit_card"], "VOUCHER_HOURS": 73}, True, 4),
    ],
)
def test_vouchers_and_transfers_take_their_time(options, is_delayed, days):
    provider = MercadoPagoProvider("mp", {**GOOD, **options})

    can = provider.capabilities(currency="MXN")
    assert (can.is_delayed, can.days_to_pay) == (is_delayed, days)
    assert ("takes longer" in provider.hint(stall_count=1)) is is_delayed


def test_it_is_offered_for_the_accounts_currency_only():
    provider = MercadoPagoProvider("mp", GOOD)

    assert provider.why_not(amount=100, currency="MXN") == ""
    assert provider.why_not(amount=100, currency="USD") == "Not for prices in USD."
