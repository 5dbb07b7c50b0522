"""Oscar's checkout pages serve baskets of the shop's own goods; a basket with a stall's goods goes to ours."""

from django.shortcuts import redirect

from oscar_marketplace.orders.queries import has_listings


def to_our_checkout(request):
    """A redirect if the request's basket holds a stall's goods, else None."""
    return redirect("market:checkout") if has_listings(request.basket) else None


class CheckoutViewMixin:
    """In front of every page of Oscar's checkout, for every method: before the city's code and before Oscar's."""

    def dispatch(self, request, *args, **kwargs):
        return to_our_checkout(request) or super().dispatch(request, *args, **kwargs)


class PaymentDetailsViewMixin(CheckoutViewMixin):
    def submit(self, user, basket, *args, **kwargs):
        # Asked again for the very basket: another tab may have added a stall's goods since the page was asked for.
        if has_listings(basket):
            return redirect("market:checkout")
        return super().submit(user, basket, *args, **kwargs)


class ThankYouViewMixin:
    def get(self, request, *args, **kwargs):
        from oscar_marketplace.orders.tracking import tracking_path

        order = self.get_object()
        if order is not None and order.stall_orders.filter(kind="stall").exists():
            return redirect(tracking_path(order))
        return super().get(request, *args, **kwargs)
