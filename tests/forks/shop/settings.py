"""Oscar's quick start as a city has it: some of Oscar's apps are its own (``CITY_FORKS``)."""

import os
from pathlib import Path

from oscar.defaults import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent
CITY_FORKS = [name for name in os.environ.get("CITY_FORKS", "").split(",") if name]

SECRET_KEY = "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
SITE_ID = 1
ROOT_URLCONF = "urls"
# Oscar recommends the first, and older shops have the second.
ATOMIC_REQUESTS = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "shop.sqlite3",
        "ATOMIC_REQUESTS": ATOMIC_REQUESTS,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # Nothing here outlives a power cut.
            "init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;",
        },
    }
}
STATIC_URL = "/static/"
MEDIA_ROOT = BASE_DIR / "media"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
TIME_ZONE = "America/Mexico_City"
USE_TZ = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = BASE_DIR / "mail"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}

OSCAR_SHOP_NAME = "City shop"
OSCAR_DEFAULT_CURRENCY = "MXN"
OSCAR_ALLOW_ANON_CHECKOUT = True


def _oscar(name: str, config: str) -> str:
    """An Oscar app: the city's fork of it if there is one."""
    top = name.partition(".")[0]
    is_forked = top in CITY_FORKS and (BASE_DIR / "city" / name.replace(".", "/")).is_dir()
    return f"{'city' if is_forked else 'oscar.apps'}.{name}.apps.{config}"


INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "oscar.config.Shop",
    _oscar("analytics", "AnalyticsConfig"),
    _oscar("checkout", "CheckoutConfig"),
    _oscar("address", "AddressConfig"),
    _oscar("shipping", "ShippingConfig"),
    _oscar("catalogue", "CatalogueConfig"),
    _oscar("catalogue.reviews", "CatalogueReviewsConfig"),
    _oscar("communication", "CommunicationConfig"),
    _oscar("partner", "PartnerConfig"),
    _oscar("basket", "BasketConfig"),
    _oscar("payment", "PaymentConfig"),
    _oscar("offer", "OfferConfig"),
    _oscar("order", "OrderConfig"),
    _oscar("customer", "CustomerConfig"),
    _oscar("search", "SearchConfig"),
    _oscar("voucher", "VoucherConfig"),
    _oscar("wishlists", "WishlistsConfig"),
    _oscar("dashboard", "DashboardConfig"),
    _oscar("dashboard.reports", "ReportsDashboardConfig"),
    _oscar("dashboard.users", "UsersDashboardConfig"),
    _oscar("dashboard.orders", "OrdersDashboardConfig"),
    _oscar("dashboard.catalogue", "CatalogueDashboardConfig"),
    _oscar("dashboard.offers", "OffersDashboardConfig"),
    _oscar("dashboard.partners", "PartnersDashboardConfig"),
    _oscar("dashboard.pages", "PagesDashboardConfig"),
    _oscar("dashboard.ranges", "RangesDashboardConfig"),
    _oscar("dashboard.reviews", "ReviewsDashboardConfig"),
    _oscar("dashboard.vouchers", "VouchersDashboardConfig"),
    _oscar("dashboard.communications", "CommunicationsDashboardConfig"),
    _oscar("dashboard.shipping", "ShippingDashboardConfig"),
    "widget_tweaks",
    "haystack",
    "treebeard",
    "sorl.thumbnail",
    "django_tables2",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = [
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
]
