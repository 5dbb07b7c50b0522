"""What the style page shows: the content of a made-up market, as its own people would have typed it (in Spanish)."""

from decimal import Decimal
from typing import Any

from django import forms, template
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.form_problems import form_problems
from oscar_marketplace.picks import Pick, PickOne
from oscar_marketplace.state_words import KINDS

register = template.Library()

STATE_TABLES = {"stall_order": _("Stall order"), "hand_over": _("Hand-over"), "charge": _("Charge")}


class SampleForm(forms.Form):
    """One field of each kind; bound with a mistake, so that the page shows how one looks."""

    street = forms.CharField(label=_("Street and number"), help_text=_("As on your electricity bill."), required=False)
    phone = forms.RegexField(
        r"^\d{10}$", label=_("Mobile"), error_messages={"invalid": _("Write the 10 digits of your mobile number.")}
    )
    weight = forms.DecimalField(label=_("Real weight"))
    place = forms.ChoiceField(label=_("Neighbourhood"), choices=[("c", "Centro"), ("m", "Mirador")])
    remark = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    hand_over = forms.ChoiceField(
        label=_("Hand-over"),
        widget=PickOne,
        choices=[
            ("desk", Pick(_("Pick up at the desk · free"), note=_("Everything in one place"), icon="bag")),
            ("stall", Pick(_("Pick up at each stall · free"), note=_("You pass by 2 stalls"), icon="stall")),
            ("late", Pick(_("In the evening"), note=_("Full"), icon="clock", is_full=True)),
        ],
    )
    answer = forms.ChoiceField(
        label=_("Do you have it?"),
        widget=PickOne,
        choices=[
            ("yes", Pick(_("There is"), icon="check")),
            ("less", Pick(_("Less"), icon="less")),
            ("no", Pick(_("There is none"), icon="cross")),
        ],
    )
    terms = forms.BooleanField(label=_("A single box"))


@register.simple_tag
def style_samples() -> dict[str, Any]:
    """Everything the style page needs, so that it renders with an empty context."""
    form = SampleForm(
        {"phone": "33 5550", "weight": "1040", "place": "c", "hand_over": "desk", "answer": "yes", "terms": "on"},
        auto_id="style-%s",
    )
    return {
        "language": "es-MX",
        "currency": "MXN",
        "form": form,
        "problems": form_problems(form),
        "items": ITEMS,
        "lines": LINES,
        "lines_total": sum(line["amount"] for line in LINES),
        "account": ACCOUNT,
        "prices": PRICES,
        "fruit": ["mango", "pineapple", "watermelon"],
        "flowers": ["bouquet"],
        "dairy": ["egg", "glass-of-milk", "bread", "honey-pot"],
        "goods": [{"icon": "tomato", "name": "Jitomate"}, {"icon": "herb", "name": "Cilantro"}],
        "tabs": [
            {"url": "#tabs", "label": _("All"), "count": 86, "is_current": True},
            {"url": "#tabs", "label": _("Meat"), "count": 12},
            {"url": "#tabs", "label": _("Flowers"), "count": 5},
        ],
        "crumbs": [{"url": "#tabs", "label": _("Markets")}],
        "events": [
            {"text": _("We have your order"), "time": "8:12", "is_done": True},
            {"text": _("Collecting your bags"), "is_current": True},
            {"text": _("Delivered")},
        ],
        "hours": [
            {"days": _("Monday to Friday"), "hours": "7:00–17:00"},
            {"days": _("Saturday, today"), "hours": "7:00–17:00", "is_today": True},
        ],
        "state_tables": [
            {"title": title, "kind": kind, "states": list(KINDS[kind])} for kind, title in STATE_TABLES.items()
        ],
    }


ITEMS = [
    {"name": "Jitomate saladet", "icon": "tomato", "hue": "rojo", "amount": Decimal(32), "per": "por kilo",
     "step": "¼ kg"},
    {"name": "Mango ataulfo", "icon": "mango", "hue": "amarillo", "amount": Decimal(46), "per": "por kilo",
     "step": "2 piezas"},
    {"name": "Lechuga orejona", "icon": "leafy-green", "hue": "verde", "amount": Decimal(24), "per": "por pieza",
     "sold_out": _("Sold out today")},
    {"name": "Ajo", "icon": "garlic", "hue": "azul", "amount": Decimal("12.50"), "per": "por cabeza",
     "step": "1 cabeza"},
]  # fmt: skip

LINES = [
    {"name": "Queso fresco", "icon": "cheese-wedge", "hue": "amarillo", "note": "$144 por kilo", "step": "¼ kg",
     "quantity": "½ kg", "amount": Decimal(72)},
    {"name": "Huevo blanco", "icon": "egg", "hue": "amarillo", "note": "$46 por kilo", "step": "½ kg",
     "quantity": "1 kg", "amount": Decimal(46)},
]  # fmt: skip

ACCOUNT = {
    "columns": [_("Stall"), _("Ordered"), _("Now")],
    "rows": [
        {"label": "Doña Chayo", "language": "es", "amounts": [Decimal("106.50"), Decimal("88.28")]},
        {"label": _("Delivery"), "amounts": [Decimal(35), Decimal(35)]},
    ],
    "total": {"label": _("Total"), "amounts": [Decimal("141.50"), Decimal("123.28")]},
}

PRICES = [
    {"icon": "tomato", "hue": "rojo", "name": "Jitomate saladet", "amount": Decimal(32), "unit": "kg",
     "note": _("Down $3 · 18 stalls"), "language": "es"},
    {"icon": "avocado", "hue": "verde", "name": "Aguacate Hass", "amount": Decimal(78), "unit": "kg",
     "note": _("Up $4 · 15 stalls"), "language": "es"},
    {"icon": "lime", "hue": "verde", "name": "Limón sin semilla", "amount": Decimal(34), "unit": "kg",
     "note": _("No change · 16 stalls"), "language": "es"},
]  # fmt: skip
