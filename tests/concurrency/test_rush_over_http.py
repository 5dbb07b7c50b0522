"""A hundred shoppers press at the same moment for ten units, over HTTP, against several server processes."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.test import factories
from oscar_marketplace.tick.run import run_due_jobs
from tests.servers import running_server
from tests.visitor import Visitor

Order = get_model("order", "Order")
StockRecord = get_model("partner", "StockRecord")


def make_shop(*, stock, listings=1):
    market = factories.make_market()
    wave = factories.make_wave(market)
    stalls = [factories.make_stall(market=market) for _ in range(listings)]
    return market, wave, [factories.make_listing(stall=stall, title="Jitomate", stock=stock) for stall in stalls]


def at_the_pay_page(base_url, market, wave, listing, *, provider):
    """A shopper with one step of the listing in the basket, and the form that confirms the order."""
    visitor = Visitor(base_url)
    visitor.open(reverse("market:stall", args=[listing.stall.slug]))
    visitor.send(next(form for form in visitor.page.forms if "add" in form.names), button=("add", str(listing.pk)))
    visitor.open(reverse("market:checkout"))
    form = visitor.form_with("name", f"pickup_{market.pk}")
    visitor.send(form, name="Ana", email="ana@example.org", **{f"pickup_{market.pk}": str(wave.pk)})
    form = visitor.form_with("provider", "key", "seen")
    form.fields = [pair for pair in form.fields if pair[0] not in {"provider", "terms"}]
    form.fields += [("provider", provider), ("terms", "on")]
    return visitor, form


def press_together(shoppers):
    """Everybody sends the form at the same moment; returns each one's final page and when it began and ended."""
    barrier = threading.Barrier(len(shoppers))

    def press(shopper):
        visitor, form = shopper
        barrier.wait(timeout=60)
        began = time.monotonic()
        page = visitor.send(form)
        return page, began, time.monotonic()

    with ThreadPoolExecutor(len(shoppers)) as pool:
        return list(pool.map(press, shoppers))


class ConnectionCount(threading.Thread):
    """Watches how many connections others have to the test's database."""

    def __init__(self):
        super().__init__(daemon=True)
        self.most, self.busiest, self._over = 0, 0, threading.Event()

    def run(self):
        with connection.cursor() as cursor:
            while not self._over.wait(0.02):
                cursor.execute(
                    "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                total, busy = cursor.fetchone()
                self.most, self.busiest = max(self.most, total), max(self.busiest, busy)
        connection.close()

    def stop(self):
        self._over.set()
        self.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_units_go_to_exactly_ten_of_a_hundred(tmp_path):
    market, wave, (listing,) = make_shop(stock=10)
    with running_server(tmp_path, processes=4, threads=8) as base_url:
        with ThreadPoolExecutor(8) as pool:
            shoppers = list(
                pool.map(lambda _: at_the_pay_page(base_url, market, wave, listing, provider="dummy"), range(100))
            )
        connections = ConnectionCount()
        connections.start()
        outcomes = press_together(shoppers)
        connections.stop()

    pages = [page for page, _began, _ended in outcomes]
    winners = [page for page in pages if page.path.startswith("/make-believe-bank/")]
    losers = [page for page in pages if page not in winners]
    assert {page.status for page in pages} == {200}
    assert (len(winners), len(losers)) == (10, 90)
    told = ("Jitomate ran out", "Jitomate is sold out today", "There is not enough Jitomate left")
    assert all(any(words in page.text for words in told) for page in losers)
    assert connections.most <= 40
    together = max(sum(began <= moment < ended for _p, began, ended in outcomes) for _p, moment, _e in outcomes)
    assert together >= 50, "the requests did not overlap"
    assert connections.busiest >= 2, "the database was never asked by two at once"

    stockrecord = StockRecord.objects.get(pk=listing.stockrecord_id)
    assert (stockrecord.num_in_stock, stockrecord.num_allocated) == (10, 10)
    assert Order.objects.count() == StallOrder.objects.count() == StockHold.objects.count() == 10

    # Nobody pays: the holds return and the shelf is full again.
    StockHold.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    run_due_jobs()

    assert StockRecord.objects.get(pk=listing.stockrecord_id).num_allocated == 0
    assert not StockHold.objects.exists()
    assert set(StallOrder.objects.values_list("state", flat=True)) == {StallOrderState.EXPIRED}


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_on_sqlite_with_four_processes_and_double_clicks_nobody_sees_an_error(tmp_path):
    market, wave, listings = make_shop(stock=1000, listings=3)
    with running_server(tmp_path, processes=4, threads=2) as base_url:
        with ThreadPoolExecutor(4) as pool:
            shoppers = list(
                pool.map(
                    lambda n: at_the_pay_page(base_url, market, wave, listings[n % 3], provider="dummy"), range(12)
                )
            )
        # Each presses twice: two tabs of the same browser.
        outcomes = press_together([shopper for visitor, form in shoppers for shopper in _twice(visitor, form)])

    assert {page.status for page, _began, _ended in outcomes} == {200}
    assert all("my-order" in page.path or "make-believe-bank" in page.path for page, _b, _e in outcomes)
    assert Order.objects.count() == 12
    assert sum(StockRecord.objects.values_list("num_allocated", flat=True)) == 12


def _twice(visitor, form):
    second = Visitor(visitor.base_url)
    second.cookies, second.page = visitor.cookies, visitor.page
    second._opener = visitor._opener
    return [(visitor, form), (second, form)]
