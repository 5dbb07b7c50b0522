"""Which event of an order makes which postings (``docs/explanation/ledger.md`` has a worked order).

The books follow what was taken and what is owed, and are written where either changes, in the same transaction:

* money taken: from the shopper's account (``receivable``) to the provider's, or to the stall that took the cash;
* goods handed over: owed by the shopper, owed to the stall; nothing is owed before, so money that came earlier is an
  advance, and a promise or a payment that was only begun is not in the books;
* cash the stall took is netted at once with what is owed to it;
* what the market keeps of goods that were handed over is taken off what is owed to the stall, cash or not;
* money for what was not handed over is owed back to the shopper.

So the shopper's account of an order is zero when the order is closed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from oscar_marketplace.audit.record import target_of
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.commissions.amount import kept_of
from oscar_marketplace.commissions.models import Terms
from oscar_marketplace.ledger.models import AccountKind, LedgerPosting, TransactionKind
from oscar_marketplace.ledger.post import AccountKey, Entry, Line, post_all
from oscar_marketplace.money import allocate, to_minor
from oscar_marketplace.orders.models import Decision, OrderCharge, StallOrder
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.payments.models import Charge, ChargeShare

S = StallOrderState
HANDED_OVER_FOR_GOOD = frozenset({S.DELIVERED, S.COMPLETED})
K = TransactionKind


def book(stall_orders: Iterable[StallOrder], *, moments: Mapping[str, datetime] | None = None) -> int:
    """Bring the books to what was taken for these parts and what is owed for them; twice changes nothing.

    Runs in the caller's transaction, which has locked the parts. A number of statements that does not grow with the
    parts. ``moments`` (target -> when) dates what happened earlier; else it happened now. Returns how many transactions
    were posted.
    """
    parts = list(stall_orders)
    if not parts:
        return 0
    return post_all(_read(parts, moments or {}).entries())


def operator_of_order(order_id: int) -> int | None:
    """Pk of the operator whose books an order is in; None for an order of the shop's own goods alone."""
    parts = StallOrder.objects.filter(order=order_id, stall__isnull=False).order_by("pk")
    return parts.values_list("stall__operator", flat=True).first()


@dataclass
class _Item:
    """What money is asked for: a part, or a charge of the order. Amounts in minor units."""

    row: StallOrder | OrderCharge
    creditor: AccountKey
    receivable: AccountKey
    paid: int
    owed: int
    #: Nothing more will be owed, so what was paid above it goes back.
    is_settled: bool

    @property
    def source(self) -> str:
        return target_of(self.row)


