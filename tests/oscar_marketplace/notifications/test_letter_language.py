"""A letter is in the language its reader named, in the words of the site's country."""

import pytest
from django.utils import translation

from oscar_marketplace.notifications.channels.base import Recipient
from oscar_marketplace.notifications.letters import Letter


@pytest.mark.parametrize(
    ("named", "spoken"),
    [
        ("es", "es-mx"),
        ("es-mx", "es-mx"),
        ("en", "en"),
        ("nah", "nah"),  # the site does not offer it: as named
        ("", "en"),
    ],
)
def test_the_language_of_a_letter(settings, named, spoken):
    settings.LANGUAGES = [("es-mx", "Español"), ("en", "English")]
    facts = lambda: {"spoken": translation.get_language(), "number": "100042", "url": ""}  # noqa: E731
    letter = Letter(Recipient("user:1", named), "order_expired", "%(spoken)s", facts)

    with translation.override("en"):
        subject, _body = letter.write()

    assert subject == spoken
