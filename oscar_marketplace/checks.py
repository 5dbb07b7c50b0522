"""System checks: one id for every way to get the set-up wrong. Each hint says what to write and where."""

from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.template import TemplateDoesNotExist, loader
from django.template.loader_tags import BlockNode, ExtendsNode
from django.urls import NoReverseMatch, Resolver404, get_resolver, resolve, reverse

from oscar_marketplace import backends, defaults
from oscar_marketplace.conf import settings
from oscar_marketplace.overlay import checks as overlay_checks  # noqa: F401 (registers them)
from oscar_marketplace.translations import checks as translation_checks  # noqa: F401

STAR = "from oscar_marketplace.defaults import *"
PLUGS = (backends.payment_providers, backends.payout_methods, backends.channels)
#: Blocks of the base template that our pages fill.
BASE_BLOCKS = {"head_extra", "content"}


@register()
def check_currency(app_configs, **kwargs) -> list[CheckMessage]:
    """E004: no default currency. W002: it is still Oscar's own default, pounds."""
    currency = getattr(django_settings, "OSCAR_DEFAULT_CURRENCY", None)
    hint = 'Write OSCAR_DEFAULT_CURRENCY = "MXN" (your markets\' currency) below the imports of the defaults.'
    if not currency:
        return [Error("OSCAR_DEFAULT_CURRENCY is not set.", hint=hint, id="oscar_marketplace.E004")]
    if currency == "GBP":
        return [
            Warning(
                "OSCAR_DEFAULT_CURRENCY is 'GBP', which is Oscar's own default.",
                hint=f'{hint} If your markets do sell in pounds: SILENCED_SYSTEM_CHECKS = ["oscar_marketplace.W002"].',
                id="oscar_marketplace.W002",
            )
        ]
    return []


@register()
def check_oscar_values(app_configs, **kwargs) -> list[CheckMessage]:
    """E005: no guest checkout. E006: offers without tax. E007 - E009: statuses that cannot be reached."""
    messages: list[CheckMessage] = []
    if getattr(django_settings, "OSCAR_ALLOW_ANON_CHECKOUT", False) is not True:
        messages.append(
            Error(
                "OSCAR_ALLOW_ANON_CHECKOUT is not True: people without an account cannot buy.",
                hint=f"Write OSCAR_ALLOW_ANON_CHECKOUT = True, or '{STAR}' and no other value below it.",
                id="oscar_marketplace.E005",
            )
        )
    if getattr(django_settings, "OSCAR_OFFERS_INCL_TAX", False) is not True:
        messages.append(
            Error(
                "OSCAR_OFFERS_INCL_TAX is not True, but prices at the market include tax.",
                hint=f"Write OSCAR_OFFERS_INCL_TAX = True, or '{STAR}' and no other value below it.",
                id="oscar_marketplace.E006",
            )
        )
    return messages + _check_statuses("ORDER") + _check_statuses("LINE")


def _check_statuses(kind: str) -> list[CheckMessage]:
    pipeline_name, initial_name = f"OSCAR_{kind}_STATUS_PIPELINE", f"OSCAR_INITIAL_{kind}_STATUS"
    pipeline = getattr(django_settings, pipeline_name, None) or {}
    initial = getattr(django_settings, initial_name, None)
    mapped = getattr(settings, f"{kind}_STATUS_MAP")
    messages: list[CheckMessage] = []
    if initial not in pipeline:
        messages.append(
            Error(
                f"{initial_name} is {initial!r}, which is no key of {pipeline_name}.",
                hint=f"Write '{STAR}', or set both: {initial_name} = 'Pending' and a pipeline with the key 'Pending'.",
                id="oscar_marketplace.E007",
            )
        )
    if unknown := sorted(set(mapped.values()) - set(pipeline)):
        messages.append(
            Error(
                f"OSCAR_MARKETPLACE_{kind}_STATUS_MAP writes {', '.join(unknown)}, unknown to {pipeline_name}.",
                hint=f"Add it as a key of {pipeline_name}, or map the state to one of: {', '.join(pipeline) or '-'}.",
                id="oscar_marketplace.E008",
            )
        )
    if strange := sorted(set(mapped) - set(getattr(defaults, f"{kind}_STATUS_MAP")) - _known_states(kind)):
        messages.append(
            Error(
                f"OSCAR_MARKETPLACE_{kind}_STATUS_MAP names states that do not exist: {', '.join(strange)}.",
                hint=f"The states are: {', '.join(sorted(_known_states(kind)))}.",
                id="oscar_marketplace.E009",
            )
        )
    return messages


