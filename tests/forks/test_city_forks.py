"""A city that has its own version of Oscar's apps: the city's classes run, and ours run, in a real project over HTTP.

Every project has renamed migrations in the forked apps, integer keys and ATOMIC_REQUESTS.
"""

import pytest

from tests.forks import shopping
from tests.forks.project import Project
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

LAST_ORDER = "SELECT id, number, total_incl_tax FROM order_order ORDER BY id DESC LIMIT 1"
FORKS = ("order", "partner", "checkout", "basket", "catalogue", "dashboard")


@pytest.fixture(scope="module", params=[*((fork,) for fork in FORKS), FORKS], ids=lambda forks: "+".join(forks))
def project(request, tmp_path_factory):
    """A project with these forks, migrated and filled."""
    project = Project(tmp_path_factory.mktemp("city") / "shop", forks=request.param)
    project.migrate()
    project.keys = project.seed("seed_shop") | project.seed("seed_market")
    project.trace()
    return project


@pytest.fixture(scope="module")
def address(project):
    with project.server() as address:
        yield address


def expected(project, **by_fork) -> list[str]:
    """What the city's classes note, of those forks that the project has."""
    return [note for fork in project.forks for note in by_fork.get(fork, [])]


def assert_noted(project, notes: list[str]) -> None:
    """Every note is there, as often as it is listed at least."""
    trace = project.trace()
    missing = [note for note in set(notes) if trace.count(note) < notes.count(note)]
    assert not missing, f"the city's classes did not run: {missing} in {trace}"


def test_the_set_up_is_sound(project):
    assert "no issues" in project.manage("check", "--database", "default")


def test_no_migration_is_missing(project):
    assert "No changes detected" in project.manage("makemigrations", "--check", "--dry-run")


def test_the_migrations_of_the_fork_have_other_names(project):
    names = {name for app in project.forks for (name,) in _migrations(project, app)}

    assert not names or "city_own_field" in names
    assert not names & {"0021_billingaddress_code_shippingaddress_code", "0007_partneraddress_code"}


def _migrations(project, app):
    return project.rows(f"SELECT name FROM django_migrations WHERE app = '{app}'")


def test_the_order_of_classes_is_ours_the_citys_the_core(project):
    output = project.manage("marketplace_overlay")

    forked = {
        "order": "order.utils.OrderCreator",
        "partner": "partner.strategy.Selector",
        "checkout": "checkout.views.PaymentDetailsView",
        "basket": "basket.views.BasketAddView",
        "catalogue": "catalogue.views.ProductDetailView",
        "dashboard": "dashboard.orders.views.OrderDetailView",
    }
    for fork in project.forks:
        section = output.partition(f"{forked[fork]}\n")[2].splitlines()[:8]
        owners = [line.split()[0] for line in section if line.startswith("    ") and not line.startswith("        ")]
        assert list(dict.fromkeys(owners))[:3] == ["ours", "city", "core"], section


def test_lines_are_written_in_bulk_unless_the_city_has_a_hook(project):
    last = project.manage("marketplace_overlay").splitlines()[-1]

    if "order" in project.forks:
        assert last.endswith("one by one: the city overrides create_additional_line_models.")
    else:
        assert last.startswith("Order lines are written in bulk")


def test_an_order_at_the_market(project, address):
    shopper = Visitor(address)

    path = shopping.buy_at_the_market(shopper, project.keys)

    # Ours: one order, a number nobody can count, a part for each stall, the kilo at its price.
    ((order_id, number, total),) = project.rows(
        "SELECT id, number, total_incl_tax FROM order_order ORDER BY id DESC LIMIT 1"
    )
    parts = project.rows(
        f"SELECT seller_name, placed_incl_tax, state FROM oscar_marketplace_stallorder WHERE order_id = {order_id}"
    )
    assert len(number) == 8
    assert parts == [("Doña Chayo", 32.49, "new"), ("La Vaquita", 72, "new")]
    assert float(total) == 104.49
    assert number in shopper.page.text
    assert path.startswith("/my-order/")
    # The city's: its creator once, its hook once per line, its total, its form and view of the basket.
    assert_noted(
        project,
        expected(
            project,
            order=["order: place_order", "order: line of Jitomate", "order: line of Queso panela"],
            checkout=["checkout: total"],
            basket=["basket: form for Queso panela", "basket: add Queso panela"],
        ),
    )


def test_the_citys_hook_is_called_once_per_line(project, address):
    project.trace()

    shopping.buy_at_the_market(Visitor(address), project.keys)

    lines = [note for note in project.trace() if note.startswith("order: line")]
    assert lines == (["order: line of Jitomate", "order: line of Queso panela"] if "order" in project.forks else [])


def test_an_order_at_the_shop_through_oscars_own_pages(project, address):
    shopper = Visitor(address)
    project.trace()

    shopping.put_card_in_basket(shopper, project.keys)
    text = shopping.buy_in_oscars_checkout(shopper)

    ((order_id, number, total),) = project.rows(
        "SELECT id, number, total_incl_tax FROM order_order ORDER BY id DESC LIMIT 1"
    )
    cents = 27.84 if "partner" in project.forks else 24
    assert number in text
    assert float(total) == cents
    assert project.rows(
        f"SELECT kind, seller_name, placed_incl_tax FROM oscar_marketplace_stallorder WHERE order_id = {order_id}"
    ) == [("house", "City shop", cents)]
    assert_noted(
        project,
        expected(
            project,
            order=["order: place_order", "order: line of Postcard"],
            partner=["partner: price of Postcard"],
            checkout=["checkout: total", f"checkout: payment of {cents:.2f}"],
            basket=["basket: form for Postcard", "basket: add Postcard"],
            catalogue=["catalogue: page of Postcard"],
        ),
    )


def test_an_operator_opens_the_order_in_the_dashboard(project, address):
    shopping.buy_at_the_market(Visitor(address), project.keys)
    ((_id, number, _total),) = project.rows(LAST_ORDER)
    operator = shopping.sign_in(address, "operator@example.org")
    project.trace()

    page = operator.open(f"/dashboard/orders/{number}/")
    assert (page.status, number in page.text) == (200, True)
    refused = shopping.post(operator, page.path, order_action="change_order_status", new_status="Cancelled")

    assert "follows from what its stalls and its payments do" in refused.text
    assert_noted(project, expected(project, dashboard=["dashboard: page of an order"]))


def test_nothing_went_wrong_unseen(project, address):
    log = (project.folder / "server.log").read_text()

    assert "Traceback" not in log, log[-4000:]
