"""References of transfers: given out once each, and found again in whatever the bank made of them."""

import re
import secrets

from django.db import IntegrityError, transaction

from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.payments.bank.models import BankReference
from oscar_marketplace.payments.check_digits import is_rf_reference, is_spei_reference, rf_reference, spei_reference
from oscar_marketplace.payments.models import Charge

TRIES = 50
#: Seven digits that stand alone; people and banks put spaces and dashes between them, and zeros in front.
SPEI = re.compile(r"(?<!\d)(?=0*((?:[0-9][ -]?){6}[0-9])(?!\d))")
RF = re.compile(r"(?=(RF(?:[ -]?[0-9]){12})(?![0-9]))")


class NoReferenceLeft(MarketplaceError):
    """So many references are given out that none was found free."""

    code = "no_reference_left"


def give_reference(charge: Charge, *, kind: str) -> str:
    """The charge's reference, ``kind`` "spei" or "rf"; a new one is drawn by lot and is nobody else's.

    Runs in the caller's transaction.

    Raises:
        NoReferenceLeft
    """
    known = BankReference.objects.filter(charge=charge).first()
    if known is not None:
        return known.reference
    for _try in range(TRIES):
        reference = _draw(kind)
        try:
            with transaction.atomic():
                BankReference.objects.create(charge=charge, reference=reference)
        except IntegrityError:
            continue
        return reference
    raise NoReferenceLeft()


def references_in(text: str) -> list[str]:
    """Every reference whose check digits are right, in the order of the text."""
    found = [_digits(each) for each in SPEI.findall(text)]
    spei = [each for each in found if is_spei_reference(each)]
    rf = ["RF" + _digits(each) for each in RF.findall(text.upper())]
    return list(dict.fromkeys([*(each for each in rf if is_rf_reference(each)), *spei]))


def _draw(kind: str) -> str:
    if kind == "rf":
        return rf_reference(secrets.randbelow(10**10))
    return spei_reference(100_000 + secrets.randbelow(900_000))


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
