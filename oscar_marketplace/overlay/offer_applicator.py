"""An offer's discount is the sum of what its lines got, so that baskets, orders and mails add up."""

from oscar.core.loading import get_class


class ApplicatorMixin:
    def apply_offers(self, basket, offers):
        super().apply_offers(basket, offers)
        given = {}
        for line in basket.all_lines():
            for discount in line.discounts:
                if discount.offer is not None:
                    _offer, amount = given.get(discount.offer.pk, (None, 0))
                    given[discount.offer.pk] = (discount.offer, amount + discount.amount)
        self._name_what_was_given(basket, given)
        for application in basket.offer_applications:
            if application["result"].affects_basket and application["offer"].pk in given:
                application["discount"] = given[application["offer"].pk][1]

    def _name_what_was_given(self, basket, given) -> None:
        """Oscar rounds an offer's whole discount down: half a cent is none to it, and the line was given a cent."""
        named = {application["offer"].pk for application in basket.offer_applications}
        BasketDiscount = get_class("offer.results", "BasketDiscount")
        for offer, amount in given.values():
            if offer.pk not in named and amount:
                basket.offer_applications.add(offer, BasketDiscount(amount))
