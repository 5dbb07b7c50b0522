"""Goods the shop itself sells: a partner without a stall, an Oscar stock record without a listing."""

from decimal import Decimal

from oscar.core.loading import get_class, get_model
from oscar.core.prices import Price

from oscar_marketplace.test import factories


def sell_in_shop(product=None, *, title="Postal", price="12.00", stock=None, ships=False):
    """A stock record of the shop's own partner; the product is made when none is given."""
    if product is None:
        product_class, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
            name=f"Shop {stock is not None} {ships}",
            defaults={"track_stock": stock is not None, "requires_shipping": ships},
        )
        product = get_model("catalogue", "Product").objects.create(title=title, product_class=product_class)
    partner, _ = get_model("partner", "Partner").objects.get_or_create(code="tienda", defaults={"name": "Tienda"})
    return sell_at(partner, f"tienda-{product.pk}", product=product, price=price, stock=stock)


def sell_at(partner, sku, *, product=None, price="12.00", stock=None):
    """A bare stock record of any partner."""
    return get_model("partner", "StockRecord").objects.create(
        product=product or factories.make_product("Miel"),
        partner=partner,
        partner_sku=sku,
        price=Decimal(price),
        price_currency="MXN",
        num_in_stock=stock,
    )


def misstate_projection(listing, price="777.77"):
    """Make the projected price differ from the listing's, so that a page that charges the projection shows it."""
    get_model("partner", "StockRecord").objects.filter(pk=listing.stockrecord_id).update(price=Decimal(price))
    listing.stockrecord.refresh_from_db()


def put_in_basket(basket, listing, steps):
    """A line written straight into the table: for tests that are not about adding."""
    return put_record_in_basket(basket, listing.stockrecord, steps)


def put_record_in_basket(basket, stockrecord, quantity):
    if basket.pk is None:
        basket.save()
    basket.reset_offer_applications()
    return basket.lines.create(
        line_reference=f"{stockrecord.product_id}_{stockrecord.pk}",
        product=stockrecord.product,
        stockrecord=stockrecord,
        quantity=quantity,
        price_currency="MXN",
    )


def order_of(basket, *, user=None, **kwargs):
    """The order of a basket, written by whichever creator Oscar finds; without a checkout of ours."""
    charge = Price(basket.currency, excl_tax=Decimal(0), tax=Decimal(0))
    return get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=get_class("checkout.calculators", "OrderTotalCalculator")().calculate(basket, charge),
        shipping_method=get_class("shipping.methods", "NoShippingRequired")(),
        shipping_charge=charge,
        user=user,
        **kwargs,
    )
