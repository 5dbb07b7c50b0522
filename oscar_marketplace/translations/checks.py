"""System checks of the translations: E030 - E039, W030."""

from importlib import import_module
from importlib.util import find_spec

from babel import Locale
from babel.core import UnknownLocaleError
from django.apps import apps
from django.conf import global_settings
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.core.management import get_commands, load_command_class
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import get_language_info, to_locale

from oscar_marketplace.conf import settings
from oscar_marketplace.translations.autodetector import HostOwnedTranslationsMixin
from oscar_marketplace.translations.columns import is_on

OURS = "oscar_marketplace.translations"
NAME = "OSCAR_MARKETPLACE_TRANSLATIONS_APP"
COMMANDS = ("makemigrations", "migrate")


def _error(check_id: str, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=check_id)


@register()
def check_host_app(app_configs, **kwargs) -> list[CheckMessage]:
    """E030: no app for the migrations. E031: no such app. E032: it holds other things. E033: it can have none."""
    label = settings.TRANSLATIONS_APP
    if not label:
        if not (apps.is_installed(OURS) and is_on()):
            return []
        hint = (
            "Make an app in your project for them (a folder 'texts' with __init__.py and "
            f'migrations/__init__.py), add "texts" to INSTALLED_APPS and write {NAME} = "texts".'
        )
        return [
            _error(
                "oscar_marketplace.E030", f"{NAME} is not set: migrations of translation columns have no place.", hint
            )
        ]
    if label not in apps.app_configs:
        by_name = {config.name: config.label for config in apps.get_app_configs()}
        hint = "Add the app to INSTALLED_APPS, or write the label of one that is there."
        if label in by_name:
            hint = f"That is its name; write its label, {by_name[label]!r}."
        return [_error("oscar_marketplace.E031", f"{NAME} is {label!r}, which is no label of an installed app.", hint)]
    return _check_it_holds_nothing_else(label) or _check_it_can_have_migrations(label)


def _check_it_holds_nothing_else(label: str) -> list[CheckMessage]:
    models = [model.__name__ for model in apps.get_app_config(label).get_models()]
    if not models:
        return []
    hint = (
        "Name an app that holds nothing but these migrations: to take the languages out, it is migrated to zero and "
        "thrown away."
    )
    return [
        _error(
            "oscar_marketplace.E032",
            f"{NAME} is {label!r}, an app with models of its own: {', '.join(models[:5])}.",
            hint,
        )
    ]


def _check_it_can_have_migrations(label: str) -> list[CheckMessage]:
    module, _is_set = MigrationLoader.migrations_module(label)
    if module is None:
        # Migrations are switched off in the settings, as test suites do.
        return []
    try:
        if find_spec(module) and getattr(import_module(module), "__file__", None):
            return []
    except ImportError:
        pass
    message = f"The app {label!r} of {NAME} has no package for migrations."
    hint = f"Make the folder {module.replace('.', '/')} with an empty __init__.py."
    return [_error("oscar_marketplace.E033", message, hint)]


@register()
def check_installed_apps(app_configs, **kwargs) -> list[CheckMessage]:
    """E034: only one of the two apps is installed. E035: another command is used. E036: wrong order."""
    messages: list[CheckMessage] = []
    if apps.is_installed(OURS) and not is_on():
        hint = (
            "Install django-modeltranslation; put 'modeltranslation' before 'django.contrib.admin' in INSTALLED_APPS."
        )
        messages.append(
            _error("oscar_marketplace.E034", f"{OURS!r} is in INSTALLED_APPS without 'modeltranslation'.", hint)
        )
    elif settings.TRANSLATIONS_APP and is_on() and not apps.is_installed(OURS):
        hint = f"Add {OURS!r} to INSTALLED_APPS, or remove the setting."
        messages.append(
            _error("oscar_marketplace.E034", f"{NAME} is set, but {OURS!r} is not in INSTALLED_APPS.", hint)
        )
    elif settings.TRANSLATIONS_APP and is_on():
        messages += _check_commands() + _check_order()
    return messages


def _check_commands() -> list[CheckMessage]:
    providers = get_commands()
    hint = (
        f"Move {OURS!r} before {{provider!r}} in INSTALLED_APPS. If you need that command, write in it: "
        "autodetector = HostOwnedTranslations (from oscar_marketplace.translations.autodetector)."
    )
    return [
        _error(
            "oscar_marketplace.E035",
            f"manage.py {name} comes from {providers[name]!r}: it would write columns into installed packages.",
            hint.format(provider=providers[name]),
        )
        for name in COMMANDS
        if not issubclass(load_command_class(providers[name], name).autodetector, HostOwnedTranslationsMixin)
    ]


