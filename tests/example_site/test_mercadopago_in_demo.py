"""The demo offers Mercado Pago if it is given a token, and only then."""

import pytest

from tests.example_site.test_stripe_in_demo import demo


@pytest.mark.parametrize("secret", [{}, {"MERCADOPAGO_WEBHOOK_SECRETS": "made-up-for-tests-only"}])
def test_with_a_token_it_is_offered_and_its_page_may_be_gone_to(tmp_path, secret):
    token = {"MERCADOPAGO_ACCESS_TOKEN": "TEST-made-up-for-tests-700001"}

    ways, mistakes, forms = demo(tmp_path, **token, **secret)

    assert "'mercadopago'" in ways
    assert mistakes == "[]"
    assert "https://*.mercadopago.com.mx" in forms
