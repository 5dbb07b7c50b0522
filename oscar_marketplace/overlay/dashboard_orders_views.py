"""The dashboard shows every order; what stalls, payments and hand-overs decide is not typed in by hand there."""

from django.contrib import messages
from django.utils.translation import gettext as _

from oscar_marketplace.overlay.customer_views import has_stall_parts


def _say_derived(order) -> str:
    return _(
        "The status of order %(number)s follows from what its stalls and its payments do. Change it there: in the "
        "market's administration."
    ) % {"number": order.number}


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


class OrderListViewMixin:
    def change_order_status(self, request, order):
        if has_stall_parts(order):
            messages.error(request, _say_derived(order))
            return None
        return super().change_order_status(request, order)


class OrderDetailViewMixin:
    """Refuses what would contradict a stall's part; notes, and the shop's own lines, are Oscar's as before."""

    follow_from_parts = ("change_order_status", "create_order_payment_event")

    def handle_order_action(self, request, order, action):
        if action in self.follow_from_parts and has_stall_parts(order):
            return self.reload_page(error=_say_derived(order))
        return super().handle_order_action(request, order, action)

    def handle_line_action(self, request, order, action):
        of_stalls = order.lines.filter(stall_order_line__stall_order__kind="stall").values_list("pk", flat=True)
        # As Oscar reads them: “ 7” and “+7” are line 7, too.
        if not set(of_stalls).isdisjoint(map(_number, request.POST.getlist("selected_line"))):
            return self.reload_page(error=_say_derived(order))
        return super().handle_line_action(request, order, action)
