"""Settings of the test suite: the example site, quick and quiet.

``DATABASE_URL`` runs the suite on PostgreSQL; the default is a SQLite file (migrated once, then copied).
"""

import os
import tempfile

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if WORKER and os.environ.get("TEST_VAR_DIR_OF") != WORKER:
    # A worker has a folder of its own; what it starts inherits it, or is given another.
    os.environ |= {"EXAMPLE_VAR_DIR": tempfile.mkdtemp(prefix="mercado-tests-"), "TEST_VAR_DIR_OF": WORKER}
os.environ.setdefault("EXAMPLE_VAR_DIR", tempfile.mkdtemp(prefix="mercado-tests-"))

from example_site.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEBUG = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if os.environ.get("TEST_SQLITE_FILE"):
    # A server process of a concurrency test, on the database of the test that started it.
    DATABASES["default"]["NAME"] = os.environ["TEST_SQLITE_FILE"]  # noqa: F405
if os.environ.get("TEST_KILL_FILE"):
    MIDDLEWARE = ["tests.crash.kill_switch.KillSwitch", *MIDDLEWARE]  # noqa: F405
if os.environ.get("TEST_SERVER"):
    # A server process of a test: what goes wrong in it is in its log.
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
# The suite's own language is the source language; tests of Spanish pages ask for it.
LANGUAGE_CODE = "en"
MODELTRANSLATION_LANGUAGES = MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "es")
TIME_ZONE = "America/Mexico_City"
OSCAR_MARKETPLACE_SITE_URL = "https://mercados.example.org"
OSCAR_MARKETPLACE_DEMO = True
# The suite runs as a deployed site does, without DEBUG, and still pays with play money.
OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
    **OSCAR_MARKETPLACE_PAYMENT_PROVIDERS,  # noqa: F405
    "dummy": {
        "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
        "OPTIONS": {"I_KNOW_NO_MONEY_MOVES": True},
    },
}
