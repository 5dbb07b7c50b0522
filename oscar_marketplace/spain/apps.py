"""Django's entry into the words of Spain."""

from django.apps import AppConfig


class SpainConfig(AppConfig):
    name = "oscar_marketplace.spain"
    # Not "spain": a city's own app may be called that.
    label = "oscar_marketplace_spain"
