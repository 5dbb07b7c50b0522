"""Django's command, with translation columns in the host's app."""

from django.core.management.commands import migrate

from oscar_marketplace.translations.autodetector import HostOwnedTranslations


class Command(migrate.Command):
    autodetector = HostOwnedTranslations
