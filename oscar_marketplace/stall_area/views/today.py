"""Today: what burns first, what is to be packed, what waits for its shopper, what was sold."""

from datetime import datetime, time

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oscar_marketplace.money import format_money
from oscar_marketplace.orders.goods_names import name_at_stall
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.stall_area.moments import say_day_and_time, say_moment, say_pickup_begun
from oscar_marketplace.stall_area.page import StallPage
from oscar_marketplace.stall_area.queries import fetched_at, sold_on, wave_of, work_of_stall
from oscar_marketplace.stalls import permissions

#: Pictures on a card; the number beside them says how many things there are in all.
MOST_PICTURES = 5


class TodayPage(StallPage):
    template_name = "oscar_marketplace/stall_area/today.html"
    section = "today"

    def get(self, request, slug):
        parts = permissions.stall_orders_of(request.user).filter(stall=self.stall)
        work = work_of_stall(parts, now=self.now)
        midnight = datetime.combine(self.now.astimezone(self.zone).date(), time(), tzinfo=self.zone)
        return self.show(
            day=say_day_and_time(self.now, zone=self.zone),
            to_answer=[self._card(part, self._when_to_answer(part), _("See and answer")) for part in work.to_answer],
            to_pack=[self._card(part, self._when_ready(part), _("Weigh and pack")) for part in work.to_pack],
            to_hand_over=[self._card(part, self._when_fetched(part), _("Hand over")) for part in work.to_hand_over],
            just_refused=work.just_refused,
            is_quiet=work.is_empty,
            sold=sold_on(parts, midnight=midnight),
        )

    def _card(self, part: StallOrder, when: str, action: str) -> dict:
        return {
            "title": _("Order %(number)s") % {"number": part.short_number},
            "state": part.state,
            "goods": [
                {"icon": line.icon, "name": name.text, "language": name.language}
                for line in part.lines.all()[:MOST_PICTURES]
                for name in [name_at_stall(line)]
            ],
            "when": when,
            "summary": self._summary(part),
            "url": reverse("stall:order", args=[self.stall.slug, part.pk]),
            "action": action,
        }

    def _summary(self, part: StallOrder) -> str:
        amount = format_money(part.amount_due, part.currency)
        if part.state != "ready":
            n = len(part.lines.all())
            return ngettext("%(n)d thing · %(amount)s", "%(n)d things · %(amount)s", n) % {"n": n, "amount": amount}
        n = part.bag_count
        return ngettext("%(n)d bag · %(amount)s", "%(n)d bags · %(amount)s", n) % {"n": n, "amount": amount}

    def _when_to_answer(self, part: StallOrder) -> str:
        return self._pickup_begun(part) or self._deadline("before", part.accept_by)

    def _when_ready(self, part: StallOrder) -> str:
        return self._pickup_begun(part) or self._deadline("ready", part.ready_by)

    def _deadline(self, sentence: str, moment: datetime | None) -> str:
        if moment is None:
            return ""
        return say_moment("late" if moment < self.now else sentence, moment, zone=self.zone, now=self.now)

    def _pickup_begun(self, part: StallOrder, *, is_packed: bool = False) -> str:
        return say_pickup_begun(wave_of(part), is_packed=is_packed, zone=self.zone, now=self.now)

    def _when_fetched(self, part: StallOrder) -> str:
        begun = self._pickup_begun(part, is_packed=True)
        if begun:
            return begun
        moment = fetched_at(part)
        return say_moment("fetched", moment, zone=self.zone, now=self.now) if moment else ""
