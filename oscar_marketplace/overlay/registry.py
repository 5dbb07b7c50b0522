"""Which mixin goes in front of which Oscar class; other add-ons join with :func:`register`."""

from dataclasses import dataclass, field

HERE = "oscar_marketplace.overlay"

#: Oscar module label -> class name -> dotted paths of the mixins, the first one outermost.
Mixins = dict[str, dict[str, tuple[str, ...]]]


@dataclass
class Registry:
    """Dotted strings only: the loader runs while models are still loading, so nothing may be imported early."""

    mixins: Mixins = field(default_factory=dict)

    def add(self, module_label: str, class_name: str, mixin: str, *, outermost: bool = False) -> None:
        """Put ``mixin`` in front of a class: behind ours already there, or in front of all with ``outermost``."""
        known = self.mixins.setdefault(module_label, {}).get(class_name, ())
        if mixin in known:
            return
        self.mixins[module_label][class_name] = (mixin, *known) if outermost else (*known, mixin)

    def of(self, module_label: str, class_name: str) -> tuple[str, ...]:
        return self.mixins.get(module_label, {}).get(class_name, ())


registry = Registry()


def register(module_label: str, class_name: str, mixin: str, *, outermost: bool = False) -> None:
    """Let another add-on join the overlay.

    Call it at import time of a module that is imported before Oscar's apps load, e.g. the add-on's ``apps.py`` module;
    classes bind when they are first asked for and a later call changes nothing that was composed before.
    """
    registry.add(module_label, class_name, mixin, outermost=outermost)


def _ours() -> None:
    points = {
        "partner.strategy": {"Selector": "partner_strategy.SelectorMixin"},
        "order.utils": {
            "OrderCreator": "order_utils.OrderCreatorMixin",
            "OrderNumberGenerator": "order_utils.OrderNumberGeneratorMixin",
        },
        "basket.utils": {"LineDiscountRegistry": "basket_utils.LineDiscountRegistryMixin"},
        "offer.applicator": {"Applicator": "offer_applicator.ApplicatorMixin"},
    }
    for module_label, classes in points.items():
        for class_name, mixin in classes.items():
            registry.add(module_label, class_name, f"{HERE}.{mixin}")


_ours()
