"""The lines of one order while it is being placed: allocated together, written together, partitioned."""

from decimal import Decimal

from django.conf import settings as django_settings
from django.db.models import prefetch_related_objects
from oscar.apps.order.exceptions import UnableToPlaceOrder
from oscar.core.loading import get_model

from oscar_marketplace.listings.allocate import allocate
from oscar_marketplace.listings.models import StockMode
from oscar_marketplace.money import from_minor, to_minor
from oscar_marketplace.orders.other_doors import plan_of_other_door
from oscar_marketplace.orders.partition import PlacedLine, partition_order
from oscar_marketplace.orders.plan import Plan
from oscar_marketplace.overlay.order_utils import lines_can_be_bulk_written


class Placement:
    """One run of ``OrderCreator.place_order``."""

    def __init__(self, creator, basket, *, user=None, guest_email="", shipping_address=None):
        self.basket = basket
        self.basket_lines = list(basket.all_lines())
        self.plan: Plan = creator.marketplace_plan or plan_of_other_door(
            [listing for listing in map(_listing, self.basket_lines) if listing is not None],
            user=user,
            guest_email=guest_email,
            shipping_address=shipping_address,
        )
        self.placed: list[PlacedLine] = []
        self.allocated: set[int] = set()
        self.in_bulk = lines_can_be_bulk_written(type(creator), get_model("order", "Line"))

    def allocate(self) -> None:
        """Promise the counted stock of all lines, or raise ``OutOfStock``."""
        wanted: dict[int, int] = {}
        for line in self.basket_lines:
            if line.stockrecord_id is None:
                raise UnableToPlaceOrder(f"Basket line #{line.pk} has no stockrecord")
        house = [line for line in self.basket_lines if _listing(line) is None]
        prefetch_related_objects([line.product for line in house], "product_class", "parent__product_class")
        for line in self.basket_lines:
            if self._is_counted(line):
                wanted[line.stockrecord_id] = wanted.get(line.stockrecord_id, 0) + line.quantity
        allocate(wanted)
        self.allocated = set(wanted)

    def _is_counted(self, line) -> bool:
        listing = _listing(line)
        if listing is not None:
            return listing.stock_mode == StockMode.COUNTED
        return line.product.get_product_class().track_stock

    def note(self, basket_line, order_line=None) -> None:
        self.placed.append(PlacedLine(basket_line, order_line, _listing(basket_line)))

    def discount_of(self, offer, fallback: Decimal) -> Decimal:
        """An offer's discount as the sum of its line rows."""
        given = [
            discount.amount
            for line in self.basket_lines
            for discount in line.discounts
            if discount.offer is not None and discount.offer.pk == offer.pk
        ]
        return sum(given, Decimal(0)) if given else fallback

    def write(self, order) -> None:
        """After Oscar wrote the order: the lines that waited, then the partition."""
        if self.in_bulk:
            self._write_lines(order)
        else:
            self._find_lines(order)
        partition_order(order, self.placed, self.plan)

    def _write_lines(self, order) -> None:
        Line = get_model("order", "Line")
        partners = get_model("partner", "Partner").objects.in_bulk(
            {placed.basket_line.stockrecord.partner_id for placed in self.placed}
        )
        for placed in self.placed:
            placed.order_line = Line(**self._line_fields(order, placed, partners))
        Line._default_manager.bulk_create(placed.order_line for placed in self.placed)
        self._write_what_belongs_to_lines(order)

    def _line_fields(self, order, placed: PlacedLine, partners: dict) -> dict:
        # The same fields as Oscar's create_line_models writes; a test compares the two row by row.
        line, stockrecord = placed.basket_line, placed.basket_line.stockrecord
        partner = partners[stockrecord.partner_id]
        is_counted = stockrecord.pk in self.allocated or placed.listing is None
        fields = {
            "order": order,
            "partner": partner,
            "partner_name": partner.name,
            "partner_sku": stockrecord.partner_sku,
            "stockrecord": stockrecord,
            "product": line.product,
            "title": line.product.get_title(),
            "upc": line.product.upc,
            "quantity": line.quantity,
            "line_price_excl_tax": line.line_price_excl_tax_incl_discounts,
            "line_price_incl_tax": line.line_price_incl_tax_incl_discounts,
            "line_price_before_discounts_excl_tax": line.line_price_excl_tax,
            "line_price_before_discounts_incl_tax": line.line_price_incl_tax,
            "unit_price_incl_tax": line.unit_price_incl_tax,
            "unit_price_excl_tax": line.unit_price_excl_tax,
            "tax_code": line.tax_code,
            "num_allocated": line.quantity if is_counted else 0,
        }
        if hasattr(django_settings, "OSCAR_INITIAL_LINE_STATUS"):
            fields["status"] = django_settings.OSCAR_INITIAL_LINE_STATUS
        return fields

    def _write_what_belongs_to_lines(self, order) -> None:
        prices, attributes, discounts = [], [], []
        order_discounts = None
        for placed in self.placed:
            prices += line_prices(order, placed.order_line, placed.basket_line)
            for attribute in placed.basket_line.attributes.all():
                attributes.append((placed.order_line, attribute))
            for discount in placed.basket_line.discounts:
                if discount.offer is not None:
                    discounts.append((placed.order_line, discount))
        get_model("order", "LinePrice").objects.bulk_create(prices)
        if attributes:
            prefetch_related_objects([attribute for _line, attribute in attributes], "option")
            get_model("order", "LineAttribute").objects.bulk_create(
                get_model("order", "LineAttribute")(
                    line=line, option=each.option, type=each.option.code, value=each.value
                )
                for line, each in attributes
            )
        if discounts:
            order_discounts = {discount.offer_id: discount for discount in order.discounts.all()}
            get_model("order", "OrderLineDiscount").objects.bulk_create(
                get_model("order", "OrderLineDiscount")(
                    line=line,
                    order_discount=order_discounts[each.offer.pk],
                    is_incl_tax=each.incl_tax,
                    amount=each.amount,
                )
                for line, each in discounts
                if each.offer.pk in order_discounts
            )

    def _find_lines(self, order) -> None:
        """A city's hook may return nothing: pair the lines by stock record, in the order they were written."""
        Line = get_model("order", "Line")
        written: dict[int, list] = {}
        for order_line in Line.objects.filter(order=order).order_by("pk"):
            written.setdefault(order_line.stockrecord_id, []).append(order_line)
        known = {placed.basket_line.pk: placed for placed in self.placed}
        self.placed = []
        uncounted = []
        for line in self.basket_lines:
            order_line = written[line.stockrecord_id].pop(0)
            placed = known.get(line.pk) or PlacedLine(line, None, _listing(line))
            placed.order_line = order_line
            self.placed.append(placed)
            if placed.listing is not None and line.stockrecord_id not in self.allocated:
                uncounted.append(order_line.pk)
                order_line.num_allocated = 0
        if uncounted:
            # Oscar notes an allocation on every line; ours say only what was really promised.
            Line.objects.filter(pk__in=uncounted).update(num_allocated=0)


def line_prices(order, order_line, basket_line) -> list:
    """Price rows whose quantity times price sums to the line, to the cent.

    Oscar writes one row with a rounded price per step, which for three prices in four is not the line.
    """
    LinePrice = get_model("order", "LinePrice")
    steps = basket_line.quantity
    currency = basket_line.price_currency
    whole_incl = to_minor(basket_line.line_price_incl_tax_incl_discounts, currency)
    whole_excl = to_minor(basket_line.line_price_excl_tax_incl_discounts, currency)
    incl, excl = divmod(whole_incl, steps), divmod(whole_excl, steps)
    rows = []
    edges = sorted({0, incl[1], excl[1], steps})
    for start, end in zip(edges, edges[1:], strict=False):
        rows.append(
            LinePrice(
                order=order,
                line=order_line,
                quantity=end - start,
                price_incl_tax=from_minor(incl[0] + (1 if start < incl[1] else 0), currency),
                price_excl_tax=from_minor(excl[0] + (1 if start < excl[1] else 0), currency),
                tax_code=basket_line.tax_code,
            )
        )
    return rows


def _listing(basket_line):
    """The listing a basket line buys, or None."""
    return getattr(basket_line.purchase_info.price, "listing", None)
