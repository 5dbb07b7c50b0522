"""Re-exports the models of every slice for Django; nothing else."""

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.commissions.models import CommissionRule, StallOrderCommission
from oscar_marketplace.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction
from oscar_marketplace.listings.models import (
    CatalogueEntry,
    LineWish,
    Listing,
    PreparationOption,
    StockHold,
    TaxCategory,
    TaxRate,
    Unit,
)
from oscar_marketplace.markets.models import (
    Closure,
    Market,
    OpeningRule,
    Operator,
    Pitch,
    Wave,
    WavePlace,
    WaveRule,
)
from oscar_marketplace.notifications.models import Message
from oscar_marketplace.orders.models import (
    Bag,
    BagMove,
    CheckoutAttempt,
    Contact,
    Decision,
    HandOver,
    OrderCharge,
    StallOrder,
    StallOrderLine,
)
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.payments.bank.models import BankLine, BankReference, BankStatement
from oscar_marketplace.payments.inbox_models import ProviderNotification
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payouts.models import Payout, PayoutAccount, PayoutBatch, PayoutLine
from oscar_marketplace.stalls.models import Payee, Stall, StallClosure, StallMember, StallPitch, Tenure, Trade
from oscar_marketplace.tick.models import JobRun

__all__ = [
    "AuditEntry",
    "Bag",
    "BagMove",
    "BankLine",
    "BankReference",
    "BankStatement",
    "CatalogueEntry",
    "Charge",
    "ChargeShare",
    "CheckoutAttempt",
    "Closure",
    "CommissionRule",
    "Contact",
    "Decision",
    "HandOver",
    "JobRun",
    "LedgerAccount",
    "LedgerPosting",
    "LedgerTransaction",
    "LineWish",
    "Listing",
    "Market",
    "Message",
    "OpeningRule",
    "Operator",
    "OrderCharge",
    "OutboxEvent",
    "Payee",
    "Payout",
    "PayoutAccount",
    "PayoutBatch",
    "PayoutLine",
    "Pitch",
    "PreparationOption",
    "ProviderNotification",
    "Refund",
    "Stall",
    "StallClosure",
    "StallMember",
    "StallOrder",
    "StallOrderCommission",
    "StallOrderLine",
    "StallPitch",
    "StockHold",
    "TaxCategory",
    "TaxRate",
    "Tenure",
    "Trade",
    "Unit",
    "Wave",
    "WavePlace",
    "WaveRule",
]
