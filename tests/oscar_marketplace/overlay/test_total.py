"""The total is the sum of what the rows store: of lines, shipping and surcharges, each in whole cents."""

from decimal import Decimal as D

import pytest
from oscar.apps.checkout.surcharges import FlatCharge, PercentageCharge
from oscar.core.loading import get_class
from oscar.core.prices import Price

from oscar_marketplace.overlay.loader import compose
from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import put_in_basket, put_record_in_basket, sell_in_shop

pytestmark = pytest.mark.django_db

NO_SHIPPING = Price("MXN", excl_tax=D(0), tax=D(0))


def total_of(basket, shipping=NO_SHIPPING, surcharges=None):
    return get_class("checkout.calculators", "OrderTotalCalculator")().calculate(basket, shipping, surcharges)


@pytest.fixture
def finely_taxed():
    """A city whose tax leaves amounts with four decimals: 16 % on top of the stock record's price."""
    from oscar.apps.partner import strategy

    class Finely(strategy.UseFirstStockRecord, strategy.FixedRateTax, strategy.StockRequired, strategy.Structured):
        rate = D("0.16")

    return Finely


def test_a_listings_line_counts_with_its_own_amount(basket):
    put_in_basket(basket, factories.make_listing(price="32.49"), 4)
    put_in_basket(basket, factories.make_listing(price="28.50", title="Limón"), 1)

    total = total_of(basket)

    assert total.incl_tax == D("32.49") + D("7.13")


def test_the_total_is_the_sum_of_rounded_lines_and_not_the_rounded_sum(shop_request, finely_taxed):
    basket = shop_request.basket
    basket.strategy = finely_taxed(shop_request)
    for title in ("Postal", "Imán", "Taza"):
        put_record_in_basket(basket, sell_in_shop(title=title, price="3.02"), 1)  # 3.5032 with tax

    total = total_of(basket)

    assert basket.total_incl_tax == D("10.51")
    assert total.incl_tax == D("10.50")


def test_shipping_is_rounded_by_itself(basket):
    put_in_basket(basket, factories.make_listing(price="40.00"), 4)

    total = total_of(basket, Price("MXN", excl_tax=D("10.004"), tax=D("1.601")))

    assert (total.incl_tax, total.excl_tax) == (D("51.61"), D("50.00"))


def test_what_a_citys_calculator_adds_stays_in(basket):
    from oscar.apps.checkout.calculators import OrderTotalCalculator

    from oscar_marketplace.overlay.checkout_calculators import OrderTotalCalculatorMixin

    class WithDeposit(OrderTotalCalculator):
        def calculate(self, *args, **kwargs):
            total = super().calculate(*args, **kwargs)
            return Price(total.currency, excl_tax=total.excl_tax + 5, incl_tax=total.incl_tax + 5)

    put_in_basket(basket, factories.make_listing(price="32.49"), 4)

    total = compose(WithDeposit, (OrderTotalCalculatorMixin,))().calculate(basket, NO_SHIPPING)

    assert total.incl_tax == D("37.49")


def test_an_empty_basket_has_no_currency_and_costs_nothing(basket):
    total = total_of(basket, Price(None, excl_tax=D(0), tax=D(0)))

    assert total.excl_tax == D(0)


def test_surcharges_are_whole_cents(basket):
    from oscar.apps.checkout.applicator import SurchargeApplicator

    from oscar_marketplace.overlay.checkout_applicator import SurchargeApplicatorMixin

    class CitySurcharges(SurchargeApplicator):
        def get_surcharges(self, basket, **kwargs):
            return (PercentageCharge(percentage=D("1.5")), FlatCharge(excl_tax=D("2"), incl_tax=D("2.325")))

    put_in_basket(basket, factories.make_listing(price="32.49"), 4)

    surcharges = compose(CitySurcharges, (SurchargeApplicatorMixin,))().get_applicable_surcharges(
        basket, shipping_charge=NO_SHIPPING
    )

    assert [each.price.incl_tax for each in surcharges] == [D("0.49"), D("2.33")]
    assert surcharges.total.incl_tax == D("2.82")
    assert total_of(basket, surcharges=surcharges).incl_tax == D("35.31")


def test_a_shop_without_surcharges_has_none(basket):
    put_in_basket(basket, factories.make_listing(), 1)

    assert get_class("checkout.applicator", "SurchargeApplicator")().get_applicable_surcharges(basket) is None
