"""Units, taxes, trades and the places: operator, markets, pitches, hours and pick-up times."""

from datetime import date, time

from example_site.demo.files import number, rows
from example_site.demo.sync import Tally, in_both, sync
from oscar_marketplace.models import (
    Market,
    OpeningRule,
    Operator,
    Pitch,
    TaxCategory,
    TaxRate,
    Trade,
    Unit,
    WaveRule,
)

OPERATOR = {
    "name": "Guadalajara (demostración)",
    "legal_name": "Organismo operador de demostración",
    "tax_id": "XAXX010101000",
    "country": "MX",
    "currency": "MXN",
    "time_zone": "America/Mexico_City",
    "language": "es",
    "email": "mercados@example.org",
    "phone": "+52 33 0000 0100",
    # Whoever looks around in the demo needs more than the usual forty minutes.
    "accept_minutes": 90,
    # Fridays.
    "payout_weekday": 5,
}


def load_vocabulary(tally: Tally) -> None:
    """Units, tax categories with their dated rates, and trades."""
    units = (
        {
            "code": row["code"],
            "kind": row["kind"],
            "base_amount": number(row["base_amount"]),
            "symbol": row["symbol"],
            **in_both(Unit, "name", row["name_es"], row["name_en"]),
            **in_both(Unit, "name_plural", row["plural_es"], row["plural_en"]),
        }
        for row in rows("units")
    )
    sync(Unit, units, key=("code",), tally=tally)
    categories = sync(
        TaxCategory,
        (
            {"code": row["code"], **in_both(TaxCategory, "name", row["name_es"], row["name_en"])}
            for row in rows("tax_categories")
        ),
        key=("code",),
        tally=tally,
    )
    rates = (
        {
            "category_id": categories[row["category"]].pk,
            "country": row["country"],
            "valid_from": date.fromisoformat(row["valid_from"]),
            "rate": number(row["rate"]),
        }
        for row in rows("tax_rates")
    )
    sync(TaxRate, rates, key=("category_id", "country", "valid_from"), tally=tally)
    trades = (
        {"slug": row["code"], "hue": row["hue"], **in_both(Trade, "name", row["name_es"], row["name_en"])}
        for row in rows("trades")
    )
    sync(Trade, trades, key=("slug",), tally=tally)


def load_markets(tally: Tally) -> Operator:
    """The operator and its markets, each with pitches, opening hours and pick-up times."""
    operator = sync(Operator, [OPERATOR], key=("name",), tally=tally)[OPERATOR["name"]]
    markets = sync(Market, (_market(row, operator) for row in rows("markets")), key=("slug",), tally=tally)
    pitches = (
        {
            "market_id": markets[row["market"]].pk,
            "number": row["number"],
            **in_both(Pitch, "section", row["section_es"], row["section_en"]),
        }
        for row in rows("pitches")
    )
    sync(Pitch, pitches, key=("market_id", "number"), tally=tally)
    hours = _weekly("hours", markets, "opens", "closes")
    sync(OpeningRule, hours, key=("market_id", "weekday", "opens"), tally=tally)
    waves = _weekly("waves", markets, "starts", "ends")
    sync(WaveRule, waves, key=("market_id", "weekday", "starts"), tally=tally)
    return operator


def _market(row: dict[str, str], operator: Operator) -> dict:
    return {
        "operator_id": operator.pk,
        "slug": row["slug"],
        "name": row["name"],
        "kind": row["kind"],
        "prefix": row["prefix"],
        "hue": row["hue"],
        "address": row["address"],
        "latitude": number(row["latitude"]),
        "longitude": number(row["longitude"]),
        "phone": row["phone"],
        **in_both(Market, "summary", row["summary_es"], row["summary_en"]),
        **in_both(Market, "description", row["description_es"], row["description_en"]),
        **in_both(Market, "desk_place", row["desk_es"], row["desk_en"]),
        **in_both(Market, "access_facts", row["access_es"], row["access_en"]),
    }


def _weekly(name: str, markets: dict[str, Market], start: str, end: str):
    """A row per weekday of a file whose rows name several."""
    for row in rows(name):
        for weekday in row["weekdays"]:
            rule = {
                "market_id": markets[row["market"]].pk,
                "weekday": int(weekday),
                start: time.fromisoformat(row[start]),
                end: time.fromisoformat(row[end]),
            }
            if name == "waves":
                rule |= {"cutoff_minutes": int(row["cutoff_minutes"]), "capacity": int(row["capacity"])}
            yield rule
