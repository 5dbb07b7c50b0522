"""Account numbers: what people type made plain, and whether its check digits are right."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: Weights of the first 17 digits of a CLABE (Banco de México, circular 14/2017).
CLABE_WEIGHTS = (3, 7, 1)
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


def plain_number(text: str) -> str:
    """Without blanks and dashes, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def kind_of_number(number: str) -> str:
    """``"clabe"`` or ``"iban"``.

    Raises:
        ValidationError: it is neither, or a digit is wrong.
    """
    if re.fullmatch(r"[0-9]{18}", number):
        if not is_clabe(number):
            raise ValidationError(_("This CLABE is not right: look at its digits again."), code="bad_clabe")
        return "clabe"
    if IBAN.fullmatch(number):
        if not is_iban(number):
            raise ValidationError(_("This IBAN is not right: look at its digits again."), code="bad_iban")
        return "iban"
    raise ValidationError(_("Write a CLABE (18 digits) or an IBAN."), code="no_account_number")


def is_clabe(number: str) -> bool:
    weighted = (int(digit) * CLABE_WEIGHTS[n % 3] % 10 for n, digit in enumerate(number[:17]))
    return (10 - sum(weighted) % 10) % 10 == int(number[17])


def is_iban(number: str) -> bool:
    """ISO 13616: the remainder by 97 is 1."""
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1
