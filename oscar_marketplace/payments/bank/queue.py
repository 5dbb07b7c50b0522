"""What a person does about a line that asked for one. Every act is written down; the books follow."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.payments.bank.books import book_to_give_back
from oscar_marketplace.payments.bank.match import OPEN, match_line
from oscar_marketplace.payments.bank.models import BankLine
from oscar_marketplace.payments.models import Charge

L, R = BankLine.State, BankLine.Reason
#: Their money stands in suspense.
IN_SUSPENSE = {R.UNKNOWN_REFERENCE, R.OTHER_CURRENCY}


def match_to_order(line: BankLine, *, number: str, by: Actor) -> BankLine:
    """A person knows which order a line pays for; its amount is then judged as ever.

    Raises:
        NotAllowed: ``no_transfer`` (none was asked for such an order), ``decided`` (the line was decided before).
    """
    if (line.state, line.reason) != (L.QUEUED, R.UNKNOWN_REFERENCE):
        raise NotAllowed(_("This line was decided before."), code="decided")
    charges = list(Charge.objects.filter(order__number=number.strip(), provider=line.account).order_by("-pk"))
    if not charges:
        raise NotAllowed(_("No transfer to this account was asked for an order with this number."), code="no_transfer")
    still_open = [charge for charge in charges if charge.state in OPEN]
    return match_line(line, charge=(still_open or charges)[0], by=by)


def put_aside(line: BankLine, *, by: Actor, reason: str) -> BankLine:
    """It is not ours: from now on it is owed to whoever sent it. Locks the line. Twice is once.

    Raises:
        NotAllowed: ``reason_missing``, or ``decided`` (its money has an owner already).
    """
    with transaction.atomic():
        row = _locked(line, reason)
        if row.state == L.IGNORED:
            return row
        if row.state != L.QUEUED or row.reason not in IN_SUSPENSE:
            raise NotAllowed(_("This money belongs to an order. Say what was done about it instead."), code="decided")
        book_to_give_back(row, row.amount, charge=None)
        return _close(row, L.IGNORED, by, reason)


def settle_by_hand(line: BankLine, *, by: Actor, reason: str) -> BankLine:
    """Say what was done about a line (given back, asked about); moves no money. Locks the line. Twice is once.

    Raises:
        NotAllowed: ``reason_missing``, or ``undecided`` (nobody has said yet whose money it is).
    """
    with transaction.atomic():
        row = _locked(line, reason)
        if row.state == L.SETTLED:
            return row
        if row.state != L.QUEUED or row.reason in IN_SUSPENSE:
            raise NotAllowed(_("Match it to an order first, or say that it is not ours."), code="undecided")
        return _close(row, L.SETTLED, by, reason)


def _locked(line: BankLine, reason: str) -> BankLine:
    if not reason.strip():
        raise NotAllowed(_("Write what was done."), code="reason_missing")
    return BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)


def _close(row: BankLine, state: str, by: Actor, reason: str) -> BankLine:
    row.state = state
    row.save(update_fields=["state"])
    record("bank_line_" + state, row, by=by, reason=reason)
    return row
