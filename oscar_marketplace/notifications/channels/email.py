"""E-mail, through whatever ``EMAIL_BACKEND`` the project has."""

from urllib.parse import urlsplit

from django.core.mail import EmailMessage

from oscar_marketplace.conf import settings
from oscar_marketplace.notifications.channels.base import Channel, OutgoingMessage, Recipient


class EmailChannel(Channel):
    """OPTIONS: ``FROM`` (default: the project's ``DEFAULT_FROM_EMAIL``), ``REPLY_TO``."""

    def address_of(self, recipient: Recipient) -> str:
        return recipient.email

    def send(self, message: OutgoingMessage) -> None:
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        EmailMessage(
            subject=message.subject,
            body=message.body,
            from_email=self.options.get("FROM"),
            to=[message.address],
            reply_to=[self.options["REPLY_TO"]] if "REPLY_TO" in self.options else None,
            headers={
                # The same for every try: a mailbox that got it already can tell.
                "Message-ID": f"<{message.key}@{host}>",
                "Content-Language": message.language,
                # No answers from absent people's mailboxes.
                "Auto-Submitted": "auto-generated",
            },
        ).send()

    def check(self) -> list[str]:
        known = {"FROM", "REPLY_TO"}
        return [f"EmailChannel has no option {name}; it knows FROM and REPLY_TO." for name in set(self.options) - known]
