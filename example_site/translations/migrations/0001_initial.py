import oscar_marketplace.translations.operations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0032_category_exclude_from_menu_category_long_description'),
        ('oscar_marketplace', '0001_initial'),
    ]

    operations = [
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='attributeoption',
                name='option_en',
                field=models.CharField(max_length=255, null=True, verbose_name='Option'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='attributeoption',
                name='option_es',
                field=models.CharField(max_length=255, null=True, verbose_name='Option'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='category',
                name='description_en',
                field=models.TextField(blank=True, null=True, verbose_name='Description'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='category',
                name='description_es',
                field=models.TextField(blank=True, null=True, verbose_name='Description'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='category',
                name='name_en',
                field=models.CharField(db_index=True, max_length=255, null=True, verbose_name='Name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='category',
                name='name_es',
                field=models.CharField(db_index=True, max_length=255, null=True, verbose_name='Name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='option',
                name='name_en',
                field=models.CharField(db_index=True, max_length=128, null=True, verbose_name='Name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='option',
                name='name_es',
                field=models.CharField(db_index=True, max_length=128, null=True, verbose_name='Name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='product',
                name='description_en',
                field=models.TextField(blank=True, null=True, verbose_name='Description'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='product',
                name='description_es',
                field=models.TextField(blank=True, null=True, verbose_name='Description'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='product',
                name='title_en',
                field=models.CharField(blank=True, max_length=255, null=True, verbose_name='Title'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='product',
                name='title_es',
                field=models.CharField(blank=True, max_length=255, null=True, verbose_name='Title'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='productattribute',
                name='name_en',
                field=models.CharField(max_length=128, null=True, verbose_name='Name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=migrations.AddField(
                model_name='productattribute',
                name='name_es',
                field=models.CharField(max_length=128, null=True, verbose_name='Name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='closure',
                name='reason_en',
                field=models.CharField(blank=True, max_length=120, null=True, verbose_name='reason'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='closure',
                name='reason_es',
                field=models.CharField(blank=True, max_length=120, null=True, verbose_name='reason'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='listing',
                name='allergens_en',
                field=models.CharField(blank=True, max_length=120, null=True, verbose_name='allergens'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='listing',
                name='allergens_es',
                field=models.CharField(blank=True, max_length=120, null=True, verbose_name='allergens'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='listing',
                name='note_en',
                field=models.CharField(blank=True, max_length=80, null=True, verbose_name='in a few words'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='listing',
                name='note_es',
                field=models.CharField(blank=True, max_length=80, null=True, verbose_name='in a few words'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='access_facts_en',
                field=models.TextField(blank=True, help_text='One fact a line.', null=True, verbose_name='accessibility'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='access_facts_es',
                field=models.TextField(blank=True, help_text='One fact a line.', null=True, verbose_name='accessibility'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='description_en',
                field=models.TextField(blank=True, null=True, verbose_name='description'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='description_es',
                field=models.TextField(blank=True, null=True, verbose_name='description'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='desk_place_en',
                field=models.CharField(blank=True, help_text='Where the desk is. Empty: this market has none.', max_length=120, null=True, verbose_name='pick-up desk'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='desk_place_es',
                field=models.CharField(blank=True, help_text='Where the desk is. Empty: this market has none.', max_length=120, null=True, verbose_name='pick-up desk'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='name_en',
                field=models.CharField(max_length=120, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='name_es',
                field=models.CharField(max_length=120, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='summary_en',
                field=models.CharField(blank=True, max_length=200, null=True, verbose_name='in one sentence'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='market',
                name='summary_es',
                field=models.CharField(blank=True, max_length=200, null=True, verbose_name='in one sentence'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='pitch',
                name='section_en',
                field=models.CharField(blank=True, max_length=80, null=True, verbose_name='section'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='pitch',
                name='section_es',
                field=models.CharField(blank=True, max_length=80, null=True, verbose_name='section'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='preparationoption',
                name='name_en',
                field=models.CharField(max_length=40, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='preparationoption',
                name='name_es',
                field=models.CharField(max_length=40, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='stall',
                name='name_en',
                field=models.CharField(max_length=120, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='stall',
                name='name_es',
                field=models.CharField(max_length=120, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='stall',
                name='story_en',
                field=models.TextField(blank=True, null=True, verbose_name='story'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='stall',
                name='story_es',
                field=models.TextField(blank=True, null=True, verbose_name='story'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='stall',
                name='summary_en',
                field=models.CharField(blank=True, max_length=200, null=True, verbose_name='in one sentence'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='stall',
                name='summary_es',
                field=models.CharField(blank=True, max_length=200, null=True, verbose_name='in one sentence'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='taxcategory',
                name='name_en',
                field=models.CharField(max_length=80, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='taxcategory',
                name='name_es',
                field=models.CharField(max_length=80, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='trade',
                name='name_en',
                field=models.CharField(max_length=80, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='trade',
                name='name_es',
                field=models.CharField(max_length=80, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='unit',
                name='name_en',
                field=models.CharField(max_length=40, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='unit',
                name='name_es',
                field=models.CharField(max_length=40, null=True, verbose_name='name'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='unit',
                name='name_plural_en',
                field=models.CharField(max_length=40, null=True, verbose_name='plural'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='oscar_marketplace',
            operation=migrations.AddField(
                model_name='unit',
                name='name_plural_es',
                field=models.CharField(max_length=40, null=True, verbose_name='plural'),
            ),
        ),
        oscar_marketplace.translations.operations.InApp(
            target='catalogue',
            operation=oscar_marketplace.translations.operations.ChangeUniqueTogether(
                name='attributeoption',
                add=[('group', 'option_en'), ('group', 'option_es')],
            ),
        ),
    ]
