"""What the overlay made of each point: who is in front of whom, and where a class of ours is missing."""

import sys
from dataclasses import dataclass
from importlib import import_module
from inspect import isclass

from django.apps import apps
from django.urls import URLPattern, get_resolver
from django.utils.module_loading import import_string
from oscar.core.loading import get_class

from oscar_marketplace.conf import settings
from oscar_marketplace.overlay.loader import resolve
from oscar_marketplace.overlay.registry import registry


@dataclass(frozen=True)
class Point:
    """One Oscar class that the overlay stands in front of."""

    module_label: str
    class_name: str
    #: What Oscar's code gets when it asks.
    found: type
    #: What the next loader finds: the city's class, or the core's.
    below: type
    core: type
    mixins: tuple[type, ...]

    @property
    def label(self) -> str:
        return f"{self.module_label}.{self.class_name}"

    @property
    def missing(self) -> list[type]:
        """Mixins that the class lacks."""
        return missing_from(self.found, self.mixins)

    @property
    def city(self) -> list[type]:
        """Classes of the city, or of whoever it inherits from, in front of the core's."""
        return [cls for cls in self.below.__mro__ if cls not in self.core.__mro__]

    def whose(self, cls: type) -> str:
        """``ours``, ``city`` or ``core``: who wrote a class of the order."""
        if cls in self.core.__mro__:
            return "core"
        return "ours" if any(issubclass(mixin, cls) for mixin in self.mixins) else "city"

    @property
    def order(self) -> list[type]:
        """The final order down to the core class; the class made by composing is left out."""
        classes = list(self.found.__mro__[0 if self.found is self.below else 1 :])
        # A city may have replaced the class instead of inheriting from it: then the core's is not there at all.
        last = classes.index(self.core) + 1 if self.core in classes else -1
        return classes[:last]

    @property
    def overridden(self) -> dict[str, list[str]]:
        """Method or attribute -> who defines it, outermost first, where more than one does."""
        owners: dict[str, list[str]] = {}
        for cls in [*self.order, *self.core.__mro__[1:]]:
            for name in vars(cls):
                if not name.startswith("__") or name == "__init__":
                    owners.setdefault(name, [])
                    if self.whose(cls) not in owners[name]:
                        owners[name].append(self.whose(cls))
        return {name: who for name, who in sorted(owners.items()) if len(who) > 1}


def missing_from(cls: type, mixins) -> list[type]:
    return [mixin for mixin in mixins if not issubclass(cls, mixin)]


def points() -> list[Point]:
    """Every registered point as it is now, in the order in which they were registered."""
    return [_point(label, name) for label, classes in registry.mixins.items() for name in classes]


def _point(module_label: str, class_name: str) -> Point:
    next_loader = import_string(settings.NEXT_CLASS_LOADER)
    return Point(
        module_label,
        class_name,
        found=get_class(module_label, class_name),
        below=next_loader(module_label, [class_name], "oscar.apps")[0],
        core=getattr(import_module(f"oscar.apps.{module_label}"), class_name),
        mixins=tuple(map(resolve, registry.of(module_label, class_name))),
    )


@dataclass(frozen=True)
class Hidden:
    """A class that does Oscar's work without a mixin of ours."""

    point: Point
    #: Who uses it: a URL, or a module.
    where: str
    used: type

    @property
    def mixins(self) -> str:
        return ", ".join(f"{each.__module__}.{each.__name__}" for each in missing_from(self.used, self.point.mixins))


def hidden_by_loading(known: list[Point]) -> list[Hidden]:
    """Points whose class lacks a mixin: what the loader found is no class of Oscar's kind, or was found without it."""
    return [Hidden(point, "get_class", point.found) for point in known if point.missing]


def hidden_by_urls(known: list[Point]) -> list[Hidden]:
    """URLs whose view is a child of a class of ours, taken past the loader: an app config or URLconf of the city."""
    views = {id(view): (path, view) for path, view in _views(get_resolver())}
    return [
        Hidden(point, path, view)
        for path, view in views.values()
        for point in known
        if isclass(view) and issubclass(view, point.core) and missing_from(view, point.mixins)
    ]


def _views(resolver, prefix: str = ""):
    for pattern in resolver.url_patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            if view := getattr(pattern.callback, "view_class", None):
                yield f"/{path}", view
        else:
            yield from _views(pattern, path)


def hidden_by_imports(known: list[Point]) -> list[Hidden]:
    """Modules of the project that import Oscar's class itself under its own name, instead of asking ``get_class``."""
    by_name: dict[str, list[Point]] = {}
    for point in known:
        by_name.setdefault(point.class_name, []).append(point)
    return [
        Hidden(point, module.__name__, vars(module)[name])
        for module in _project_modules()
        for name in by_name.keys() & vars(module).keys()
        for point in by_name[name]
        if _is_taken_past_the_loader(module, vars(module)[name], point)
    ]


def _project_modules() -> list:
    """Loaded modules of installed apps that are neither Oscar's nor ours."""
    names = [config.name for config in apps.get_app_configs()]
    names = [name for name in names if name.partition(".")[0] not in {"oscar", "oscar_marketplace", "django"}]
    return [
        module
        for name, module in sorted(sys.modules.items())
        if any(name == app or name.startswith(f"{app}.") for app in names) and module is not None
    ]


def _is_taken_past_the_loader(module, thing, point: Point) -> bool:
    if not isclass(thing) or not issubclass(thing, point.core) or not missing_from(thing, point.mixins):
        return False
    # The city's own module of that label is where the loader looks: what stands there gets its mixin.
    return thing.__module__ != module.__name__ and not module.__name__.endswith(f".{point.module_label}")
