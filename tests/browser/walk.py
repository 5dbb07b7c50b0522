"""Every page of the story, one after the other, as a shopper and a vendor come to them.

``every_page`` stops at each (a generator): whoever walks looks at what the window shows and goes on.
"""

from collections.abc import Iterator

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders import advance
from tests.browser.city import City
from tests.browser.portal_pages import SLUGS
from tests.browser.window import Window

#: The bar at the thumb holds the page's one action.
ACTION = ".mk-bar button, .mk-bar a"


def every_page(window: Window, city: City) -> Iterator[str]:
    """Yields the name of the page that the window shows. The city has orders (``take_orders``)."""
    yield from portals_pages(window, city)
    yield from shoppers_pages(window, city)
    yield from order_pages(window, city)
    yield from pages_for_anybody(window, city)
    yield from vendors_pages(window, city)


def portals_pages(window: Window, city: City) -> Iterator[str]:
    """What the editors wrote, in the visitor's language."""
    window.open("/")
    front_door = window.page.evaluate("location.pathname")
    for slug in SLUGS:
        answer = window.page.goto(f"{window.base_url}{front_door}{slug}")
        assert answer.status == 200, slug
        yield f"portal: /{slug}"


def shoppers_pages(window: Window, city: City) -> Iterator[str]:
    """From the list of markets to the make-believe bank, with the mistakes on the way."""
    goods = city.listings
    window.open("market:home")
    yield "home"
    window.open("market:market", "jacaranda")
    yield "market"
    window.open("market:market", "las-conchas")
    yield "market without stalls"
    window.open("market:basket")
    yield "basket, empty"
    window.open("market:stall", city.chayo.slug)
    yield "stall"
    for title in ("Jitomate saladet", "Aguacate Hass"):
        window.press(f'button[name="add"][value="{goods[title].pk}"]')
    yield "stall, after adding"
    window.open("market:listing", goods["Queso fresco"].pk)
    yield "listing"
    window.press(".mk-bar button")
    window.open("market:listing", goods["Calabacita"].pk)
    yield "listing, sold out"
    window.open("market:product", goods["Jitomate saladet"].stockrecord.product_id)
    yield "product at two stalls"
    window.open("market:basket")
    yield "basket"
    window.press(".mk-bar a")
    yield "where and how"
    window.press(".mk-bar button")
    yield "where and how, with errors"
    window.page.fill("#id_name", "Ana")
    window.page.fill("#id_email", "ana@example.org")
    window.page.locator('[name^="pickup_"]').first.check(force=True)
    window.press(".mk-bar button")
    yield "pay"
    window.press(".mk-bar button")
    yield "pay, with errors"
    window.page.locator('[name="provider"][value="dummy"]').check(force=True)
    window.page.check('[name="terms"]', force=True)
    window.press(".mk-bar button")
    yield "make-believe bank"


def order_pages(window: Window, city: City) -> Iterator[str]:
    for state in city.orders:
        window.open(city.path(state))
        yield f"order, {state}"


def pages_for_anybody(window: Window, city: City) -> Iterator[str]:
    window.open("market:fees")
    yield "what the market keeps"
    window.open("market:style")
    yield "style page"
    window.open("/markets/nowhere/")
    yield "not found"


def vendors_pages(window: Window, city: City) -> Iterator[str]:
    """From signing in to handing over, and the prices of the day."""
    window.sign_out()
    slug = city.chayo.slug
    window.open("stall:home")
    yield "sign in"
    window.page.fill('[name="login-username"]', "chayo@example.org")
    window.page.fill('[name="login-password"]', "wrong")
    window.press('button[name="login_submit"]')
    yield "sign in, with errors"
    window.page.click("summary")
    yield "sign in, making an account"
    for name, user in (("none", city.stranger), ("two", city.helper)):
        window.sign_in(user)
        window.open("stall:home")
        yield f"stall home, with {name}"
    window.sign_in(city.chayos_member)
    window.open("stall:today", slug)
    yield "stall's today"
    yield from _answering(window, city)
    yield from _packing(window, city)
    yield from _handing_over(window, city)
    yield from _goods_of_the_stall(window, city)


def _answering(window: Window, city: City) -> Iterator[str]:
    slug, new = city.chayo.slug, city.part("new")
    window.open("stall:order", slug, new.pk)
    yield "stall: answer"
    line = new.lines.get()
    window.page.locator(f'[name="l{line.pk}"][value="less"]').check(force=True)
    window.page.fill(f'[name="a{line.pk}"]', "7")
    window.press(ACTION)
    yield "stall: answer, with an error"
    contested = city.part("contested")
    window.open("stall:order", slug, contested.pk)
    advance.reject(contested, by=Actor.of(city.helper, role="stall"), reason="nothing_there")
    window.press(ACTION)
    yield "stall: a colleague was faster"


def _packing(window: Window, city: City) -> Iterator[str]:
    slug, accepted = city.chayo.slug, city.part("accepted")
    window.open("stall:order", slug, accepted.pk)
    yield "stall: weigh and pack"
    window.page.fill(f'[name="w{accepted.lines.get().pk}"]', "9000")
    window.press(ACTION)
    yield "stall: weigh and pack, over the limit"


def _handing_over(window: Window, city: City) -> Iterator[str]:
    slug, ready = city.chayo.slug, city.part("ready")
    window.open("stall:order", slug, ready.pk)
    yield "stall: hand over"
    window.page.fill("#code", "0000")
    window.press(ACTION)
    yield "stall: hand over, with a wrong code"
    for state in ("for_desk", "delivered", "cancelled"):
        window.open("stall:order", slug, city.part(state).pk)
        yield f"stall: order {state}"


def _goods_of_the_stall(window: Window, city: City) -> Iterator[str]:
    slug, goods = city.chayo.slug, city.listings
    window.open("stall:listings", slug)
    yield "stall: prices"
    window.page.fill(f"#p{goods['Jitomate saladet'].pk}", "324.90")
    window.press(".mk-bar button")
    yield "stall: prices, with a question"
    window.open("stall:money", slug)
    yield "stall: money"
    for title in ("Aguacate Hass", "Calabacita"):
        window.open("stall:listing", slug, goods[title].pk)
        yield f"stall: {title}"
