from oscar.apps.checkout import views

from city.trace import seen


class PaymentDetailsView(views.PaymentDetailsView):
    def handle_payment(self, order_number, total, **kwargs):
        seen(f"checkout: payment of {total.incl_tax}")
        return super().handle_payment(order_number, total, **kwargs)
