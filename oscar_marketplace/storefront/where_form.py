"""Where and how: one pick-up time a market, and who to tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from oscar_marketplace.markets.models import Market
from oscar_marketplace.orders.places import place_on
from oscar_marketplace.orders.plan import ContactDetails
from oscar_marketplace.orders.queries import MarketPart
from oscar_marketplace.picks import Pick, PickOne
from oscar_marketplace.storefront.stall_places import say_pitches
from oscar_marketplace.storefront.times import say_wave

#: More are rarely read; the soonest are shown.
MOST_TIMES = 8
#: Fewer are worth saying; more would only be noise.
FEW_PLACES = 10
#: Of a phone number; the most is the ITU's (E.164).
LEAST_DIGITS, MOST_DIGITS = 7, 15


@dataclass(frozen=True)
class MarketChoice:
    """A market's fieldset: its stalls with their places, and the field with its pick-up times (None if it has none)."""

    market: Market
    field_name: str
    places: list[dict[str, Any]]
    has_times: bool


class WhereForm(forms.Form):
    """Built from the markets in the basket and the pick-up times on offer there.

    ``offers`` maps markets to the ``WaveOffer`` rows of ``waves_on_offer_by_market``.
    """

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": gettext_lazy("Write your name, so that the stalls know whom to call."),
            "max_length": gettext_lazy("That name is too long: 120 characters at most."),
        },
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
        error_messages={"max_length": gettext_lazy("That phone number is too long: 30 characters at most.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy("Check your e-mail address, for example ana@example.org."),
            "max_length": gettext_lazy("That e-mail address is too long."),
        },
    )

    def __init__(self, *args, parts: list[MarketPart], offers: dict[int, list], now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices: list[MarketChoice] = []
        parts = [part for part in parts if part.market]
        for part in parts:
            self.choices.append(self._add_market(part, offers.get(part.market.pk, []), now))
        # As on the page, because the list of mistakes follows it.
        self.order_fields([choice.field_name for choice in self.choices])

    def _add_market(self, part: MarketPart, offers: list, now: datetime) -> MarketChoice:
        market, name = part.market, f"pickup_{part.market.pk}"
        picks = [(offer.wave.pk, _pick(offer, part, now)) for offer in offers[:MOST_TIMES] if not offer.wave.closed]
        self.fields[name] = forms.TypedChoiceField(
            label=_("When will you pick up?"),
            coerce=int,
            choices=picks,
            widget=PickOne,
            error_messages={
                "required": _("Choose when you will pick up at %(market)s.") % {"market": market.name},
                "invalid_choice": _("The time you chose at %(market)s is no longer offered. Please choose another.")
                % {"market": market.name},
            },
        )
        free = [value for value, pick in picks if not pick.is_full]
        self.fields[name].initial = free[0] if len(free) == 1 else None
        return MarketChoice(market, name, _stall_places(part), has_times=bool(free))

    def clean_phone(self) -> str:
        """Digits only, with the plus of a country code, so that one person has one number."""
        typed = self.cleaned_data["phone"].strip()
        digits = "".join(str(int(sign)) for sign in typed if sign.isdecimal())
        if typed and not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
            raise forms.ValidationError(_("Check the phone number, for example 33 5550 0114."))
        return f"+{digits}" if typed.startswith("+") else digits

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for choice in self.choices:
            chosen = cleaned.get(choice.field_name)
            pick = dict(self.fields[choice.field_name].choices).get(chosen)
            if pick is not None and pick.is_full:
                # The browser does not send a disabled option; another program may.
                self.add_error(
                    choice.field_name,
                    _("The time you chose at %(market)s is no longer offered. Please choose another.")
                    % {"market": choice.market.name},
                )
        if not cleaned.get("email") and not cleaned.get("phone") and not {"email", "phone"} & self.errors.keys():
            self.add_error("phone", _("Write a phone number or an e-mail address, one of the two."))
        return cleaned

    @property
    def waves(self) -> dict[int, int]:
        return {choice.market.pk: self.cleaned_data[choice.field_name] for choice in self.choices}

    def contact(self, language: str) -> ContactDetails:
        said = self.cleaned_data
        return ContactDetails(said["name"].strip(), said["email"].strip(), said["phone"].strip(), language)


def _pick(offer, part: MarketPart, now: datetime) -> Pick:
    wave, zone = offer.wave, part.market.zone
    day = timezone.localdate(wave.starts_at, zone)
    title = capfirst(say_wave(wave, zone, now=now))
    absent = next(
        (stall.stall.name for stall in part.stalls if place_on(stall.places, day, market_id=part.market.pk) is None),
        None,
    )
    if absent:
        return Pick(title, note=_("%(stall)s is not there that day") % {"stall": absent}, is_full=True)
    if offer.is_full:
        return Pick(title, note=_("Full"), is_full=True)
    if offer.places_left is None or offer.places_left > FEW_PLACES:
        return Pick(title)
    left = ngettext("%(n)d place left", "%(n)d places left", offer.places_left) % {"n": offer.places_left}
    return Pick(title, note=left)


def _stall_places(part: MarketPart) -> list[dict[str, Any]]:
    return [
        {"stall": stall.stall, "words": say_pitches([stall.place.pitch.number]) if stall.place else ""}
        for stall in part.stalls
    ]
