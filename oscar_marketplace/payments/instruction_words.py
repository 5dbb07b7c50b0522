"""What the parts of a provider's instructions are called, for the order's page and the mail."""

from django.utils.translation import gettext as _


def transfer_names() -> dict[str, str]:
    """Key in ``Charge.details["instructions"]`` -> its name, in the order in which a bank's form asks."""
    return {
        "holder": _("Account holder"),
        "bank": _("Bank"),
        "clabe": _("CLABE"),
        "iban": _("IBAN"),
        "bic": _("BIC"),
        "reference": _("Reference (write it also as the concept)"),
    }
