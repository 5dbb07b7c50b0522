"""Pytest fixtures of the kit: ``pytest_plugins = ["oscar_marketplace.test.fixtures"]``."""

import pytest

from oscar_marketplace.test import factories
from oscar_marketplace.test.flush import books_may_be_flushed


@pytest.fixture(autouse=True, scope="session")
def flushable_books():
    """Tests that commit can clear their rows away on SQLite too."""
    with books_may_be_flushed():
        yield


@pytest.fixture
def market(db):
    """A market that is always open."""
    return factories.make_market()


@pytest.fixture
def three_stalls(market):
    """Three stalls of one market, each with an owner."""
    names = ["Verduras Doña Chayo", "Cremería La Vaquita", "Tortillería El Comal"]
    return [
        factories.make_stall(market=market, name=name, owner=factories.make_user(f"owner{i}"))
        for i, name in enumerate(names)
    ]
