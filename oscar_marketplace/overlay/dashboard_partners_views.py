"""Oscar's partner dashboard is no wall between stalls: nobody gets into it through a stall."""

from django.contrib import messages
from django.db import transaction
from django.db.models import ProtectedError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from oscar.core.loading import get_model


class PartnerDeleteViewMixin:
    def post(self, request, *args, **kwargs):
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except ProtectedError:
            partner = self.get_object()
            messages.error(
                request,
                _("“%(partner)s” cannot be deleted: it is a stall's, or orders name it. Close the stall instead.")
                % {"partner": partner.display_name},
            )
            return redirect("dashboard:partner-manage", pk=partner.pk)


class PartnerUserMixin:
    """Linking a person to a partner grants Oscar's partner dashboard, which shows other partners' lines too."""

    def dispatch(self, request, *args, **kwargs):
        partner = get_object_or_404(get_model("partner", "Partner"), pk=kwargs["partner_pk"])
        if hasattr(partner, "stall"):
            messages.error(
                request,
                _(
                    "“%(partner)s” is a market stall. Its people are entered as the stall's members, and work in the "
                    "stall area."
                )
                % {"partner": partner.display_name},
            )
            return redirect("dashboard:partner-manage", pk=partner.pk)
        return super().dispatch(request, *args, **kwargs)
