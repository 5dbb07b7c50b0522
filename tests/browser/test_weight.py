"""What a first visit to the biggest market costs on the net: HTML, CSS, scripts and fonts stay within 100 kB."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from example_site.demo.files import rows
from oscar_marketplace.test import factories
from tests.browser.window import open_window
from tests.servers import running_server

pytestmark = pytest.mark.django_db(transaction=True)

MOST_BYTES = 100_000
STALLS = 60
#: What Chromium calls the kinds of what a page needs; pictures are counted on their own.
WEIGHED = {"Document", "Stylesheet", "Script", "Font"}


@pytest.fixture
def big_market():
    """A market with more stalls than any of the demo city, with that city's names, which do not compress to nothing."""
    row = rows("markets")[0]
    market = factories.make_market(
        **{name: row[name] for name in ("name", "slug", "prefix", "address", "phone")},
        **{name: row[f"{name}_es"] for name in ("summary", "description")},
        access_facts=row["access_es"],
    )
    factories.make_wave(market)
    names = [stall["name"] for stall in rows("stalls")]
    goods = [_make_product(row) for row in rows("products")[: 3 * STALLS]]
    for n in range(STALLS):
        stall = factories.make_stall(market=market, name=names[n % len(names)])
        stall.trades.add(factories.make_trade(f"Giro {n % 12}"))
        for product in goods[3 * n : 3 * n + 3]:
            factories.make_listing(stall=stall, product=product, price=f"{20 + n}.50")
    return market


def _make_product(row):
    return factories.make_product(row["name_es"], icon=row["icon"])


@pytest.fixture
def example_on_test_database(tmp_path):
    """Where the example itself, not the suite's quick settings of it, finds this test's database."""
    if connection.vendor == "sqlite":
        (tmp_path / "demo.sqlite3").symlink_to(connection.settings_dict["NAME"])
    return tmp_path


def transferred(browser, base_url: str, path: str) -> tuple[Counter, dict[str, str]]:
    """Bytes on the wire by kind, headers included, on a first visit; and how each document came."""
    window = open_window(browser, base_url)
    session = window.page.context.new_cdp_session(window.page)
    session.send("Network.enable")
    kinds, urls, sizes, encodings = {}, {}, Counter(), {}
    session.on("Network.responseReceived", lambda e: _note(e, kinds, urls, encodings))
    session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    window.page.goto(base_url + path, wait_until="networkidle")
    window.page.context.close()
    by_kind = Counter()
    for request, size in sizes.items():
        by_kind[kinds.get(request, "Other")] += int(size)
    return by_kind, {urls[request]: encodings[request] for request, kind in kinds.items() if kind in WEIGHED}


def _note(event, kinds, urls, encodings) -> None:
    request, response = event["requestId"], event["response"]
    assert response["status"] == 200, response["url"]
    kinds[request], urls[request] = event["type"], response["url"]
    encodings[request] = {name.lower(): value for name, value in response["headers"].items()}.get("content-encoding")


def weigh(browser, base_url: str, path: str, *, say: str) -> None:
    by_kind, encodings = transferred(browser, base_url, path)
    print(f"\n{say}: {json.dumps(by_kind)} bytes")
    weighed = sum(by_kind[kind] for kind in WEIGHED)
    assert set(encodings.values()) == {"gzip"}, encodings
    assert 5_000 < weighed <= MOST_BYTES, by_kind


def test_the_biggest_market_as_make_demo_serves_it(big_market, browser, example_on_test_database):
    path = reverse("market:market", args=[big_market.slug])
    with running_server(example_on_test_database, DJANGO_SETTINGS_MODULE="example_site.settings") as base_url:
        weigh(browser, base_url, path, say="make demo")


@pytest.mark.slow
def test_the_biggest_market_as_a_city_serves_it(big_market, browser, example_on_test_database):
    var = example_on_test_database
    environment = {"EXAMPLE_VAR_DIR": str(var), "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "example_site.settings"}
    manage = Path(__file__).resolve().parents[2] / "example_site" / "manage.py"
    collect = [sys.executable, str(manage), "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, env={**os.environ, **environment}, check=True)

    path = reverse("market:market", args=[big_market.slug])
    with running_server(var, **environment) as base_url:
        weigh(browser, base_url, path, say="deployed")
