"""A text field for a number typed at the counter, read by the one parser that never guesses."""

from collections.abc import Callable
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.exceptions import BadNumber
from oscar_marketplace.number_input import parse_decimal


class TypedNumberField(forms.CharField):
    """Cleans to a ``Decimal`` (None when empty) of at most ``decimal_places`` and below ``limit``.

    ``shown`` is the number the page wrote into the field: left as it stands it is that number, whatever the parser
    would think of its writing. ``read`` makes a number of a text, or raises ``BadNumber``.
    """

    default_error_messages = {
        "too_large": _("That number is too large."),
        "max_length": _("That number is too large."),
        "too_fine": _("Write at most %(places)d decimals."),
    }

    def __init__(
        self,
        *,
        shown: Decimal | None = None,
        read: Callable[[str], Decimal] = parse_decimal,
        decimal_places: int = 3,
        limit: Decimal = Decimal(10**6),
        **kwargs,
    ):
        self.shown = shown
        self.read = read
        self.decimal_places = decimal_places
        self.limit = limit
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs.update(inputmode="decimal", autocomplete="off")
        # The browser counts what it shows, we count what we read.
        self.widget.attrs.pop("maxlength", None)

    def clean(self, value) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        if self.shown is not None and text == self.initial:
            return self.shown
        try:
            number = self.read(text)
        except BadNumber as problem:
            raise ValidationError(str(problem), code=problem.code) from None
        if number >= self.limit:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        if number != round(number, self.decimal_places):
            raise ValidationError(
                self.error_messages["too_fine"], code="too_fine", params={"places": self.decimal_places}
            )
        return number
