"""The listings: what each stall sells, at its own price, as of today."""

from datetime import date

from oscar.core.loading import get_model

from example_site.demo.assortment import Offer, assortment
from example_site.demo.files import by_code, rules
from example_site.demo.sync import Tally, in_both, in_spanish, sync
from oscar_marketplace.listings.models import ListingState, StockMode
from oscar_marketplace.listings.price import line_amount
from oscar_marketplace.models import Listing, PreparationOption, Stall, Unit

StockRecord = get_model("partner", "StockRecord")

Name = tuple[str, str]


def load_listings(stalls: dict[str, Stall], products: dict, today: date, tally: Tally) -> dict[Name, Listing]:
    """Every offer as a stock record and a listing, by stall and product, as of ``today``."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    offers = assortment()
    records = sync(
        StockRecord,
        (_stock_record(offer, stalls[offer.stall], products[offer.product], units) for offer in offers),
        key=("partner_id", "partner_sku"),
        tally=tally,
        once=["num_in_stock"],  # sold since, or counted anew by the stall
    )
    record_of = {(o.stall, o.product): records[stalls[o.stall].partner_id, o.product] for o in offers}
    listings = sync(
        Listing,
        (_listing(o, stalls[o.stall], record_of[o.stall, o.product], units, today) for o in offers),
        key=("stockrecord_id",),
        tally=tally,
    )
    by_name = {name: listings[record.pk] for name, record in record_of.items()}
    options = (option for o in offers for option in _preparations(o, by_name[o.stall, o.product]))
    sync(PreparationOption, options, key=("listing_id", in_spanish(PreparationOption, "name")), tally=tally)
    return by_name


def _stock_record(offer: Offer, stall: Stall, product, units: dict[str, Unit]) -> dict:
    return {
        "partner_id": stall.partner_id,
        "partner_sku": offer.product,
        "product_id": product.pk,
        "price_currency": stall.operator.currency,
        "price": line_amount(Listing(stall=stall, **_terms(offer, units)), 1),
        "num_in_stock": offer.steps_in_stock,
    }


def _listing(offer: Offer, stall: Stall, record: StockRecord, units: dict[str, Unit], today: date) -> dict:
    product = by_code("products")[offer.product]
    on_sale = not offer.is_paused and offer.is_in_season(today.month)
    terms = _terms(offer, units)
    allergens = [by_code("allergens")[code] for code in product["allergens"].split()]
    values = {
        "stockrecord_id": record.pk,
        "stall_id": stall.pk,
        "state": ListingState.LIVE if on_sale else ListingState.PAUSED,
        # By column: reading a stored row's unit would be a statement for each of some thousand rows.
        "price_unit_id": terms.pop("price_unit").pk,
        "order_unit_id": terms.pop("order_unit").pk,
        **terms,
        "is_estimated": offer.is_estimated,
        "bound_percent": rules()["bound_percent"],
        "stock_mode": offer.stock_mode,
        "preparation_minutes": int(product["prep_minutes"]),
        "handling": product["handling"],
        **in_both(Listing, "note", offer.note["es"], offer.note["en"]),
        **in_both(
            Listing,
            "allergens",
            ", ".join(allergen["name_es"] for allergen in allergens),
            ", ".join(allergen["name_en"] for allergen in allergens),
        ),
    }
    if offer.stock_mode == StockMode.DAILY:
        values["came_on"] = today
    if offer.is_sold_out:
        values["sold_out_on"] = today
    return values


def _terms(offer: Offer, units: dict[str, Unit]) -> dict:
    """What the price of an amount depends on."""
    return {
        "price": offer.price,
        "price_unit": units[offer.price_unit],
        "order_unit": units[offer.order_unit],
        "step": offer.step,
        "by_amount": offer.by_amount,
        "typical_weight_g": offer.typical_weight_g,
    }


def _preparations(offer: Offer, listing: Listing):
    for code in by_code("products")[offer.product]["preparations"].split():
        option = by_code("preparations")[code]
        yield {
            "listing_id": listing.pk,
            **in_both(PreparationOption, "name", option["name_es"], option["name_en"]),
            "weighed_after": option["weighed"] == "after",
        }
