"""System checks of the portal side: one id for every way to get the set-up wrong, and what to write where."""

from django.apps import apps
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.middleware.locale import LocaleMiddleware
from django.urls import LocalePrefixPattern, NoReverseMatch, Resolver404, ResolverMatch, get_resolver, resolve, reverse
from django.utils.module_loading import import_string
from django.views.generic import RedirectView
from oscar.core.application import OscarConfig
from wagtail.models import Page

from wagtail_mercado.conf import settings
from wagtail_mercado.extend_settings import LOCALE, OUR_PAGES, OURS, REMEMBER
from wagtail_mercado.middleware import PortalLocaleMiddleware

MOUNT = 'path("", include("wagtail_mercado.urls"))'
PAGES = 'path("", include(wagtail_urls))'
ADD_APPS = "INSTALLED_APPS = add_market_apps(INSTALLED_APPS)"
ADD_MIDDLEWARE = "MIDDLEWARE = add_market_middleware(MIDDLEWARE)"


# Apps


@register()
def check_app_order(app_configs, **kwargs) -> list[CheckMessage]:
    """E003: an app of Oscar's comes before ours, and so do its templates."""
    found = list(apps.get_app_configs())
    last_of_ours = max(found.index(apps.get_app_config(label)) for label in OURS)
    before = [config.name for config in found[:last_of_ours] if isinstance(config, OscarConfig)]
    if not before:
        return []
    return [
        Error(
            f"{' and '.join(OURS)} have to stand before Oscar's apps, but {before[0]!r} comes first.",
            hint=f"In your settings, below INSTALLED_APPS, write {ADD_APPS}: it puts ours in front.",
            id="wagtail_mercado.E003",
        )
    ]


@register()
def check_pages_fit_the_page_model(app_configs, **kwargs) -> list[CheckMessage]:
    """E004: the ready-made pages are built on Wagtail's own page model, and the site has swapped it."""
    if not apps.is_installed(OUR_PAGES) or not Page._meta.swapped:
        return []
    return [
        Error(
            f"{OUR_PAGES!r} is in INSTALLED_APPS, but WAGTAIL_PAGE_MODEL is {Page._meta.swapped!r}.",
            hint=(
                "Write INSTALLED_APPS = add_market_apps(INSTALLED_APPS, pages=False), and build page types on your own "
                "page model with the mixins in wagtail_mercado.pages."
            ),
            id="wagtail_mercado.E004",
        )
    ]


@register()
def check_settings_app(app_configs, **kwargs) -> list[CheckMessage]:
    """E005: editors have no place to change the market settings."""
    if apps.is_installed("wagtail.contrib.settings"):
        return []
    return [
        Error(
            "'wagtail.contrib.settings' is not in INSTALLED_APPS: nobody can change the market settings of a site.",
            hint=f'Add "wagtail.contrib.settings" to INSTALLED_APPS, or write {ADD_APPS} below it.',
            id="wagtail_mercado.E005",
        )
    ]


@register()
def check_most_cards(app_configs, **kwargs) -> list[CheckMessage]:
    """E006: the most cards of a block are no number that can be shown."""
    most = settings.MOST_CARDS
    if type(most) is int and most > 0:
        return []
    return [
        Error(
            f"WAGTAIL_MERCADO_MOST_CARDS is {most!r}, which is no whole number above zero.",
            hint="Write WAGTAIL_MERCADO_MOST_CARDS = 24, or remove the setting.",
            id="wagtail_mercado.E006",
        )
    ]


# URLs


@register(Tags.urls)
def check_urls(app_configs, **kwargs) -> list[CheckMessage]:
    """E001: our URLs are not mounted. E002: Wagtail's pages are mounted before them and answer instead."""
    try:
        home = reverse("market:home")
    except NoReverseMatch:
        return [
            Error(
                "The shop's URLs are not mounted.",
                hint=f"Add {MOUNT} to urlpatterns in {django_settings.ROOT_URLCONF}, above Wagtail's pages: {PAGES}.",
                id="wagtail_mercado.E001",
            )
        ]
    match = _match(home)
    if match is None or match.url_name != "wagtail_serve":
        return []
    return [
        Error(
            f"Wagtail's pages answer at {home}, where the list of markets should.",
            hint=f"In urlpatterns in {django_settings.ROOT_URLCONF}, move {MOUNT} above Wagtail's pages: {PAGES}.",
            id="wagtail_mercado.E002",
        )
    ]


