"""System checks of the overlay: our classes are in front of Oscar's, everywhere Oscar's work is done."""

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string

from oscar_marketplace import defaults
from oscar_marketplace.conf import settings
from oscar_marketplace.overlay import points

OUR_LOADER = defaults.OSCAR_DYNAMIC_CLASS_LOADER
OSCARS_LOADER = "oscar.core.loading.default_class_loader"


@register()
def check_loader(app_configs, **kwargs) -> list[CheckMessage]:
    """E001: our loader is not set. E002: the loader behind it cannot be used. E003, W001: a mixin is hidden."""
    found = getattr(django_settings, "OSCAR_DYNAMIC_CLASS_LOADER", None)
    if found == OUR_LOADER:
        return _check_next_loader() or _check_hidden()
    hint = "Put 'from oscar_marketplace.defaults import *' after 'from oscar.defaults import *' in your settings."
    if found and found != OSCARS_LOADER:
        hint += (
            f" As {found!r} is a loader of your own, remove your OSCAR_DYNAMIC_CLASS_LOADER and write "
            f"OSCAR_MARKETPLACE_NEXT_CLASS_LOADER = {found!r}."
        )
    return [
        Error(
            f"OSCAR_DYNAMIC_CLASS_LOADER is {found!r}: Oscar does not find the marketplace's classes.",
            hint=hint,
            id="oscar_marketplace.E001",
        )
    ]


def _check_next_loader() -> list[CheckMessage]:
    path = settings.NEXT_CLASS_LOADER
    try:
        usable = path != OUR_LOADER and callable(import_string(path))
    except ImportError:
        usable = False
    if usable:
        return []
    return [
        Error(
            f"OSCAR_MARKETPLACE_NEXT_CLASS_LOADER is {path!r}, which is no class loader that can be called.",
            hint=(
                "Write the dotted path of a function that takes (module_label, classnames, module_prefix), or remove "
                "the setting: then Oscar's default loader is called."
            ),
            id="oscar_marketplace.E002",
        )
    ]


def _check_hidden() -> list[CheckMessage]:
    known = points.points()
    messages: list[CheckMessage] = [
        Error(
            f"{hidden.used.__module__}.{hidden.used.__qualname__}, used by {hidden.where}, lacks {hidden.mixins}.",
            hint=(
                f"Take the class with get_class({hidden.point.module_label!r}, {hidden.point.class_name!r}) instead of "
                "importing it, or inherit from the mixin yourself, in front of Oscar's class."
            ),
            id="oscar_marketplace.E003",
        )
        for hidden in [*points.hidden_by_loading(known), *points.hidden_by_urls(known)]
    ]
    return messages + [
        Warning(
            (
                f"{hidden.where} imports {hidden.used.__module__}.{hidden.used.__qualname__} past Oscar's loader: "
                f"{hidden.mixins} does not run there."
            ),
            hint=(
                f"Write {hidden.point.class_name} = get_class({hidden.point.module_label!r}, "
                f"{hidden.point.class_name!r}) in {hidden.where}."
            ),
            id="oscar_marketplace.W001",
        )
        for hidden in points.hidden_by_imports(known)
    ]
