"""The demo offers Stripe if it is given a key, and only then."""

import os
import subprocess
import sys

import pytest

ASK = """
import django
django.setup()
from django.conf import settings
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import RequestFactory
from example_site.security import StrictContentSecurityPolicy
print("stripe" in settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS)
print([message.hint for message in run_checks() if message.id.startswith("oscar_marketplace.E01")])
page = StrictContentSecurityPolicy(lambda request: HttpResponse())(RequestFactory().get("/"))
print([part.strip() for part in page.headers["Content-Security-Policy"].split(";") if "form-action" in part])
"""


def demo(tmp_path, **environment):
    known = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "MERCADOPAGO_"))}
    known |= {"DJANGO_SETTINGS_MODULE": "example_site.settings", "EXAMPLE_VAR_DIR": str(tmp_path), **environment}
    (tmp_path / "media").mkdir()
    done = subprocess.run([sys.executable, "-c", ASK], env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-3:]


@pytest.mark.parametrize("secret", [{}, {"STRIPE_WEBHOOK_SECRET": "whsec_made_up_for_tests"}])
def test_with_a_test_key_cards_are_offered_and_their_page_may_be_gone_to(tmp_path, secret):
    assert demo(tmp_path, STRIPE_SECRET_KEY="sk_test_made_up_for_tests", **secret) == [
        "True",
        "[]",
        "[\"form-action 'self' https://checkout.stripe.com https://payments.stripe.com\"]",
    ]


def test_without_a_key_there_is_no_trace_of_it(tmp_path):
    assert demo(tmp_path) == ["False", "[]", "[\"form-action 'self'\"]"]
