"""My stalls: straight to the counter where there is only one."""

from django.conf import settings
from django.shortcuts import redirect

from oscar_marketplace.stall_area.page import SignedInPage
from oscar_marketplace.stalls import permissions
from oscar_marketplace.stalls.models import Stall
from oscar_marketplace.translations.lookups import shown_text


class HomePage(SignedInPage):
    template_name = "oscar_marketplace/stall_area/home.html"

    def get(self, request):
        stalls = list(permissions.stalls_of(request.user).order_by(shown_text(Stall, "name"), "pk"))
        if len(stalls) == 1:
            return redirect("stall:today", stalls[0].slug)
        return self.show(stalls=stalls, mk_stall_name=settings.OSCAR_SHOP_NAME)
