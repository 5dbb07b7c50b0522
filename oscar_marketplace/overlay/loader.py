"""The class loader: ``OSCAR_DYNAMIC_CLASS_LOADER = "oscar_marketplace.overlay.load_classes"``.

It calls the next loader (the host's own, or Oscar's) and composes the registered mixins in front of each class it
found. The order of a composed class is: mixin, city, core.
"""

import types
from importlib import import_module
from inspect import isclass

from django.utils.module_loading import import_string

from oscar_marketplace.conf import settings
from oscar_marketplace.overlay.registry import registry

#: (found class, mixins) -> composed class. A class asked for twice must be the same object, or ``isinstance`` fails.
_composed: dict[tuple[type, tuple[type, ...]], type] = {}


def load_classes(module_label: str, classnames: list[str], module_prefix: str) -> list:
    """Oscar's loader interface: the objects of these names, with our mixins in front of the classes among them."""
    found = import_string(settings.NEXT_CLASS_LOADER)(module_label, classnames, module_prefix)
    if module_prefix != "oscar.apps":
        return found
    return [
        compose(thing, registry.of(module_label, name)) if isclass(thing) else thing
        for name, thing in zip(classnames, found, strict=True)
    ]


def compose(cls: type, mixins: tuple[str | type, ...]) -> type:
    """``cls`` with the mixins in front; those it already has are left out. The same arguments give the same class."""
    wanted = tuple(mixin for mixin in map(resolve, mixins) if not issubclass(cls, mixin))
    if not wanted:
        return cls
    key = cls, wanted
    if key not in _composed:
        body = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
        composed = types.new_class(cls.__name__, (*wanted, cls), {}, lambda namespace: namespace.update(body))
        # Two threads may get here at once; the first one's class is everybody's.
        _composed.setdefault(key, composed)
    return _composed[key]


def resolve(mixin: str | type) -> type:
    if isclass(mixin):
        return mixin
    module, _, name = mixin.rpartition(".")
    return getattr(import_module(module), name)
