"""What no browser sends: every method, every argument, parameter and field with values that are none.

``Walk`` asks addresses in every such way and notes each answer that is a failure of ours (500 and above), each method
that is taken although the page has no use for it, and each read that changed something.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from oscar_marketplace.test.isolation_rows import changed_tables, every_row

TEXTS = [
    "",
    "\x00",
    "x" * 20_000,
    "٣",
    "1e9",
    "NaN",
    "sNaN",
    "-1",
    "0",
    "1,000.50",
    "9" * 5000,
    str(2**63),
    "%s %(a)s {} {{ 1 }}",
    "'; DROP TABLE order_order; --",
    "//evil.example/",
    "\r\nSet-Cookie: a=b",
]
#: Written as bytes of an address: not UTF-8, half a surrogate pair, and a NUL.
RAW = ["%FF%FE", "%ED%A0%80", "%C0%AF", "%00", "%2e%2e%2f"]
#: Arguments that a pattern takes although nothing is behind them.
ARGUMENTS = {
    "pk": ["0", str(2**31), str(2**63), "9" * 25, "9" * 5000],
    "slug": ["-", "x" * 5000],
    "provider": ["-", "dummy", "x" * 5000],
    "endpoint": ["-", "x" * 5000],
    "token": [*RAW, "x", ":", "x" * 5000, "a:b:c"],
    "reference": [*RAW, "x", "x" * 5000],
}
#: A text that this character set turns into half a surrogate pair, which no database can store.
UTF_7 = "+2AA-"
READS = {"GET", "HEAD", "OPTIONS"}
METHODS = [*sorted(READS), "POST", "PUT", "PATCH", "DELETE", "TRACE"]


@dataclass(frozen=True)
class Target:
    """An address with arguments that lead somewhere, and forms that may be sent to it."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    query: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return reverse(self.name, kwargs=self.arguments)

    def bad_paths(self) -> Iterator[str]:
        """The address with each argument in turn replaced by one that is none."""
        mark = "7777777"
        for name in self.arguments:
            try:
                pattern = reverse(self.name, kwargs={**self.arguments, name: mark})
            except NoReverseMatch:
                continue
            yield from (pattern.replace(mark, bad) for bad in ARGUMENTS[name])

    def bad_bodies(self) -> Iterator[dict[str, Any]]:
        """The form without each field in turn, with a second value, and with each value that is none."""
        for name in self.fields:
            rest = {each: value for each, value in self.fields.items() if each != name}
            yield rest
            yield {**self.fields, name: [self.fields[name], "x"]}
            yield from ({**rest, name: text} for text in TEXTS)
        yield {}


@contextmanager
def undone():
    """Whatever happens inside leaves no trace."""
    block = transaction.atomic()
    # As the test's own: a verb that insists on the outermost transaction takes it for none.
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


class Walk:
    """One visitor's way; ``problems`` are sentences."""

    def __init__(self, client: Client, role: str):
        client.raise_request_exception = False
        self.client, self.role = client, role
        self.problems: list[str] = []
        self.asked = 0

    def visit(self, target: Target) -> None:
        """Everything there is."""
        self.visit_briefly(target)
        for name in target.query or ["surprise"]:
            for text in [*map(quote, TEXTS), *RAW]:
                self.ask(target, "GET", f"{target.path}?{name}={text}")
        self._send_bodies(target)

    def visit_briefly(self, target: Target) -> None:
        """Every method and every argument, and one odd query."""
        for method in METHODS:
            self._ask_method(target, method)
        for path in target.bad_paths():
            for method in ("GET", "HEAD", "POST"):
                self.ask(target, method, path)
        for name in target.query:
            self.ask(target, "GET", f"{target.path}?{name}={quote(UTF_7)}", content_type="text/plain; charset=utf-7")

    def _send_bodies(self, target: Target) -> None:
        form = "application/x-www-form-urlencoded"
        for body in target.bad_bodies():
            self.ask(target, "POST", target.path, urlencode(body, doseq=True), form)
        for name in target.fields:
            for raw in RAW[:2]:
                rest = {each: value for each, value in target.fields.items() if each != name}
                self.ask(target, "POST", target.path, urlencode(rest) + f"&{name}={raw}", form)
            self.ask(target, "POST", target.path, *multipart({**target.fields, name: UTF_7}, charset="utf-7"))
            self.ask(target, "POST", target.path, *multipart(target.fields, as_file=name))
        good = urlencode(target.fields)
        for content_type in (f"{form}; charset=utf-16", "text/plain", "multipart/form-data", "", "a/b/c; ="):
            self.ask(target, "POST", target.path, good, content_type)
        self.ask(target, "POST", target.path, *multipart(target.fields, charset="nonsense"))
        for body in ('{"add": 1}', "[" * 5000):
            self.ask(target, "POST", target.path, body, "application/json")

    def _ask_method(self, target: Target, method: str) -> None:
        with undone():
            before = every_row() if method in READS else None
            response = self._send(target, method, target.path)
            if before is not None and (tables := changed_tables(before, every_row())):
                self._note(target, method, response, f"it changes {', '.join(sorted(tables))}")
        if method not in {*READS, "POST"} and response.status_code != 405:
            self._note(target, method, response, "it takes the method")
        if method == "HEAD" and response.content:
            self._note(target, method, response, "it has a body")

    def ask(self, target: Target, method: str, path: str, body: str | bytes = "", content_type: str = "") -> None:
        with undone():
            self._send(target, method, path, body, content_type)

    def _send(self, target: Target, method: str, path: str, body="", content_type=""):
        self.asked += 1
        response = self.client.generic(method, path, body, content_type or "application/octet-stream")
        if response.status_code >= 500:
            why = response.exc_info[1] if getattr(response, "exc_info", None) else ""
            self._note(target, method, response, f"it fails: {why!r:.200} at {path!r:.160} with {body!r:.200}")
        return response

    def _note(self, target: Target, method: str, response, what: str) -> None:
        self.problems.append(f"{self.role} {method} {target.name} -> {response.status_code}: {what}")


def multipart(fields: dict[str, Any], *, charset: str = "utf-8", as_file: str = "") -> tuple[bytes, str]:
    """A form as browsers send it with files; the field ``as_file`` is one."""
    parts = []
    for name, value in fields.items():
        filename = '; filename="a.html"\r\nContent-Type: text/html' if name == as_file else ""
        parts.append(f'--mark\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n{value}\r\n')
    body = "".join([*parts, "--mark--\r\n"])
    return body.encode(), f"multipart/form-data; boundary=mark; charset={charset}"
