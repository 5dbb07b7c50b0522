"""Which texts have a column per language."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

from oscar_marketplace.conf import settings

#: ``"app.Model" -> names of fields``. Texts that shoppers read; not slugs, codes or anything of one person.
TRANSLATED_FIELDS = {
    "oscar_marketplace.Market": ("name", "summary", "description", "desk_place", "access_facts"),
    "oscar_marketplace.Pitch": ("section",),
    "oscar_marketplace.Closure": ("reason",),
    "oscar_marketplace.Trade": ("name",),
    "oscar_marketplace.Stall": ("name", "summary", "story"),
    "oscar_marketplace.Unit": ("name", "name_plural"),
    "oscar_marketplace.TaxCategory": ("name",),
    "oscar_marketplace.Listing": ("note", "allergens"),
    "oscar_marketplace.PreparationOption": ("name",),
    "catalogue.Product": ("title", "description"),
    "catalogue.Category": ("name", "description"),
    "catalogue.ProductAttribute": ("name",),
    "catalogue.AttributeOption": ("option",),
    "catalogue.Option": ("name",),
}


def translated_fields() -> Iterator[tuple[type[Model], tuple[str, ...]]]:
    """Each model and the names of its translated fields, as the setting has them.

    What does not exist is passed over; a check names it.
    """
    for label, fields in settings.TRANSLATED_FIELDS.items():
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            continue
        there = {field.name for field in model._meta.get_fields()}
        if known := tuple(name for name in fields if name in there):
            yield model, known
