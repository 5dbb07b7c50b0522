"""Django's entry into the translations of shop content."""

from django.apps import AppConfig


class TranslationsConfig(AppConfig):
    name = "oscar_marketplace.translations"
    # Not "translations": a city's own app may be called that.
    label = "oscar_marketplace_translations"
