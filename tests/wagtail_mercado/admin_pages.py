"""What tests read from a page of Wagtail's admin, and what they type into it."""

import json
import re
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.oscar_marketplace.overlay.page_forms import filled_in, forms_of


def rows_of(html: str) -> list[list[str]]:
    """The texts of the cells of a list, row by row, without its head."""
    body = html.partition('<table class="listing')[2].partition("<tbody")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr.*?</tr>", body, re.S)
    return [[_text(cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.S)] for row in rows]


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def list_of(client, url: str, **chosen) -> list[list[str]]:
    answer = client.get(url, chosen)
    assert answer.status_code == 200, answer
    return rows_of(answer.content.decode())


def modal_of(client, url: str, **chosen) -> str:
    """The HTML inside a chooser's window."""
    return json.loads(client.get(url, chosen).content)["html"]


def form_of(client, url: str) -> dict:
    """The fields of the form a page is about, as the page filled them in."""
    return filled_in(max(forms_of(client.get(url)), key=lambda form: len(form.names)))


def statements(client, url: str) -> int:
    client.get(url)  # what is read once per process
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def menu_addresses(client) -> set[str]:
    """Addresses below /cms/mercado/ that the menu offers."""
    return set(re.findall(r"/cms/mercado/\w+/", client.get("/cms/").content.decode()))
