"""One message to write: to whom, from which template, with which facts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from oscar_marketplace.notifications.channels.base import Recipient


@dataclass(frozen=True)
class Letter:
    """``facts`` is called while the recipient's language is active, so that amounts and times are in it."""

    recipient: Recipient
    template: str
    subject: Any
    facts: Callable[[], dict[str, Any]]

    def write(self) -> tuple[str, str]:
        """Subject and body in the recipient's language, as the site speaks it."""
        with translation.override(_site_variant(self.recipient.language) or translation.get_language()):
            facts = self.facts()
            body = render_to_string(f"oscar_marketplace/messages/{self.template}.txt", facts)
            # A line break in a subject is refused by mail servers, and rightly so.
            return " ".join(str(self.subject % facts).split()), body.strip() + "\n"


def _site_variant(language: str) -> str:
    """``es-mx`` for ``es`` on a site for Mexico: a stall says "Spanish", and reads the words of its country."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return language
