"""Templates of databases: two sessions that want the same one at the same time make it once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import database


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "CACHE", tmp_path / "cache")
    return database.CACHE


def test_the_second_waits_for_the_first_and_copies_what_it_made(cache, tmp_path):
    begun, go_on, made = threading.Event(), threading.Event(), []

    def make(target):
        made.append(target.name)
        begun.set()
        assert go_on.wait(timeout=20)
        target.write_text("migrated")

    def copy(name):
        target = tmp_path / name
        database.copy_file("city.sqlite3", target, make=lambda: make(target))
        return target.read_text()

    with ThreadPoolExecutor() as pool:
        first = pool.submit(copy, "first")
        assert begun.wait(timeout=20)
        second = pool.submit(copy, "second")
        go_on.set()
        texts = [each.result(timeout=20) for each in (first, second)]

    assert (texts, made) == (["migrated", "migrated"], ["first"])


def test_one_that_fails_leaves_no_template(cache, tmp_path):
    def fail():
        (tmp_path / "half").write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.copy_file("city.sqlite3", tmp_path / "half", make=fail)

    assert not (cache / "city.sqlite3").exists()
