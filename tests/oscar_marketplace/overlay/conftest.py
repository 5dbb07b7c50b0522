"""A request as Oscar's middleware leaves it: with a strategy and a basket."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from oscar.core.loading import get_class, get_model


@pytest.fixture
def shop_request(rf, db):
    """A shopper's request with an empty basket of its own."""
    request = rf.get("/")
    request.user = AnonymousUser()
    request.session = SessionStore()
    request.strategy = get_class("partner.strategy", "Selector")().strategy(request=request, user=request.user)
    request.basket = get_model("basket", "Basket").objects.create()
    request.basket.strategy = request.strategy
    return request


@pytest.fixture
def basket(shop_request):
    return shop_request.basket


@pytest.fixture
def search_finds_everything(monkeypatch):
    """Oscar's lists show all products: the search backend of the tests understands no filter and would find none."""
    monkeypatch.setattr("haystack.backends.simple_backend.SimpleSearchQuery.build_query", lambda self: "*")
