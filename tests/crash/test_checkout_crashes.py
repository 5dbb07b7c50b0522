"""Whatever breaks in the middle of “confirm and pay”: one order, one mail, the right stock, no basket lost.

For every n the n-th SQL statement, commit or commit callback of the request raises. Then the shopper presses again and
the tick runs; or the shopper goes away and only the tick runs.
"""

import re
from collections import Counter

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.test import factories
from oscar_marketplace.tick.run import run_due_jobs
from tests.crash.saboteur import Saboteur

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1200)]

Order = get_model("order", "Order")
Basket = get_model("basket", "Basket")
StockRecord = get_model("partner", "StockRecord")


@pytest.fixture
def shop(monkeypatch):
    monkeypatch.setattr("oscar_marketplace.payments.start.RESUME_AFTER_SECONDS", -1)
    market = factories.make_market()
    wave = factories.make_wave(market)
    market.operator.max_open_cash_orders = 0
    market.operator.save()
    listings = [
        factories.make_listing(stall=factories.make_stall(market=market, owner=factories.make_user()), stock=100_000)
        for _ in range(2)
    ]
    return market, wave, listings


class Shopper:
    """One shopper up to the pay page, and the form that page sends."""

    def __init__(self, shop, number, provider):
        market, wave, listings = shop
        self.email = f"shopper{number}@example.org"
        self.client = Client(raise_request_exception=False)
        for listing in listings:
            self.client.post(reverse("market:basket-add"), {"add": listing.pk, "steps": 3})
        where = {"name": "Ana", "email": self.email, "phone": "", f"pickup_{market.pk}": wave.pk}
        assert self.client.post(reverse("market:checkout"), where).status_code == 302
        page = self.client.get(reverse("market:pay")).content.decode()
        hidden = dict(re.findall(r'name="(key|seen)" value="([^"]+)"', page))
        self.form = {**hidden, "provider": provider, "terms": "on"}
        self.basket = Basket.objects.latest("pk")

    def press(self):
        return self.client.post(reverse("market:pay"), self.form)

    def mails(self):
        return [message for message in mail.outbox if self.email in message.to]

    def orders(self):
        return list(Order.objects.filter(basket=self.basket))


def tick():
    for _ in range(3):
        run_due_jobs()


def stock_is_right():
    promised = Counter()
    for line in get_model("order", "Line").objects.all():
        promised[line.stockrecord_id] += line.quantity
    for record in StockRecord.objects.all():
        assert (record.num_allocated or 0) == promised[record.pk]


def everything_is_as_if_nothing_had_happened(shopper):
    (order,) = shopper.orders()
    parts = list(StallOrder.objects.filter(order=order))
    assert [part.state for part in parts] == [StallOrderState.NEW] * 2
    assert sorted(Charge.objects.filter(order=order).values_list("state", flat=True)) == ["promised"] * 2
    assert len(shopper.mails()) == 1
    assert Basket.objects.get(pk=shopper.basket.pk).status == Basket.SUBMITTED
    stock_is_right()


def test_a_crash_at_any_step_then_pressing_again(shop):
    for n in range(1, 1000):
        shopper = Shopper(shop, n, "cash")
        saboteur = Saboteur(at=n)
        with saboteur.at_work():
            broken = shopper.press()
        if not saboteur.fired_in:
            break

        answer = shopper.press()

        assert answer.status_code == 302, (n, saboteur.fired_in, broken.status_code)
        assert "my-order" in answer.url, (n, saboteur.fired_in, answer.url)
        tick()
        everything_is_as_if_nothing_had_happened(shopper)
    assert n > 60, "the saboteur found too few steps to be believed"


def test_a_crash_at_any_step_and_nobody_comes_back(shop):
    """The order is either not there and the basket still open, or the tick finishes it."""
    placed = 0
    for n in range(1, 1000):
        shopper = Shopper(shop, n, "cash")
        saboteur = Saboteur(at=n)
        with saboteur.at_work():
            shopper.press()
        if not saboteur.fired_in:
            break

        tick()

        if shopper.orders():
            placed += 1
            everything_is_as_if_nothing_had_happened(shopper)
        else:
            assert Basket.objects.get(pk=shopper.basket.pk).status == Basket.OPEN, (n, saboteur.fired_in)
            assert not shopper.mails()
            stock_is_right()
    assert placed > 10, "some crashes come after the order was committed"
