"""What every act on an order carries: the version of it that the vendor saw."""

from django import forms
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.form_problems import Problem, form_problems


class OrderActForm(forms.Form):
    """Ids are the field names: the pages write their own controls."""

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"],
            _("This page is out of date. Please look at the order again."),
        ),
    )

    def __init__(self, data=None):
        super().__init__(data, auto_id="%s")

    def _typed(self, name: str) -> str:
        return self.data.get(name, "").strip()[:40] if self.is_bound else ""

    def problems(self) -> list[Problem]:
        """What is wrong, for the list above the page."""
        return form_problems(self)

    def typed_words(self) -> list[str]:
        """What was typed, in words, for a page on which it can no longer be sent."""
        return []


class UndoForm(OrderActForm):
    """Take the last act back."""


class RejectForm(OrderActForm):
    """Nothing of the order can be filled."""


class ToDeskForm(OrderActForm):
    """The bags went to the market's desk."""
