"""A person with an old browser: opens pages, fills in forms, presses buttons. No JavaScript.

Speaks HTTP to a running server. A form is sent as a browser would: with what the page put into it, what the person
changed, and the button that was pressed; so a page without a CSRF token or with a missing field fails here as there.
"""

import gzip
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener


@dataclass
class Form:
    """A form as the page sent it."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass
class Page:
    """A page that was opened: where it is, what it says, what can be done on it."""

    url: str
    status: int
    html: str
    headers: dict
    text: str
    title: str
    links: list[tuple[str, str]]
    forms: list[Form]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.texts, self.links, self.forms, self.title = [], [], [], ""
        self._form = self._link = self._button = self._select = self._textarea = None
        self._in_title, self._skip = False, 0

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag in {"script", "style"}:
            self._skip += 1
        if tag == "title":
            self._in_title = True
        if tag == "a" and "href" in a:
            self._link = [a["href"], ""]
        if tag == "form":
            self._form = Form(a.get("action", ""), a.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is not None:
            self._control(tag, a)

    def _control(self, tag, a):
        name = a.get("name", "")
        if name and "disabled" not in a:
            self._form.names.add(name)
        if tag == "input":
            kind = a.get("type", "text")
            if kind in {"submit", "image"}:
                self._form.buttons.append((name, a.get("value", ""), a.get("aria-label") or a.get("value", "")))
            elif kind in {"radio", "checkbox"}:
                if "disabled" not in a:
                    self._form.choices.setdefault(name, []).append(a.get("value", "on"))
                    if "checked" in a:
                        self._form.fields.append((name, a.get("value", "on")))
            elif name and "disabled" not in a:
                self._form.fields.append((name, a.get("value", "")))
        elif tag == "button" and a.get("type", "submit") == "submit":
            self._button = [name, a.get("value", ""), a.get("aria-label", "")]
        elif tag == "select":
            self._select = [name, None]
        elif tag == "option" and self._select is not None:
            self._form.choices.setdefault(self._select[0], []).append(a.get("value", ""))
            if "selected" in a or self._select[1] is None:
                self._select[1] = a.get("value", "")
        elif tag == "textarea":
            self._textarea = [name, ""]

    def handle_endtag(self, tag):
        if tag in {"script", "style"}:
            self._skip -= 1
        if tag == "title":
            self._in_title = False
        if tag == "a" and self._link:
            self.links.append((" ".join(self._link[1].split()), self._link[0]))
            self._link = None
        if tag == "button" and self._button is not None:
            name, value, label = self._button
            if self._form is not None:
                self._form.buttons.append((name, value, " ".join(label.split())))
            self._button = None
        if tag == "select" and self._select is not None:
            self._form.fields.append((self._select[0], self._select[1] or ""))
            self._select = None
        if tag == "textarea" and self._textarea is not None:
            self._form.fields.append(tuple(self._textarea))
            self._textarea = None
        if tag == "form":
            self._form = None

    def handle_data(self, data):
        if self._skip:
            return
        if self._in_title:
            self.title += data
            return
        self.texts.append(data)
        if self._link:
            self._link[1] += data
        if self._button is not None:
            self._button[2] += data
        if self._textarea is not None:
            self._textarea[1] += data


class Visitor:
    """One person: cookies, and the page before them."""

    def __init__(self, base_url: str, language: str = "en"):
        self.base_url, self.language = base_url, language
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies), ProxyHandler({}))
        self.page: Page | None = None

    def open(self, path: str) -> Page:
        """Go to an address."""
        return self._go(Request(urljoin(self.page.url if self.page else self.base_url, path)))

    def follow(self, words: str) -> Page:
        """Press the first link whose words contain these."""
        for text, href in self.page.links:
            if words in text:
                return self.open(href)
        raise AssertionError(f"no link “{words}” on {self.page.url}; there are: {[t for t, _ in self.page.links]}")

    def press(self, words: str, *, near: str = "", **values) -> Page:
        """Fill in the form that has a button with these words, and press it.

        ``near`` picks the form whose fields or button mention it, where several have such a button. A value of None
        leaves a field out; a list sends it several times.
        """
        form, button = self._find(words, near)
        return self.send(form, button=button, **values)

    def send(self, form: Form, *, button: tuple | None = None, **values) -> Page:
        """Send a form as it is on the page, with the given values changed."""
        for name in values:
            assert name in form.names, f"the form has no field {name}; it has {sorted(form.names)}"
        data = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            if value is not None:
                data += [(name, each) for each in (value if isinstance(value, list) else [value])]
        if button and button[0]:
            data.append((button[0], button[1]))
        target = urljoin(self.page.url, form.action or self.page.url)
        if form.method == "get":
            return self._go(Request(f"{target.split('?')[0]}?{urlencode(data)}"))
        return self._go(Request(target, data=urlencode(data).encode()))

    def form_with(self, *names: str) -> Form:
        """The first form of the page that has all these fields."""
        return next(form for form in self.page.forms if set(names) <= form.names)

    def _find(self, words: str, near: str) -> tuple[Form, tuple]:
        for form in self.page.forms:
            for button in form.buttons:
                if words in button[2] and (near in button[2] or any(near == value for _name, value in form.fields)):
                    return form, button
        raise AssertionError(
            f"no button “{words}” on {self.page.url}; there are: {[b[2] for f in self.page.forms for b in f.buttons]}"
        )

    def _go(self, request: Request) -> Page:
        request.add_header("Accept-Language", self.language)
        request.add_header("Accept-Encoding", "gzip")
        if request.data is not None and self.page is not None:
            request.add_header("Referer", self.page.url)
        try:
            response = self._opener.open(request, timeout=60)
        except HTTPError as refusal:
            response = refusal
        with response:
            body, headers = response.read(), dict(response.headers)
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        html = body.decode(errors="replace")
        reader = _Reader()
        if "html" in headers.get("Content-Type", ""):
            reader.feed(html)
        self.page = Page(
            url=response.url,
            status=response.status,
            html=html,
            headers=headers,
            text=" ".join(" ".join(reader.texts).split()),
            title=" ".join(reader.title.split()),
            links=reader.links,
            forms=reader.forms,
        )
        return self.page
