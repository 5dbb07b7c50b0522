"""A member of the city's staff, and a world with a row in every table."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from oscar.core.loading import get_model

from oscar_marketplace.audit.record import SYSTEM, record
from oscar_marketplace.commissions.models import StallOrderCommission
from oscar_marketplace.ledger.models import AccountKind
from oscar_marketplace.ledger.post import AccountKey, Line, post
from oscar_marketplace.listings.models import LineWish, PreparationOption, StockHold
from oscar_marketplace.markets.models import Closure, WaveRule
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
from oscar_marketplace.payouts.accounts import set_account
from oscar_marketplace.payouts.models import Payout, PayoutBatch, PayoutLine
from oscar_marketplace.stalls.models import StallClosure
from oscar_marketplace.test import factories

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def boss(db):
    return factories.make_user("boss", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(client, boss):
    """A client signed in as superuser."""
    client.force_login(boss)
    return client


@pytest.fixture
def clerk(db):
    """A member of staff who may look at everything of ours and change nothing."""
    clerk = factories.make_user("clerk", is_staff=True)
    ours = Permission.objects.filter(content_type__app_label="oscar_marketplace", codename__startswith="view_")
    clerk.user_permissions.set(ours)
    return clerk


@pytest.fixture
def part(db):
    """A stall order with lines, bags, a charge, a question and a history."""
    stall = factories.make_stall(name="Verduras Doña Chayo", owner=factories.make_user("chayo"))
    return make_part(factories.make_listing(stall=stall, title="Jitomate saladet"))


def make_part(listing, number="MK-7Q2F-0001"):
    market = listing.stall.places.get().pitch.market
    order = get_model("order", "Order").objects.create(
        number=number, total_incl_tax=D(32), total_excl_tax=D(32), currency="MXN"
    )
    wave = market.waves.first() or factories.make_wave(market, capacity=2)
    hand_over = HandOver.objects.create(order=order, market=market, wave=wave, code="JAC4R4")
    line = get_model("order", "Line").objects.create(
        order=order,
        partner=listing.stall.partner,
        stockrecord=listing.stockrecord,
        product=listing.stockrecord.product,
        title="Jitomate saladet",
        quantity=4,
        num_allocated=0,
        line_price_incl_tax=D(32),
        line_price_excl_tax=D(32),
        line_price_before_discounts_incl_tax=D(32),
        line_price_before_discounts_excl_tax=D(32),
    )
    part = StallOrder.objects.create(
        order=order,
        partner=listing.stall.partner,
        stall=listing.stall,
        hand_over=hand_over,
        sequence=1,
        seller_name=listing.stall.name,
        currency="MXN",
        state="ready",
        placed_incl_tax=D(32),
        placed_excl_tax=D(32),
    )
    StallOrderLine.objects.create(
        stall_order=part,
        order_line=line,
        listing=listing,
        title="Jitomate saladet",
        steps=4,
        step=D("0.25"),
        price_unit=listing.price_unit,
        order_unit=listing.order_unit,
        price=D(32),
        ordered_measure=D(1),
        bound=D("1.1"),
        placed_incl_tax=D(32),
        placed_excl_tax=D(32),
    )
    bag = Bag.objects.create(stall_order=part, number=1)
    BagMove.objects.create(bag=bag, source="stall", target="desk")
    charge = Charge.objects.create(
        order=order, provider="dummy", reference=f"ref-{number}", currency="MXN", requested=3200, needs_review=True
    )
    ChargeShare.objects.create(charge=charge, stall_order=part, amount=3200)
    record("accept", part, by=SYSTEM, reason="by itself")
    record("charge_created", charge, by=SYSTEM, amount=3200)
    return part


@pytest.fixture
def world(part):
    """At least one row in every table of ours."""
    listing = part.lines.get().listing
    market, stall = part.hand_over.market, part.stall
    Closure.objects.create(market=market, starts_at=NOW, ends_at=NOW + timedelta(hours=2), reason="Inventory")
    WaveRule.objects.create(market=market, weekday=1, starts="10:00", ends="12:00")
    StallClosure.objects.create(stall=stall, starts_at=NOW)
    PreparationOption.objects.create(listing=listing, name="chopped")
    stall.trades.add(factories.make_trade())
    basket = get_model("basket", "Basket").objects.create()
    basket_line = basket.lines.create(
        line_reference="1", product=listing.stockrecord.product, stockrecord=listing.stockrecord, price_currency="MXN"
    )
    LineWish.objects.create(basket_line=basket_line, note="ripe ones")
    StockHold.objects.create(
        order_line=part.lines.get().order_line, stockrecord=listing.stockrecord, quantity=4, expires_at=NOW
    )
    CheckoutAttempt.objects.create(key="k1", basket=basket, content_hash="h", provider="cash")
    Contact.objects.create(order=part.order, name="Ana Ruiz", email="ana@example.org")
    Decision.objects.create(order=part.order, kind="rest_after_refusal", default="keep", decide_by=NOW)
    OrderCharge.objects.create(order=part.order, code="d", name="Delivery", amount_incl_tax=D(1), amount_excl_tax=D(1))
    event = OutboxEvent.objects.create(key="order_placed:1", topic="order_placed")
    Message.objects.create(event=event, recipient="contact:1", channel="email", template="order_placed", language="es")
    apps.get_model("oscar_marketplace", "JobRun").objects.create(job="send_outbox")
    statement = BankStatement.objects.create(account="transfer", sha256="0" * 64)
    BankReference.objects.create(charge=part.charge_shares.get().charge, reference="1234560")
    BankLine.objects.create(
        statement=statement, account="transfer", key="id:1", booked_on=NOW.date(), amount=3200, currency="MXN"
    )
    taken = AccountKey(AccountKind.PSP, "MXN", provider="dummy")
    lines = [Line(taken, 3200), Line(AccountKey(AccountKind.RECEIVABLE, "MXN"), -3200)]
    post("capture", part.charge_shares.get().charge, lines, order=part.order, at=NOW)
    charge = part.charge_shares.get().charge
    Refund.objects.create(charge=charge, source=f"stallorder:{part.pk}", key="ref-r1", amount=100, currency="MXN")
    ProviderNotification.objects.create(provider="dummy", event_id="evt-1", sha256="0" * 64)
    rule = factories.make_commission_rule(market.operator, title="Halls")
    StallOrderCommission.objects.create(stall_order=part, rule=rule, percent=rule.percent, title=rule.title)
    payable = AccountKey(AccountKind.PAYABLE, "MXN", operator_id=stall.operator_id, stall_id=stall.pk)
    lines = [Line(AccountKey(AccountKind.RECEIVABLE, "MXN"), 3200), Line(payable, -3200)]
    sold = post("sale", part, lines, order=part.order, at=NOW).postings.get(amount=-3200)
    payee = stall.tenures.get().payee
    names = {"operator": stall.operator, "method": "cash"}
    batch = PayoutBatch.objects.create(reference="P20261124-AAAA0000", **names)
    payout = Payout.objects.create(
        batch=batch, payee=payee, reference="P20261124-AAAA0000-1", currency="MXN", amount=3200, **names
    )
    PayoutLine.objects.create(payout=payout, posting=sold)
    set_account(payee, number="032180000118359719", holder="Rosario", by=SYSTEM)
    for model in apps.get_app_config("oscar_marketplace").get_models():
        assert model.objects.exists(), f"the world has no {model.__name__}"
    return part


def our_admins():
    """Every registered admin of ours."""
    return [each for model, each in site._registry.items() if model._meta.app_label == "oscar_marketplace"]
