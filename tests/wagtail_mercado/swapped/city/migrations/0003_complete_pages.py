"""What refers to tables of Wagtail and the market, once every page has a language; as makemigrations wrote it."""

import django.db.models.deletion
import uuid
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('city', '0002_give_pages_a_locale'),
        ('oscar_marketplace', '0001_initial'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.AddField(
            model_name='citypage',
            name='latest_revision',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='latest revision'),
        ),
        migrations.AddField(
            model_name='citypage',
            name='live_revision',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='live revision'),
        ),
        migrations.AlterField(
            model_name='citypage',
            name='locale',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale'),
        ),
        migrations.AlterField(
            model_name='citypage',
            name='translation_key',
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AlterUniqueTogether(
            name='citypage',
            unique_together={('translation_key', 'locale')},
        ),
        migrations.CreateModel(
            name='MarketPage',
            fields=[
                ('citypage_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('intro', models.CharField(blank=True, help_text='One or two sentences below the title.', max_length=300, verbose_name='introduction')),
                ('body', wagtail.fields.StreamField([], blank=True, block_lookup={}, verbose_name='body')),
                ('market', models.ForeignKey(help_text='Blocks on this page show this market unless they name another.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='oscar_marketplace.market', verbose_name='market')),
            ],
            options={
                'abstract': False,
            },
            bases=('city.citypage', models.Model),
        ),
    ]
