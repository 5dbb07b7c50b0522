"""Take the pictures of the vendors' manual: ``python scripts/take_manual_pictures.py [es|en …]``.

They show the stall area on a phone, in each language of the manual, walked through as a vendor works on a Saturday
morning: sign in, answer, weigh, hand over, prices. Each language has a demo city of its own, because an order can be
answered only once. Takes some minutes; needs what ``take_screenshots.py`` needs.
"""

import subprocess
import sys
from dataclasses import dataclass

from take_screenshots import (
    ARGUMENTS,
    CHECKOUT,
    IMAGES,
    PASSWORD,
    PHONE,
    VENDOR,
    find_browser,
    optimised,
    saturday_morning,
    served_city,
)

MOST_BYTES = 60_000
#: Language of the manual -> what the browser asks for.
LANGUAGES = {"es": "es-MX", "en": "en-US"}
#: Sells at two stalls, one of which is paused.
OF_TWO_STALLS = "beto@example.org"
#: What the manual shows, in the order in which it happens.
PICTURES = [
    "sign-in",
    "today",
    "answer",
    "less",
    "undo",
    "weigh",
    "over",
    "bags",
    "collect",
    "wrong-code",
    "delivered",
    "refused",
    "no-answer",
    "prices",
    "price-question",
    "tick",
    "sold-out",
    "how-much",
    "my-stalls",
    "paused",
    "sign-out",
]


@dataclass(frozen=True)
class Counter:
    """Where Doña Chayo works, and what waits for her there."""

    base_url: str
    paths: dict[str, str]
    first_code: str


def find_counter(base_url: str) -> Counter:
    """Her orders and goods; pauses the second vendor's own stall, which nobody presses a button for yet."""
    from django.urls import reverse

    from oscar_marketplace.audit.record import SYSTEM
    from oscar_marketplace.listings.models import Listing, StockMode
    from oscar_marketplace.models import Stall, StallOrder
    from oscar_marketplace.stalls.onboard import pause_stall

    chayo = Stall.objects.get(members__user__email=VENDOR, members__role="owner")
    own = Stall.objects.get(members__user__email=OF_TWO_STALLS, members__role="owner")
    pause_stall(own, by=SYSTEM)
    parts = StallOrder.objects.filter(stall=chayo)
    # The longest order is the one that shows most.
    new = sorted(parts.filter(state="new"), key=lambda part: -part.lines.count())
    counted = Listing.objects.filter(stall=chayo, stock_mode=StockMode.COUNTED).first()

    def order(part: StallOrder) -> str:
        return reverse("stall:order", args=[chayo.slug, part.pk])

    return Counter(
        base_url=base_url,
        paths={
            "home": reverse("stall:home"),
            "today": reverse("stall:today", args=[chayo.slug]),
            "first": order(new[0]),
            "second": order(new[1]),
            "unanswered": order(parts.filter(state="unanswered").last()),
            "prices": reverse("stall:listings", args=[chayo.slug]),
            "counted": reverse("stall:listing", args=[chayo.slug, counted.pk]),
            "paused": reverse("stall:today", args=[own.slug]),
            "sign out": reverse("customer:logout"),
        },
        first_code=new[0].hand_over.code,
    )


