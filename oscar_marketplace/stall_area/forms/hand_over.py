"""The code the shopper says at the counter."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.stall_area.forms.order_act import OrderActForm


class HandOverForm(OrderActForm):
    """Cleans ``code`` to its digits; people write it with blanks in it."""

    code = forms.CharField(
        label=_("The shopper's code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": None, "enterkeyhint": "done"}
        ),
        error_messages={"required": _("Write the code the shopper tells you.")},
    )

    def clean_code(self) -> str:
        code = re.sub(r"[\s.-]", "", self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{4,6}", code):
            raise forms.ValidationError(_("The code has 4 digits."), code="not_a_code")
        return code
