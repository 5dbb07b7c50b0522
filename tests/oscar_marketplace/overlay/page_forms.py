"""The forms of a page as a browser would send them."""

from tests.visitor import Form, _Reader


def forms_of(response) -> list[Form]:
    """Every form of a page; none of anything that is not a page."""
    if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
        return []
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.forms


def filled_in(form: Form) -> dict[str, list[str]]:
    """What the page put into the form's fields."""
    data: dict[str, list[str]] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    return data
