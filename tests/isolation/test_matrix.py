"""No stall sees or changes another's, nobody's contact reaches a vendor; and the proof of it would notice."""

from types import SimpleNamespace

import pytest
from django.http import Http404
from django.urls import resolve, reverse
from oscar.core.loading import get_model

from oscar_marketplace.listings.models import Listing
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.stall_area.page import StallPage
from oscar_marketplace.stall_area.views.today import TodayPage
from oscar_marketplace.stalls import permissions
from oscar_marketplace.stalls.models import Stall
from oscar_marketplace.storefront import order as order_views
from oscar_marketplace.test.isolation import WATCHED, Door, IsolationMatrix, Route, addresses
from oscar_marketplace.test.isolation_routes import ORDER_ROUTES, ROUTES, STALL_ROUTES

pytestmark = pytest.mark.django_db

ARGUMENTS = {"slug": "any", "pk": 1, "token": "any"}


def view_of(name):
    arguments = next(address.arguments for address in addresses() if address.name == name)
    return resolve(reverse(name, kwargs={each: ARGUMENTS[each] for each in arguments})).func.view_class


def found(routes=ROUTES, **kwargs):
    return [str(finding) for finding in IsolationMatrix(routes=routes, **kwargs).findings()]


def test_nobody_sees_or_changes_what_is_not_theirs():
    matrix = IsolationMatrix(routes=ROUTES)

    matrix.check()

    # Every address, by five roles, by two methods, for two sides.
    assert matrix.requests > len(ROUTES) * 5 * 2 * 2


def test_every_address_of_the_area_and_of_the_orders_is_asked():
    asked = {address.name for address in addresses()}

    assert asked == {route.name for route in ROUTES}
    assert len(asked) == 21


# -- without the door -------------------------------------------------------------------------------------------------


def without_the_door(monkeypatch, view_class):
    """While this view (and no other) answers, everybody is a member of every stall."""
    answer = view_class.dispatch

    def dispatch(self, request, *args, **kwargs):
        if type(self) is not view_class:
            return answer(self, request, *args, **kwargs)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(permissions, "stalls_of", lambda user: Stall.objects.select_related("operator"))
            patched.setattr(permissions, "stall_orders_of", lambda user: StallOrder.objects.all())
            patched.setattr(permissions, "listings_of", lambda user: Listing.objects.all())
            return answer(self, request, *args, **kwargs)

    monkeypatch.setattr(view_class, "dispatch", dispatch)


@pytest.mark.parametrize("name", [route.name for route in STALL_ROUTES])
def test_a_view_without_its_owner_filter_is_found(monkeypatch, name):
    matrix = IsolationMatrix(routes=ROUTES, only=[name])
    assert matrix.findings() == []

    without_the_door(monkeypatch, view_of(name))

    findings = [str(finding) for finding in matrix.findings()]
    assert findings
    assert all(finding.startswith(f"{name}: ") for finding in findings)
    assert any("shows “Isolation" in finding or "not 404" in finding for finding in findings)


@pytest.mark.parametrize("name", [route.name for route in ORDER_ROUTES])
def test_an_order_page_that_trusts_an_unsigned_link_is_found(monkeypatch, name):
    matrix = IsolationMatrix(routes=ROUTES, only=[name])
    assert matrix.findings() == []

    def order_of(token):
        order = get_model("order", "Order").objects.filter(number=token.partition(":")[0]).first()
        if order is None:
            raise Http404
        return order

    monkeypatch.setattr(order_views, "order_from_token", order_of)

    assert any("not 404" in str(finding) for finding in matrix.findings())


def test_a_pick_up_code_of_another_order_is_found(monkeypatch):
    class OfAnyOrder:
        @staticmethod
        def filter(order, **conditions):
            return HandOver.objects.filter(**conditions)

    monkeypatch.setattr(order_views, "HandOver", SimpleNamespace(objects=OfAnyOrder))

    assert any("not 404" in finding for finding in found(only=["market:order-code"]))


# -- other faults -----------------------------------------------------------------------------------------------------


