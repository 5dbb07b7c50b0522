"""A city's portal with its markets: Wagtail for the pages, Oscar for the shop; what is ours is marked.

Environment: ``DATABASE_URL`` (postgres://…, else SQLite), ``SECRET_KEY``, ``DEBUG`` (1 by default: this is a demo),
``STRIPE_SECRET_KEY`` (a test key: cards appear among the ways to pay) and ``STRIPE_WEBHOOK_SECRET``.
"""

import base64
import hashlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from oscar.defaults import *  # noqa: F403

from oscar_marketplace.defaults import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent
VAR_DIR = Path(os.environ.get("EXAMPLE_VAR_DIR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-the-demo-never-for-a-city-0123456789abcdef")
DEBUG = os.environ.get("DEBUG", "1") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
SITE_ID = 1

INSTALLED_APPS = [
    "modeltranslation",  # before Django's admin
    "wagtail_mercado",  # ours: blocks and staff's screens in Wagtail
    "wagtail_mercado.pages_app",  # ours: ready-made pages
    "oscar_marketplace",  # ours: before Oscar's apps, so that its templates win
    "oscar_marketplace.translations",  # ours: texts in several languages
    "example_site.demo",
    "example_site.portal",
    "example_site.translations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "oscar.config.Shop",
    "oscar.apps.analytics.apps.AnalyticsConfig",
    "oscar.apps.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "oscar.apps.catalogue.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "oscar.apps.partner.apps.PartnerConfig",
    "oscar.apps.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.offer.apps.OfferConfig",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.customer.apps.CustomerConfig",
    "oscar.apps.search.apps.SearchConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "oscar.apps.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    "widget_tweaks",
    "haystack",
    "treebeard",
    "sorl.thumbnail",
    "django_tables2",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Pages shrink to a fifth, which is what a phone on a slow net pays for. Compressing a page that holds both a
    # secret and what a visitor typed can leak the secret by its length (BREACH): Django masks the CSRF token anew in
    # every answer and adds random length to each compressed one. Above WhiteNoise, for what it has not compressed.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "wagtail_mercado.middleware.PortalLocaleMiddleware",  # ours, instead of Django's
    "wagtail_mercado.middleware.RememberPageLanguage",  # ours
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "example_site.security.StrictContentSecurityPolicy",
]

ROOT_URLCONF = "example_site.urls"
WSGI_APPLICATION = "example_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]


def database(url: str | None) -> dict:
    """Django's settings for a database URL; without one, SQLite set up for several writers."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "demo.sqlite3",
            "ATOMIC_REQUESTS": True,  # as Oscar recommends; our checkout opts out where it must
            "OPTIONS": {
                # A writer takes its turn when it begins, instead of failing in the middle.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": True,
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}

LANGUAGE_CODE = "es-mx"
LANGUAGES = [("es-mx", "Español"), ("en", "English")]
# Texts of the shop: es-mx reads es. The migrations of their columns are in example_site/translations.
MODELTRANSLATION_LANGUAGES = ("es", "en")
MODELTRANSLATION_FALLBACK_LANGUAGES = ("es", "en")
# Pages have a tree per language, below /es-mx/ and /en/.
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/Mexico_City"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = "mercados@example.org"

OSCAR_SHOP_NAME = "Mercados en línea"
OSCAR_DEFAULT_CURRENCY = "MXN"
OSCAR_HOMEPAGE = "/markets/"
OSCAR_FROM_EMAIL = DEFAULT_FROM_EMAIL
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/markets/"

WAGTAIL_SITE_NAME = "Mercados de Guadalajara"
WAGTAILADMIN_BASE_URL = os.environ.get("SITE_URL", "http://localhost:8000")
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no request to another host
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"avif": "avif", "webp": "webp"}

OSCAR_MARKETPLACE_HOME_PATH = "markets/"  # the portal's own home page has "/"
OSCAR_MARKETPLACE_BASE_TEMPLATE = "portal/base.html"
OSCAR_MARKETPLACE_BASE_SHOWS_LANGUAGES = True
OSCAR_MARKETPLACE_TRANSLATIONS_APP = "translations"
OSCAR_MARKETPLACE_DEMO = DEBUG
OSCAR_MARKETPLACE_SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000")
OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
    "cash": {"BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall", "OPTIONS": {}},
    "dummy": {
        "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
        "OPTIONS": {"DIRECTORY": VAR_DIR / "make-believe-bank"},
    },
    "transfer": {
        "BACKEND": "oscar_marketplace.payments.providers.bank_transfer.BankTransfer",
        # No bank has this number: its digits are zeros and what makes them right.
        "OPTIONS": {
            "HOLDER": "Mercados de Guadalajara (demo)",
            "BANK": "Banco de prueba",
            "CLABE": "000000000000000013",
            "DAYS": 1,
            "TOLERANCE": 100,
        },
    },
}
OSCAR_MARKETPLACE_PAYOUT_METHODS = {
    "spei": {"BACKEND": "oscar_marketplace.payouts.methods.manual_file.SpeiCsv", "OPTIONS": {"CONCEPT": "Mercados"}},
    "cash": {"BACKEND": "oscar_marketplace.payouts.methods.cash.CashAtDesk", "OPTIONS": {}},
}
# A real site keeps keys of its own here, apart from SECRET_KEY, so that either can be changed alone.
OSCAR_MARKETPLACE_ENCRYPTION_KEYS = os.environ.get("ENCRYPTION_KEYS", "").split() or [
    base64.urlsafe_b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()
]
if STRIPE_SECRET_KEY := os.environ.get("STRIPE_SECRET_KEY"):
    OSCAR_MARKETPLACE_PAYMENT_PROVIDERS["stripe"] = {
        "BACKEND": "oscar_marketplace.payments.providers.stripe.StripeProvider",
        "OPTIONS": {
            "SECRET_KEY": STRIPE_SECRET_KEY,
            "I_KNOW_NO_MONEY_MOVES": True,
            # A machine that Stripe cannot reach has no secret; then the clock asks.
            "POLLS_ONLY": not os.environ.get("STRIPE_WEBHOOK_SECRET"),
            "WEBHOOK_SECRETS": {"events": os.environ.get("STRIPE_WEBHOOK_SECRET", "").split()},
        },
    }

if os.environ.get("MERCADOPAGO_ACCESS_TOKEN"):
    token = os.environ["MERCADOPAGO_ACCESS_TOKEN"]
    OSCAR_MARKETPLACE_PAYMENT_PROVIDERS["mercadopago"] = {
        "BACKEND": "oscar_marketplace.payments.providers.mercadopago.MercadoPagoProvider",
        "OPTIONS": {
            "ACCESS_TOKEN": token,
            # A token ends with the number of its account.
            "COLLECTOR_ID": os.environ.get("MERCADOPAGO_COLLECTOR_ID", token.rpartition("-")[2]),
            "POLLS_ONLY": not os.environ.get("MERCADOPAGO_WEBHOOK_SECRETS"),
            "WEBHOOK_SECRETS": os.environ.get("MERCADOPAGO_WEBHOOK_SECRETS", "").split(),
            "I_KNOW_NO_MONEY_MOVES": True,
            "COUNTRY": os.environ.get("MERCADOPAGO_COUNTRY", "MX"),
        },
    }

if not DEBUG:
    # Compressed once, by collectstatic, and kept by browsers for good: the name changes with the content.
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
