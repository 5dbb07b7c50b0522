"""Prints messages instead of sending them; for trying out."""

import sys

from oscar_marketplace.notifications.channels.base import Channel, OutgoingMessage, Recipient


class ConsoleChannel(Channel):
    """Reaches everybody who has an e-mail address or a phone."""

    def address_of(self, recipient: Recipient) -> str:
        return recipient.email or recipient.phone

    def send(self, message: OutgoingMessage) -> None:
        sys.stdout.write(f"To: {message.address} ({message.language})\n{message.subject}\n\n{message.body}\n\n")
