"""Money: what the stall sold in a month, in cash and online, what was kept, and what is owed to it."""

import csv
import re
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from oscar_marketplace.commission_words import say_tax, say_terms
from oscar_marketplace.commissions.models import StallOrderCommission
from oscar_marketplace.commissions.queries import commissions_of_orders
from oscar_marketplace.day_words import say_month, say_whole_day
from oscar_marketplace.ledger.export import plain_cell
from oscar_marketplace.ledger.models import AccountKind
from oscar_marketplace.ledger.queries import DayTakings, OrderTakings, Takings, accounts_of_stall, balance, takings
from oscar_marketplace.money import format_money, from_minor
from oscar_marketplace.stall_area.page import StallPage

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class MoneyOfStall(StallPage):
    """What the page and its file share: the month and the stall's accounts."""

    section = "money"

    @cached_property
    def month(self) -> date:
        """The first day of the month that was asked for; this month if it is none."""
        asked = MONTH.fullmatch(self.request.GET.get("month", ""))
        today = self.now.astimezone(self.zone).date()
        return date(int(asked[1]), int(asked[2]), 1) if asked else today.replace(day=1)

    @cached_property
    def accounts(self) -> list:
        accounts = accounts_of_stall(self.stall).filter(currency=self.stall.operator.currency)
        return list(accounts)

    def days(self) -> list[DayTakings]:
        start, end = self._midnight(self.month), self._midnight(_next_month(self.month))
        return takings(self.accounts, start=start, end=end, zone=self.zone)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone)

    def amount(self, minor: int):
        return from_minor(minor, self.stall.operator.currency)

    def agreed(self, days: list[DayTakings]) -> dict[str, StallOrderCommission]:
        """What was agreed to be kept of each order of these days, by the order's number."""
        return commissions_of_orders(self.stall, [each.order_number for day in days for each in day.orders])

    def why(self, agreed: StallOrderCommission | None) -> str:
        """The rule an order was placed under, in the words it had then; empty if there was none."""
        if agreed is None:
            return ""
        words = {
            "title": agreed.title,
            "terms": say_terms(agreed, self.stall.operator.currency),
            "tax": say_tax(agreed),
        }
        if words["tax"]:
            return _("%(title)s: %(terms)s. Tax: %(tax)s.") % words
        return _("%(title)s: %(terms)s.") % words

    def _say(self, minor: int) -> str:
        return format_money(self.amount(minor), self.stall.operator.currency)


class MoneyPage(MoneyOfStall):
    template_name = "oscar_marketplace/stall_area/money.html"

    def get(self, request, slug):
        days = self.days()
        whole = Takings()
        for day in days:
            whole.add(day)
        payable = [account.pk for account in self.accounts if account.kind == AccountKind.PAYABLE]
        owed = -balance(payable)
        return self.show(
            month_words=say_month(datetime.combine(self.month, time())),
            owed_now=self.amount(abs(owed)),
            stall_owes=owed < 0,
            payouts_url=reverse("stall:payouts", args=[slug]),
            sums=self._sums(whole),
            columns=[_("Order"), _("Sold"), _("Owed to you")],
            days=self._shown_days(days),
            fees_url=f"{reverse('market:fees')}#operator-{self.stall.operator_id}",
            earlier_url=self._url_of(_month_before(self.month)),
            later_url=self._url_of(_next_month(self.month)) if self._has_later() else "",
            csv_url=f"{reverse('stall:money-csv', args=[slug])}?month={self.month:%Y-%m}",
        )

    def _sums(self, whole: Takings) -> list[dict[str, Any]]:
        rows = [
            (_("Sold"), whole.sold),
            (_("In cash at the counter"), whole.cash),
            (_("Paid online"), whole.online),
            (_("Kept by the market"), whole.kept),
            (_("Owed to you"), whole.owed),
        ]
        return [{"label": label, "amounts": [self.amount(minor)]} for label, minor in rows]

    def _shown_days(self, days: list[DayTakings]) -> list[dict[str, Any]]:
        agreed = self.agreed(days)
        return [self._day(day, agreed) for day in days]

    def _day(self, day: DayTakings, agreed: dict[str, StallOrderCommission]) -> dict[str, Any]:
        reasons = [self.why(agreed.get(each.order_number)) for each in day.orders]
        # Mostly it is one rule for all: said once under the day, it leaves the orders room on a phone.
        is_one = len(set(reasons)) == 1
        rows = [
            {"label": self._label(each), "note": "" if is_one else why, "amounts": self._row(each)}
            for each, why in zip(day.orders, reasons, strict=True)
        ]
        return {
            "title": say_whole_day(datetime.combine(day.day, time())),
            "rows": rows,
            "why": reasons[0] if is_one else "",
            "total": {"label": _("In all"), "amounts": self._row(day)},
            "split": _("In cash %(cash)s, online %(online)s, kept by the market %(kept)s.")
            % {"cash": self._say(day.cash), "online": self._say(day.online), "kept": self._say(day.kept)},
        }

    def _label(self, each: OrderTakings) -> str:
        """Number and way of payment; what was kept is named where there is any."""
        number = {"number": each.order_number[-4:], "kept": self._say(each.kept)}
        if each.cash:
            return (_("%(number)s, cash, kept %(kept)s") if each.kept else _("%(number)s, cash")) % number
        return (_("%(number)s, online, kept %(kept)s") if each.kept else _("%(number)s, online")) % number

    def _row(self, each: Takings) -> list:
        return [self.amount(each.sold), self.amount(each.owed)]

    def _has_later(self) -> bool:
        return self._midnight(_next_month(self.month)) <= self.now

    def _url_of(self, month: date) -> str:
        return f"{reverse('stall:money', args=[self.stall.slug])}?month={month:%Y-%m}"


class MoneyCsv(MoneyOfStall):
    """The same month as a file for a spreadsheet, a row for each order."""

    def get(self, request, slug):
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.stall.slug}-{self.month:%Y-%m}.csv"'
        # Spreadsheets take a file without this mark for one of the last century.
        response.write("\ufeff")
        rows = csv.writer(response)
        rows.writerow(
            [
                _("Day"),
                _("Order"),
                _("Sold"),
                _("Cash"),
                _("Online"),
                _("Kept by the market"),
                _("Owed to you"),
                _("Why it was kept"),
            ]
        )
        days = self.days()
        agreed = self.agreed(days)
        for day in days:
            for each in day.orders:
                amounts = (each.sold, each.cash, each.online, each.kept, each.owed)
                why = plain_cell(self.why(agreed.get(each.order_number)))
                number = plain_cell(each.order_number[-4:])
                rows.writerow([day.day.isoformat(), number, *map(self.amount, amounts), why])
        return response


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _month_before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
