"""Discounts are whole cents and never more than the line: what the page shows is what the row stores."""

from oscar_marketplace.money import quantise


class LineDiscountRegistryMixin:
    """Rounds each discount to the currency's exponent and caps it at what is left of the line."""

    def discount(self, amount, quantity, incl_tax=True, offer=None):
        line = self._line
        rounded = quantise(amount, line.price_currency)
        whole = line.line_price_incl_tax if incl_tax else line.line_price_excl_tax
        if whole is not None:
            rounded = min(rounded, whole - self.total)
        return super().discount(rounded, quantity, incl_tax=incl_tax, offer=offer)
