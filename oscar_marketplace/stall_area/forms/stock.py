"""How much of counted goods there is, typed in the unit they are sold by."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.listings.models import Listing
from oscar_marketplace.measures import say_measure
from oscar_marketplace.stall_area.counter_units import plain
from oscar_marketplace.stall_area.number_field import TypedNumberField


class StockForm(forms.Form):
    """Cleans ``amount`` to whole steps, what is promised to open orders included."""

    def __init__(self, listing: Listing, data=None):
        super().__init__(data, auto_id="%s")
        self.listing = listing
        there_is = (listing.stockrecord.num_in_stock or 0) * listing.step
        self.fields["amount"] = TypedNumberField(
            label=_("How much do you have?"),
            help_text=_("With what is promised to open orders."),
            shown=there_is,
            initial=plain(there_is),
            error_messages={"required": _("Write how much there is; 0 when there is none.")},
        )

    def clean_amount(self) -> int:
        steps = self.cleaned_data["amount"] / self.listing.step
        if steps != int(steps):
            raise ValidationError(
                _("It is sold in steps of %(step)s; write a whole number of them."),
                code="not_whole_steps",
                params={"step": say_measure(self.listing.step, self.listing.order_unit)},
            )
        return int(steps)
