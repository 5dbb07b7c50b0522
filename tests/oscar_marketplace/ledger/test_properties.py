"""Random baskets through the books: every transaction balances, every closed order's shopper owes nothing.

The pure part runs without a database. ``LEDGER_EXAMPLES=100000`` makes it long.
"""

import os
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from oscar_marketplace.commissions.amount import kept_of
from oscar_marketplace.commissions.models import StallOrderCommission
from oscar_marketplace.ledger.post import check
from oscar_marketplace.money import allocate, from_minor
from oscar_marketplace.orders.models import OrderCharge, StallOrder
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.payments.books import Books
from oscar_marketplace.payments.capture import share_out
from oscar_marketplace.payments.models import Charge, ChargeShare

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "300"))
NOW = datetime(2026, 11, 24, tzinfo=UTC)
#: Where a part may end; the books of an order whose parts are all at one of them are closed.
ENDS = [S.DELIVERED, S.COMPLETED, S.CANCELLED, S.RETURNED, S.REJECTED, S.UNANSWERED]
HANDED_OVER = {S.DELIVERED, S.COMPLETED}

money = st.integers(0, 20_000).map(lambda minor: from_minor(minor, "MXN"))
percents = st.decimals(0, 100, places=2)
terms = st.one_of(
    st.none(),
    st.builds(StallOrderCommission, kind=st.just("fixed"), fixed=money, tax_percent=percents),
    st.builds(
        StallOrderCommission,
        kind=st.just("percent"),
        percent=percents,
        floor=st.none() | money,
        cap=st.none() | money,
        tax_percent=percents,
    ),
)
parts = st.lists(
    st.fixed_dictionaries(
        {
            "placed": st.integers(1, 500_000),
            "packed_percent": st.integers(1, 110),
            "end": st.sampled_from(ENDS),
            "is_house": st.booleans(),
            "terms": terms,
        }
    ),
    min_size=1,
    max_size=12,
)
orders = st.fixed_dictionaries(
    {
        "parts": parts,
        "way": st.sampled_from(["card", "cash", "card twice", "set aside"]),
        "fee": st.sampled_from([0, 0, 3000, 12_345]),
    }
)


def make_part(pk, asked) -> StallOrder:
    is_house = asked["is_house"]
    final = asked["placed"] * asked["packed_percent"] // 100
    due = final if asked["end"] in HANDED_OVER and not is_house else (asked["placed"] if is_house else 0)
    return StallOrder(
        pk=pk,
        order_id=1,
        kind="house" if is_house else "stall",
        stall_id=None if is_house else pk,
        currency="MXN",
        state=S.AWAITING_PAYMENT,
        placed_incl_tax=from_minor(asked["placed"], "MXN"),
        final_incl_tax=from_minor(due, "MXN"),
    )


def make_charges(order, rows):
    """The charges of an order as its payments are, with their shares; fee and all."""
    fee = OrderCharge(pk=1, order_id=1, amount_incl_tax=from_minor(order["fee"], "MXN")) if order["fee"] else None
    if order["way"] == "cash":
        stalls = [row for row in rows if row.kind == "stall"]
        return [
            (
                Charge(pk=row.pk, order_id=1, provider="cash", currency="MXN", requested=_minor(row.placed_incl_tax)),
                [row],
            )
            for row in stalls
        ], None
    whole = sum(_minor(row.placed_incl_tax) for row in rows) + order["fee"]
    if order["way"] == "set aside":
        # Room for what weighs more, as the bounds of the lines leave it.
        return [(make_charge(1, provider="dummy", amount=whole * 2), rows)], fee
    numbers = [1, 2] if order["way"] == "card twice" else [1]
    return [(make_charge(n, provider="dummy", amount=whole, captured=whole), rows) for n in numbers], fee


def make_charge(pk, *, provider, amount, captured=0) -> Charge:
    return Charge(pk=pk, order_id=1, provider=provider, currency="MXN", requested=amount, captured=captured)


def _minor(amount) -> int:
    return int(amount * 100)


def shares_of(charges, fee):
    shares = []
    for charge, rows in charges:
        for row in rows:
            room = 1 if charge.captured or charge.provider == "cash" else 2
            shares.append(ChargeShare(charge=charge, stall_order_id=row.pk, amount=_minor(row.placed_incl_tax) * room))
        if fee is not None:
            shares.append(ChargeShare(charge=charge, order_charge=fee, amount=_minor(fee.amount_incl_tax)))
    return shares


def take(charge, rows, shares):
    """What was set aside is taken, as the tick would."""
    share_out({row.pk: row for row in rows}, shares)
    charge.capture_amount = charge.captured = sum(share.to_capture for share in shares)
    assert 0 <= charge.captured <= charge.requested


