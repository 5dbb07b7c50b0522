"""The acts on an order: answer, refuse, pack, hand over, undo. Each calls one verb."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.aftersales.pack import pack_part
from oscar_marketplace.aftersales.refusal import refuse_part
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.hand_over import move_to_desk
from oscar_marketplace.stall_area.forms.answer import AnswerForm
from oscar_marketplace.stall_area.forms.hand_over import HandOverForm
from oscar_marketplace.stall_area.forms.order_act import RejectForm, ToDeskForm, UndoForm
from oscar_marketplace.stall_area.forms.pack import PackForm
from oscar_marketplace.stall_area.views.order import OrderAct

#: Why a stall refuses when it has nothing of what was asked.
NOTHING_THERE = "nothing_there"


class AnswerOrder(OrderAct):
    form_class = AnswerForm
    offered_on = frozenset({"answer"})

    def make_form(self, data) -> AnswerForm:
        return AnswerForm(self.lines, data)

    def field_of(self, problem: MarketplaceError, form) -> str | None:
        return _field_of_line("a", problem, form)

    def act(self, cleaned):
        if cleaned["offers"] is None:
            refuse_part(self.part, by=self.actor, version=cleaned["version"], reason=NOTHING_THERE)
            return redirect("stall:today", self.stall.slug)
        advance.accept(self.part, by=self.actor, version=cleaned["version"], offers=cleaned["offers"])
        return self.go_to_part()


class RejectOrder(OrderAct):
    form_class = RejectForm
    offered_on = frozenset({"answer"})

    def act(self, cleaned):
        refuse_part(self.part, by=self.actor, version=cleaned["version"], reason=NOTHING_THERE)
        return redirect("stall:today", self.stall.slug)


class PackOrder(OrderAct):
    form_class = PackForm
    offered_on = frozenset({"pack"})

    def make_form(self, data) -> PackForm:
        return PackForm(self.lines, data)

    def field_of(self, problem: MarketplaceError, form) -> str | None:
        return _field_of_line("w", problem, form)

    def act(self, cleaned):
        pack_part(self.part, by=self.actor, version=cleaned["version"], packed=cleaned["packed"], bags=cleaned["bags"])
        return self.go_to_part()


class DeliverOrder(OrderAct):
    form_class = HandOverForm
    offered_on = frozenset({"ready"})

    def field_of(self, problem: MarketplaceError, form) -> str | None:
        return "code"

    def act(self, cleaned):
        deliver_part(self.part, code=cleaned["code"], by=self.actor, version=cleaned["version"])
        return self.go_to_part()


class TakeToDesk(OrderAct):
    form_class = ToDeskForm
    offered_on = frozenset({"ready"})

    def act(self, cleaned):
        move_to_desk(self.part, by=self.actor, version=cleaned["version"])
        return self.go_to_part()


class UndoAct(OrderAct):
    form_class = UndoForm
    offered_on = frozenset({"answer", "pack", "ready", "over"})

    def act(self, cleaned):
        advance.undo(self.part, by=self.actor, version=cleaned["version"])
        messages.success(self.request, _("Undone. The order is as it was before."))
        return self.go_to_part()


def _field_of_line(letter: str, problem: MarketplaceError, form) -> str | None:
    """The field of the line that a verb refused, if the page has one."""
    name = f"{letter}{problem.params.get('line')}"
    return name if name in form.fields else None
