"""A browser window on the shop, worked by the words that are seen on it."""

from bs4 import BeautifulSoup, Tag
from django.test import Client

from tests.docs.admin_pages import YES, problems_of, values_of


class Window:
    """One person's window, with what it shows."""

    def __init__(self, client: Client):
        self.client = client

    def open(self, address: str) -> None:
        self._show(self.client.get(address, follow=True))

    def follow(self, words: str) -> None:
        """Press the first link that shows these words."""
        found = [link for link in self.page.select("a[href]") if words in seen_words(link)]
        assert found, f"no link “{words}” among {[seen_words(link) for link in self.page.select('a[href]')]}"
        self.open(found[0]["href"])

    def press(self, button: str, fields: dict[str, str] | None = None, *, choice: str = "", first_choice: bool = False):
        """Fill in the form that has this button and press it.

        ``fields``: label -> value. ``choice``: the words of an option to take; ``first_choice`` takes the first free
        one of each group.
        """
        pressed, form = self._button(button)
        data = values_of(form)
        if pressed.get("name"):
            data[pressed["name"]] = pressed.get("value", "")
        for label, value in (fields or {}).items():
            control = self._labelled(form, label)
            data[control["name"]] = "on" if value in YES else value
        for group in {radio["name"] for radio in form.select('input[type="radio"]') if first_choice}:
            free = [r for r in form.select(f'input[type="radio"][name="{group}"]') if not r.has_attr("disabled")]
            data[group] = free[0]["value"]
        if choice:
            (option,) = [
                radio
                for radio in form.select('input[type="radio"]')
                if choice in seen_words(radio.find_parent("label"))
            ]
            data[option["name"]] = option["value"]
        self._show(self.client.post(form.get("action") or self.address, data, follow=True))

    def _button(self, words: str) -> tuple[Tag, Tag]:
        found = [each for each in self.page.select("form button") if unspaced(seen_words(each)) == unspaced(words)]
        assert found, f"no button “{words}” among {[seen_words(each) for each in self.page.select('form button')]}"
        return found[0], found[0].find_parent("form")

    def _labelled(self, form: Tag, words: str) -> Tag:
        labels = [each for each in form.select("label") if seen_words(each).startswith(words)]
        assert labels, f"no label “{words}” among {[seen_words(each) for each in form.select('label')]}"
        label = labels[0]
        return form.find(id=label["for"]) if label.get("for") else label.select_one("input")

    def _show(self, answer) -> None:
        self.page = BeautifulSoup(answer.content, "html.parser")
        self.address = answer.request["PATH_INFO"]
        assert answer.status_code == 200, (self.address, problems_of(answer), self.page.get_text(" ", strip=True)[:600])
        self.text = seen_words(self.page)


def seen_words(part: Tag) -> str:
    """What is seen of a part: without what only a screen reader says."""
    return " ".join(
        "".join(text for text in part.find_all(string=True) if not text.find_parent(class_="mk-vh")).split()
    )


def unspaced(words: str) -> str:
    """The gap between a sign and its words is often drawn and not written."""
    return words.replace(" ", "")
