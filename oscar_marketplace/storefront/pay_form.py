"""Pay and confirm: one way to pay, the rules accepted, and what the page had shown."""

from django import forms
from django.utils.translation import gettext_lazy

from oscar_marketplace.payments.choices import PaymentChoice
from oscar_marketplace.picks import Pick, PickOne

ICONS = {True: "cash", False: "card"}
#: Said of what the page itself wrote and a person cannot mend.
STALE_PAGE = gettext_lazy("This page is out of date. Please check it and confirm again.")
OUT_OF_DATE = dict.fromkeys(["required", "max_length", "null_characters_not_allowed"], STALE_PAGE)


class PaymentField(forms.ChoiceField):
    """Ways to pay as cards; one that is not offered for this amount stays visible with its reason."""

    def __init__(self, **kwargs):
        super().__init__(
            label=gettext_lazy("How would you like to pay?"),
            widget=PickOne,
            error_messages={
                "required": gettext_lazy("Choose how you would like to pay."),
                "invalid_choice": gettext_lazy("This way to pay is not offered here. Please choose another."),
            },
            **kwargs,
        )

    def offer(self, choices: list[PaymentChoice]) -> None:
        self.choices = [(choice.alias, _pick(choice)) for choice in choices]

    def valid_value(self, value: str) -> bool:
        return any(value == alias and not pick.is_full for alias, pick in self.choices)


class PayForm(forms.Form):
    """``key`` and ``seen`` are hidden; the page writes them, never what came back."""

    provider = PaymentField()
    terms = forms.BooleanField(
        label=gettext_lazy("I accept the purchase rules"),
        error_messages={"required": gettext_lazy("Tick the box to accept the purchase rules.")},
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput, error_messages=OUT_OF_DATE)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput, error_messages=OUT_OF_DATE)

    def __init__(self, *args, choices: list[PaymentChoice], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].offer(choices)


class PayAgainForm(forms.Form):
    """The way to pay for an order that exists."""

    provider = PaymentField()

    def __init__(self, *args, choices: list[PaymentChoice], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].offer(choices)


def _pick(choice: PaymentChoice) -> Pick:
    return Pick(
        choice.label,
        note=choice.why_not or choice.hint,
        icon=ICONS[choice.promises],
        is_full=bool(choice.why_not),
    )
