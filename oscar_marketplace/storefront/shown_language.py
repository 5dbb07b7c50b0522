"""In which language a text of the shop is shown, so that a voice reads "Jitomate" on an English page in Spanish."""

from django.db.models import Model
from django.utils import translation


def shown_language(row: Model, field: str, *, written_in: str) -> str:
    """Language of ``row.field`` as shown now: the page's if the text is translated into it, else ``written_in``.

    Translated columns are those of django-modeltranslation (``name_en``); without it there are none.
    """
    language = translation.get_language() or written_in
    for code in (language, language.partition("-")[0]):
        if getattr(row, f"{field}_{code.replace('-', '_').lower()}", None):
            return code
    return written_in
