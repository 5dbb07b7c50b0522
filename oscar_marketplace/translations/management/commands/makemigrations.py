"""Django's command, with translation columns in the host's app."""

from django.core.management.commands import makemigrations

from oscar_marketplace.translations.autodetector import HostOwnedTranslations


class Command(makemigrations.Command):
    autodetector = HostOwnedTranslations
