"""What goods are called at the stall. An order line freezes the shopper's words; who packs them reads their own."""

from dataclasses import dataclass

from oscar_marketplace.orders.models import StallOrderLine
from oscar_marketplace.translations.columns import texts_by_language

#: What ``select_related`` of stall order lines needs, so that a name costs no statement.
NAMED_BY = "listing__stockrecord__product"


@dataclass(frozen=True)
class GoodsName:
    """``language`` is the text's; empty where nobody knows it."""

    text: str
    language: str = ""


def name_at_stall(line: StallOrderLine) -> GoodsName:
    """The product's name in the stall's language, else the frozen one, which is the shopper's."""
    texts = texts_by_language(line.listing.stockrecord.product, "title") if line.listing_id else {}
    wanted = line.stall_order.stall_language.lower()
    for language in (wanted, wanted.partition("-")[0]):
        if language in texts:
            return GoodsName(texts[language], language)
    frozen_in = next((language for language, text in texts.items() if text == line.title), "")
    return GoodsName(line.title, frozen_in)
