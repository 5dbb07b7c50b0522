"""Every page of the area works without scripts, under the strict policy, and names its stylesheet and nothing else."""

import re

import pytest

from oscar_marketplace.listings.models import StockMode
from oscar_marketplace.orders import advance
from tests.oscar_marketplace.stall_area.counter import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(counter):
    goods = counter.sells("Jitomate", is_estimated=True)
    daily = counter.sells("Huachinango", stock_mode=StockMode.DAILY)
    counted = counter.sells("Nopal", stock=8)
    new, accepted = counter.new((goods, 4)), counter.accepted((goods, 4))
    refused = fresh(advance.reject(counter.new((goods, 1)), by=counter.actor))
    ready = counter.ready((goods, 4))
    return {
        "today": counter.get("today"),
        "answer": counter.get("order", new),
        "answer, refused input": counter.post("answer", new, version=""),
        "pack": counter.get("order", accepted),
        "pack, refused input": counter.post("pack", accepted, version=accepted.version, bags="1"),
        "ready": counter.get("order", ready),
        "wrong code": counter.post("deliver", ready, version=ready.version, code="0000"),
        "over": counter.get("order", refused),
        "stale": counter.post("answer", accepted, version="1"),
        "prices": counter.get("listings"),
        "prices, refused input": counter.post("listings", **{f"w{goods.pk}": "32", f"p{goods.pk}": "x"}),
        "listing": counter.get("listing", counted),
        "listing of the day": counter.get("listing", daily),
    }


def test_no_page_holds_anything_inline_or_from_elsewhere(pages):
    for name, response in pages.items():
        page = response.content.decode()
        assert "Content-Security-Policy" in response.headers, name
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", page), name
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page), name


def test_every_form_that_changes_something_is_guarded(pages):
    for name, response in pages.items():
        for form in re.findall(r'(?s)<form[^>]*method="post".*?</form>', response.content.decode()):
            assert "csrfmiddlewaretoken" in form, name


def test_every_page_stays_within_its_budget(pages):
    for name, response in pages.items():
        assert len(response.content) < 25_000, name


def test_every_problem_leads_to_a_field_of_the_page(pages):
    for name in ("pack, refused input", "wrong code", "prices, refused input"):
        page = pages[name].content.decode()
        targets = re.findall(r'(?s)<div class="mk-errors".*?</div>', page)[0]
        targets = re.findall(r'href="#([^"]+)"', targets)
        assert targets, name
        for target in targets:
            assert f'id="{target}"' in page, (name, target)
