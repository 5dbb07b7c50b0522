"""A market in the shop: two stalls with a listing each, one of them sold by nobody else. Prints keys as JSON."""

import json
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from oscar_marketplace.test import factories  # noqa: E402

market = factories.make_market(name="Mercado Corona", slug="corona")
wave = factories.make_wave(market)
vegetables, cheese = (factories.make_stall(market=market, name=name) for name in ("Doña Chayo", "La Vaquita"))
tomato = factories.make_listing(stall=vegetables, title="Jitomate", price="32.49", stock=40)
panela = factories.make_listing(stall=cheese, title="Queso panela", price="144.00")
print(
    json.dumps(
        {
            "market": market.pk,
            "wave": wave.pk,
            "stall": vegetables.slug,
            "tomato": tomato.pk,
            "panela_product": panela.stockrecord.product_id,
        }
    )
)