def _check_order() -> list[CheckMessage]:
    order = [config.name for config in apps.get_app_configs()]
    if "django.contrib.admin" not in order or order.index("modeltranslation") < order.index("django.contrib.admin"):
        return []
    return [
        _error(
            "oscar_marketplace.E036",
            "'modeltranslation' stands after 'django.contrib.admin' in INSTALLED_APPS: the admin is made before "
            "there are translations.",
            "Move 'modeltranslation' before 'django.contrib.admin'.",
        )
    ]


@register()
def check_translated_fields(app_configs, **kwargs) -> list[CheckMessage]:
    """E037: a model or a field that does not exist."""
    unknown = []
    for label, names in settings.TRANSLATED_FIELDS.items():
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            unknown.append(label)
            continue
        for name in names:
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:
                unknown.append(f"{label}.{name}")
    if not unknown:
        return []
    hint = 'It is {"app_label.Model": ("field", ...)}; see oscar_marketplace.translations.fields.TRANSLATED_FIELDS.'
    message = f"OSCAR_MARKETPLACE_TRANSLATED_FIELDS names what does not exist: {', '.join(unknown)}."
    return [_error("oscar_marketplace.E037", message, hint)]


@register()
def check_languages(app_configs, **kwargs) -> list[CheckMessage]:
    """E038: a language Django knows nothing of. W030: texts in one language only are shown in that one only."""
    codes = dict.fromkeys(code for code, _name in django_settings.LANGUAGES)
    if is_on():
        from modeltranslation.settings import AVAILABLE_LANGUAGES

        codes |= dict.fromkeys(AVAILABLE_LANGUAGES)
    messages = [_unknown(code) for code in codes if not _is_known(code)]
    return messages + (_check_fallbacks() if is_on() and apps.is_installed(OURS) else [])


def _is_known(code: str) -> bool:
    try:
        return bool(get_language_info(code))
    except KeyError:
        return False


def _unknown(code: str) -> Error:
    entry = f'{{"bidi": False, "code": "{code}", "name": "…", "name_local": "…"}}'
    return _error(
        "oscar_marketplace.E038",
        f"Django does not know the language {code!r}, and pages that name it fail.",
        f'Write in your settings: from django.conf.locale import LANG_INFO; LANG_INFO["{code}"] = {entry}',
    )


@register()
def check_prices_of_oscars_pages(app_configs, **kwargs) -> list[CheckMessage]:
    """E039: Oscar formats prices with Babel, which fails in a language it does not know."""
    currency = getattr(django_settings, "OSCAR_DEFAULT_CURRENCY", "")
    formats = getattr(django_settings, "OSCAR_CURRENCY_FORMAT", None)
    is_said = isinstance(formats, dict) and "locale" in formats.get(currency, {})
    if is_said or list(django_settings.LANGUAGES) == global_settings.LANGUAGES:
        # Django's own list of a hundred languages is nobody's decision to offer them.
        return []
    unknown = [code for code, _name in django_settings.LANGUAGES if not _babel_knows(code)]
    if not unknown:
        return []
    return [
        _error(
            "oscar_marketplace.E039",
            f"Babel has no format for {', '.join(unknown)}: Oscar's pages with a price fail in it.",
            f'Say which format to use: OSCAR_CURRENCY_FORMAT = {{"{currency}": {{"locale": "es_MX"}}}}.',
        )
    ]


def _babel_knows(code: str) -> bool:
    try:
        return bool(Locale.parse(to_locale(code)))
    except (UnknownLocaleError, ValueError):
        return False


def _check_fallbacks() -> list[CheckMessage]:
    from modeltranslation.settings import AVAILABLE_LANGUAGES, ENABLE_FALLBACKS, FALLBACK_LANGUAGES

    left_out = [code for code in AVAILABLE_LANGUAGES if code not in FALLBACK_LANGUAGES["default"]]
    if ENABLE_FALLBACKS and not left_out:
        return []
    return [
        Warning(
            "A text that is only in "
            f"{', '.join(left_out or AVAILABLE_LANGUAGES)} is empty on pages in another language.",
            hint=f"Write MODELTRANSLATION_FALLBACK_LANGUAGES = {tuple(AVAILABLE_LANGUAGES)!r}, the best first.",
            id="oscar_marketplace.W030",
        )
    ]
