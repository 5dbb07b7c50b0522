"""Cash at the stall: a promise now, money at the counter."""

from django.utils.translation import gettext, ngettext

from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.providers.base import ChargeFact, ChargeRequest, Provider


class CashAtStall(Provider):
    """One promised charge per stall order. OPTIONS: ``MAX_AMOUNT`` (whole order, in whole currency units)."""

    promises = True
    per_stall = True
    is_cash_at_stall = True
    needs_contact = False

    def label(self) -> str:
        return gettext("Cash at each stall")

    def hint(self, *, stall_count: int) -> str:
        return ngettext(
            "You pay at %(count)d stall when you pick up.", "You pay at %(count)d stalls when you pick up.", stall_count
        ) % {"count": stall_count}

    def why_not(self, *, amount: int, currency: str) -> str:
        most = self.options.get("MAX_AMOUNT")
        if most is not None and amount > most * 100:
            return gettext("Only for orders of up to %(most)s.") % {"most": most}
        return ""

    def start(self, request: ChargeRequest) -> ChargeFact:
        return ChargeFact(request.reference, request.reference, ChargeState.PROMISED, request.amount, request.currency)

    def fetch(self, *, reference: str, external_id: str) -> ChargeFact | None:
        return None

    def check(self) -> list[str]:
        most = self.options.get("MAX_AMOUNT")
        if most is not None and not (isinstance(most, int) and most > 0):
            return ["MAX_AMOUNT must be a whole number above 0, in currency units: {'MAX_AMOUNT': 1500}."]
        return []