@dataclass
class Books:
    """Everything about the orders of some parts; pure: :func:`_read` fills it, and ``entries`` is what is missing.

    ``wanted``: pks of the parts in question; ``parts``: all parts of their orders; ``shares``: those of captured
    charges; ``posted``: see :func:`_posted`; ``terms``: part pk -> what is kept of it, as frozen when it was placed;
    ``operators``: order pk -> operator pk; ``given_up``: pks of orders whose money came too late and goes back.
    """

    wanted: set[int]
    parts: dict[int, StallOrder]
    shares: list[ChargeShare]
    posted: dict[tuple[str, str, str], tuple[int, int]]
    terms: dict[int, Terms]
    operators: dict[int, int]
    given_up: set[int]
    moments: Mapping[str, datetime]
    now: datetime

    def entries(self) -> list[Entry]:
        found = [entry for charge in self._charges() for entry in self._captured(charge)]
        for item in self._items():
            found += self._settled(item)
            found += self._kept_of(item)
        return found

    # -- money ----------------------------------------------------------------------------------------------------

    def _charges(self) -> list[Charge]:
        """Captured charges that pay for one of the parts."""
        charges = {share.charge_id: share.charge for share in self.shares if share.stall_order_id in self.wanted}
        return list(charges.values())

    def _captured(self, charge: Charge) -> list[Entry]:
        receivable = self._key(AccountKind.RECEIVABLE, charge.currency, charge.order_id)
        target, at = target_of(charge), self._at(charge)
        if self._is_by_statement(charge):
            return [self._captured_from_bank(charge, receivable, target, at)]
        part = self._cash_part(charge)
        if part is None:
            taken = self._key(AccountKind.PSP, charge.currency, charge.order_id, provider=charge.provider)
            found = [_entry(K.CAPTURE, target, taken, receivable, charge.captured, charge.order_id, at)]
            if charge.fee:
                kept = self._key(AccountKind.PSP_FEE, charge.currency, charge.order_id, provider=charge.provider)
                found.append(_entry(K.PSP_FEE, target, kept, taken, charge.fee, charge.order_id, at))
            return found
        cash = self._key_of_stall(AccountKind.CASH_STALL, part)
        payable = self._key_of_stall(AccountKind.PAYABLE, part)
        return [
            _entry(K.CAPTURE, target, cash, receivable, charge.captured, charge.order_id, at),
            _entry(K.NETTING, target, payable, cash, charge.captured, charge.order_id, at),
        ]

    def _captured_from_bank(self, charge: Charge, receivable: AccountKey, target: str, at: datetime) -> Entry:
        """The money is in the bank's account since its line was imported; what little lacked, the market bears."""
        known = AccountKey(AccountKind.SUSPENSE, charge.currency, provider=charge.provider)
        lines = [Line(known, charge.received), Line(receivable, -charge.captured)]
        if lacked := charge.captured - charge.received:
            lines.append(Line(self._key(AccountKind.GOODWILL, charge.currency, charge.order_id), lacked))
        return Entry(K.CAPTURE, target, tuple(lines), charge.order_id, at)

    def _is_by_statement(self, charge: Charge) -> bool:
        aliases = payment_providers.aliases()
        return charge.provider in aliases and payment_providers[charge.provider].is_by_statement

    def _cash_part(self, charge: Charge) -> StallOrder | None:
        """The part for which its stall took the money itself."""
        if charge.provider not in payment_providers.aliases():
            return None
        if not payment_providers[charge.provider].is_cash_at_stall:
            return None
        part = next(self.parts[s.stall_order_id] for s in self.shares if s.charge_id == charge.pk and s.stall_order_id)
        return part if part.stall_id else None

    def _paid(self, row: StallOrder | OrderCharge) -> int:
        return sum(self._part_of_charge(share) for share in self.shares if _is_for(share, row))

    def _part_of_charge(self, share: ChargeShare) -> int:
        charge = share.charge
        siblings = [each for each in self.shares if each.charge_id == charge.pk]
        if charge.captured == charge.capture_amount == sum(each.to_capture or 0 for each in siblings):
            # What was set aside and taken when it was packed.
            return share.to_capture
        if charge.captured == charge.requested:
            return share.amount
        parts = [each for each in siblings if each.stall_order_id]
        if len(parts) == 1:
            # Cash for what was weighed: the whole of it is the part's.
            return charge.captured if share.stall_order_id else 0
        split = allocate(charge.captured, [each.amount for each in siblings])
        return split[siblings.index(share)]

    # -- what is owed ---------------------------------------------------------------------------------------------

    def _items(self) -> list[_Item]:
        parts = [self._item_of_part(self.parts[pk]) for pk in sorted(self.wanted)]
        charges = {share.order_charge_id: share.order_charge for share in self.shares if share.order_charge}
        return parts + [self._item_of_charge(charges[pk]) for pk in sorted(charges)]

    def _item_of_part(self, part: StallOrder) -> _Item:
        paid, due = self._paid(part), to_minor(part.amount_due, part.currency)
        receivable = self._key(AccountKind.RECEIVABLE, part.currency, part.order_id)
        if part.stall_id is None:
            # Nobody hands the shop's own goods over by our verbs: they are sold when they are paid.
            house = self._key(AccountKind.HOUSE_SALES, part.currency, part.order_id)
            owed = due if paid and not self._is_off(part) else 0
            return _Item(part, house, receivable, paid, owed, is_settled=True)
        payable = self._key_of_stall(AccountKind.PAYABLE, part)
        is_delivered = part.state in HANDED_OVER_FOR_GOOD
        owed = due if is_delivered else 0
        return _Item(part, payable, receivable, paid, owed, is_settled=is_delivered or self._is_off(part))

    def _item_of_charge(self, charge: OrderCharge) -> _Item:
        """Delivery and the like are owed unless nothing of the order reaches the shopper."""
        siblings = [part for part in self.parts.values() if part.order_id == charge.order_id]
        currency = siblings[0].currency
        paid = self._paid(charge)
        off = all(self._is_off(part) for part in siblings)
        owed = to_minor(charge.amount_incl_tax, currency) if paid and not off else 0
        income = self._key(AccountKind.ORDER_CHARGES, currency, charge.order_id)
        receivable = self._key(AccountKind.RECEIVABLE, currency, charge.order_id)
        return _Item(charge, income, receivable, paid, owed, is_settled=True)

    def _is_off(self, part: StallOrder) -> bool:
        """Nothing of the part reaches the shopper, for good: a refusal may be undone until its goods are given back."""
        if part.state in {S.REJECTED, S.UNANSWERED}:
            return part.released_at is not None
        if part.state == S.EXPIRED:
            return part.order_id in self.given_up
        return part.state in {S.CANCELLED, S.RETURNED}

    def _settled(self, item: _Item) -> list[Entry]:
        posted = {kind: self._posted(item, kind, AccountKind.RECEIVABLE) for kind in POSTED_ON_RECEIVABLE}
        found = []
        more = item.owed - posted[K.SALE][0] - posted[K.SALE_REVERSED][0]
        if more:
            found.append(self._of_item(K.SALE if more > 0 else K.SALE_REVERSED, item, item.creditor, more, posted))
        over = item.paid - item.owed - posted[K.REFUND_DUE][0] - posted[K.GOODWILL][0]
        currency, order_id = item.receivable.currency, item.row.order_id
        if over > 0 and item.is_settled:
            credit = self._key(AccountKind.CREDIT_CUSTOMER, currency, order_id)
            found.append(self._of_item(K.REFUND_DUE, item, credit, over, posted))
        elif over < 0 and item.paid and item.is_settled:
            # It weighed more than was taken for it, within what the shopper agreed to: the stall is paid all of it.
            goodwill = self._key(AccountKind.GOODWILL, currency, order_id)
            found.append(self._of_item(K.GOODWILL, item, goodwill, over, posted))
        return found

    def _posted(self, item: _Item, kind: str, account_kind: str) -> tuple[int, int]:
        return self.posted.get((item.source, kind, account_kind), (0, 0))

    def _of_item(self, kind: str, item: _Item, other: AccountKey, amount: int, posted: dict) -> Entry:
        at = self._at(item.row)
        number = posted[kind][1] + 1
        return _entry(kind, item.source, item.receivable, other, amount, item.row.order_id, at, sequence=number)

    # -- what the market keeps ------------------------------------------------------------------------------------

    def _kept_of(self, item: _Item) -> list[Entry]:
        """What the market keeps of goods that are owed, as far as the books do not say so; less of it is taken back."""
        terms = self.terms.get(item.row.pk) if isinstance(item.row, StallOrder) else None
        if terms is None:
            return []
        wanted = kept_of(terms, item.owed, currency=item.row.currency)
        kinds, accounts = POSTED_OF_COMMISSION
        # Credits, so below zero.
        stands = [sum(self._posted(item, kind, account)[0] for kind in kinds) for account in accounts]
        fee, tax = wanted.fee + stands[0], wanted.tax + stands[1]
        amounts = [
            (item.creditor, fee + tax),
            (self._key_of_stall(AccountKind.COMMISSION, item.row), -fee),
            (self._key(AccountKind.COMMISSION_TAX, item.row.currency, item.row.order_id), -tax),
        ]
        lines = tuple(Line(account, amount) for account, amount in amounts if amount)
        if not lines:
            return []
        kind = K.COMMISSION if fee + tax > 0 else K.COMMISSION_REVERSED
        number = max(self._posted(item, kind, account)[1] for account in accounts) + 1
        return [Entry(kind, item.source, lines, item.row.order_id, self._at(item.row), sequence=number)]

    # -- accounts -------------------------------------------------------------------------------------------------

    def _key(self, kind: str, currency: str, order_id: int, **owner) -> AccountKey:
        return AccountKey(kind, currency, operator_id=self.operators.get(order_id), **owner)

    def _key_of_stall(self, kind: str, part: StallOrder) -> AccountKey:
        payee_id = part.tenure.payee_id if part.tenure else None
        return self._key(kind, part.currency, part.order_id, stall_id=part.stall_id, payee_id=payee_id)

    def _at(self, row) -> datetime:
        return self.moments.get(target_of(row), self.now)


