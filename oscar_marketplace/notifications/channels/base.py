"""What a channel is to us: it carries one written message to one address and knows nothing of orders."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipient:
    """Whom to tell. ``reference`` (``contact:17``, ``user:4``) is kept in the database; the addresses never are."""

    reference: str
    language: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class OutgoingMessage:
    """A message ready to go. ``key`` is the same each time it is tried, so that a carrier can tell a repetition."""

    key: str
    address: str
    language: str
    subject: str
    body: str


class Channel:
    """Base of the backends in ``OSCAR_MARKETPLACE_CHANNELS``."""

    def __init__(self, alias: str, options: dict):
        self.alias, self.options = alias, options

    def address_of(self, recipient: Recipient) -> str:
        """Where this channel reaches a person; empty if it does not."""
        raise NotImplementedError

    def send(self, message: OutgoingMessage) -> None:
        """Hand the message over; any exception means that it did not go and is tried again."""
        raise NotImplementedError

    def check(self) -> list[str]:
        """Mistakes in ``OPTIONS``, each saying what to write instead."""
        return []
