"""How we join Oscar: our mixins in front of whichever class Oscar's loader found, the city's or the core's."""

from oscar_marketplace.overlay.loader import load_classes

__all__ = ["load_classes"]
