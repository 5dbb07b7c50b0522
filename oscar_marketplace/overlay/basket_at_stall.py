"""A basket as one stall sees it, for as long as Oscar's code handles one of its listings."""

from django.utils.functional import LazyObject


class BasketAtStall(LazyObject):
    """Stands in for a basket while Oscar adds one listing to it.

    Oscar names products only. Here the lines of a product are those *from this stall*, and adding the product goes
    through ``add_listing``; in everything else it is the basket itself, so that a city's own code runs unchanged.
    """

    def __init__(self, basket, listing):
        super().__init__()
        self._wrapped = basket
        # Straight into our own dictionary: an attribute set on a lazy object is set on what it stands for.
        self.__dict__["_listing"] = listing

    @property
    def lines(self):
        return self._wrapped.lines.filter(stockrecord_id=self.__dict__["_listing"].stockrecord_id)

    def product_quantity(self, product) -> int:
        lines = self.lines.filter(product=product) if self._wrapped.pk else ()
        return sum(line.quantity for line in lines)

    def add_product(self, product, quantity=1, options=None):
        """Oscar's interface: the line and whether it is new.

        Raises:
            CannotBuy: with the reason; nothing was written.
        """
        from oscar_marketplace.listings.add import add_listing

        had_some = bool(self.product_quantity(product))
        return add_listing(self._wrapped, self.__dict__["_listing"], quantity), not had_some

    add = add_product
