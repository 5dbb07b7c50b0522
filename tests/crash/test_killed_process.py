"""The server process dies while it places an order; the shopper presses again on the process that replaces it."""

import time
from http.client import HTTPException
from urllib.error import URLError

import pytest
from django.core import mail
from oscar.core.loading import get_model

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.tick.run import run_due_jobs
from tests.concurrency.test_rush_over_http import at_the_pay_page, make_shop
from tests.servers import running_server

pytestmark = [pytest.mark.slow, pytest.mark.both, pytest.mark.django_db(transaction=True)]

Order = get_model("order", "Order")
StockRecord = get_model("partner", "StockRecord")


BROKEN = (HTTPException, URLError, ConnectionError)


def press_until_it_answers(visitor, form):
    """The process that takes over needs a moment; until then the browser says that the server does not answer."""
    for _ in range(50):
        try:
            return visitor.send(form)
        except BROKEN:
            time.sleep(0.2)
    raise AssertionError("the server did not come back")


@pytest.mark.parametrize("statement", [8, 22, 30, 38, 44, 52])
def test_pressing_again_after_the_process_was_killed(tmp_path, monkeypatch, statement):
    monkeypatch.setattr("oscar_marketplace.payments.start.RESUME_AFTER_SECONDS", -1)
    market, wave, (listing,) = make_shop(stock=10)
    flag = tmp_path / "kill"
    with running_server(tmp_path, processes=1, threads=2, TEST_KILL_FILE=str(flag)) as base_url:
        visitor, form = at_the_pay_page(base_url, market, wave, listing, provider="cash")
        flag.write_text(str(statement))
        with pytest.raises(BROKEN):
            visitor.send(form)
        assert not flag.exists()

        page = press_until_it_answers(visitor, form)

    assert (page.status, "my-order" in page.path) == (200, True), (tmp_path / "server.log").read_text()[-3000:]
    run_due_jobs()
    assert Order.objects.count() == 1
    assert StallOrder.objects.get().state == StallOrderState.NEW
    assert StockRecord.objects.get(pk=listing.stockrecord_id).num_allocated == 1
    assert len([message for message in mail.outbox if "ana@example.org" in message.to]) == 1
