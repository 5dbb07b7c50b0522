"""A page's language goes along into the shop, and what is not there answers 404, not a way to another language."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.wagtail_mercado.plaza import make_plaza
from wagtail_mercado.middleware import RememberPageLanguage

pytestmark = pytest.mark.django_db


@pytest.fixture
def plaza(db):
    return make_plaza()


def reader(language: str) -> Client:
    return Client(headers={"accept-language": language})


def test_the_front_door_leads_to_the_readers_language(plaza):
    english, spanish = (reader(language).get("/") for language in ("en", "es-MX"))

    assert (english.status_code, english["Location"]) == (302, "/en/")
    assert (spanish.status_code, spanish["Location"]) == (302, "/es-mx/")


def test_the_language_of_a_page_goes_along_into_the_shop(plaza):
    client = reader("en")
    assert '<html lang="en"' in client.get(reverse("market:home")).content.decode()

    page = client.get("/es-mx/")

    assert page.cookies["django_language"].value == "es-mx"
    assert '<html lang="es-mx"' in client.get(reverse("market:home")).content.decode()


def test_no_cookie_where_the_shop_speaks_that_language_anyway(plaza):
    client = reader("en")

    assert "django_language" not in client.get("/en/").cookies
    client.get("/es-mx/")
    assert "django_language" not in client.get("/es-mx/").cookies


@pytest.mark.parametrize("path", ["/es-mx/nothing/", "/markets/", "/markets/nowhere/", "/nothing/"])
def test_no_cookie_from_what_is_no_page_or_names_no_language(plaza, path):
    assert "django_language" not in reader("en").get(path).cookies


def test_the_cookie_is_as_the_project_wants_its_language_cookie(plaza, settings):
    settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_COOKIE_AGE = "lengua", 60
    settings.LANGUAGE_COOKIE_HTTPONLY, settings.LANGUAGE_COOKIE_SAMESITE = True, "Lax"

    cookie = reader("en").get("/es-mx/").cookies["lengua"]

    assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("es-mx", 60, True, "Lax")


def test_an_address_without_a_language_is_left_alone(rf):
    answer = RememberPageLanguage(lambda request: HttpResponse())(rf.get("/markets/"))

    assert not answer.cookies


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["/markets/nowhere/", "/stalls/nobody/", "/listings/999999/", "/my-order/abc/"])
def test_what_the_shop_has_not_is_not_found(plaza, path, method):
    answer = getattr(reader("en"), method)(path)

    assert answer.status_code in ({404} if method == "get" else {404, 405})
    if method == "get":
        assert answer["Content-Language"] == "en"
        assert "Accept-Language" in answer["Vary"]


def test_a_page_without_its_language_is_found_in_the_readers(plaza):
    answer = reader("es-MX").get("/no-view-has-this/")

    assert (answer.status_code, answer["Location"]) == (302, "/es-mx/no-view-has-this/")