class Journal:
    """Keeps what the books would be given, and answers what of it stands on the shopper's account."""

    def __init__(self):
        self.entries = {}

    def post(self, entries) -> int:
        new = [entry for entry in entries if entry.key not in self.entries]
        for entry in new:
            check(entry.lines)
            self.entries[entry.key] = entry
        return len(new)

    def posted(self):
        found = {}
        for entry in self.entries.values():
            for line in entry.lines:
                key = (entry.source, entry.kind, line.account.kind)
                whole, last = found.get(key, (0, 0))
                found[key] = (whole + line.amount, max(last, entry.sequence))
        return found

    def balances(self):
        sums = {}
        for entry in self.entries.values():
            for line in entry.lines:
                sums[line.account.kind] = sums.get(line.account.kind, 0) + line.amount
        return sums


def settle(journal, wanted, rows, shares, operator_ids, frozen=None):
    books = Books(
        wanted={row.pk for row in wanted},
        parts={row.pk: row for row in rows},
        shares=[share for share in shares if share.charge.captured],
        posted=journal.posted(),
        terms=frozen or {},
        operators=operator_ids,
        given_up=set(),
        moments={},
        now=NOW,
    )
    return journal.post(books.entries())


@settings(max_examples=EXAMPLES, deadline=None)
@given(order=orders)
def test_every_basket_ends_with_nothing_owed_by_the_shopper(order):
    rows = [make_part(pk, asked) for pk, asked in enumerate(order["parts"], start=1)]
    charges, fee = make_charges(order, rows)
    shares = shares_of(charges, fee)
    journal, operators = Journal(), {1: 1}
    ends = {pk: asked["end"] for pk, asked in enumerate(order["parts"], start=1)}
    frozen = {row.pk: asked["terms"] for row, asked in zip(rows, order["parts"], strict=True)}
    frozen = {pk: terms for pk, terms in frozen.items() if terms is not None and rows[pk - 1].kind == "stall"}

    settle(journal, rows, rows, shares, operators, frozen)
    for row in rows:
        row.__dict__["state"] = ends[row.pk]
        row.released_at = NOW
        if order["way"] == "cash" and row.kind == "stall" and row.state in HANDED_OVER:
            next(charge for charge, paid in charges if paid == [row]).captured = _minor(row.final_incl_tax)
        settle(journal, [row], rows, shares, operators, frozen)
    if order["way"] == "set aside":
        take(charges[0][0], rows, shares)
        settle(journal, rows, rows, shares, operators, frozen)
        assert not {"credit_customer", "goodwill"} & set(journal.balances()), "what is not due is never taken"
    again = settle(journal, rows, rows, shares, operators, frozen)

    sums = journal.balances()
    taken = sum(charge.captured for charge, _rows in charges)
    assert again == 0
    assert sum(sums.values()) == 0
    assert sums.get("receivable", 0) == 0
    assert sums.get("cash_stall", 0) == 0
    assert sums.get("psp", 0) == (0 if order["way"] == "cash" else taken)
    assert all(sums.get(kind, 0) <= 0 for kind in ("credit_customer", "house_sales", "order_charges"))
    delivered = [row for row in rows if row.kind == "stall" and row.state in HANDED_OVER]
    sold = sum(_minor(row.final_incl_tax) for row in delivered)
    agreed = [(frozen[row.pk], _minor(row.final_incl_tax)) for row in delivered if row.pk in frozen]
    kept = [kept_of(terms, amount, currency="MXN") for terms, amount in agreed]
    assert -sums.get("commission", 0) == sum(each.fee for each in kept)
    assert -sums.get("commission_tax", 0) == sum(each.tax for each in kept)
    # A stall that took cash has its money and owes what is kept of it.
    online = 0 if order["way"] == "cash" else sold
    assert -sums.get("payable", 0) == online - sum(each.whole for each in kept)
    assert all(each.whole >= 0 for each in kept) and sum(each.whole for each in kept) <= sold


@settings(max_examples=EXAMPLES, deadline=None)
@given(amounts=st.lists(st.integers(0, 10**7), min_size=1, max_size=12), taken=st.integers(0, 10**8))
def test_a_charge_taken_in_part_is_split_to_the_cent(amounts, taken):
    split = allocate(taken, amounts) if sum(amounts) else []

    assert sum(split) == (taken if sum(amounts) else 0)
    assert all(part >= 0 for part in split)


def test_six_equal_stalls_on_sixty_get_exactly_sixty():
    rows = [
        make_part(pk, {"placed": 1000, "packed_percent": 100, "end": S.DELIVERED, "is_house": False})
        for pk in range(1, 7)
    ]
    charges, fee = make_charges({"way": "card", "fee": 0}, rows)
    journal = Journal()
    for row in rows:
        row.__dict__["state"] = S.DELIVERED

    settle(journal, rows, rows, shares_of(charges, fee), {1: 1})

    owed = [line.amount for entry in journal.entries.values() for line in entry.lines if line.account.kind == "payable"]
    assert owed == [-1000] * 6
