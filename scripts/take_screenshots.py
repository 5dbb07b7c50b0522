"""Take the pictures of the README and the docs: ``python scripts/take_screenshots.py [picture …]``.

They show the demo city as it is on a Saturday morning, whatever the day: the script makes a city of its own in a
folder that it throws away, serves it from this process, and walks through it as a shopper and as a vendor. Takes some
minutes; needs Chromium and the packages of the extra ``test``.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
IMAGES = CHECKOUT / "docs" / "images"
MOST_BYTES = 150_000
VENDOR, PASSWORD = "chayo@example.org", "mercado"
#: Width, height and dots per pixel: a phone as many have one, and a desk.
PHONE = (360, 740, 2)
DESK = (1280, 1000, 1)
#: What the README and the docs show, and may come to show.
PICTURES = {
    "home",
    "market-page",
    "market",
    "basket",
    "pay",
    "order",
    "home-phone",
    "home-dark-phone",
    "market-page-phone",
    "market-phone",
    "stall-phone",
    "basket-phone",
    "pick-up-phone",
    "pay-phone",
    "order-phone",
    "stall-today-phone",
    "stall-answer-phone",
    "stall-weigh-phone",
    "stall-prices-phone",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]


@dataclass(frozen=True)
class City:
    """Where the pages are."""

    base_url: str
    market_path: str
    stall_paths: tuple[str, ...]
    ready_path: str
    new_path: str
    accepted_path: str
    prices_path: str


def saturday_morning() -> datetime:
    """The coming Saturday at 10:20 in Guadalajara, which is 16:20 UTC: the markets are full and pick-ups are ahead."""
    today = datetime.now(UTC).replace(hour=16, minute=20, second=0, microsecond=0)
    return today + timedelta(days=(5 - today.weekday()) % 7)


@contextmanager
def served_city() -> Iterator[City]:
    """A demo city of its own, loaded and served."""
    sys.path.insert(0, str(CHECKOUT))
    with tempfile.TemporaryDirectory(prefix="mercado-pictures-") as var:
        os.environ.update(DJANGO_SETTINGS_MODULE="example_site.settings", EXAMPLE_VAR_DIR=var)
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("load_demo_city")
        server = _start_server()
        try:
            yield _find_pages(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()


def _start_server():
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args) -> None:
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _find_pages(base_url: str) -> City:
    from django.urls import reverse

    from oscar_marketplace.models import Stall, StallOrder
    from oscar_marketplace.orders.tracking import tracking_path

    chayo = Stall.objects.get(members__user__email=VENDOR)
    market = chayo.places.get().pitch.market
    mine = StallOrder.objects.filter(stall=chayo).order_by("pk")

    def order_path(state: str) -> str:
        return reverse("stall:order", args=[chayo.slug, mine.filter(state=state).first().pk])

    others = ("cremeria-los-altos", "tortilleria-la-espiga")
    return City(
        base_url=base_url,
        market_path=reverse("market:market", args=[market.slug]),
        stall_paths=tuple(reverse("market:stall", args=[slug]) for slug in (chayo.slug, *others)),
        ready_path=tracking_path(mine.filter(state="ready").first().order),
        new_path=order_path("new"),
        accepted_path=order_path("accepted"),
        prices_path=reverse("stall:listings", args=[chayo.slug]),
    )


class Photographer:
    """One browser window that takes pictures of what it shows."""

    def __init__(self, browser, city: City, size: tuple[int, int, int], wanted: set[str], *, scheme: str = "light"):
        width, height, dots = size
        self.suffix = "-phone" if size == PHONE else ""
        self.city, self.wanted = city, wanted
        context = browser.new_context(
            locale="es-MX",
            viewport={"width": width, "height": height},
            device_scale_factor=dots,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        self.page = context.new_page()

    def open(self, path: str) -> None:
        self.page.goto(self.city.base_url + path, wait_until="networkidle")

    def press(self, selector: str) -> None:
        with self.page.expect_navigation(wait_until="networkidle"):
            self.page.locator(selector).first.click()

    def take(self, name: str) -> None:
        """The top of the page, if this picture is wanted."""
        name += self.suffix
        if name not in self.wanted:
            return
        self.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
        path = IMAGES / f"{name}.png"
        path.write_bytes(optimised(self.page.screenshot()))
        print(f"{path.relative_to(CHECKOUT)}: {path.stat().st_size / 1000:.0f} kB")


def optimised(png: bytes, *, most_bytes: int = MOST_BYTES) -> bytes:
    """The picture with a palette: flat colours lose nothing that is seen.

    Raises:
        ValueError: it is still larger than a page of docs should load.
    """
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32):
        small = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() <= most_bytes:
            return small.getvalue()
    raise ValueError(f"{small.tell()} bytes; take a smaller part of the page")


def as_reader(camera: Photographer) -> None:
    camera.open("/es-mx/")
    camera.take("home")
    camera.open("/es-mx/mercados/mercado-libertad/")
    camera.take("market-page")


def as_shopper(camera: Photographer) -> None:
    city, page = camera.city, camera.page
    camera.open(city.market_path)
    camera.take("market")
    camera.open(city.stall_paths[0])
    camera.take("stall")
    for path in city.stall_paths:
        camera.open(path)
        camera.press('button[name="add"]')
    camera.open("/my-basket/")
    camera.take("basket")
    camera.press(".mk-bar a")
    page.locator('[name^="pickup_"]:not(:disabled)').first.check(force=True)
    page.fill("#id_name", "Guadalupe Ramos")
    page.fill("#id_phone", "33 5550 0199")
    camera.take("pick-up")
    camera.press(".mk-bar button")
    page.locator('[name="provider"][value="cash"]').check(force=True)
    camera.take("pay")
    camera.open(city.ready_path)
    camera.take("order")


def as_vendor(camera: Photographer) -> None:
    city, page = camera.city, camera.page
    camera.open("/stall/")
    page.fill('[name="login-username"]', VENDOR)
    page.fill('[name="login-password"]', PASSWORD)
    camera.press('[name="login_submit"]')
    # Once more: the greeting is said only once.
    camera.open("/stall/")
    camera.take("stall-today")
    camera.open(city.new_path)
    camera.take("stall-answer")
    camera.open(city.accepted_path)
    camera.take("stall-weigh")
    camera.open(city.prices_path)
    camera.take("stall-prices")


def find_browser() -> str:
    """The path of a browser; without one the script ends in words."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        sys.exit(f"No browser: none of {', '.join(BROWSERS)} is installed (apt install chromium).")
    return executable


def main(wanted: set[str]) -> None:
    """Take the wanted pictures, all of ``PICTURES`` by default."""
    import time_machine
    from playwright.sync_api import sync_playwright

    if unknown := wanted - PICTURES:
        sys.exit(f"No such picture: {', '.join(sorted(unknown))}. There are: {', '.join(sorted(PICTURES))}.")
    executable = find_browser()
    IMAGES.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, str(CHECKOUT / "scripts" / "compile_messages.py")], check=True)
    with time_machine.travel(saturday_morning(), tick=True), served_city() as city, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        for size in (DESK, PHONE):
            as_reader(Photographer(browser, city, size, wanted))
            as_shopper(Photographer(browser, city, size, wanted))
        dark = Photographer(browser, city, PHONE, wanted, scheme="dark")
        dark.open("/en/")
        dark.take("home-dark")
        as_vendor(Photographer(browser, city, PHONE, wanted))
        browser.close()


if __name__ == "__main__":
    main(set(sys.argv[1:]) or PICTURES)
