import pytest

from tests.oscar_marketplace.stall_area.counter import Counter


@pytest.fixture
def counter(db) -> Counter:
    return Counter()