def _read(wanted: list[StallOrder], moments: Mapping[str, datetime]) -> Books:
    order_ids = {part.order_id for part in wanted}
    shares = ChargeShare.objects.filter(charge__order__in=order_ids, charge__captured__gt=0)
    shares = list(shares.select_related("charge", "order_charge").order_by("pk"))
    charges = {target_of(share.order_charge) for share in shares if share.order_charge}
    # Read before the states: whoever comes too late then posts a number that is taken, never a wrong amount.
    posted = _posted([*map(target_of, wanted), *charges])
    rows = StallOrder.objects.filter(order__in=order_ids).select_related("stall", "tenure", "commission")
    parts = {row.pk: row for row in rows.order_by("pk")}
    return Books(
        wanted={part.pk for part in wanted},
        parts=parts,
        shares=shares,
        posted=posted,
        terms={row.pk: row.commission for row in parts.values() if hasattr(row, "commission")},
        operators={row.order_id: row.stall.operator_id for row in parts.values() if row.stall},
        given_up=_orders_given_up(parts.values()) if shares else set(),
        moments=moments,
        now=timezone.now(),
    )


def _orders_given_up(parts: Iterable[StallOrder]) -> set[int]:
    """Orders whose money came too late and is to be given back, as the question about it was answered."""
    expired = {part.order_id for part in parts if part.state == S.EXPIRED}
    if not expired:
        return set()
    asked = Decision.objects.filter(order__in=expired, kind=Decision.Kind.REVIVE)
    asked = list(asked.values_list("order_id", "answered_at"))
    return {order_id for order_id, _at in asked} - {order_id for order_id, at in asked if at is None}


