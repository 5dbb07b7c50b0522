"""Mistakes in the options are said in words, and how Stripe is asked is fixed."""

import subprocess
import sys

import pytest
import stripe

from oscar_marketplace.payments.providers.stripe import StripeProvider
from oscar_marketplace.payments.providers.stripe_client import client_for

TEST_KEY, LIVE_KEY = "sk_test_made_up_for_tests", "sk_live_made_up_for_tests"
SECRETS = {"events": ["whsec_made_up_for_tests"]}


def mistakes(**options):
    return StripeProvider("stripe", {"SECRET_KEY": LIVE_KEY, "WEBHOOK_SECRETS": SECRETS, **options}).check()


def test_right_options_have_no_mistakes(settings):
    assert mistakes() == []
    assert mistakes(SECRET_KEY="rk_live_made_up_for_tests", METHODS=["card", "link"], ACCOUNT="acct_1abc") == []
    assert mistakes(WEBHOOK_SECRETS={}, POLLS_ONLY=True) == []
    assert mistakes(SECRET_KEY=TEST_KEY, I_KNOW_NO_MONEY_MOVES=True) == []
    settings.DEBUG = True
    assert mistakes(SECRET_KEY=TEST_KEY, PUBLISHABLE_KEY="pk_test_made_up_for_tests") == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "pk_live_made_up_for_tests"}, "publishable"),
        ({"SECRET_KEY": "hunter2"}, "SECRET_KEY is no key of Stripe"),
        ({"SECRET_KEY": TEST_KEY}, "SECRET_KEY is a test key, so orders look paid and no money moves"),
        ({"PUBLISHABLE_KEY": "pk_test_made_up_for_tests"}, "mix test and live"),
        ({"PUBLISHABLE_KEY": LIVE_KEY}, "PUBLISHABLE_KEY is not one"),
        ({"WEBHOOK_SECRETS": {}}, "WEBHOOK_SECRETS is missing"),
        ({"WEBHOOK_SECRETS": {"events": []}}, "a list of secrets per endpoint"),
        ({"WEBHOOK_SECRETS": {"events": "whsec_made_up_for_tests"}}, "a list of secrets per endpoint"),
        ({"WEBHOOK_SECRETS": {"events": [""]}}, "does not begin with whsec_ or is empty"),
        ({"METHODS": "card"}, "METHODS must be a list"),
        ({"METHODS": ["card", "shells"]}, "METHODS has shells"),
        ({"METHODS": ["card", "oxxo"]}, "give those a provider entry of their own"),
        ({"ACCOUNT": "city"}, "ACCOUNT must be"),
        ({"SECRET": "x"}, "there is no option SECRET"),
    ],
)
def test_each_mistake_is_said_once_and_shows_no_secret(options, says):
    (said,) = mistakes(**options)

    assert says in said
    assert "made_up_for_tests" not in said and "hunter2" not in said


def test_a_live_key_on_a_developers_machine_is_a_mistake(settings):
    settings.DEBUG = True

    (said,) = mistakes()

    assert "real cards would be charged" in said


def test_the_host_the_timeouts_and_the_tries_are_fixed_and_redirects_are_not_followed():
    client = client_for("sk_test_fixed_line", None, None)

    requestor = client._requestor
    assert requestor.base_addresses["api"] == "https://api.stripe.com"
    assert requestor._client._timeout == (3, 20)
    assert requestor._client._session.max_redirects == 0
    assert requestor._options.max_network_retries == 2
    assert stripe.enable_telemetry is False
    assert client_for("sk_test_fixed_line", None, None) is client


def test_a_redirect_is_not_followed(monkeypatch):
    import requests

    client = client_for("sk_test_redirected", None, None)
    asked = []

    def redirect(self, request, **kwargs):
        asked.append(request.url)
        response = requests.Response()
        response.status_code, response.headers["Location"] = 302, "https://elsewhere.example/"
        response.request, response.url, response.raw = request, request.url, None
        response._content = b""
        return response

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", redirect)

    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.retrieve("cs_test_1", {}, {"max_network_retries": 0})

    assert asked == ["https://api.stripe.com/v1/checkout/sessions/cs_test_1"]


def test_an_id_cannot_leave_its_place_in_the_address(shop):
    assert shop.fetch("cs_test_../../v1/account") is None

    assert shop.stripe.sent[-1].path == "/v1/checkout/sessions/cs_test_..%2F..%2Fv1%2Faccount"


def test_the_package_works_without_the_sdk():
    code = """
import sys
sys.modules["stripe"] = None
import django
from django.conf import settings
settings.configure(USE_I18N=False)
from oscar_marketplace.payments.providers.stripe import StripeProvider
print(StripeProvider("stripe", {}).label())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.stdout.strip(), done.returncode) == ("Card", 0), done.stderr


def test_a_missing_sdk_is_named(monkeypatch):
    monkeypatch.setattr("oscar_marketplace.payments.providers.stripe.find_spec", lambda name: None)

    (said,) = mistakes()

    assert "pip install 'wagtail-mercado[stripe]'" in said
