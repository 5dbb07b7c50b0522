"""Whether payouts and books say the same; ``marketplace_ledger verify`` asks."""

from collections.abc import Iterator

from django.db.models import CharField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext as _

from oscar_marketplace.ledger.models import AccountKind, LedgerPosting
from oscar_marketplace.payments.check_books import Trouble, say
from oscar_marketplace.payouts.models import Payout, PayoutState
from oscar_marketplace.payouts.owed import OURS

#: States in which what was claimed stays claimed.
LIVE = (PayoutState.DRAFT, PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID)


def troubles_of_payouts() -> Iterator[Trouble]:
    """Every payout whose lines or postings say another amount, none if all is well. Reads only."""
    payouts = Payout.objects.annotate(
        claimed=Coalesce(Sum("lines__posting__amount", filter=Q(lines__is_live=True)), 0), posted=_posted()
    )
    for payout in payouts.order_by("pk").iterator():
        claimed = payout.amount if payout.state in LIVE else 0
        if -payout.claimed != claimed:
            yield Trouble(
                "payout_claims_otherwise",
                _("Payout %(payout)s: %(amount)s is to be claimed, its lines sum to %(lines)s.")
                % {
                    "payout": payout.reference,
                    "amount": say(claimed, payout.currency),
                    "lines": say(-payout.claimed, payout.currency),
                },
            )
        left = payout.amount if payout.state == PayoutState.PAID else 0
        if payout.posted != left:
            yield Trouble(
                "payout_booked_otherwise",
                _("Payout %(payout)s: %(amount)s left, %(posted)s is in the books.")
                % {
                    "payout": payout.reference,
                    "amount": say(left, payout.currency),
                    "posted": say(payout.posted, payout.currency),
                },
            )


def _posted():
    """What transactions about the outer payout took from what is owed, less what came back."""
    source = Concat(Value("payout:"), Cast(OuterRef("pk"), CharField()))
    rows = LedgerPosting.objects.filter(
        transaction__kind__in=OURS, transaction__source=source, account__kind=AccountKind.PAYABLE
    )
    sums = rows.order_by().values("account__kind").annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(sums), 0)
