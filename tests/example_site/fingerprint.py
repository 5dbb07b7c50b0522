"""Whether anything at all changed in the database."""

import hashlib

from django.apps import apps

LABELS = {
    "oscar_marketplace",
    "catalogue",
    "partner",
    "order",
    "basket",
    "auth",
    "wagtailcore",
    "portal",
    "wagtail_mercado_pages",
}


def everything() -> dict[str, str]:
    """A fingerprint of every table the demo may write."""
    prints = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and model._meta.app_label in LABELS:
            fields = model._meta.concrete_fields
            stored = model._default_manager.order_by().values_list(*[field.attname for field in fields])
            # As it is stored: two bodies of a page with the same blocks are no equal objects.
            rows = sorted((_stored(fields, row) for row in stored), key=repr)
            prints[model._meta.label] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"
    return prints


def _stored(fields, row) -> list:
    return [field.get_prep_value(value) for field, value in zip(fields, row, strict=True)]
