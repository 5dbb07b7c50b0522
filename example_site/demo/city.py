"""The demo city as a whole, step by step."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation

from example_site.demo.files import rows
from example_site.demo.load_catalogue import load_catalogue
from example_site.demo.load_commissions import load_commissions
from example_site.demo.load_listings import load_listings
from example_site.demo.load_pages import load_pages
from example_site.demo.load_places import OPERATOR, load_markets, load_vocabulary
from example_site.demo.load_stalls import load_people, load_stalls
from example_site.demo.order_history import History
from example_site.demo.sync import Tally
from oscar_marketplace.models import Operator

STEPS = 7


def load_city(*, say: Callable[[str], object], with_orders: bool = True) -> Tally:
    """Bring the database in line with the data files and with today.

    The city is one transaction; each order then has its own, as the verbs that place and answer it commit. ``say`` is
    told of each step. A second run on the same day changes nothing.
    """
    now = timezone.now()
    tally = Tally()
    # Texts that have one language are the city's own.
    with transaction.atomic(), translation.override(OPERATOR["language"]):
        operator, listings = _load_rows(now, tally, say)
    if with_orders:
        say(f"  7/{STEPS} orders of the last two weeks, relative to now")
        tally.add(History(operator, listings, now).load(), 0)
    return tally


def _load_rows(now: datetime, tally: Tally, say: Callable[[str], object]) -> tuple[Operator, dict]:
    say(f"  1/{STEPS} units, taxes, trades: {len(rows('units'))} units, {len(rows('trades'))} trades")
    load_vocabulary(tally)
    say(f"  2/{STEPS} markets: {len(rows('markets'))} with {len(rows('pitches'))} pitches")
    operator = load_markets(tally)
    say(f"  3/{STEPS} catalogue: {len(rows('products'))} products")
    products = load_catalogue(tally)
    say(f"  4/{STEPS} stalls: {len(rows('stalls'))} with {len(rows('people'))} people")
    users = load_people(tally)
    stalls = load_stalls(operator, users, tally)
    load_commissions(operator, stalls, now, tally)
    say(f"  5/{STEPS} listings")
    today = timezone.localdate(now, ZoneInfo(OPERATOR["time_zone"]))
    listings = load_listings(stalls, products, today, tally)
    say(f"  6/{STEPS} pages of the portal")
    load_pages(users, tally)
    return operator, listings
