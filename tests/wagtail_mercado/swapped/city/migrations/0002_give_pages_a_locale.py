"""Pages made so far, the root among them, get the site's language and a translation key."""

from django.db import migrations
from wagtail.models import BootstrapLocaleField, BootstrapTranslatableModel, BootstrapTranslationKeyField


class Migration(migrations.Migration):

    dependencies = [
        ('city', '0001_initial'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        BootstrapLocaleField('city.CityPage'),
        BootstrapTranslationKeyField('city.CityPage'),
        BootstrapTranslatableModel('city.CityPage'),
    ]