def _known_states(kind: str) -> set[str]:
    from oscar_marketplace.orders.states import StallOrderState

    return set(defaults.ORDER_STATUS_MAP) if kind == "ORDER" else set(StallOrderState.values)


@register()
def check_backends(app_configs, **kwargs) -> list[CheckMessage]:
    """E010: a plug setting is malformed. E011: a backend cannot be loaded. E012: a backend finds its options wrong."""
    return [message for kind in PLUGS for message in _check_backends(kind)]


def _check_backends(kind: backends.Backends) -> list[CheckMessage]:
    name = f"{settings.prefix}{kind.setting}"
    configured = getattr(settings, kind.setting)
    shape = f'{name} = {{"alias": {{"BACKEND": "dotted.path.of.a.Class", "OPTIONS": {{}}}}}}'
    if not isinstance(configured, dict) or not configured:
        return [
            Error(f"{name} is not a dictionary with an entry.", hint=f"Write {shape}.", id="oscar_marketplace.E010")
        ]
    messages: list[CheckMessage] = []
    for alias, entry in configured.items():
        if problem := _problem_of_entry(alias, entry):
            messages.append(Error(f"{name}[{alias!r}]: {problem}", hint=f"Write {shape}.", id="oscar_marketplace.E010"))
            continue
        try:
            backend = kind[alias]
        except Exception as problem:  # noqa: BLE001 (whatever a backend's module raises is what is wrong with it)
            messages.append(
                Error(
                    f"{name}[{alias!r}]: {entry['BACKEND']} cannot be loaded: {type(problem).__name__}: {problem}",
                    hint="Correct the dotted path in BACKEND, install what the backend needs, or remove the entry.",
                    id="oscar_marketplace.E011",
                )
            )
            continue
        mistakes = backend.check() if hasattr(backend, "check") else []
        messages += [
            Error(f"{name}[{alias!r}] has wrong OPTIONS.", hint=str(mistake), id="oscar_marketplace.E012")
            for mistake in mistakes
        ]
    return messages


def _problem_of_entry(alias, entry) -> str:
    if not isinstance(alias, str) or not 0 < len(alias) <= 40:
        return "an alias is a text of at most 40 characters."
    if not isinstance(entry, dict) or not isinstance(entry.get("BACKEND"), str):
        return "the entry has no BACKEND."
    if not isinstance(entry.get("OPTIONS", {}), dict):
        return "OPTIONS is not a dictionary."
    if strange := sorted(set(map(str, entry)) - {"BACKEND", "OPTIONS"}):
        return f"the entry has {', '.join(strange)}; only BACKEND and OPTIONS are read."
    return ""


@register()
def check_encryption_keys(app_configs, **kwargs) -> list[CheckMessage]:
    """E020: the keys for bank data are missing or none. E021: a value about payouts cannot be used."""
    from oscar_marketplace.payouts.encryption import mistakes_in_keys

    name = f"{settings.prefix}ENCRYPTION_KEYS"
    make = "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"
    hint = f"Make a key with: python -c '{make}', keep it outside the code, and write {name} = [\"that key\"]."
    messages: list[CheckMessage] = [
        Error(f"{name}: {mistake}.", hint=hint, id="oscar_marketplace.E020") for mistake in mistakes_in_keys()
    ]
    if not settings.ENCRYPTION_KEYS and _pays_to_accounts():
        words = f"{name} is empty, but {settings.prefix}PAYOUT_METHODS pays to bank accounts."
        messages.append(Error(words, hint=hint, id="oscar_marketplace.E020"))
    days, limit = settings.PAYOUT_ACCOUNT_HOLD_DAYS, settings.PAYOUT_FOUR_EYES_ABOVE
    if type(days) is not int or days < 0:
        words = f"{settings.prefix}PAYOUT_ACCOUNT_HOLD_DAYS is no whole number of days."
        messages.append(Error(words, hint="Write for example 3.", id="oscar_marketplace.E021"))
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | Decimal) or limit < 0):
        words = f"{settings.prefix}PAYOUT_FOUR_EYES_ABOVE is no amount."
        messages.append(Error(words, hint="Write a whole number, a Decimal, or None.", id="oscar_marketplace.E021"))
    return messages


