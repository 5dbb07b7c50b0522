"""Money that takes days: until when it has to be here, which pick-up times allow that, and how long goods are kept.

A delayed way to pay is offered only if the stalls can still answer between the last moment to pay and the cut-off of
the pick-up time; choosing it keeps the goods until that moment.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import ngettext

from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.markets.calendar import hours_of_markets
from oscar_marketplace.markets.models import Wave


def confirm_by(backend, *, currency: str, now: datetime) -> datetime | None:
    """Until when the money has to be here; None if the provider says at once."""
    able = backend.capabilities(currency=currency)
    return now + timedelta(days=able.days_to_pay) if able.is_delayed and able.days_to_pay else None


def why_too_near(backend, waves: Iterable[Wave], *, currency: str, now: datetime) -> str:
    """Why a delayed way to pay is not offered for these pick-up times, in words for the shopper; "" if it is."""
    last = confirm_by(backend, currency=currency, now=now)
    if last is None:
        return ""
    waves = list(waves)
    hours = hours_of_markets([wave.market for wave in waves], since=last)
    answered = [hours[wave.market_id].add_minutes(last, wave.market.operator.accept_minutes) for wave in waves]
    if all(done < wave.cutoff_at for done, wave in zip(answered, waves, strict=True)):
        return ""
    days = backend.capabilities(currency=currency).days_to_pay
    return ngettext(
        "A transfer can take %(count)d day, and your pick-up time is too soon for that. Choose a later one.",
        "A transfer can take %(count)d days, and your pick-up time is too soon for that. Choose a later one.",
        days,
    ) % {"count": days}


def keep_goods(order_id: int, *, until: datetime) -> None:
    """The goods of an unpaid order are kept until then, neither longer nor less. Runs in the caller's transaction."""
    StockHold.objects.filter(order_line__order=order_id).update(expires_at=until)
