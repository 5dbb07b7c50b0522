"""One family of errors: each carries a stable ``code`` and a sentence a person can act on."""

from django.utils.translation import gettext_lazy as _


class MarketplaceError(Exception):
    """Root of our errors.

    ``code`` is stable and for machines, ``message`` is translatable and for people, ``params`` fill the message and
    are kept for callers that want the parts.
    """

    code = "error"
    message = _("Something went wrong. Please try again.")

    def __init__(self, message=None, *, code: str | None = None, **params):
        self.params = params
        if code is not None:
            self.code = code
        if message is not None:
            self.message = message
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class NotAllowed(MarketplaceError):
    """The act is legal, but not for this person or not now."""

    code = "not_allowed"
    message = _("You may not do this.")


class StaleVersion(MarketplaceError):
    """Somebody else acted first; ``params`` name who and when."""

    code = "stale_version"
    message = _("%(who)s already answered at %(when)s. Please look at the order again.")


class IllegalTransition(MarketplaceError):
    """The state does not allow the act."""

    code = "illegal_transition"
    message = _("This can no longer be done: the order is %(state)s.")


class CannotBuy(MarketplaceError):
    """A listing cannot be bought in this amount or at this time."""

    code = "cannot_buy"
    message = _("This cannot be bought right now.")


class CannotPlace(MarketplaceError):
    """The basket cannot become an order; nothing was written. ``lines`` names the basket lines concerned."""

    code = "cannot_place"
    message = _("Your order could not be placed. Nothing was charged.")

    def __init__(self, message=None, *, code=None, lines=(), **params):
        super().__init__(message, code=code, **params)
        self.lines = tuple(lines)


class OutOfStock(CannotPlace):
    """Another shopper was faster."""

    code = "out_of_stock"
    message = _("%(titles)s ran out while you were buying. Nothing was charged; please look at your basket.")


class BadNumber(MarketplaceError):
    """A number a person typed cannot be read without guessing."""

    code = "bad_number"
    message = _("Write a number, for example 28.50.")
