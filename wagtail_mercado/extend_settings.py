"""What a Wagtail site's own lists of settings lack for the market; each function gives a new list.

They run while the settings are being read: before there are apps, and without a look at any setting.
"""

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import Any

import oscar
from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

OURS = ["oscar_marketplace", "wagtail_mercado"]
OUR_PAGES = "wagtail_mercado.pages_app"
WAGTAILS = ["wagtail.contrib.settings"]
THUMBNAILER = "sorl.thumbnail"
#: The app that ``wagtail start`` makes, and the same app under a label that leaves Oscar's free.
STARTED_SEARCH, RELABELLED_SEARCH = "search", "wagtail_mercado.site_search.SiteSearchConfig"

DJANGOS_LOCALE = "django.middleware.locale.LocaleMiddleware"
LOCALE = "wagtail_mercado.middleware.PortalLocaleMiddleware"
REMEMBER = "wagtail_mercado.middleware.RememberPageLanguage"
BASKET = "oscar.apps.basket.middleware.BasketMiddleware"

DJANGO_TEMPLATES = "django.template.backends.django.DjangoTemplates"
CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "oscar.apps.search.context_processors.search_form",
    "oscar.apps.checkout.context_processors.checkout",
    "oscar.apps.communication.notifications.context_processors.notifications",
    "oscar.core.context_processors.metadata",
]


def add_market_apps(installed: Iterable[str], *, pages: bool = True) -> list[str]:
    """``INSTALLED_APPS`` with ours first, then the site's, then what is missing of Oscar, Wagtail and Django.

    ``pages=False`` leaves out the ready-made pages, for a site with a page model of its own. Where one of Oscar's
    apps, or a fork of one, is there already, none is added.

    Raises: ``ImproperlyConfigured`` where an app of the site has the label of an app of Oscar's.
    """
    ours = [*OURS, OUR_PAGES] if pages else OURS
    theirs = [entry for entry in dict.fromkeys(installed) if entry not in ours]
    has_oscar = any(_is_oscars(entry) for entry in theirs)
    wanted = [] if has_oscar else [*oscar.INSTALLED_APPS, THUMBNAILER]
    names = {_name(entry) for entry in theirs}
    added = [entry for entry in [*wanted, *WAGTAILS] if _name(entry) not in names]
    return [*ours, *(theirs if has_oscar else map(_with_a_label_of_its_own, theirs)), *added]


def add_market_middleware(middleware: Iterable[str]) -> list[str]:
    """``MIDDLEWARE`` with the basket of each request.

    Where the site chooses a language by address, ours does that in place of Django's, and the shop remembers it.
    """
    found = list(dict.fromkeys(LOCALE if entry == DJANGOS_LOCALE else entry for entry in middleware))
    if LOCALE in found and REMEMBER not in found:
        found.insert(found.index(LOCALE) + 1, REMEMBER)
    # A fork's has the same ending.
    if not any(entry.endswith("basket.middleware.BasketMiddleware") for entry in found):
        found.append(BASKET)
    return found


def add_market_context_processors(templates: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """``TEMPLATES`` whose engines of Django's own kind know what Oscar's and our templates ask for."""
    return [
        _with_context_processors(engine) if engine.get("BACKEND") == DJANGO_TEMPLATES else dict(engine)
        for engine in templates
    ]


def _with_context_processors(engine: Mapping[str, Any]) -> dict[str, Any]:
    options = engine.get("OPTIONS", {})
    found = dict.fromkeys([*options.get("context_processors", []), *CONTEXT_PROCESSORS])
    return {**engine, "OPTIONS": {**options, "context_processors": list(found)}}


def _config(entry: str) -> AppConfig | None:
    """The app config Django will make of an entry; None where its text already says what it is.

    Only a config class can have another app's name, and only an app called as one of Oscar's can have its label:
    everything else is not imported before its time.
    """
    last = entry.rpartition(".")[2]
    return AppConfig.create(entry) if last[:1].isupper() or last in OSCARS_LABELS else None


def _name(entry: str) -> str:
    config = _config(entry)
    return config.name if config else entry


def _is_oscars(entry: str) -> bool:
    if entry.split(".")[0] == "oscar":
        return True
    config = _config(entry)
    return config is not None and any(base.__module__.split(".")[0] == "oscar" for base in type(config).__mro__)


def _with_a_label_of_its_own(entry: str) -> str:
    config = _config(entry)
    if config is None or config.label not in OSCARS_LABELS:
        return entry
    if config.name == STARTED_SEARCH and not any(find_spec(f"search.{part}") for part in ("models", "migrations")):
        return RELABELLED_SEARCH
    raise ImproperlyConfigured(
        f"Your app {config.name!r} has the label {config.label!r}, which is that of an app of Oscar's. Give yours "
        f'another: label = "site_{config.label}" in the AppConfig in {config.name}/apps.py. If it has tables, their '
        "names and its rows in django_migrations and django_content_type change with it."
    )


OSCARS_LABELS = {AppConfig.create(entry).label for entry in oscar.INSTALLED_APPS if entry.startswith("oscar.apps.")} | {
    "oscar"
}
