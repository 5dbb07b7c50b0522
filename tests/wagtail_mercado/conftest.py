"""People with different rights in Wagtail's admin."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from oscar_marketplace.test import factories


def staff_client(*codenames: str) -> Client:
    """A person who may enter Wagtail's admin, with these permissions on the shop's models."""
    user = factories.make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


@pytest.fixture
def editor(db):
    """Somebody who writes pages and has no rights on the shop's own tables."""
    client = staff_client()
    client.user.groups.add(Group.objects.get(name="Editors"))
    return client


@pytest.fixture
def passer_by(db):
    """Signed in, with no way into Wagtail's admin."""
    client = Client()
    client.force_login(factories.make_user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def boss(db):
    client = Client()
    client.user = factories.make_user(is_staff=True, is_superuser=True)
    client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    return client
