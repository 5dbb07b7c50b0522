"""Deleting a product that stalls sell, or that an order names, is refused in words."""

from django.contrib import messages
from django.db import transaction
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class ProductDeleteViewMixin:
    def delete(self, request, *args, **kwargs):
        try:
            with transaction.atomic():
                return super().delete(request, *args, **kwargs)
        except ProtectedError:
            messages.error(
                request,
                _(
                    "“%(title)s” cannot be deleted: stalls sell it, or orders name it. Make it non-public instead, "
                    "and archive the stalls' listings."
                )
                % {"title": self.object.get_title()},
            )
            return redirect("dashboard:catalogue-product", pk=self.object.pk)
