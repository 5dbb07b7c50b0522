"""A city on Wagtail 8 with a page model of its own, and the market added as the guide says."""

from pathlib import Path

from wagtail_mercado.defaults import *  # noqa: F403
from wagtail_mercado.defaults import add_market_apps, add_market_context_processors, add_market_middleware

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz"
DEBUG = False
ALLOWED_HOSTS = ["localhost", "testserver"]
ROOT_URLCONF = "urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "city.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
MEDIA_ROOT = BASE_DIR / "media"
LANGUAGE_CODE = "en-us"
USE_TZ = True
WAGTAIL_SITE_NAME = "City"
WAGTAILADMIN_BASE_URL = "http://localhost"
WAGTAIL_PAGE_MODEL = "city.CityPage"
INSTALLED_APPS = [
    "city",
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
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

# What the guide adds at the end.
INSTALLED_APPS = add_market_apps(INSTALLED_APPS, pages=False)
MIDDLEWARE = add_market_middleware(MIDDLEWARE)
TEMPLATES = add_market_context_processors(TEMPLATES)
OSCAR_DEFAULT_CURRENCY = "MXN"
