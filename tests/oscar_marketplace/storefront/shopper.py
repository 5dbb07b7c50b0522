"""A shopper with a test client: fills a basket, says where and how, confirms; each step as its page sends it."""

import re
from html import unescape
from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse
from oscar.core.loading import get_model

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use"}


class Shopper:
    def __init__(self, *, user=None, language="en"):
        self.client = Client(headers={"accept-language": language})
        if user is not None:
            self.client.force_login(user)

    def get(self, name, *args, query="", follow=False):
        return self.client.get(reverse(f"market:{name}", args=args) + query, follow=follow)

    def post(self, name, *args, data=None, follow=False):
        return self.client.post(reverse(f"market:{name}", args=args), data or {}, follow=follow)

    def add(self, listing, steps=None):
        data = {"add": listing.pk} if steps is None else {"add": listing.pk, "steps": steps}
        return self.post("basket-add", data=data)

    def say_where(self, *waves, **changes):
        said = {"name": "Ana Ruiz", "email": "ana@example.org", "phone": ""}
        said |= {f"pickup_{wave.market_id}": wave.pk for wave in waves}
        return self.post("checkout", data={**said, **changes})

    def confirm(self, page=None, **changes):
        """Press "confirm" on the pay page as it is now, or on an older copy of it."""
        page = page or self.get("pay")
        return self.post("pay", data={**hidden_fields(page), "provider": "cash", "terms": "on", **changes})

    def buy(self, listings, *waves, **changes):
        """From an empty basket to the placed order."""
        for listing in listings:
            self.add(listing)
        self.say_where(*waves)
        self.confirm(**changes)
        return get_model("order", "Order").objects.latest("pk")

    @property
    def basket(self):
        return get_model("basket", "Basket").objects.filter(status="Open").latest("pk")

    def lines(self):
        return list(self.basket.lines.order_by("pk").values_list("stockrecord_id", "quantity"))


def hidden_fields(page) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(key|seen)" value="([^"]*)"', page.content.decode()))


def text(response) -> str:
    """What a person reads on the page, entities and white space resolved."""
    without_tags = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(without_tags).split())


def amounts(response) -> list[str]:
    return re.findall(r"\$[\d,]+\.\d\d", text(response))


class Markup(HTMLParser):
    """Start tags with their attributes, and whether every element was closed."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.mistakes: list[str] = []
        self.feed(html)
        self.mistakes += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> at {self.getpos()}")

    def ids(self) -> list[str]:
        return [attributes["id"] for _tag, attributes in self.tags if "id" in attributes]
