"""What the city decides about a stall: asked for once more, with a reason where the people of the stall read one."""

from typing import Any

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from wagtail_mercado.back_office import ACT_WORDS, MarketplaceError, Stall, StallAct, act_on_stall, acts_on_stall


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class ActOnStallView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """A stall whose state the act does not lead on from is left as it is, and the page says so."""

    model = Stall
    permission_required = "change"
    form_class = ReasonForm
    template_name = "wagtail_mercado/stalls/act.html"
    header_icon = "mercado-stall"
    index_url_name = edit_url_name = act_url_name = ""

    @cached_property
    def stall(self) -> Stall:
        return get_object_or_404(Stall, pk=self.kwargs["pk"])

    @cached_property
    def act(self) -> StallAct | None:
        return acts_on_stall(self.stall).get(self.kwargs["verb"])

    @property
    def edit_url(self) -> str:
        return reverse(self.edit_url_name, args=[self.stall.pk])

    def dispatch(self, request, *args, **kwargs):
        if self.kwargs["verb"] not in ACT_WORDS:
            raise Http404
        if self.act is None and self.user_has_permission(self.permission_required):
            words = _("This cannot be done with a stall that is “%(state)s”.")
            messages.error(request, words % {"state": self.stall.get_state_display()})
            return redirect(self.edit_url)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return self.act.words

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": _("Stalls")},
            {"url": self.edit_url, "label": str(self.stall)},
            {"url": "", "label": self.act.words},
        ]

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["reason"].required = self.act.needs_reason
        return form

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "stall": self.stall,
            "action_url": self.request.path,
            "needs_reason": self.act.needs_reason,
            "cancel_url": self.edit_url,
            "submit_button_label": _("Do it"),
            "submit_button_active_label": _("Do it"),
            "media": context["form"].media,
        }

    def form_valid(self, form):
        try:
            act_on_stall(self.stall, self.act.verb, user=self.request.user, reason=form.cleaned_data["reason"])
        except MarketplaceError as problem:
            form.add_error(None, str(problem))
            return self.form_invalid(form)
        messages.success(self.request, _("Done: %(act)s.") % {"act": self.act.words})
        return redirect(self.edit_url)
