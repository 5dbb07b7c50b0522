"""Oscar's basket pages: a basket with a stall's goods is shown by ours, and every add says which stall."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from oscar_marketplace.exceptions import CannotBuy
from oscar_marketplace.listings.queries import offers_of_product
from oscar_marketplace.orders.queries import has_listings
from oscar_marketplace.overlay.basket_at_stall import BasketAtStall
from oscar_marketplace.overlay.stall_products import only_stalls_sell


class BasketViewMixin:
    def dispatch(self, request, *args, **kwargs):
        if has_listings(request.basket):
            return redirect("market:basket")
        return super().dispatch(request, *args, **kwargs)


class BasketAddViewMixin:
    """A product only stalls sell is added from the stall that was named, or from the only one; never from a guess."""

    def post(self, request, *args, **kwargs):
        if self._must_find_stall and len(self._offers) != 1:
            messages.info(request, self._choose_a_stall())
            return redirect("market:product", pk=self._wanted.pk)
        return super().post(request, *args, **kwargs)

    @cached_property
    def _wanted(self):
        """The product to be added: the variant where one was chosen."""
        Product = get_model("catalogue", "Product")
        product = get_object_or_404(Product, pk=self.kwargs["pk"])
        variant = self.request.POST.get("child_id", "")
        if product.is_parent:
            return next((child for child in product.children.all() if str(child.pk) == variant), product)
        return product

    @cached_property
    def _must_find_stall(self) -> bool:
        return not self.request.POST.get("listing") and only_stalls_sell(self._wanted)

    @cached_property
    def _offers(self) -> list:
        return list(offers_of_product(self._wanted.pk)[:2])

    def _choose_a_stall(self) -> str:
        if self._offers:
            return _("Several stalls sell %(title)s. Choose one of them.") % {"title": self._wanted.get_title()}
        return _("Nobody sells %(title)s at the moment.") % {"title": self._wanted.get_title()}

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        if self._must_find_stall:
            data = QueryDict(mutable=True)
            data.update(self.request.POST)
            data["listing"] = str(self._offers[0].pk)
            kwargs["data"] = data
        return kwargs

    def form_valid(self, form):
        listing = form.cleaned_data.get("listing")
        if listing is None:
            return super().form_valid(form)
        whole_basket, self.request.basket = self.request.basket, BasketAtStall(self.request.basket, listing)
        try:
            return super().form_valid(form)
        except CannotBuy as refusal:
            self.request.basket = whole_basket
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        finally:
            self.request.basket = whole_basket
