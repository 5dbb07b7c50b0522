"""Every table has its page, every page opens, and what was sold cannot be changed there."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from oscar_marketplace.admin.read_only import ReadOnly
from oscar_marketplace.audit.record import SYSTEM, record
from oscar_marketplace.orders.models import Contact
from oscar_marketplace.stalls.models import Stall
from oscar_marketplace.test import factories
from tests.oscar_marketplace.admin.conftest import make_part, our_admins

#: Shown inside the pages of others: a bag's moves, a wave's places.
WITHIN_OTHERS = {"BagMove", "WavePlace"}
READ_ONLY = [
    "auditentry",
    "bankline",
    "bankreference",
    "bankstatement",
    "charge",
    "checkoutattempt",
    "contact",
    "decision",
    "handover",
    "jobrun",
    "ledgeraccount",
    "ledgertransaction",
    "linewish",
    "message",
    "ordercharge",
    "outboxevent",
    "payout",
    "payoutbatch",
    "providernotification",
    "refund",
    "stallorder",
    "stockhold",
    "wave",
]


def url(model, page, *args):
    return reverse(f"admin:oscar_marketplace_{model}_{page}", args=args)


def change_url(row):
    return url(row._meta.model_name, "change", row.pk)


def test_every_table_is_registered_or_shown_inside_another():
    shown = {each.model.__name__ for each in our_admins()}
    inside = {inline.model.__name__ for each in our_admins() for inline in each.inlines}

    missing = {model.__name__ for model in apps.get_app_config("oscar_marketplace").get_models()} - shown - inside

    assert missing == WITHIN_OTHERS


def test_lists_and_pages_of_every_table_open(admin, world):
    for each in our_admins():
        name = each.model._meta.model_name
        row = each.model.objects.first()

        assert admin.get(url(name, "changelist")).status_code == 200, name
        assert admin.get(change_url(row)).status_code == 200, name
        if name not in READ_ONLY:
            assert admin.get(url(name, "add")).status_code == 200, name


def test_searching_and_filtering_open_too(admin, world):
    for each in our_admins():
        name = each.model._meta.model_name
        if each.search_fields:
            assert admin.get(url(name, "changelist"), {"q": "1"}).status_code == 200, name
    for name, filters in {
        "outboxevent": {"delivery": "dead"},
        "bankline": {"queue": "person"},
        "auditentry": {"task": "stock_below_promised"},
        "charge": {"needs_review__exact": "1"},
        "decision": {"answered_at__isempty": "1"},
    }.items():
        assert admin.get(url(name, "changelist"), filters).status_code == 200, name


def test_who_may_only_look_sees_every_page(client, clerk, world):
    client.force_login(clerk)

    for each in our_admins():
        name = each.model._meta.model_name
        assert client.get(url(name, "changelist")).status_code == 200, name
        assert client.get(change_url(each.model.objects.first())).status_code == 200, name


def test_members_of_stalls_are_no_staff(client, world):
    client.force_login(world.stall.members.get().user)

    assert client.get(url("stallorder", "changelist")).status_code == 302
    assert client.get(change_url(world)).status_code == 302


@pytest.mark.parametrize("name", READ_ONLY)
def test_rows_that_verbs_write_take_no_changes(admin, world, name):
    model = apps.get_model("oscar_marketplace", name)
    row = model.objects.first()
    before = list(model.objects.values())

    answers = [
        admin.get(url(name, "add")),
        admin.post(change_url(row), {"state": "completed", "_save": "1"}),
        admin.post(url(name, "delete", row.pk), {"post": "yes"}),
        admin.post(url(name, "changelist"), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}),
    ]

    assert [answer.status_code for answer in answers[:3]] == [403, 403, 403]
    assert list(model.objects.values()) == before


def test_the_list_above_names_every_read_only_page():
    found = [each.model._meta.model_name for each in our_admins() if isinstance(each, ReadOnly)]

    assert sorted(found) == READ_ONLY


def test_the_state_of_a_stall_is_not_a_field(admin, world):
    stall = world.stall
    page = admin.get(change_url(stall)).content.decode()

    assert 'name="state"' not in page
    assert 'name="partner"' not in page
    assert "Verduras Doña Chayo" in page
    assert Stall.objects.get(pk=stall.pk).state == "approved"


def test_a_stall_that_sells_is_closed_and_never_deleted(admin, world):
    answer = admin.post(url("stall", "delete", world.stall.pk), {"post": "yes"})

    assert answer.status_code == 403
    assert Stall.objects.filter(pk=world.stall.pk).exists()


def test_the_page_of_a_stall_order_tells_its_history(admin, part):
    page = admin.get(change_url(part)).content.decode()

    assert '<th scope="row">accept</th>' in page
    assert '<th scope="row">charge_created</th>' in page
    assert "by itself" in page
    assert "amount: 3200" in page
    assert "Jitomate saladet" in page
    assert "stall → desk" in page
    assert reverse("admin:order_order_change", args=[part.order_id]) in page


def test_what_people_wrote_is_escaped_in_the_history(admin, part):
    record("cancel", part, by=SYSTEM, reason="<script>alert(1)</script>", why="<b>x</b>")

    page = admin.get(change_url(part)).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>x</b>" not in page


def test_the_code_to_the_bags_is_shown_to_nobody(admin, part):
    assert "JAC4R4" not in admin.get(change_url(part.hand_over)).content.decode()
    assert "JAC4R4" not in admin.get(url("handover", "changelist")).content.decode()


def test_a_blocked_contact_is_out_of_sight(client, clerk, boss, world):
    contact = Contact.objects.get()
    client.force_login(clerk)
    before = client.get(change_url(contact))
    Contact.objects.update(blocked_at=contact.order.date_placed)

    after = client.get(change_url(contact))
    listed = client.get(url("contact", "changelist")).content.decode()
    client.force_login(boss)

    assert "ana@example.org" in before.content.decode()
    assert after.status_code == 302  # the admin's way of saying that there is none
    assert "0 contacts" in listed
    assert "ana@example.org" in client.get(change_url(contact)).content.decode()


@pytest.mark.parametrize("name", ["stallorder", "handover", "charge", "listing", "wave", "stall"])
def test_lists_take_the_same_statements_however_long(admin, name, part):
    stall = part.stall
    few = _statements(admin, url(name, "changelist"))
    for n in range(5):
        listing = factories.make_listing(stall=stall, title=f"Fruit {n}")
        make_part(listing, number=f"MK-{n}")
        factories.make_stall(market=part.hand_over.market)
        factories.make_wave(part.hand_over.market, starts_in=timedelta(hours=6 + n))

    assert _statements(admin, url(name, "changelist")) == few


def _statements(admin, address):
    with CaptureQueriesContext(connection) as captured:
        assert admin.get(address).status_code == 200
    return len(captured)
