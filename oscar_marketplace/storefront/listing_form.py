"""How much of a listing, and how: the form of the listing page."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oscar_marketplace.listings.models import LineWish, Listing, StockMode
from oscar_marketplace.listings.price import line_amount
from oscar_marketplace.listings.queries import free_steps
from oscar_marketplace.money import format_money
from oscar_marketplace.picks import Pick, PickOne
from oscar_marketplace.storefront.listing_cards import say_steps

#: Amounts offered beyond the smallest: ¼ ½ ¾ 1 1½ 2 kg for steps of ¼ kg.
FURTHER_STEPS = (0, 1, 2, 3, 5, 7)
Substitution = LineWish.Substitution


class ListingForm(forms.Form):
    """``steps`` counts steps of the listing; any whole number may be sent, the cards only offer the usual ones."""

    steps = forms.IntegerField(
        label=gettext_lazy("How much would you like?"),
        min_value=1,
        error_messages={
            "required": gettext_lazy("Choose how much you want."),
            "invalid": gettext_lazy("Choose how much you want."),
            "min_value": gettext_lazy("Choose how much you want."),
        },
    )
    preparation = forms.ChoiceField(
        label=gettext_lazy("How would you like it?"),
        required=False,
        widget=PickOne,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the stall's ways to prepare it.")},
    )
    substitution = forms.ChoiceField(
        label=gettext_lazy("If there is not enough"),
        required=False,
        widget=PickOne,
        choices=[
            (Substitution.ASK, gettext_lazy("Ask me first")),
            (Substitution.SIMILAR, gettext_lazy("Give me something similar from the same stall")),
            (Substitution.NONE, gettext_lazy("Leave it out of my order")),
        ],
        error_messages={"invalid_choice": gettext_lazy("Choose what to do if there is not enough.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the stall"),
        required=False,
        max_length=140,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Up to 140 characters. Do not write your phone or address."),
        error_messages={"max_length": gettext_lazy("The note is too long: 140 characters at most.")},
    )

    def __init__(self, *args, listing: Listing, steps_now: int = 0, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["steps"].widget = PickOne(choices=_amounts(listing, steps_now))
        preparations = list(listing.preparations.all())
        if preparations:
            as_it_is = [("", Pick(_("As it is")))]
            self.fields["preparation"].choices = as_it_is + [
                (str(option.pk), Pick(option.name, note=_("Weighed afterwards") if option.weighed_after else ""))
                for option in preparations
            ]
        else:
            del self.fields["preparation"]

    def wish(self) -> dict:
        """Arguments for ``listings.add.set_wish``."""
        chosen = self.cleaned_data.get("preparation")
        return {
            "substitution": self.cleaned_data.get("substitution") or Substitution.NONE,
            "preparation": int(chosen) if chosen else None,
            "note": self.cleaned_data["note"],
        }


def _amounts(listing: Listing, steps_now: int) -> list[tuple[int, Pick]]:
    currency = listing.stall.operator.currency
    offered = {listing.min_steps + further for further in FURTHER_STEPS}
    if listing.stock_mode == StockMode.COUNTED:
        offered = {steps for steps in offered if steps <= free_steps(listing.stockrecord)}
    if steps_now:
        offered.add(steps_now)
    return [(steps, _amount_pick(listing, steps, currency)) for steps in sorted(offered)]


def _amount_pick(listing: Listing, steps: int, currency: str) -> Pick:
    # "20 pesos' worth" is its own price.
    price = "" if listing.by_amount else format_money(line_amount(listing, steps), currency)
    return Pick(say_steps(listing, steps), note=price)