class Phone:
    """A vendor's phone that keeps a picture of what it shows."""

    def __init__(self, browser, counter: Counter, language: str):
        width, height, dots = PHONE
        self.counter = counter
        self.folder = IMAGES / f"vendor-{language}"
        self.folder.mkdir(parents=True, exist_ok=True)
        context = browser.new_context(
            locale=LANGUAGES[language],
            viewport={"width": width, "height": height},
            device_scale_factor=dots,
            color_scheme="light",
            reduced_motion="reduce",
        )
        self.page = context.new_page()

    def open(self, place: str) -> None:
        self.page.goto(self.counter.base_url + self.counter.paths[place], wait_until="networkidle")

    def press(self, selector: str) -> None:
        with self.page.expect_navigation(wait_until="networkidle"):
            self.page.locator(selector).first.click()

    def sign_in(self, login: str) -> None:
        self.page.fill('[name="login-username"]', login)
        self.page.fill('[name="login-password"]', PASSWORD)
        self.press('[name="login_submit"]')

    def take(self, name: str, *, near: str = "") -> None:
        """The top of the page, or with ``near`` the screen with that part of the page in its upper third."""
        self.page.evaluate(
            """near => {
                document.activeElement.blur();
                const part = near && document.querySelector(near);
                scrollTo(0, part ? part.getBoundingClientRect().top + scrollY - innerHeight / 4 : 0);
            }""",
            near,
        )
        path = self.folder / f"{name}.png"
        path.write_bytes(optimised(self.page.screenshot(), most_bytes=MOST_BYTES))
        print(f"{path.relative_to(CHECKOUT)}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def answer_and_hand_over(phone: Phone) -> None:
    page = phone.page
    phone.open("home")
    phone.take("sign-in")
    phone.sign_in(VENDOR)
    # Once more: the greeting is said only once.
    phone.open("today")
    phone.take("today")
    phone.open("first")
    phone.take("answer")
    page.locator('[value="less"]').nth(1).check(force=True)
    page.locator('.mk-then input[inputmode="decimal"]:visible').fill("0.3")
    phone.take("less", near="fieldset:nth-of-type(2)")
    phone.press('form[action$="/answer/"] .mk-bar button')
    phone.take("undo")
    weights = page.locator('form[action$="/pack/"] input[inputmode="decimal"]')
    weights.nth(0).fill("1040")
    weights.nth(1).fill("295")
    phone.take("weigh", near='form[action$="/pack/"]')
    weights.nth(0).fill("1300")
    phone.press('form[action$="/pack/"] .mk-bar button')
    phone.take("over", near=".mk-error[id]")
    weights.nth(0).fill("1040")
    page.locator('[name="bags"][value="2"]').check(force=True)
    phone.take("bags", near=".mk-picks")
    phone.press('form[action$="/pack/"] .mk-bar button')
    phone.open("first")
    phone.take("collect", near=".mk-ask")
    page.fill('[name="code"]', f"{(int(phone.counter.first_code) + 1) % 10000:04d}")
    phone.press('form[action$="/deliver/"] .mk-bar button')
    phone.take("wrong-code")
    page.fill('[name="code"]', phone.counter.first_code)
    phone.press('form[action$="/deliver/"] .mk-bar button')
    phone.take("delivered")


def refuse_and_miss(phone: Phone) -> None:
    phone.open("second")
    phone.press('form[action$="/reject/"] button')
    phone.take("refused")
    phone.open("unanswered")
    phone.take("no-answer")


def keep_prices(phone: Phone) -> None:
    page = phone.page
    phone.open("prices")
    phone.take("prices")
    first = page.locator('main li input[inputmode="decimal"]').first
    was = first.input_value()
    first.fill(f"{was}0")
    phone.press("main form .mk-bar button")
    phone.take("price-question", near="main li")
    phone.open("prices")
    page.locator('main li input[name^="s"]').first.evaluate("box => { box.checked = true; }")
    phone.take("tick", near="main li")
    phone.open("counted")
    phone.take("how-much")
    phone.press('button[value="sold_out"]')
    phone.take("sold-out")


def change_stalls(phone: Phone) -> None:
    phone.open("today")
    phone.take("sign-out", near=".mk-languages")
    phone.press(f'form[action="{phone.counter.paths["sign out"]}"] button')
    phone.open("home")
    phone.sign_in(OF_TWO_STALLS)
    phone.open("home")
    phone.take("my-stalls")
    phone.open("paused")
    phone.take("paused")


def take_pictures(language: str) -> None:
    """All pictures of one language, in a city of its own."""
    import time_machine
    from playwright.sync_api import sync_playwright

    with time_machine.travel(saturday_morning(), tick=True), served_city() as city:
        counter = find_counter(city.base_url)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
            phone = Phone(browser, counter, language)
            for walk in (answer_and_hand_over, refuse_and_miss, keep_prices, change_stalls):
                walk(phone)
            browser.close()


def main(wanted: list[str]) -> None:
    """One process for each language: Django is set up once in a process, for one city."""
    if unknown := set(wanted) - set(LANGUAGES):
        sys.exit(f"No manual in: {', '.join(sorted(unknown))}. There is: {', '.join(LANGUAGES)}.")
    if len(wanted) == 1:
        subprocess.run([sys.executable, str(CHECKOUT / "scripts" / "compile_messages.py")], check=True)
        take_pictures(wanted[0])
        return
    for language in wanted:
        subprocess.run([sys.executable, __file__, language], check=True)


if __name__ == "__main__":
    main(sys.argv[1:] or list(LANGUAGES))