@register(Tags.urls)
def check_pages_own_the_root(app_configs, **kwargs) -> list[CheckMessage]:
    """W001: the shop answers at ``/``, so the home page made in Wagtail is never seen."""
    match = _match("/")
    if match is None or not _is_the_shops_home(match) or not _pages_begin_at_the_root():
        return []
    return [
        Warning(
            'The shop answers at "/": the home page made in Wagtail is hidden behind it.',
            hint=(
                'Write OSCAR_MARKETPLACE_HOME_PATH = "markets/" in your settings, and in urlpatterns in '
                f"{django_settings.ROOT_URLCONF} write {MOUNT} in place of Oscar's and the marketplace's URLs. If the "
                'shop is to be the home page: SILENCED_SYSTEM_CHECKS = ["wagtail_mercado.W001"].'
            ),
            id="wagtail_mercado.W001",
        )
    ]


@register(Tags.urls)
def check_language_middleware(app_configs, **kwargs) -> list[CheckMessage]:
    """Pages have a language in their address. W002: the shop does not learn it. W003: it learns it too early.

    W004: Django's middleware answers 302 where the shop says 404.
    """
    if _language_prefix_of_pages() is None:
        return []
    middleware = list(django_settings.MIDDLEWARE)
    found = [_check_page_language_is_remembered(middleware), _check_refusals_are_believed(middleware)]
    return [message for message in found if message]


def _check_page_language_is_remembered(middleware: list[str]) -> CheckMessage | None:
    if REMEMBER not in middleware:
        return Warning(
            "Wagtail's pages are inside i18n_patterns, but the shop does not go on in a page's language.",
            hint=f'Write {ADD_MIDDLEWARE} below MIDDLEWARE, or add "{REMEMBER}" right below "{LOCALE}".',
            id="wagtail_mercado.W002",
        )
    if any(_is_a(LocaleMiddleware, entry) for entry in middleware[: middleware.index(REMEMBER)]):
        return None
    return Warning(
        f"{REMEMBER} does not stand below {LOCALE}, so a page's language is not known yet.",
        hint=f'In MIDDLEWARE in your settings, move "{REMEMBER}" right below "{LOCALE}".',
        id="wagtail_mercado.W003",
    )


def _check_refusals_are_believed(middleware: list[str]) -> CheckMessage | None:
    djangos = [entry for entry in middleware if _is_a(LocaleMiddleware, entry)]
    if not djangos or any(_is_a(PortalLocaleMiddleware, entry) for entry in djangos):
        return None
    return Warning(
        f"{djangos[0]} answers with a redirect where the shop says that there is no such thing.",
        hint=f'Write {ADD_MIDDLEWARE} below MIDDLEWARE, or "{LOCALE}" in place of "{djangos[0]}".',
        id="wagtail_mercado.W004",
    )


def _is_a(kind: type, entry: str) -> bool:
    found = import_string(entry)
    return isinstance(found, type) and issubclass(found, kind)


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _is_the_shops_home(match: ResolverMatch) -> bool:
    """The list of markets, or the redirect that Oscar puts there."""
    if match.namespaces[:1] == ["market"]:
        return True
    is_redirect = getattr(match.func, "view_class", None) is RedirectView
    return is_redirect and match.view_name == "home"


def _pages_begin_at_the_root() -> bool:
    try:
        path = reverse("wagtail_serve", args=[""])
    except NoReverseMatch:
        return False
    return path == f"/{_language_prefix_of_pages() or ''}"


def _language_prefix_of_pages() -> str | None:
    """``"en/"`` (empty for a default language without one) where Wagtail's pages are inside ``i18n_patterns``."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern.pattern, LocalePrefixPattern) and "wagtail_serve" in pattern.reverse_dict:
            return pattern.pattern.language_prefix
    return None