def _pays_to_accounts() -> bool:
    try:
        return any(method.account_kind for method in backends.payout_methods.all())
    except Exception:  # noqa: BLE001 (E010 and E011 say what is wrong with it)
        return False


@register(Tags.templates)
def check_base_template(app_configs, **kwargs) -> list[CheckMessage]:
    """E013: the base template does not exist. E014: it lacks a block that our pages fill."""
    name = settings.BASE_TEMPLATE
    try:
        template = loader.get_template(name)
    except TemplateDoesNotExist as missing:
        return [
            Error(
                f"OSCAR_MARKETPLACE_BASE_TEMPLATE is {name!r}, but the template {missing} does not exist.",
                hint="Write the name of a template that Django finds (DIRS or APP_DIRS), or remove the setting.",
                id="oscar_marketplace.E013",
            )
        ]
    blocks = _blocks_of(getattr(template, "template", None))
    if blocks is None or blocks >= BASE_BLOCKS:
        return []
    missing = ", ".join(sorted(BASE_BLOCKS - blocks))
    return [
        Error(
            f"The base template {name!r} has no block {missing}: our pages would stay empty.",
            hint="Add {% block head_extra %}{% endblock %} in <head> and {% block content %}{% endblock %} in <body>.",
            id="oscar_marketplace.E014",
        )
    ]


def _blocks_of(template) -> set[str] | None:
    """Names of the blocks of a Django template and of those it extends; None where that cannot be told."""
    if not hasattr(template, "nodelist"):
        return None
    blocks = {block.name for block in template.nodelist.get_nodes_by_type(BlockNode)}
    for extending in template.nodelist.get_nodes_by_type(ExtendsNode):
        if not isinstance(extending.parent_name.var, str):
            return None
        above = _blocks_of(template.engine.get_template(extending.parent_name.var))
        if above is None:
            return None
        blocks |= above
    return blocks


@register(Tags.urls)
def check_urls(app_configs, **kwargs) -> list[CheckMessage]:
    """E015: our URLs are not mounted. E016: another app answers at one of them, because it is mounted before."""
    mount = 'path("", include("oscar_marketplace.urls"))'
    try:
        home = reverse("market:home")
    except NoReverseMatch:
        return [
            Error(
                "The marketplace's URLs are not mounted.",
                hint=f"Add {mount} to urlpatterns in {django_settings.ROOT_URLCONF}, before Oscar's URLs.",
                id="oscar_marketplace.E015",
            )
        ]
    shadowed = [path for path in [home, *_our_paths()] if not _is_ours(path)]
    if not shadowed:
        return []
    return [
        Error(
            f"Another app answers at {', '.join(sorted(set(shadowed)))}, where the marketplace should.",
            hint=(
                f"In urlpatterns in {django_settings.ROOT_URLCONF}, move {mount} before Oscar's URLs (and what else is "
                "mounted there)."
            ),
            id="oscar_marketplace.E016",
        )
    ]


def _our_paths() -> list[str]:
    """Paths of our pages that take no argument."""
    paths = []
    for namespace in ("market", "stall"):
        _prefix, resolver = get_resolver().namespace_dict.get(namespace, ("", None))
        names = [name for name in resolver.reverse_dict if isinstance(name, str)] if resolver else []
        for name in names:
            try:
                paths.append(reverse(f"{namespace}:{name}"))
            except NoReverseMatch:
                continue
    return paths


def _is_ours(path: str) -> bool:
    try:
        return resolve(path).namespaces[:1] in (["market"], ["stall"])
    except Resolver404:
        return False


