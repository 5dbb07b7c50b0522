"""Whether anything at all changed in the database."""

import hashlib

from django.apps import apps

LABELS = {"oscar_marketplace", "catalogue", "partner", "order", "basket", "auth", "wagtailcore", "portal", "wagtail_mercado_pages"}


def everything() -> dict[str, str]:
    """A fingerprint of every table the demo may write."""
    prints = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and model._meta.app_label in LABELS:
            columns = [field.attname for field in model._meta.concrete_fields]
            rows = sorted(model._default_manager.order_by().values_list(*columns), key=repr)
            prints[model._meta.label] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"
    return prints
