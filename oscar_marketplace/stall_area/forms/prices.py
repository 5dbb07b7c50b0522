"""Today's prices: one form with a row for each listing. Only what the vendor changed is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oscar_marketplace import money
from oscar_marketplace.form_problems import Problem
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.stall_area.named_problems import named_problems
from oscar_marketplace.stall_area.number_field import TypedNumberField
from oscar_marketplace.stall_area.shelf import Shelf, plain_price, price_tag, shelf_of


@dataclass(frozen=True)
class PriceChange:
    """What the vendor wants of one listing; ``seen`` is the price the page had shown."""

    listing: Listing
    seen: Decimal
    price: Decimal | None = None
    shelf: Shelf | None = None
    is_confirmed: bool = False


@dataclass(frozen=True)
class PriceRow:
    """One listing of the form. ``question`` is what a second tap would say yes to, ``answer`` the value it sends."""

    listing: Listing
    price_field: forms.BoundField
    seen: str
    shelf: Shelf
    is_ticked: bool
    question: str
    answer: str


class PricesForm(forms.Form):
    """Cleans to ``changes``, one :class:`PriceChange` per row that differs from what the page had shown."""

    def __init__(self, listings: Sequence[Listing], data=None, *, now: datetime):
        super().__init__(data, auto_id="%s")
        self.listings = listings
        self.now = now
        self.questions: dict[int, tuple[str, str]] = {}
        for listing in listings:
            # A listing that came after the page was made is not in what was sent.
            if not self.is_bound or f"w{listing.pk}" in data:
                self.fields[f"p{listing.pk}"] = self._price_field(listing)

    def _price_field(self, listing: Listing) -> TypedNumberField:
        return TypedNumberField(
            label=listing.stockrecord.product.title,
            shown=listing.price,
            initial=plain_price(listing.price),
            decimal_places=-money.exponent(listing.stall.operator.currency).as_tuple().exponent,
            error_messages={"required": _("Write the price, or tick that it ran out.")},
        )

    def clean(self):
        cleaned = super().clean()
        rows = (self._change(listing, cleaned) for listing in self.listings if f"p{listing.pk}" in cleaned)
        cleaned["changes"] = [change for change in rows if change.price is not None or change.shelf]
        return cleaned

    def _change(self, listing: Listing, cleaned) -> PriceChange:
        typed = cleaned[f"p{listing.pk}"]
        seen = self._seen(listing)
        if typed == 0:
            self._refuse(listing, _("A price is above zero. If there is none today, tick that it ran out."), "zero")
        return PriceChange(
            listing=listing,
            seen=seen,
            price=typed if typed not in (seen, listing.price) else None,
            shelf=self._wanted_shelf(listing),
            is_confirmed=self._sent(f"c{listing.pk}") == plain_price(typed),
        )

    def _seen(self, listing: Listing) -> Decimal:
        try:
            seen = Decimal(self._sent(f"w{listing.pk}"))
        except ArithmeticError:
            seen = Decimal("NaN")
        # “NaN” and “Infinity” are decimals too, and comparing with some of them fails.
        if not seen.is_finite():
            raise ValidationError(_("This page is out of date. Please open the prices again."), code="page")
        return seen

    def _wanted_shelf(self, listing: Listing) -> Shelf | None:
        """Where the listing should be if its box says otherwise than the page had shown; None if the box was let be."""
        shown = self._sent(f"o{listing.pk}")
        is_ticked = f"s{listing.pk}" in self.data
        if shown == Shelf.ON_SALE and is_ticked:
            return Shelf.SOLD_OUT
        if shown == Shelf.SOLD_OUT and not is_ticked:
            return Shelf.ON_SALE
        if shown == Shelf.NOT_COME and is_ticked:
            return Shelf.CAME
        return None

    def hold_back(self, listing: Listing, message: str, *, ask_for: Decimal | None = None) -> None:
        """The row was not written; ``ask_for`` offers to confirm that price by a second tap."""
        if ask_for is not None:
            question = _("Yes, %(price)s is right") % {"price": price_tag(ask_for, listing.stall.operator.currency)}
            self.questions[listing.pk] = (question, plain_price(ask_for))
        self._refuse(listing, message, "held_back")

    def _refuse(self, listing: Listing, message, code: str) -> None:
        self.add_error(f"p{listing.pk}", ValidationError(message, code=code))

    def _sent(self, name: str) -> str:
        return self.data.get(name, "")

    def problems(self) -> list[Problem]:
        """What is wrong, each with the goods it is about."""
        titles = {f"p{listing.pk}": listing.stockrecord.product.title for listing in self.listings}
        return named_problems(self, titles)

    def rows(self) -> list[PriceRow]:
        return [self._row(listing) for listing in self.listings if f"p{listing.pk}" in self.fields]

    def _row(self, listing: Listing) -> PriceRow:
        shelf = shelf_of(listing, now=self.now)
        is_ticked = shelf == Shelf.SOLD_OUT
        wanted = self._wanted_shelf(listing) if self.is_bound else None
        if wanted:
            is_ticked = wanted in (Shelf.SOLD_OUT, Shelf.CAME)
        question, answer = self.questions.get(listing.pk, ("", ""))
        # After a question the page stands for the price of now: the second tap answers that one.
        return PriceRow(
            listing=listing,
            price_field=self[f"p{listing.pk}"],
            seen=plain_price(listing.price),
            shelf=shelf,
            is_ticked=is_ticked,
            question=question,
            answer=answer,
        )
