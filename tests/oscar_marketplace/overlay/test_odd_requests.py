"""Odd keys sent to Oscar's own pages: what ours add to them neither fails nor lets them through."""

import pytest
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_marketplace.test import factories
from oscar_marketplace.test.isolation_world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.mark.parametrize("key", ["%d", "+%d", " %d", "0%d", "%d\n"])
def test_a_stalls_line_is_found_however_its_key_is_written(client, key):
    order = make_world().a.order
    client.force_login(factories.make_user("operadora", is_staff=True, is_superuser=True))
    line = order.lines.get()
    before = line.status

    response = client.post(
        reverse("dashboard:order-detail", kwargs={"number": order.number}),
        {
            "line_action": "change_line_statuses",
            "selected_line": key % line.pk,
            f"selected_line_qty_{line.pk}": 1,
            "new_status": "Cancelled",
        },
        follow=True,
    )

    assert "follows from" in response.content.decode()
    line.refresh_from_db()
    assert line.status == before


@pytest.mark.parametrize("key", ["", "abc", "\x00", "٣", "9" * 25, "9" * 5000])
def test_a_variant_that_is_none_is_refused(client, key):
    Product = get_model("catalogue", "Product")
    parent = factories.make_product("Mango")
    Product.objects.filter(pk=parent.pk).update(structure="parent")
    child = factories.make_product("Mango Ataulfo", structure="child", parent=parent)
    factories.make_listing(product=child)

    response = client.post(reverse("basket:add", kwargs={"pk": parent.pk}), {"child_id": key, "quantity": 1})

    assert response.status_code == 302
    assert not get_model("basket", "Line").objects.exists()
