"""Forms of staff with a field per language; with one field where the shop's texts are in one language."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel

from wagtail_mercado.back_office import translation_columns_of


def text_panel(model, name: str) -> Panel:
    """The field of a text, or its languages side by side.

    A form must not hold the original beside its columns: what is typed into one would overwrite the other.
    """
    columns = [column for column in translation_columns_of(model) if column.original == name]
    if not columns:
        return FieldPanel(name)
    return FieldRowPanel([FieldPanel(column.name) for column in columns])


class EachLanguageForm(WagtailAdminModelForm):
    """Tells browsers which language a field is in, and asks for one language of a text that may not be missing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for column in self._columns():
            self.fields[column.name].widget.attrs["lang"] = column.language

    def clean(self):
        cleaned = super().clean()
        texts: dict[str, list[str]] = {}
        for column in self._columns():
            texts.setdefault(column.original, []).append(column.name)
        for original, names in texts.items():
            field = self._meta.model._meta.get_field(original)
            if not field.blank and not any(cleaned.get(name) for name in names) and not self._has_error(names):
                words = _("Write this in at least one language.")
                self.add_error(names[0], ValidationError(words, code="required"))
        return cleaned

    def _columns(self):
        return [column for column in translation_columns_of(self._meta.model) if column.name in self.fields]

    def _has_error(self, names: list[str]) -> bool:
        return any(name in self.errors for name in names)

    def changed_columns(self) -> list[str]:
        """Columns of the fields shown, and of the originals of their translations."""
        originals = {column.original for column in self._columns()}
        return [*self.fields, *originals]
