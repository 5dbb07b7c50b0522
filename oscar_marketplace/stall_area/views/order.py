"""One order at the stall. The page is what the order needs next: an answer, packing, handing over, or nothing."""

from decimal import Decimal

from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oscar_marketplace.exceptions import IllegalTransition, MarketplaceError, StaleVersion
from oscar_marketplace.orders.goods_names import name_at_stall
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.settle_part import final_amounts
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.stall_area.counter_units import say_in_price_unit, say_ordered
from oscar_marketplace.stall_area.forms.answer import AnswerForm
from oscar_marketplace.stall_area.forms.hand_over import HandOverForm
from oscar_marketplace.stall_area.forms.order_act import OrderActForm
from oscar_marketplace.stall_area.forms.pack import PackForm
from oscar_marketplace.stall_area.moments import say_moment, say_pickup_begun
from oscar_marketplace.stall_area.page import CONFLICT, UNPROCESSABLE, StallPage
from oscar_marketplace.stall_area.queries import wave_of, with_counter_facts
from oscar_marketplace.stalls import permissions

#: State -> the page's template; in any other state there is nothing left to do.
SCREENS = {
    StallOrderState.NEW: "answer",
    StallOrderState.ACCEPTED: "pack",
    StallOrderState.PREPARING: "pack",
    StallOrderState.READY: "ready",
}

#: What a vendor wants to know of an order that needs nothing more of them.
OVER = {
    StallOrderState.HANDED_OVER: gettext_lazy("The bags are at the desk. There is nothing left to do."),
    StallOrderState.DELIVERED: gettext_lazy("The shopper has it."),
    StallOrderState.COMPLETED: gettext_lazy("The shopper has it."),
    StallOrderState.REJECTED: gettext_lazy("You could not fill it. We tell the shopper."),
    StallOrderState.UNANSWERED: gettext_lazy("The time to answer ran out. We told the shopper."),
    StallOrderState.RETURNED: gettext_lazy("Nobody came for it; the bags came back to you."),
}
CANCELLED = {
    StallOrder.Liable.SHOPPER: gettext_lazy("The shopper no longer wants it, or did not come for it."),
    StallOrder.Liable.STALL: gettext_lazy("There was nothing to hand over. We told the shopper."),
}
CANCELLED_BY_MARKET = gettext_lazy("The market cancelled it.")


