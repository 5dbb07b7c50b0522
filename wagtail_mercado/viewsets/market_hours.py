"""A market's weekly hours, its closures and its pick-up times, as rows of its form; they work without JavaScript."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet, inlineformset_factory
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_mercado.back_office import Closure, Market, OpeningRule, WaveRule, translation_columns_of

DAYS_OF_A_WEEK = range(1, 8)


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class OpeningForm(forms.ModelForm):
    class Meta:
        model = OpeningRule
        fields = ["weekday", "opens", "closes", "valid_from", "valid_until"]
        widgets = {
            "opens": time_input(),
            "closes": time_input(),
            "valid_from": date_input(),
            "valid_until": date_input(),
        }

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            raise ValidationError({"valid_until": _("The last day is before the first.")})
        return cleaned


class ClosureForm(forms.ModelForm):
    class Meta:
        model = Closure
        fields = ["starts_at", "ends_at", "reason"]
        widgets = {"starts_at": moment_input(), "ends_at": moment_input()}

    def clean(self):
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            raise ValidationError({"ends_at": _("The end is not after the beginning.")})
        return cleaned


class WaveRuleForm(forms.ModelForm):
    class Meta:
        model = WaveRule
        fields = ["weekday", "starts", "ends", "cutoff_minutes", "capacity"]
        widgets = {"starts": time_input(), "ends": time_input()}

    def clean(self):
        cleaned = super().clean()
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            raise ValidationError({"ends": _("The end is not after the beginning.")})
        return cleaned


class Rows(BaseInlineFormSet):
    """``key`` names the rows in the page, ``heading`` and ``words`` introduce them."""

    heading = words = ""

    @property
    def key(self) -> str:
        return self.prefix.replace("_", "-")

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Remove")


class OpeningRows(Rows):
    heading = capfirst(gettext_lazy("opening hours"))
    words = gettext_lazy(
        "By the market's own clock. A day may have two rows; closing before opening means after midnight."
    )


class ClosureRows(Rows):
    heading = capfirst(gettext_lazy("closures"))
    words = gettext_lazy("Times in which the market is closed although its hours say open. Past ones are not shown.")


class WaveRuleRows(Rows):
    heading = capfirst(gettext_lazy("pick-up times"))
    words = gettext_lazy("A change counts from the first day for which shoppers could not yet choose the old time.")


def rows_of(market: Market, data=None, *, now: datetime) -> list[Rows]:
    """The rows of a market's form; a new market has no closures yet, and begins with the days of a week."""
    is_new = market.pk is None
    week = [{"weekday": day} for day in DAYS_OF_A_WEEK] if is_new else []
    opening = _kind(OpeningRule, OpeningForm, OpeningRows, blank=len(week) or 2)
    waves = _kind(WaveRule, WaveRuleForm, WaveRuleRows, blank=2)
    rows = [opening(data, instance=market, initial=week)]
    if not is_new:
        closures = _kind(Closure, ClosureForm, ClosureRows, blank=1)
        # While saving, all of them: one that ended a moment ago may be in the form.
        shown = Closure.objects.all() if data is not None else Closure.objects.filter(ends_at__gt=now)
        rows.append(closures(data, instance=market, queryset=shown))
    return [*rows, waves(data, instance=market)]


def _kind(model, form, formset, *, blank: int) -> type[Rows]:
    """``blank``: rows to write something new into."""
    columns = [column.name for column in translation_columns_of(model)]
    originals = {column.original for column in translation_columns_of(model)}
    fields = [name for name in form._meta.fields if name not in originals] + columns
    form = type(form.__name__, (form,), {"Meta": type("Meta", (form.Meta,), {"fields": fields})})
    return inlineformset_factory(Market, model, form=form, formset=formset, extra=blank, can_delete_extra=False)
