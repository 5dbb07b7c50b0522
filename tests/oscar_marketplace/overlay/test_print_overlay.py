"""``manage.py marketplace_overlay`` shows the final order of classes, and fails where one of ours is hidden."""

import sys
import types
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from oscar.apps.order.utils import OrderCreator
from oscar.core.loading import default_class_loader, get_class

from oscar_marketplace.overlay.registry import registry


class CityOrderCreator(OrderCreator):
    def create_additional_line_models(self, order, order_line, basket_line, extra_line_fields=None):
        return None

    def place_order(self, *args, **kwargs):
        return super().place_order(*args, **kwargs)


@pytest.fixture
def city_order_creator(monkeypatch, settings):
    """The city's own OrderCreator, found by a loader of its own."""

    def load(module_label, classnames, module_prefix):
        found = default_class_loader(module_label, classnames, module_prefix)
        return [CityOrderCreator if each is OrderCreator else each for each in found]

    module = types.ModuleType("a_city_loading")
    module.load = load
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings.OSCAR_MARKETPLACE_NEXT_CLASS_LOADER = "a_city_loading.load"


def run() -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("marketplace_overlay", stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def section(output: str, label: str) -> list[str]:
    """The lines printed for one point."""
    lines = output.splitlines()
    start = lines.index(label) + 1
    end = next((i for i in range(start, len(lines)) if not lines[i].startswith(" ")), len(lines))
    return [line.strip() for line in lines[start:end]]


def test_every_point_is_printed():
    output, errors = run()

    labels = [f"{label}.{name}" for label, classes in registry.mixins.items() for name in classes]
    assert [line for line in output.splitlines() if line in labels] == labels
    assert errors == ""


def test_the_order_of_a_point_ours_in_front_of_the_core():
    lines = section(run()[0], "order.utils.OrderNumberGenerator")

    assert lines == [
        "ours  oscar_marketplace.overlay.order_utils.OrderNumberGeneratorMixin",
        "core  oscar.apps.order.utils.OrderNumberGenerator",
        "order_number: ours, core",
    ]


def test_the_citys_class_stands_between_and_its_overrides_are_named(city_order_creator):
    output, _errors = run()
    lines = section(output, "order.utils.OrderCreator")

    assert lines[:3] == [
        "ours  oscar_marketplace.overlay.order_utils.OrderCreatorMixin",
        f"city  {__name__}.CityOrderCreator",
        "core  oscar.apps.order.utils.OrderCreator",
    ]
    assert "place_order: ours, city, core" in lines
    assert "create_additional_line_models: city, core" in lines
    assert (
        "Order lines are written one by one: the city overrides create_additional_line_models." in output.splitlines()
    )


def test_it_says_that_lines_are_written_in_bulk():
    assert run()[0].splitlines()[-1].startswith("Order lines are written in bulk")


def test_it_says_why_lines_are_not_written_in_bulk_though_no_hook_is_overridden(monkeypatch):
    from oscar.core.loading import get_model

    monkeypatch.setattr(get_model("order", "Line"), "save", lambda self, **kwargs: None)

    assert "order.Line has its own save()" in run()[0].splitlines()[-1]


def test_a_hidden_mixin_makes_it_fail_after_everything_is_printed(monkeypatch):
    monkeypatch.setattr(
        "oscar_marketplace.overlay.points.get_class",
        lambda label, name: OrderCreator if name == "OrderCreator" else get_class(label, name),
    )
    out, err = StringIO(), StringIO()

    with pytest.raises(CommandError) as failure:
        call_command("marketplace_overlay", stdout=out, stderr=err, no_color=True)

    assert failure.value.returncode == 1
    assert "HIDDEN: oscar.apps.order.utils.OrderCreator, used by get_class, lacks" in err.getvalue()
    assert "core  oscar.apps.order.utils.OrderCreator" in section(out.getvalue(), "order.utils.OrderCreator")


def test_a_module_that_imports_past_the_loader_is_named_but_does_not_fail(monkeypatch):
    module = types.ModuleType("example_site.demo.counter_sale")
    module.OrderCreator = OrderCreator
    monkeypatch.setitem(sys.modules, module.__name__, module)

    assert "example_site.demo.counter_sale imports oscar.apps.order.utils.OrderCreator" in run()[1]
