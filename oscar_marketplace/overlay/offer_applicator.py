"""An offer's discount is the sum of what its lines got, so that baskets, orders and mails add up."""

from collections import defaultdict


class ApplicatorMixin:
    def apply_offers(self, basket, offers):
        super().apply_offers(basket, offers)
        given = defaultdict(int)
        for line in basket.all_lines():
            for discount in line.discounts:
                if discount.offer is not None:
                    given[discount.offer.pk] += discount.amount
        for application in basket.offer_applications:
            if application["result"].affects_basket and application["offer"].pk in given:
                application["discount"] = given[application["offer"].pk]