def test_a_page_that_says_who_the_shopper_is_is_found(monkeypatch):
    from oscar_marketplace.stall_area.forms import answer

    monkeypatch.setattr(answer, "say_wish", lambda line: line.stall_order.order.marketplace_contact.phone)

    findings = found(only=["stall:order"])

    assert any("shows “3355660011”" in finding for finding in findings)


def test_a_page_that_refuses_everybody_is_found(monkeypatch):
    def shut(self, request, *args, **kwargs):
        raise Http404

    monkeypatch.setattr(StallPage, "dispatch", shut)

    findings = found(only=["stall:today"])

    assert any("answered 404, not 200" in finding for finding in findings)
    assert any("lacks its own “Isolationgoodsa”" in finding for finding in findings)


def test_a_form_that_does_nothing_is_found(monkeypatch):
    view_class = view_of("stall:listing")
    monkeypatch.setattr(view_class, "post", view_class.get)

    assert any("the owner's form changed nothing" in finding for finding in found(only=["stall:listing"]))


def test_a_page_that_changes_something_when_it_is_looked_at_is_found(monkeypatch):
    look = TodayPage.get

    def look_and_touch(self, request, slug):
        StallOrder.objects.exclude(stall=self.stall).update(reason="touched")
        return look(self, request, slug)

    monkeypatch.setattr(TodayPage, "get", look_and_touch)

    findings = found(only=["stall:today"])

    assert any("changed rows: oscar_marketplace.StallOrder" in finding for finding in findings)


def test_a_form_that_also_changes_the_other_stall_is_found(monkeypatch):
    view_class = view_of("stall:listing")
    send = view_class.post

    def send_to_all(self, request, slug, pk):
        Listing.objects.update(note="touched")
        return send(self, request, slug, pk)

    monkeypatch.setattr(view_class, "post", send_to_all)

    findings = found(only=["stall:listing"])

    assert any("changed rows of the other stall: oscar_marketplace.Listing" in finding for finding in findings)


# -- in a city's own suite --------------------------------------------------------------------------------------------

CITY = {"urlconf": "tests.isolation.city_urls", "watched": {**WATCHED, "city-stall": lambda arguments: True}}


def report(name):
    return Route(f"city-stall:{name}", fill=lambda side: {"slug": side.stall.slug}, shows=lambda side: [side.title])


def test_an_address_nobody_told_how_to_fill_is_a_failure():
    findings = found(only=["city-stall:report", "city-stall:careless"], **CITY)

    assert findings == [
        "city-stall:report: -: the matrix does not know how to fill it: give it a Route",
        "city-stall:careless: -: the matrix does not know how to fill it: give it a Route",
    ]


def test_a_route_that_fills_other_arguments_is_a_failure():
    wrong = Route("city-stall:report", fill=lambda side: {"stall": 1}, shows=lambda side: [])

    findings = found(routes=[wrong], only=["city-stall:report"], **CITY)

    assert findings == ["city-stall:report: -: its Route fills other arguments than it has: slug, stall"]


def test_a_citys_page_behind_the_door_passes_and_one_that_forgot_it_does_not():
    matrix = IsolationMatrix(routes=[*ROUTES, report("report"), report("careless")], **CITY)

    matrix.only = ["city-stall:report"]
    assert matrix.findings() == []
    matrix.only = ["city-stall:careless"]
    careless = [str(finding) for finding in matrix.findings()]
    assert any("as member of b: answered 200, not 404" in finding for finding in careless)
    assert any("as anonymous: shows “Isolationgoodsa”" in finding for finding in careless)


def test_a_urlconf_without_any_of_it_is_no_success():
    with pytest.raises(AssertionError, match="none of the watched addresses"):
        IsolationMatrix(routes=ROUTES, watched={"nothing": lambda arguments: True}).check()


def test_a_list_shows_each_member_their_own():
    home = Route("stall:home", fill=lambda side: {}, shows=lambda side: [side.stall.name], door=Door.LIST)

    assert found(routes=[home], only=["stall:home"]) == []
