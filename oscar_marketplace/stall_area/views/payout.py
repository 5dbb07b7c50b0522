"""When and what the stall is paid, and the statement of each payout."""

from datetime import date, datetime, time
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oscar_marketplace.backends import payout_methods
from oscar_marketplace.day_words import say_whole_day
from oscar_marketplace.ledger.models import AccountKind
from oscar_marketplace.payouts.models import Payout, PayoutAccount, PayoutState
from oscar_marketplace.payouts.of_stall import PaidFor, expected, payouts_of, statement
from oscar_marketplace.stall_area.views.money import MoneyOfStall

P = PayoutState
#: How many payouts the page lists; the older ones are in the books.
LATEST = 24
#: State -> tone and word of its chip.
CHIPS = {
    P.DRAFT: ("wait", gettext_lazy("being paid")),
    P.APPROVED: ("wait", gettext_lazy("being paid")),
    P.SENT: ("info", gettext_lazy("on its way")),
    P.PAID: ("go", gettext_lazy("paid")),
    P.FAILED: ("bad", gettext_lazy("came back")),
}


class PayoutsPage(MoneyOfStall):
    """The next payday, what is on hold until when, and what was paid."""

    template_name = "oscar_marketplace/stall_area/payouts.html"

    def get(self, request, slug):
        payable = [account for account in self.accounts if account.kind == AccountKind.PAYABLE]
        what = expected(payable, self.stall.operator, now=self.now)
        return self.show(
            pay_day=_say_date(what.pay_day) if what.pay_day else "",
            by_pay_day=self.amount(max(what.by_pay_day, 0)),
            is_behind=what.by_pay_day < 0,
            behind=self.amount(-what.by_pay_day),
            due=self.amount(what.due),
            held=[self._held(each) for each in what.on_hold],
            account=self._account(payable),
            payouts=[self._payout(each) for each in payouts_of(payable)[:LATEST]],
        )

    def _held(self, each) -> dict[str, Any]:
        if each.until is None:
            label = _("Orders that are still under way")
        else:
            label = _("Can be paid from %(day)s") % {"day": say_whole_day(each.until.astimezone(self.zone))}
        return {"label": label, "amounts": [self.amount(each.amount)]}

    def _account(self, payable) -> PayoutAccount | None:
        """Where the payee is paid to: its last signs, and until when nothing is."""
        account = PayoutAccount.objects.filter(payee__in=[each.payee_id for each in payable]).first()
        if account and account.held_until and account.held_until > self.now:
            account.held_words = say_whole_day(account.held_until.astimezone(self.zone))
        return account

    def _payout(self, payout: Payout) -> dict[str, Any]:
        tone, word = CHIPS[payout.state]
        return {
            "url": reverse("stall:payout", args=[self.stall.slug, payout.pk]),
            "day": say_whole_day((payout.paid_at or payout.created_at).astimezone(self.zone)),
            "amount": self.amount(payout.part),
            "tone": tone,
            "word": word,
            "reference": payout.reference,
        }


class PayoutPage(MoneyOfStall):
    """One payout, order by order; it prints on paper."""

    template_name = "oscar_marketplace/stall_area/payout.html"

    def get(self, request, slug, pk):
        payout = payouts_of(self.accounts).filter(pk=pk).select_related("operator").first()
        if payout is None:
            raise Http404("No such payout of yours.")
        found = statement(payout, self.accounts)
        tone, word = CHIPS[payout.state]
        return self.show(
            payout=payout,
            part=self.amount(payout.part),
            is_shared=payout.part != payout.amount,
            tone=tone,
            word=word,
            day=say_whole_day((payout.paid_at or payout.created_at).astimezone(self.zone)),
            method=self._method(payout),
            sums=self._sums(found.whole),
            columns=[_("Order"), _("Sold"), _("Paid to you")],
            rows=[{"label": self._label(each), "amounts": self._row(each)} for each in found.orders.values()],
            total={"label": _("In all"), "amounts": self._row(found.whole)},
        )

    def _method(self, payout: Payout) -> str:
        """Name of the way it was paid; its alias where that way is no longer there."""
        if payout.method not in payout_methods.aliases():
            return payout.method
        return payout_methods[payout.method].label()

    def _sums(self, whole: PaidFor) -> list[dict[str, Any]]:
        rows = [
            (_("Sold"), whole.sold),
            (_("Cash you have already"), -whole.cash),
            (_("Kept by the market or given back"), -whole.kept),
            (_("Paid to you"), whole.paid),
        ]
        return [{"label": label, "amounts": [self.amount(minor)]} for label, minor in rows]

    def _label(self, each: PaidFor) -> str:
        if not each.order_number:
            return _("Not about an order")
        number = each.order_number[-4:]
        parts = [number]
        if each.cash:
            parts.append(_("cash %(amount)s") % {"amount": self._say(each.cash)})
        if each.kept:
            parts.append(_("kept %(amount)s") % {"amount": self._say(each.kept)})
        return ", ".join(parts)

    def _row(self, each: PaidFor) -> list:
        return [self.amount(each.sold), self.amount(each.paid)]


def _say_date(day: date) -> str:
    return say_whole_day(datetime.combine(day, time()))
