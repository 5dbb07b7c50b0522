"""Oscar's account pages: orders with stalls' parts are shown by ours and ordered again from the same stalls."""

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.overlay.order_again import OldLines, add_again, old_lines, say_gone


def has_stall_parts(order) -> bool:
    """Whether a stall had a part in the order; orders older than the install, and the shop's own, have none."""
    return order.stall_orders.filter(kind="stall").exists()


class OrderDetailViewMixin:
    def get(self, request, *args, **kwargs):
        order = self.get_object()
        if has_stall_parts(order):
            return redirect(tracking_path(order))
        return super().get(request, *args, **kwargs)

    def do_reorder(self, order):
        old = old_lines(order.lines.select_related("product", "stockrecord"))
        added = _add_market_lines(self.request, old)
        if old.house:
            self._reorder_house(order, old)
        elif not added:
            messages.warning(self.request, _("Nothing of this order can be bought at the moment."))
            self.response = redirect("customer:order-list")
        if added:
            messages.info(self.request, _("What your stalls still sell is in your basket again."))
            self.response = redirect("basket:summary")

    def _reorder_house(self, order, old: OldLines) -> None:
        own = get_model("order", "Line")._default_manager.filter(pk__in=[line.pk for line in old.house])
        prefetch_related_objects([order], Prefetch("lines", queryset=own))
        super().do_reorder(order)


class OrderLineViewMixin:
    def get(self, request, *args, **kwargs):
        # Oscar has no page for a line, only the act of ordering it again; whoever comes here by hand sees the order.
        return redirect("customer:order", order_number=self.get_object().order.number)

    def do_reorder(self, line):
        old = old_lines([line])
        if old.house:
            return super().do_reorder(line)
        added = _add_market_lines(self.request, old)
        self.response = redirect("basket:summary" if added else "customer:order-list")
        if added:
            messages.info(self.request, _("%(title)s is in your basket again.") % {"title": line.title})
        return None


class AnonymousOrderDetailViewMixin:
    """A guest's order by its number and e-mail address."""

    def get(self, request, *args, **kwargs):
        order = self.get_object()
        if has_stall_parts(order):
            return redirect(tracking_path(order))
        return super().get(request, *args, **kwargs)


class ProfileDeleteViewMixin:
    def form_valid(self, form):
        user = self.request.user
        stalls = user.stall_memberships.filter(role="owner").select_related("stall")
        alone = [each.stall for each in stalls if each.stall.members.filter(role="owner").count() == 1]
        if alone:
            names = ", ".join(stall.name for stall in alone)
            form.add_error(
                None,
                _("You are the only owner of %(stalls)s. Ask the market's office to enter another owner first.")
                % {"stalls": names},
            )
            return self.form_invalid(form)
        # The basket an order came from belongs to the order's papers; it loses its owner, as the order does.
        get_model("basket", "Basket").objects.filter(owner=user, checkout_attempts__isnull=False).update(owner=None)
        return super().form_valid(form)


def _add_market_lines(request, old: OldLines) -> int:
    """Add stalls' lines to the request's basket and say what could not be added; the number added."""
    refusals = [add_again(request.basket, line, listing) for line, listing in old.market]
    for words in [*filter(None, refusals), *map(say_gone, old.gone)]:
        messages.warning(request, words)
    return refusals.count(None)