@register()
def check_site_url(app_configs, **kwargs) -> list[CheckMessage]:
    """E017: the address before links in messages is no address."""
    url = settings.SITE_URL
    hint = 'Write scheme and host only: OSCAR_MARKETPLACE_SITE_URL = "https://mercados.example.org".'
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except (ValueError, TypeError, AttributeError):
        whole = False
    if whole and parts.path in {"", "/"} and not parts.query and not parts.fragment and not parts.username:
        return []
    return [
        Error(
            f"OSCAR_MARKETPLACE_SITE_URL is {url!r}, which is not scheme and host.",
            hint=hint,
            id="oscar_marketplace.E017",
        )
    ]


@register(deploy=True)
def check_site_url_is_real(app_configs, **kwargs) -> list[CheckMessage]:
    """W003: links in messages point to the developer's own machine."""
    if urlsplit(str(settings.SITE_URL)).hostname not in {"localhost", "127.0.0.1", "::1"}:
        return []
    return [
        Warning(
            f"OSCAR_MARKETPLACE_SITE_URL is {settings.SITE_URL!r}: links in messages lead nowhere.",
            hint='Write the address people use: OSCAR_MARKETPLACE_SITE_URL = "https://mercados.example.org".',
            id="oscar_marketplace.W003",
        )
    ]


@register()
def check_sqlite_takes_turns(app_configs, **kwargs) -> list[CheckMessage]:
    """W004: two shoppers who order at once on SQLite fail in the middle instead of taking turns."""
    return [
        Warning(
            f"The database {alias!r} is SQLite without transaction_mode IMMEDIATE.",
            hint=(
                f'Add to DATABASES[{alias!r}]: "OPTIONS": {{"transaction_mode": "IMMEDIATE", "timeout": 30}}. '
                "For a city, use PostgreSQL."
            ),
            id="oscar_marketplace.W004",
        )
        for alias in connections
        if connections[alias].vendor == "sqlite"
        and str(connections[alias].settings_dict["OPTIONS"].get("transaction_mode")).upper() != "IMMEDIATE"
    ]


@register(Tags.database)
def check_members_stay_out_of_the_partner_dashboard(app_configs, databases=None, **kwargs) -> list[CheckMessage]:
    """W005: a stall's member may enter Oscar's partner dashboard, which shows and changes other partners' lines."""
    from oscar_marketplace.stalls.models import StallMember

    messages: list[CheckMessage] = []
    for alias in databases or ():
        if StallMember._meta.db_table not in connections[alias].introspection.table_names():
            continue
        if names := _members_with_dashboard(alias):
            messages.append(
                Warning(
                    f"Members of stalls hold the permission partner.dashboard_access: {names}.",
                    hint=(
                        "Take the permission away from them and their groups in the admin: Oscar's partner dashboard "
                        "shows and changes other partners' orders. Stalls work under /stall/."
                    ),
                    id="oscar_marketplace.W005",
                )
            )
    return messages


@register(Tags.database)
def check_stalls_sell_by_listings(app_configs, databases=None, **kwargs) -> list[CheckMessage]:
    """W006: a stall's partner has stock records without a listing, which are not for sale."""
    from oscar.core.loading import get_model

    from oscar_marketplace.listings.models import Listing

    messages: list[CheckMessage] = []
    for alias in databases or ():
        if Listing._meta.db_table not in connections[alias].introspection.table_names():
            continue
        bare = (
            get_model("partner", "StockRecord").objects.using(alias).filter(listing=None, partner__stall__isnull=False)
        )
        if number := bare.count():
            names = ", ".join(bare.order_by("pk").values_list("partner_sku", flat=True)[:10])
            messages.append(
                Warning(
                    f"{number} stock records of stalls have no listing and are not for sale: {names}.",
                    hint="Make a listing for each in the admin, or delete the stock records.",
                    id="oscar_marketplace.W006",
                )
            )
    return messages


def _members_with_dashboard(alias: str) -> str:
    """Their user names, the first ten."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Permission
    from django.db.models import Q

    access = Permission.objects.using(alias).filter(codename="dashboard_access", content_type__app_label="partner")
    users = get_user_model()._default_manager.using(alias).filter(stall_memberships__isnull=False, is_staff=False)
    holding = users.filter(Q(user_permissions__in=access) | Q(groups__permissions__in=access)).distinct()
    return ", ".join(user.get_username() for user in holding.order_by("pk")[:10])
