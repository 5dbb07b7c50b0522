"""Does any page show or change what belongs to another stall, or show a vendor who the shopper is?

The matrix asks every address of the stall area, and of the shopper's order pages, as everybody: nobody signed in, a
shopper, a member of each of two stalls, staff without rights; by GET and POST. Each address has a positive control
(its owner gets the page with its own texts, and the form does change something), without which a page that answers
everybody with an error would pass.

In a city's own suite, with the city's URLs and pages::

    from oscar_marketplace.test.isolation import IsolationMatrix, Route
    from oscar_marketplace.test.isolation_routes import ROUTES

    @pytest.mark.django_db
    def test_no_stall_sees_another():
        mine = Route("stall:my-page", fill=lambda side: {"slug": side.stall.slug}, shows=lambda side: [side.title])
        IsolationMatrix(routes=[*ROUTES, mine]).check()

A later ``Route`` of the same name replaces an earlier one. An address of the watched namespaces that no ``Route`` says
how to fill is a failure, never a skip. Runs inside a test's transaction (``django_db``, ``TestCase``): each request is
rolled back.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.shortcuts import resolve_url
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from oscar_marketplace.test.isolation_rows import changed_tables, every_row, rows_of_stall
from oscar_marketplace.test.isolation_world import Side, World, make_world


class Door(StrEnum):
    """Who may come in.

    ``MEMBER``: members of the stall in the address. ``LIST``: everybody signed in, each to what is theirs. ``LINK``:
    whoever has the signed link.
    """

    MEMBER = "member"
    LIST = "list"
    LINK = "link"


@dataclass(frozen=True)
class Route:
    """How to ask one address.

    ``fill`` gives the arguments of the address for one side's object. ``shows`` gives texts that its owner must find
    there (a redirect is followed); without it a GET is refused. ``sends`` gives a form that its owner may send and that
    changes something; without it a POST is refused, or changes nothing.
    """

    name: str
    fill: Callable[[Side], dict[str, Any]]
    shows: Callable[[Side], Iterable[str]] | None = None
    sends: Callable[[Side], dict[str, Any]] | None = None
    door: Door = Door.MEMBER

    def body(self, method: str, side: Side) -> dict[str, Any] | None:
        if method == "GET":
            return None
        return self.sends(side) if self.sends else {"surprise": "1"}

    def refusals(self, method: str) -> list[int]:
        """How a stranger may be refused: not found, unless the address refuses the method to everybody."""
        is_taken = self.shows if method == "GET" else self.sends
        return [404] if is_taken else [404, 405]


@dataclass(frozen=True)
class Finding:
    """One broken promise."""

    route: str
    request: str
    text: str

    def __str__(self) -> str:
        return f"{self.route}: {self.request}: {self.text}"


@dataclass(frozen=True)
class Address:
    """A named URL pattern of the URLconf and the names of its arguments."""

    name: str
    arguments: frozenset[str]


Watched = dict[str, Callable[[frozenset[str]], bool]]
#: Namespace -> which of its addresses are watched, told by their arguments.
WATCHED: Watched = {"stall": lambda arguments: True, "market": lambda arguments: "token" in arguments}


def addresses(urlconf: str | None = None, *, watched: Watched = WATCHED) -> list[Address]:
    """Every watched address of a URLconf (default: the project's)."""
    return [
        Address(f"{namespace}:{pattern.name or pattern.pattern}", arguments)
        for namespace, pattern, arguments in _patterns(get_resolver(urlconf), "", frozenset())
        if namespace in watched and watched[namespace](arguments)
    ]


def _patterns(resolver, namespace: str, arguments: frozenset[str]) -> Iterator[tuple[str, URLPattern, frozenset[str]]]:
    for each in resolver.url_patterns:
        known = arguments | set(each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            yield from _patterns(each, ":".join(filter(None, [namespace, each.namespace])), known)
        else:
            yield namespace, each, known


@dataclass
class IsolationMatrix:
    """All watched addresses x roles x methods. ``only`` narrows it to some route names."""

    routes: Sequence[Route]
    urlconf: str | None = None
    watched: Watched = field(default_factory=lambda: dict(WATCHED))
    only: Sequence[str] = ()
    make_world: Callable[[], World] = make_world
    world: World | None = None

    def check(self) -> None:
        """Run the matrix.

        Raises:
            AssertionError: with every finding, one a line; or nothing was watched at all.
        """
        findings = self.findings()
        assert not findings, "\n".join(map(str, findings))
        assert self.requests, "the URLconf holds none of the watched addresses"

    def findings(self) -> list[Finding]:
        """Every broken promise; ``requests`` then says how many requests were made. May be repeated."""
        self._findings: list[Finding] = []
        self.requests = 0
        if self.world is None:
            self._begin()
        with override_settings(ROOT_URLCONF=self.urlconf or settings.ROOT_URLCONF):
            for address in addresses(self.urlconf, watched=self.watched):
                if not self.only or address.name in self.only:
                    self._check_address(address)
        return self._findings

    def _begin(self) -> None:
        self.world = world = self.make_world()
        members = {_member(side): side.member for side in (world.a, world.b)}
        people = {"shopper": world.a.shopper, "staff": world.staff, **members}
        self.cookies = {"anonymous": {}, **{role: _signed_in(user) for role, user in people.items()}}
        # After signing in, which is written down with the person.
        self.before = every_row()
        self.before_of_stall = {side.name: rows_of_stall(side) for side in (world.a, world.b)}

    def find(self, route: str, request: str, text: str) -> None:
        self._findings.append(Finding(route, request, text))

    def _check_address(self, address: Address) -> None:
        route = {each.name: each for each in self.routes}.get(address.name)
        if route is None:
            self.find(address.name, "-", "the matrix does not know how to fill it: give it a Route")
            return
        unknown = address.arguments ^ set(route.fill(self.world.a))
        if unknown:
            self.find(address.name, "-", f"its Route fills other arguments than it has: {', '.join(sorted(unknown))}")
            return
        for side in (self.world.a, self.world.b):
            if route.door == Door.LINK:
                self._check_link(route, side)
            else:
                self._check_own(route, side, _member(side))
                self._check_strangers(route, side)

    def _check_own(self, route: Route, side: Side, role: str) -> None:
        """The positive control, and that the page holds and changes nothing of the other side."""
        other = self.world.other(side)
        path = reverse(route.name, kwargs=route.fill(side))
        hidden = other.link_texts if route.door == Door.LINK else self.world.contact_texts
        with self._asking(route, role, "GET", path, follow=True) as asked:
            if route.shows is None:
                asked.expect_status(405)
            else:
                asked.expect_status(200)
                asked.expect_texts(route.shows(side))
            asked.forbid_texts([*other.own_texts, *hidden])
            asked.expect_nothing_changed()
        with self._asking(route, role, "POST", path, route.body("POST", side)) as asked:
            if route.sends is None:
                asked.expect_nothing_changed()
            else:
                asked.expect_status(200, 302, 303)
                asked.expect_something_changed()
            asked.forbid_texts([*other.own_texts, *hidden])
            asked.expect_unchanged(other)

    def _check_strangers(self, route: Route, side: Side) -> None:
        """Everybody else at this side's address, and its own member at every mixture of the two sides' addresses."""
        other = self.world.other(side)
        own, foreign = route.fill(side), route.fill(other)
        roles = [role for role in self.cookies if role != _member(side)]
        if route.door == Door.LIST:
            # A list without an object: the other member sees their own, which is checked where they are the owner.
            roles.remove(_member(other))
        for role in roles:
            self._expect_shut(route, role, own, side)
        names = sorted(own)
        for choice in itertools.product((own, foreign), repeat=len(names)):
            mixed = {name: chosen[name] for name, chosen in zip(names, choice, strict=True)}
            if mixed not in (own, foreign):
                self._expect_shut(route, _member(side), mixed, side)

    def _expect_shut(self, route: Route, role: str, kwargs: dict, side: Side) -> None:
        path = reverse(route.name, kwargs=kwargs)
        texts = [*self.world.a.own_texts, *self.world.b.own_texts, *self.world.contact_texts]
        for method in ("GET", "POST"):
            with self._asking(route, role, method, path, route.body(method, side)) as asked:
                if role == "anonymous":
                    asked.expect_login()
                elif route.door == Door.MEMBER:
                    asked.expect_status(*route.refusals(method))
                asked.forbid_texts(texts)
                asked.expect_nothing_changed()

    def _check_link(self, route: Route, side: Side) -> None:
        """Whoever has the link sees that order and no other; a link nobody signed leads nowhere."""
        own, foreign = route.fill(side), route.fill(self.world.other(side))
        number, _, signature = own["token"].rpartition(":")
        wrong_signature = foreign["token"].rpartition(":")[2]
        forged = [f"{number}:{signature}x", f"{number}:{wrong_signature}", number]
        wrong = [{**own, "token": token} for token in forged]
        wrong += [{**own, name: value} for name, value in foreign.items() if name != "token"]
        for role in self.cookies:
            self._check_own(route, side, role)
            for kwargs, method in itertools.product(wrong, ("GET", "POST")):
                path = reverse(route.name, kwargs=kwargs)
                with self._asking(route, role, method, path, route.body(method, side)) as asked:
                    asked.expect_status(*route.refusals(method))
                    asked.forbid_texts(side.link_texts)
                    asked.expect_nothing_changed()

    @contextmanager
    def _asking(self, route: Route, role: str, method: str, path: str, body=None, *, follow=False):
        """Make a request, let the caller look at the answer, and roll back what it did."""
        self.requests += 1
        client = Client(raise_request_exception=False)
        client.cookies.load(self.cookies[role])
        watch = _WatchWrites()
        savepoint = transaction.savepoint()
        try:
            with connection.execute_wrapper(watch):
                response = client.post(path, body) if method == "POST" else client.get(path, follow=follow)
            yield _Asked(self, route, f"{method} {path} as {role}", path, response, has_written=watch.has_written)
        finally:
            transaction.savepoint_rollback(savepoint)


class _WatchWrites:
    """Notices whether a request wrote anything; only then the rows are worth comparing."""

    HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")

    def __init__(self):
        self.has_written = False

    def __call__(self, execute, sql, params, many, context):
        self.has_written = self.has_written or not sql.lstrip(" (").upper().startswith(self.HARMLESS)
        return execute(sql, params, many, context)


class _Asked:
    """One answer and what is expected of it."""

    def __init__(self, matrix: IsolationMatrix, route: Route, request: str, path: str, response, *, has_written: bool):
        self.matrix, self.route, self.request, self.response = matrix, route, request, response
        self.has_written = has_written
        headers = "\n".join(value for _name, value in response.items())
        hops = "\n".join(url for url, _status in getattr(response, "redirect_chain", []))
        text = response.content.decode(errors="replace") if not response.streaming else ""
        # The address itself is what was asked with: that it comes back (a form's action, "next") tells nobody anything.
        self.text = "\n".join([text, headers, hops]).replace(path, "")

    def _find(self, text: str) -> None:
        self.matrix.find(self.route.name, self.request, text)

    def expect_status(self, *expected: int) -> None:
        if self.response.status_code not in expected:
            self._find(f"answered {self.response.status_code}, not {' or '.join(map(str, expected))}")

    def expect_login(self) -> None:
        login = resolve_url(settings.LOGIN_URL)
        if self.response.status_code != 302 or not self.response.url.startswith(login):
            self._find(f"answered {self.response.status_code}, not the way to {login}")

    def expect_texts(self, texts: Iterable[str]) -> None:
        for text in texts:
            if text not in self.text:
                self._find(f"lacks its own “{text}”")

    def forbid_texts(self, texts: Iterable[str]) -> None:
        for text in texts:
            if text in self.text:
                self._find(f"shows “{text}”")

    def expect_nothing_changed(self) -> None:
        self._find_changes("rows", changed_tables(self.matrix.before, every_row()) if self.has_written else [])

    def expect_something_changed(self) -> None:
        if not self.has_written or not changed_tables(self.matrix.before, every_row()):
            self._find("the owner's form changed nothing")

    def expect_unchanged(self, side: Side) -> None:
        if self.has_written:
            before = self.matrix.before_of_stall[side.name]
            self._find_changes("rows of the other stall", changed_tables(before, rows_of_stall(side)))

    def _find_changes(self, what: str, changed: list[str]) -> None:
        if changed:
            self._find(f"changed {what}: {', '.join(changed)}")


def _member(side: Side) -> str:
    return f"member of {side.name}"


def _signed_in(user) -> dict[str, str]:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return {name: morsel.value for name, morsel in client.cookies.items()}
