"""The class loader: our mixin in front of the city's class in front of Oscar's core, and the same object each time."""

import subprocess
import sys
import threading
import types

import pytest
from django import forms
from oscar.core.loading import get_class, get_classes

from oscar_marketplace.overlay import loader
from oscar_marketplace.overlay.loader import compose, load_classes
from oscar_marketplace.overlay.registry import Registry, register, registry


class Core:
    def steps(self):
        return ["core"]


class City(Core):
    def steps(self):
        return ["city", *super().steps()]


class Mixin:
    def steps(self):
        return ["mixin", *super().steps()]


class Neighbour:
    def steps(self):
        return ["neighbour", *super().steps()]


class NotesMixin:
    """For forms: adds a field's worth of cleaning, declares none."""

    def clean(self):
        return {**super().clean(), "seen": True}


@pytest.fixture
def own_registry(monkeypatch):
    """A registry of this test's own in place of the global one."""
    fresh = Registry()
    monkeypatch.setattr(loader, "registry", fresh)
    monkeypatch.setattr("oscar_marketplace.overlay.registry.registry", fresh)
    return fresh


@pytest.fixture
def city_module(monkeypatch, settings):
    """A module of a city's own, found by a loader of the city's own."""
    module = types.ModuleType("a_city_loading")
    module.asked = []
    module.found = {"Core": City}

    def load(module_label, classnames, module_prefix):
        module.asked.append((module_label, tuple(classnames), module_prefix))
        return [module.found[name] for name in classnames]

    module.load = load
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings.OSCAR_MARKETPLACE_NEXT_CLASS_LOADER = "a_city_loading.load"
    return module


def here(thing) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def test_the_order_is_mixin_city_core():
    composed = compose(City, (Mixin,))

    assert composed().steps() == ["mixin", "city", "core"]
    assert composed.__mro__[1:] == (Mixin, City, Core, object)


def test_several_mixins_run_in_the_order_they_are_named():
    assert compose(City, (Mixin, Neighbour))().steps() == ["mixin", "neighbour", "city", "core"]


def test_the_composed_class_goes_by_the_name_of_the_one_it_replaces():
    composed = compose(City, (Mixin,))

    assert (composed.__module__, composed.__qualname__) == (City.__module__, City.__qualname__)
    assert isinstance(composed(), City)


def test_asked_twice_it_is_the_same_class():
    assert compose(City, (Mixin,)) is compose(City, (here(Mixin),))


def test_threads_that_ask_at_the_same_time_get_the_same_class():
    barrier, found = threading.Barrier(8), []

    class MadeTogether(type):
        def __new__(meta, name, bases, body):
            if Mixin in bases:
                barrier.wait(timeout=10)
            return super().__new__(meta, name, bases, body)

    class Fresh(Core, metaclass=MadeTogether):
        pass

    def ask():
        found.append(compose(Fresh, (Mixin,)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1


def test_a_class_that_has_the_mixin_already_is_taken_as_it_is():
    class Explicit(Mixin, Core):
        pass

    assert compose(Explicit, (Mixin,)) is Explicit
    assert compose(Explicit, (Mixin, Neighbour))().steps() == ["neighbour", "mixin", "core"]


def test_nothing_registered_changes_nothing(own_registry):
    from oscar.core.loading import default_class_loader

    asked = ("partner.strategy", ["Selector", "UseFirstStockRecord"], "oscar.apps")

    assert load_classes(*asked) == default_class_loader(*asked)


def test_functions_are_passed_through(own_registry):
    own_registry.add("search.facets", "base_sqs", "nowhere.to.be.Found")

    [found] = load_classes("search.facets", ["base_sqs"], "oscar.apps")

    assert isinstance(found, types.FunctionType)


def test_other_prefixes_than_oscars_are_left_alone(own_registry, city_module):
    own_registry.add("a.label", "Core", here(Mixin))

    assert load_classes("a.label", ["Core"], "elsewhere") == [City]
    assert load_classes("a.label", ["Core"], "oscar.apps")[0]().steps() == ["mixin", "city", "core"]


def test_the_hosts_own_loader_is_asked_first(own_registry, city_module):
    own_registry.add("a.label", "Core", here(Mixin))

    [found] = load_classes("a.label", ["Core"], "oscar.apps")

    assert city_module.asked == [("a.label", ("Core",), "oscar.apps")]
    assert found().steps() == ["mixin", "city", "core"]


def test_a_mixin_is_imported_when_its_class_is_asked_for_and_not_before(own_registry, city_module):
    own_registry.add("a.label", "Core", "a_module_that.does_not_exist.Mixin")
    city_module.found["Other"] = Core

    assert load_classes("a.label", ["Other"], "oscar.apps") == [Core]
    with pytest.raises(ModuleNotFoundError, match="a_module_that"):
        load_classes("a.label", ["Core"], "oscar.apps")


def test_the_loader_can_be_imported_while_no_model_is(tmp_path):
    script = (
        "import sys\n"
        "import oscar_marketplace.overlay.loader, oscar_marketplace.overlay.registry\n"
        "early = [n for n in sys.modules if n.endswith('.models') or '.apps.' in n]\n"
        "assert not early, early\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_another_add_on_joins_behind_ours(own_registry, city_module):
    own_registry.add("a.label", "Core", here(Mixin))

    register("a.label", "Core", here(Neighbour))

    assert load_classes("a.label", ["Core"], "oscar.apps")[0]().steps() == ["mixin", "neighbour", "city", "core"]


def test_another_add_on_joins_in_front_of_all(own_registry, city_module):
    own_registry.add("a.label", "Core", here(Mixin))

    register("a.label", "Core", here(Neighbour), outermost=True)

    assert load_classes("a.label", ["Core"], "oscar.apps")[0]().steps() == ["neighbour", "mixin", "city", "core"]


def test_registering_twice_adds_once(own_registry):
    register("a.label", "Core", here(Mixin))
    register("a.label", "Core", here(Mixin), outermost=True)

    assert own_registry.of("a.label", "Core") == (here(Mixin),)


def test_forms_keep_their_fields_and_their_metaclass():
    class AddressForm(forms.Form):
        street = forms.CharField()

    composed = compose(AddressForm, (NotesMixin,))
    form = composed({"street": "Calzada Independencia"})

    assert type(composed) is type(AddressForm)
    assert form.is_valid()
    assert form.cleaned_data == {"street": "Calzada Independencia", "seen": True}


def test_model_forms_are_composed_too(db):
    from oscar.core.loading import get_model

    class PartnerForm(forms.ModelForm):
        class Meta:
            model = get_model("partner", "Partner")
            fields = ["name"]

    form = compose(PartnerForm, (NotesMixin,))({"name": "Tienda"})

    assert form.is_valid()
    assert form.save().name == "Tienda"


@pytest.mark.parametrize(
    ("module_label", "name"), [(label, name) for label, classes in registry.mixins.items() for name in classes]
)
def test_every_registered_point_exists_in_oscar_and_is_composed(module_label, name):
    found = get_class(module_label, name)

    for mixin in registry.of(module_label, name):
        module, _, mixin_name = mixin.rpartition(".")
        assert mixin_name in [base.__name__ for base in found.__mro__ if base.__module__ == module]
    assert get_classes(module_label, [name]) == [found]
