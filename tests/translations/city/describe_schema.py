"""Prints the columns of every managed table as the database has them: table -> column -> [type, size, nullable]."""

import json
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection  # noqa: E402

models = [
    model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
]
# In a migration Django takes the key of such a table from the project's settings, not from the app's configuration.
made_by_django = {model._meta.db_table for model in models if model._meta.auto_created}
with connection.cursor() as cursor:
    described = {
        table: {
            column.name: [str(column.type_code), column.internal_size or column.display_size, column.null_ok]
            for column in connection.introspection.get_table_description(cursor, table)
            if not (table in made_by_django and column.name == "id")
        }
        for table in sorted(model._meta.db_table for model in models)
    }
print(json.dumps(described))
