"""The door of the stall area: who is not signed in signs in, and whoever is sees only a stall of their own."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.conf import settings
from oscar_marketplace.plain_requests import PlainRequest
from oscar_marketplace.stalls import permissions
from oscar_marketplace.stalls.calendar import opening_of_stalls

#: Refused input; the page says what to change.
UNPROCESSABLE = 422
#: Somebody else was faster; the page shows how things are now.
CONFLICT = 409


# A phone at a counter is passed around: "back" after signing out must not show orders.
@method_decorator(never_cache, name="dispatch")
class SignedInPage(PlainRequest, LoginRequiredMixin, TemplateResponseMixin, ContextMixin, View):
    """A page of the area that belongs to no single stall."""

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "mk_base": settings.BASE_TEMPLATE,
                "mk_site_name": django_settings.OSCAR_SHOP_NAME,
                "mk_logout_url": logout_url(),
                **kwargs,
            }
        )

    def show(self, *, status: int = 200, **context):
        """The page with what ``context`` adds to it."""
        return self.render_to_response(self.get_context_data(**context), status=status)


class StallPage(SignedInPage):
    """A page of one stall: ``self.stall``, ``self.zone`` and ``self.now``.

    Every row such a page reads or writes comes from ``stalls.permissions``; another's stall is a 404.
    """

    #: Which of the places at the thumb this page belongs to.
    section = ""

    def dispatch(self, request, *args, **kwargs):
        refusal = self.refused()
        if refusal is not None:
            return refusal
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.stall = permissions.stall_of(request.user, kwargs["slug"])
        self.now = timezone.now()
        self.zone = ZoneInfo(self.stall.operator.time_zone)
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return Actor.of(self.request.user, role="stall")

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        stall = self.stall
        others = permissions.stalls_of(self.request.user).exclude(pk=stall.pk)
        return super().get_context_data(
            **{
                "stall": stall,
                "currency": stall.operator.currency,
                "mk_stall_name": stall.name,
                "mk_stall_language": stall.language,
                "mk_stall_is_open": opening_of_stalls([stall], at=self.now)[stall.pk].is_open,
                "mk_hue": stall.hue,
                "mk_nav": self._places(),
                "mk_stalls_url": reverse("stall:home") if others.exists() else "",
                **kwargs,
            }
        )

    def _places(self) -> list[dict[str, Any]]:
        places = [("today", "home", _("Today")), ("listings", "tag", _("Prices")), ("money", "cash", _("Money"))]
        return [
            {
                "url": reverse(f"stall:{section}", args=[self.stall.slug]),
                "label": label,
                "icon": icon,
                "is_current": section == self.section,
            }
            for section, icon, label in places
        ]


def logout_url() -> str:
    """Where to sign out; empty in a shop that has taken the customer app away."""
    try:
        return reverse("customer:logout")
    except NoReverseMatch:
        return ""
