"""In which language a text of the shop is shown, so that a voice reads "Jitomate" on an English page in Spanish."""

from django.db.models import Model

from oscar_marketplace.translations.columns import reading_order


def shown_language(row: Model, field: str, *, written_in: str) -> str:
    """Language of ``row.field`` as shown now: that of the column the text comes from, or else ``written_in``.

    Without django-modeltranslation there are no columns.
    """
    for language, ending in reading_order():
        if getattr(row, f"{field}{ending}", None):
            return language
    return written_in
