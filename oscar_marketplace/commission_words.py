"""What the market keeps, in plain sentences: for the public page and beside each order of a stall."""

from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oscar_marketplace.commissions.amount import kept_of
from oscar_marketplace.commissions.models import CommissionKind, CommissionRule, Terms
from oscar_marketplace.day_words import say_date
from oscar_marketplace.money import format_money, from_minor, to_minor

#: Goods for which the public page works out what is kept, in the operator's currency.
EXAMPLE = Decimal(200)


def say_terms(terms: Terms, currency: str) -> str:
    """``5% of what the shopper pays for the goods, at most $20.00``."""
    words = {
        "percent": say_percent(terms.percent),
        "floor": format_money(terms.floor, currency),
        "cap": format_money(terms.cap, currency),
        "fixed": format_money(terms.fixed, currency),
    }
    if keeps_nothing(terms):
        return _("Nothing is kept")
    if terms.kind == CommissionKind.FIXED:
        return _("%(fixed)s of each order at a stall") % words
    if terms.floor and terms.cap is not None:
        return _("%(percent)s%% of what the shopper pays for the goods, at least %(floor)s and at most %(cap)s") % words
    if terms.floor:
        return _("%(percent)s%% of what the shopper pays for the goods, at least %(floor)s") % words
    if terms.cap is not None:
        return _("%(percent)s%% of what the shopper pays for the goods, at most %(cap)s") % words
    return _("%(percent)s%% of what the shopper pays for the goods") % words


def keeps_nothing(terms: Terms) -> bool:
    """Whether the terms come to nothing, whatever is sold."""
    return terms.cap == 0 or not (terms.percent or terms.fixed or terms.floor)


def say_tax(terms: Terms) -> str:
    """The tax on what is kept; empty if there is none."""
    if not terms.tax_percent or keeps_nothing(terms):
        return ""
    return _("%(percent)s%% of what is kept, on top of it") % {"percent": say_percent(terms.tax_percent)}


def say_example(terms: Terms, currency: str) -> str:
    """What is kept of goods for a round amount; empty if nothing is."""
    if keeps_nothing(terms):
        return ""
    whole = to_minor(EXAMPLE, currency)
    kept = kept_of(terms, whole, currency=currency)
    words = {"whole": whole, "fee": kept.fee, "tax": kept.tax, "rest": whole - kept.whole}
    words = {name: format_money(from_minor(minor, currency), currency) for name, minor in words.items()}
    if kept.tax:
        return _("Of goods for %(whole)s the market keeps %(fee)s and %(tax)s tax; the stall has %(rest)s.") % words
    return _("Of goods for %(whole)s the market keeps %(fee)s; the stall has %(rest)s.") % words


def say_for_whom(rule: CommissionRule) -> str:
    """Which stalls a rule is for."""
    words = {"market": rule.market, "trade": rule.trade, "stall": rule.stall}
    if rule.stall and rule.market:
        return _("The stall %(stall)s, at %(market)s") % words
    if rule.stall:
        return _("The stall %(stall)s") % words
    if rule.market and rule.trade:
        return _("Stalls of the trade “%(trade)s” at %(market)s") % words
    if rule.market:
        return _("Stalls at %(market)s") % words
    if rule.trade:
        return _("Stalls of the trade “%(trade)s”") % words
    return _("Every stall")


def say_when(rule: CommissionRule) -> str:
    """From which day until which."""
    words = {"start": say_date(rule.starts_on), "end": say_date(rule.ends_on) if rule.ends_on else ""}
    if rule.ends_on:
        return _("Orders placed from %(start)s until %(end)s") % words
    return _("Orders placed from %(start)s on") % words


def say_first_days(rule: CommissionRule) -> str:
    """How long a new stall has the rule; empty if it has nothing to do with that."""
    if rule.first_days is None:
        return ""
    return ngettext(
        "Only on the day on which the stall was approved",
        "Only in the first %(n)d days of a stall, counted from the day on which it was approved",
        rule.first_days,
    ) % {"n": rule.first_days}


def say_percent(percent: Decimal | None) -> str:
    """``5``, ``2.75``: without zeros that say nothing."""
    if percent is None:
        return ""
    whole = percent.to_integral_value()
    return formats.number_format(whole if percent == whole else percent.normalize())
