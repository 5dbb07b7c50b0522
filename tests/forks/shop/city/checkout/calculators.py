from oscar.apps.checkout import calculators

from city.trace import seen


class OrderTotalCalculator(calculators.OrderTotalCalculator):
    def calculate(self, basket, shipping_charge, surcharges=None, **kwargs):
        seen("checkout: total")
        return super().calculate(basket, shipping_charge, surcharges=surcharges, **kwargs)
