"""Cash at the city's desk against a signature: for whoever has no account."""

from django.utils.translation import gettext

from oscar_marketplace.ledger.models import AccountKind
from oscar_marketplace.payouts.methods.base import PayoutMethod


class CashAtDesk(PayoutMethod):
    """No OPTIONS. The list to sign is printed from the batch's page."""

    ledger_account = AccountKind.CASH_DESK
    asks_receipt = True

    def label(self) -> str:
        return gettext("Cash against a signature")
