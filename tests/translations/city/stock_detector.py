"""``makemigrations --check`` as Django has it, whatever commands the project's apps bring."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.management.commands.makemigrations import Command  # noqa: E402

call_command(Command(), check_changes=True, dry_run=True)
