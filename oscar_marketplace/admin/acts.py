"""Admin actions that call a verb for each chosen row, as the city, and say what was refused and why."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import MarketplaceError


def city(request) -> Actor:
    """The signed-in member of staff, acting for the city."""
    return Actor.of(request.user, role="city")


def act(verb: Callable, description, *, asks_reason: bool = False) -> Callable:
    """An action for ``actions``; with ``asks_reason`` a page asks for it first and the verb gets ``reason``."""

    @admin.action(description=description, permissions=["act"])
    def action(modeladmin, request, queryset):
        reason = _reason(request)
        if asks_reason and not reason:
            return _ask_reason(modeladmin, request, queryset, description, verb.__name__)
        words = {"reason": reason} if asks_reason else {}
        done = 0
        for row in queryset:
            try:
                verb(row, by=city(request), **words)
            except (MarketplaceError, ValidationError) as problem:
                modeladmin.message_user(request, f"{row}: {sentence(problem)}", messages.ERROR)
            else:
                done += 1
        if done:
            words = ngettext("Done for %(n)d row.", "Done for %(n)d rows.", done) % {"n": done}
            modeladmin.message_user(request, words, messages.SUCCESS)
        return None

    action.__name__ = verb.__name__
    return action


def sentence(problem: MarketplaceError | ValidationError) -> str:
    """What to tell people."""
    return " ".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)


def _reason(request) -> str:
    """What was typed; nothing if no database stores it."""
    try:
        return forms.CharField(required=False).clean(request.POST.get("reason", ""))
    except ValidationError:
        return ""


def _ask_reason(modeladmin, request, queryset, description, name):
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": description,
        "opts": modeladmin.model._meta,
        "rows": queryset,
        "action": name,
        "action_name": helpers.ACTION_CHECKBOX_NAME,
        # The first time the page is asked for by the list, which knows of no reason.
        "is_empty": "reason" in request.POST,
        "media": modeladmin.media,
        "submit": _("Do it"),
    }
    return TemplateResponse(request, "oscar_marketplace/admin/reason.html", context)


class ActsMixin:
    """Who may change rows may act on them, also where the form is read-only."""

    def has_act_permission(self, request) -> bool:
        opts = self.opts
        return request.user.has_perm(f"{opts.app_label}.change_{opts.model_name}")