class OrderPage(StallPage):
    """Shows a part as it is now; ``self.part`` and ``self.lines``."""

    section = "today"

    def find_part(self) -> None:
        """Read the part, freshly.

        Raises:
            Http404: the person's stalls were not told of such a part.
        """
        parts = permissions.stall_orders_of(self.request.user).filter(stall=self.stall)
        self.part: StallOrder | None = with_counter_facts(parts).filter(pk=self.kwargs["pk"]).first()
        if self.part is None:
            raise Http404("No such order of yours.")
        self.lines = list(self.part.lines.all())
        for line in self.lines:
            # The same object, so that a line's currency costs no statement.
            line.stall_order = self.part

    def get(self, request, slug, pk):
        self.find_part()
        return self.show_part()

    @property
    def screen(self) -> str:
        return SCREENS.get(self.part.state, "over")

    def get_template_names(self) -> list[str]:
        return [f"oscar_marketplace/stall_area/order_{self.screen}.html"]

    def show_part(self, *, sent: OrderActForm | None = None, status: int = 200, **context):
        """The page that fits the part's state. ``sent`` is shown again where it is the form of that page."""
        forms = {"answer": AnswerForm, "pack": PackForm, "ready": HandOverForm}
        form_class = forms.get(self.screen)
        form = sent if form_class and type(sent) is form_class else None
        if form is None and form_class:
            form = form_class(self.lines) if form_class is not HandOverForm else form_class()
        return self.show(
            status=status,
            part=self.part,
            title=_("Order %(number)s") % {"number": self.part.short_number},
            form=form,
            when=self._when(),
            is_late=self._is_late(),
            can_undo=bool(self.part.undo_state) and (self.part.undo_until or self.now) > self.now,
            cash_due=self.part.amount_due if self.part.is_cash else None,
            is_for_desk=bool(self.part.hand_over) and self.part.hand_over.kind == HandOver.Kind.DESK,
            goods=[self._goods(line) for line in self.lines],
            share=self._share(),
            over_words=self._over_words(),
            **context,
        )

    @property
    def _deadline(self):
        return {"answer": self.part.accept_by, "pack": self.part.ready_by}.get(self.screen)

    def _is_late(self) -> bool:
        """The vendor's deadline has passed, or the shopper may be here already."""
        wave = wave_of(self.part)
        moments = (self._deadline, wave.starts_at if wave else None)
        return any(moment is not None and moment <= self.now for moment in moments)

    def _when(self) -> str:
        """The next clock of a part that is still to be answered, packed or handed over."""
        wave = wave_of(self.part)
        begun = say_pickup_begun(wave, is_packed=self.screen == "ready", zone=self.zone, now=self.now)
        if self.screen == "over" or begun:
            return "" if self.screen == "over" else begun
        if self._deadline is not None:
            sentence = "answer" if self.screen == "answer" else "ready"
            sentence = "late" if self._deadline < self.now else sentence
            return say_moment(sentence, self._deadline, zone=self.zone, now=self.now)
        if self.screen != "ready" or wave is None:
            return ""
        return say_moment("fetched_between", wave.starts_at, zone=self.zone, now=self.now, end=wave.ends_at)

    def _over_words(self) -> str:
        if self.part.state == StallOrderState.CANCELLED:
            return CANCELLED.get(self.part.liable, CANCELLED_BY_MARKET)
        return OVER.get(self.part.state, "")

    def _share(self) -> Decimal:
        """What the part brings the stall: final once packed, until then what was promised."""
        if self.screen != "pack":
            return self.part.amount_due
        amounts = (final_amounts(line, line.promised_measure, currency=self.part.currency) for line in self.lines)
        return sum((incl_tax for incl_tax, _excl_tax in amounts), Decimal(0))

    def _goods(self, line) -> dict:
        """A line as ``components/line.html`` draws it: what was asked for and what went into the bags."""
        said = say_ordered(line)
        measure = line.packed_measure if line.packed_measure is not None else line.offered_measure
        if measure is not None and measure != line.ordered_measure:
            said = _("They asked for %(ordered)s · %(measure)s") % {
                "ordered": said,
                "measure": say_in_price_unit(line, measure) if measure else _("there was none"),
            }
        return {"line": line, "goods": name_at_stall(line), "note": said}


class OrderAct(OrderPage):
    """Something done to a part by a POST; leads back to its page."""

    form_class = OrderActForm
    #: The pages that offer this act.
    offered_on: frozenset[str] = frozenset()

    def get(self, request, slug, pk):
        # The address of an act is left in the browser when the act was refused; it leads to the order again.
        self.find_part()
        return self.go_to_part()

    def post(self, request, slug, pk):
        self.find_part()
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.refuse(form)
        try:
            return self.act(form.cleaned_data)
        except (StaleVersion, IllegalTransition) as problem:
            return self.show_fresh(form, str(problem))
        except MarketplaceError as problem:
            form.add_error(self.field_of(problem, form), str(problem))
            return self.refuse(form)

    def make_form(self, data) -> OrderActForm:
        return self.form_class(data)

    def act(self, cleaned: dict):
        """Call the verb and answer with where to go next."""
        raise NotImplementedError

    def field_of(self, problem: MarketplaceError, form: OrderActForm) -> str | None:
        """The field whose content the verb refused; None where no single one is at fault."""
        return None

    def refuse(self, form: OrderActForm):
        """Nothing was done: the page again, with what was typed and what is wrong with it."""
        # A wrong try may have changed the part: a lock, a count.
        self.find_part()
        if self.screen not in self.offered_on:
            return self.show_fresh(form, _("The order has changed since you opened it."))
        return self.show_part(sent=form, status=UNPROCESSABLE, form_errors=form.problems())

    def show_fresh(self, form: OrderActForm, message: str):
        """Somebody was faster: how the order is now, who did it, and what was typed, which is not lost silently."""
        self.find_part()
        self.now = timezone.now()
        return self.show_part(status=CONFLICT, stale=message, typed=form.typed_words(), has_errors=True)

    def go_to_part(self):
        return redirect("stall:order", self.stall.slug, self.part.pk)
