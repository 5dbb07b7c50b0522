"""Settings for a Wagtail site that gets the markets: ``from wagtail_mercado.defaults import *``.

Put the line at the top, so that your own values win, and extend your lists below them with the three functions. A
system check names each value that is missing or contradicts ours.
"""

from django.conf import global_settings
from django.urls import reverse_lazy
from oscar.defaults import *  # noqa: F403

from oscar_marketplace.defaults import *  # noqa: F403
from wagtail_mercado.extend_settings import (
    add_market_apps,
    add_market_context_processors,
    add_market_middleware,
)

# Pages own "/"; Oscar's links home lead to the markets.
OSCAR_MARKETPLACE_HOME_PATH = "markets/"
OSCAR_HOMEPAGE = reverse_lazy("market:home")
LOGIN_URL = reverse_lazy("customer:login")
LOGIN_REDIRECT_URL = reverse_lazy("market:home")

# Accounts of the shop are known by their e-mail, Wagtail's editors by their user name.
AUTHENTICATION_BACKENDS = [
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Oscar's dashboard searches with Haystack; the markets' own search needs no engine.
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
# What holds anyway, said aloud: Oscar's migrations follow it and a check of Django's wants it said. Your own wins.
DEFAULT_AUTO_FIELD = global_settings.DEFAULT_AUTO_FIELD
# Of Django's sites, which Oscar asks; Wagtail's have their own table.
SITE_ID = 1

__all__ = [name for name in dir() if name.isupper()]
__all__ += ["add_market_apps", "add_market_context_processors", "add_market_middleware"]
