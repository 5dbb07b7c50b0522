"""The demo city as a whole, step by step."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils import timezone

from example_site.demo.files import rows
from example_site.demo.load_catalogue import load_catalogue
from example_site.demo.load_listings import load_listings
from example_site.demo.load_places import OPERATOR, load_markets, load_vocabulary
from example_site.demo.load_stalls import load_people, load_stalls
from example_site.demo.sync import Tally

STEPS = 6


def load_city(*, say: Callable[[str], object]) -> Tally:
    """Bring the database in line with the data files and with today. Runs in the caller's transaction.

    ``say`` is told of each step. A second run on the same day changes nothing.
    """
    today = timezone.localdate(timezone=ZoneInfo(OPERATOR["time_zone"]))
    tally = Tally()
    say(f"  1/{STEPS} units, taxes, trades: {len(rows('units'))} units, {len(rows('trades'))} trades")
    load_vocabulary(tally)
    say(f"  2/{STEPS} markets: {len(rows('markets'))} with {len(rows('pitches'))} pitches")
    operator = load_markets(tally)
    say(f"  3/{STEPS} catalogue: {len(rows('products'))} products")
    products = load_catalogue(tally)
    say(f"  4/{STEPS} stalls: {len(rows('stalls'))} with {len(rows('people'))} people")
    stalls = load_stalls(operator, load_people(tally), tally)
    listings = load_listings(stalls, products, today, tally)
    say(f"  5/{STEPS} listings: {len(listings)}")
    return tally
