import oscar_marketplace.translations.operations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('translations', '0001_initial'),
    ]

    operations = [
        oscar_marketplace.translations.operations.CopyOriginals(
            target='catalogue',
            model_name='attributeoption',
            fields={'option': ['option_es', 'option_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='catalogue',
            model_name='category',
            fields={'description': ['description_es', 'description_en'], 'name': ['name_es', 'name_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='catalogue',
            model_name='option',
            fields={'name': ['name_es', 'name_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='catalogue',
            model_name='product',
            fields={'description': ['description_es', 'description_en'], 'title': ['title_es', 'title_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='catalogue',
            model_name='productattribute',
            fields={'name': ['name_es', 'name_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='closure',
            fields={'reason': ['reason_es', 'reason_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='listing',
            fields={'allergens': ['allergens_es', 'allergens_en'], 'note': ['note_es', 'note_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='market',
            fields={'access_facts': ['access_facts_es', 'access_facts_en'], 'description': ['description_es', 'description_en'], 'desk_place': ['desk_place_es', 'desk_place_en'], 'name': ['name_es', 'name_en'], 'summary': ['summary_es', 'summary_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='pitch',
            fields={'section': ['section_es', 'section_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='preparationoption',
            fields={'name': ['name_es', 'name_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='stall',
            fields={'name': ['name_es', 'name_en'], 'story': ['story_es', 'story_en'], 'summary': ['summary_es', 'summary_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='taxcategory',
            fields={'name': ['name_es', 'name_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='trade',
            fields={'name': ['name_es', 'name_en']},
        ),
        oscar_marketplace.translations.operations.CopyOriginals(
            target='oscar_marketplace',
            model_name='unit',
            fields={'name': ['name_es', 'name_en'], 'name_plural': ['name_plural_es', 'name_plural_en']},
        ),
    ]