#: Kinds whose posting on the shopper's account says how much of it was done.
POSTED_ON_RECEIVABLE = (K.SALE, K.SALE_REVERSED, K.REFUND_DUE, K.GOODWILL)


#: Likewise of what the market keeps: the kinds, and its accounts of the commission and of the tax on it.
POSTED_OF_COMMISSION = (
    (K.COMMISSION, K.COMMISSION_REVERSED),
    (AccountKind.COMMISSION, AccountKind.COMMISSION_TAX),
)


def _posted(sources: list[str]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(source, kind, kind of the account) -> what stands on the account, and the last number used."""
    kinds, accounts = POSTED_OF_COMMISSION
    rows = LedgerPosting.objects.filter(
        Q(transaction__kind__in=POSTED_ON_RECEIVABLE, account__kind=AccountKind.RECEIVABLE)
        | Q(transaction__kind__in=kinds, account__kind__in=accounts),
        transaction__source__in=sources,
    )
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    names = ("transaction__source", "transaction__kind", "account__kind", "transaction__sequence", "amount")
    for source, kind, account_kind, sequence, amount in rows.values_list(*names):
        whole, last = found.get((source, kind, account_kind), (0, 0))
        found[source, kind, account_kind] = (whole + amount, max(last, sequence))
    return found


def _is_for(share: ChargeShare, row: StallOrder | OrderCharge) -> bool:
    return row.pk == (share.stall_order_id if isinstance(row, StallOrder) else share.order_charge_id)


def _entry(kind, source, debit, credit, amount, order_id, at, *, sequence=1) -> Entry:
    """``amount`` from ``credit`` to ``debit``; a negative one goes the other way."""
    return Entry(kind, source, (Line(debit, amount), Line(credit, -amount)), order_id, at, sequence=sequence)
