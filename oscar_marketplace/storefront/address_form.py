"""Where goods of the shop itself are sent: the few fields of Oscar's shipping address that a courier needs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy
from oscar.core.loading import get_model

TOO_LONG = gettext_lazy("That is too long: %(limit_value)d characters at most.")


def _line(label, *, autocomplete: str, required: bool = True, missing: str = "", most: int = 120, **kwargs):
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing, "max_length": TOO_LONG},
        **kwargs,
    )


class AddressForm(forms.Form):
    """Named as in Oscar's model, so that its own checks (postcode of the country) apply."""

    prefix = "address"

    line1 = _line(
        gettext_lazy("Street and number"),
        autocomplete="address-line1",
        missing=gettext_lazy("Write the street and number to send the goods to."),
    )
    line2 = _line(gettext_lazy("Neighbourhood"), autocomplete="address-line2", required=False)
    line4 = _line(
        gettext_lazy("City"),
        autocomplete="address-level2",
        missing=gettext_lazy("Write the city to send the goods to."),
    )
    postcode = _line(
        gettext_lazy("Postcode"),
        autocomplete="postal-code",
        most=20,
        missing=gettext_lazy("Write the postcode to send the goods to."),
    )
    notes = _line(
        gettext_lazy("Between which streets, and what to look for"),
        autocomplete="off",
        required=False,
        most=200,
        help_text=gettext_lazy("For example: between Fresno and Olmo, blue gate."),
    )

    def __init__(self, *args, country, **kwargs):
        super().__init__(*args, **kwargs)
        self.country = country

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        address = get_model("order", "ShippingAddress")(last_name="-", country=self.country, **cleaned)
        try:
            address.full_clean()
        except ValidationError as problem:
            for name, messages in problem.message_dict.items():
                self.add_error(name if name in self.fields else None, messages)
        return cleaned
