"""A city's app config that takes its view past Oscar's loader: the shop does not start, and says why."""

import pytest

from tests.forks.project import Project

pytestmark = pytest.mark.slow

PAST_THE_LOADER = """
    def ready(self):
        super().ready()
        from city.checkout.views import PaymentDetailsView

        self.payment_details_view = PaymentDetailsView
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("city") / "shop", forks=("checkout",))
    config = project.folder / "city" / "checkout" / "apps.py"
    config.write_text(config.read_text() + PAST_THE_LOADER)
    return project


def test_the_check_names_the_class_and_what_to_write(project):
    done = project.run("manage.py", "check")

    assert done.returncode == 1
    assert "oscar_marketplace.E003" in done.stderr
    assert "city.checkout.views.PaymentDetailsView, used by /checkout/preview/, lacks" in done.stderr
    assert "get_class('checkout.views', 'PaymentDetailsView')" in done.stderr


def test_the_command_prints_everything_and_fails(project):
    done = project.run("manage.py", "marketplace_overlay")

    assert done.returncode == 1
    assert "order.utils.OrderCreator\n" in done.stdout
    assert "HIDDEN: city.checkout.views.PaymentDetailsView, used by /checkout/preview/" in done.stderr


def test_without_our_loader_everything_is_hidden(project, tmp_path):
    settings = project.folder / "settings.py"
    before = settings.read_text()
    settings.write_text(before + 'OSCAR_DYNAMIC_CLASS_LOADER = "oscar.core.loading.default_class_loader"\n')
    try:
        checked, printed = project.run("manage.py", "check"), project.run("manage.py", "marketplace_overlay")
    finally:
        settings.write_text(before)

    assert "oscar_marketplace.E001" in checked.stderr
    assert printed.returncode == 1
    assert "HIDDEN: oscar.apps.order.utils.OrderCreator, used by get_class" in printed.stderr
