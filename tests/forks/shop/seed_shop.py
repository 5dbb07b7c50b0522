"""What the shop had before there was a market: goods of its own, an operator, an account. Prints keys as JSON."""

import json
import os
from decimal import Decimal

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402

User = get_user_model()
User.objects.create_superuser("operator", "operator@example.org", "mercado")
User.objects.create_user("ana", "ana@example.org", "mercado")
goods = get_model("catalogue", "ProductClass").objects.create(name="Cards", requires_shipping=False, track_stock=True)
card = get_model("catalogue", "Product").objects.create(title="Postcard", product_class=goods)
shop = get_model("partner", "Partner").objects.create(name="City shop", code="shop")
get_model("partner", "StockRecord").objects.create(
    product=card, partner=shop, partner_sku="card", price=Decimal("12.00"), price_currency="MXN", num_in_stock=100
)
print(json.dumps({"card": card.pk, "card_path": card.get_absolute_url()}))
