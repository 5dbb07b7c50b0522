"""Django's admin over every table, for the city's staff. States change by verbs only; what was sold is read-only."""

from oscar_marketplace.admin import (  # noqa: F401 (registers them)
    bank,
    commissions,
    ledger,
    listings,
    markets,
    operation,
    orders,
    payments,
    payout_accounts,
    payouts,
    stalls,
)
