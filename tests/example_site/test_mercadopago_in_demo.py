"""The demo offers Mercado Pago if it is given a token, and only then."""

import pytest

from tests.example_site.test_stripe_in_demo import demo


@pytest.mark.parametrize("secret", [{}, {"MERCADOPAGO_WEBHOOK_SECRETS": "made-up-for-tests-only"}])
def test_with_a_token_it_is_offered_and_its_page_may_be_gone_to(tmp_path, secret):
    token = {"MERCADOPAGO_ACCESS_TOKEN": "TEST-made-up-for-tests-700001"}

    _stripe, mistakes, forms = demo(tmp_path, **token, **secret)

    assert mistakes == "[]"
    assert "https://*.mercadopago.com.mx" in forms


def test_a_token_that_is_none_is_named(tmp_path):
    _stripe, mistakes, _forms = demo(tmp_path, MERCADOPAGO_ACCESS_TOKEN="sk_test_of_another_company")

    assert "begins with APP_USR- or TEST-" in mistakes
