"""A shop that was there before the market: it keeps everything it had when the market comes, and when it goes again.

One long story in steps; each step is what an operator does, then what people find.
"""

import pytest

from tests.forks import shopping
from tests.forks.project import Project
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

LAST_ORDER = "SELECT number, total_incl_tax FROM order_order ORDER BY id DESC LIMIT 1"
OUR_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'oscar_marketplace_%'"
ALL_TABLES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'oscar_marketplace_%' ORDER BY name"
)


def reorder(visitor: Visitor, number: str):
    visitor.open(f"/accounts/orders/{number}/")
    return shopping.post(visitor, visitor.page.path, action="reorder")


def moved_to(visitor: Visitor, address: str) -> Visitor:
    """The same browser, cookies and all, after the shop was started again on another port."""
    again = Visitor(address)
    for cookie in visitor.cookies:
        again.cookies.set_cookie(cookie)
    return again


def assert_no_traceback(project):
    log = (project.folder / "server.log").read_text()
    assert "Traceback" not in log, log[-4000:]


def test_the_market_comes_and_goes(tmp_path):
    # A plain shop, with goods, a shopper's old order and a guest's open basket.
    project = Project(tmp_path / "shop", market=False)
    project.migrate()
    tables_before = project.rows(ALL_TABLES)
    keys = project.seed("seed_shop")
    with project.server() as address:
        ana, guest = shopping.sign_in(address, "ana@example.org"), Visitor(address)
        shopping.put_card_in_basket(ana, keys)
        shopping.buy_in_oscars_checkout(ana)
        shopping.put_card_in_basket(guest, keys, quantity=3)
    ((old_number, old_total),) = project.rows(LAST_ORDER)
    assert (len(old_number), old_total) == (6, 24)

    # The market is installed: settings, URLs, migrate. No table of the shop's changes.
    project.add_market()
    project.manage("migrate", "--verbosity", "0")
    assert "No changes detected" in project.manage("makemigrations", "--check", "--dry-run")
    assert "no issues" in project.manage("check", "--database", "default")
    assert project.rows(ALL_TABLES) == tables_before
    assert len(project.rows(OUR_TABLES)) > 30
    keys |= project.seed("seed_market")

    with project.server() as address:
        # The old order, its page and its total are there; it can be ordered again.
        ana, guest = moved_to(ana, address), moved_to(guest, address)
        assert "MX$24.00" in ana.open(f"/accounts/orders/{old_number}/").text
        assert old_number in ana.open("/accounts/orders/").text
        assert "MX$24.00" in reorder(ana, old_number).text
        assert ana.page.path == "/basket/"

        # The guest's open basket still holds its three cards and is bought where it was begun.
        assert "MX$36.00" in guest.open("/basket/").text
        shopping.buy_in_oscars_checkout(guest)
        ((house_number, house_total),) = project.rows(LAST_ORDER)
        assert (house_number in guest.page.text, house_total) == (True, 36)
        assert _kinds(project, house_number) == ["house"]

        # Ana buys her cards in Oscar's checkout too, and then at the market, in the same account.
        shopping.buy_in_oscars_checkout(ana)
        ((second_number, _total),) = project.rows(LAST_ORDER)
        shopping.buy_at_the_market(ana, keys)
        ((market_number, _total),) = project.rows(LAST_ORDER)
        assert _kinds(project, market_number) == ["stall", "stall"]
        assert _kinds(project, old_number) == []
        assert ana.open(f"/accounts/orders/{market_number}/").path.startswith("/my-order/")
        assert reorder_at_market(ana, market_number).path == "/my-basket/"

        # The operator sees and changes the old order as before.
        operator = shopping.sign_in(address, "operator@example.org")
        assert old_number in operator.open(f"/dashboard/orders/{old_number}/").text
    assert_no_traceback(project)
    stock = "SELECT num_in_stock, COALESCE(num_allocated, 0) FROM partner_stockrecord WHERE partner_sku = 'card'"
    assert project.rows(stock) == [(100, 2 + 3 + 2)]

    # The market is taken out again: migrate to zero, undo the settings. Its tables are gone, the shop's are as ever.
    project.manage("migrate", "oscar_marketplace", "zero", "--verbosity", "0")
    project.remove_market()
    assert project.rows(OUR_TABLES) == []
    assert project.rows(ALL_TABLES) == tables_before
    assert project.rows("SELECT name FROM django_migrations WHERE app = 'oscar_marketplace'") == []
    assert "No changes detected" in project.manage("makemigrations", "--check", "--dry-run")
    assert "no issues" in project.manage("check")

    with project.server() as address:
        # Every order is still there, the market's too, complete as it was placed.
        ana = moved_to(ana, address)
        text = ana.open("/accounts/orders/").text
        assert all(number in text for number in (old_number, second_number, market_number))
        assert "MX$104.49" in ana.open(f"/accounts/orders/{market_number}/").text
        # And the shop sells as it always did.
        shopper = Visitor(address)
        shopping.put_card_in_basket(shopper, keys)
        shopping.buy_in_oscars_checkout(shopper)
    ((last_number, last_total),) = project.rows(LAST_ORDER)
    assert (len(last_number), last_total) == (6, 24)
    assert_no_traceback(project)


def reorder_at_market(visitor: Visitor, number: str):
    """From any page of the account: the order's own page is ours, and this is Oscar's address."""
    visitor.open("/accounts/orders/")
    return shopping.post(visitor, f"/accounts/orders/{number}/", action="reorder")


def _kinds(project, number: str) -> list[str]:
    return [
        kind
        for (kind,) in project.rows(
            "SELECT kind FROM oscar_marketplace_stallorder JOIN order_order ON order_order.id = order_id "
            f"WHERE number = '{number}' ORDER BY sequence"
        )
    ]
