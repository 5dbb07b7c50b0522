"""A message is sent once to each person, tried again until it goes, and given up where everybody can see it."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from oscar_marketplace.backends import channels
from oscar_marketplace.notifications.channels.email import EmailChannel
from oscar_marketplace.notifications.deliver import events_to_send, send_event
from oscar_marketplace.notifications.models import Message
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh, member_of, new_parts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-24 15:00:00+00:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def event(market):
    """A new order at a stall where two people work: two messages."""
    stall = factories.make_stall(market=market)
    member_of(stall, "marta")
    member_of(stall, "pepe")
    new_parts([(factories.make_listing(stall=stall), 4)])
    OutboxEvent.objects.exclude(topic="stall_order_new").delete()
    return OutboxEvent.objects.get()


def send_all():
    """One tick of the outbox."""
    for event in events_to_send(now=timezone.now()):
        send_event(event)


def sent_to():
    return [message.to[0] for message in mail.outbox]


class FailingFor:
    """Instead of ``EmailChannel.send``: fails for some addresses, as a mail server does."""

    def __init__(self, monkeypatch, *addresses, problem=None):
        self.addresses = set(addresses)
        self.problem = problem or smtplib.SMTPServerDisconnected("connection lost")
        real = EmailChannel.send

        def send(channel, message):
            if message.address in self.addresses:
                raise self.problem
            real(channel, message)

        monkeypatch.setattr(EmailChannel, "send", send)


def test_everybody_at_the_stall_is_told_once(event):
    send_all()
    send_all()

    assert sent_to() == ["marta@example.org", "pepe@example.org"]
    assert fresh(event).sent_at == timezone.now()
    assert set(Message.objects.values_list("state", "template", "channel")) == {("sent", "stall_order_new", "email")}


def test_references_are_kept_and_never_addresses(event):
    send_all()

    for message in Message.objects.all():
        assert message.recipient.startswith("user:")
    assert "@" not in str(list(Message.objects.values())) + str(list(OutboxEvent.objects.values()))


def test_a_process_that_dies_between_sending_and_noting_it_does_not_send_again(event, monkeypatch, clock):
    class Killed(BaseException):
        """Like a kill: nothing of ours catches it."""

    real = EmailChannel.send

    def send_and_die(channel, message):
        real(channel, message)
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(EmailChannel, "send", send_and_die)
        send_all()
    assert sent_to() == ["marta@example.org"]

    send_all()
    assert sent_to() == ["marta@example.org"], "the event is still in the dead process' hands"
    clock.shift(timedelta(minutes=5))
    send_all()

    assert sent_to() == ["marta@example.org", "pepe@example.org"]
    assert fresh(event).sent_at is not None
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["pending", "sent"]


def test_a_failing_mail_server_is_tried_again_later_and_later(event, monkeypatch, clock):
    down = FailingFor(monkeypatch, "marta@example.org", "pepe@example.org")
    waits = []

    for _ in range(6):
        send_all()
        waits.append((fresh(event).available_at - timezone.now()) // timedelta(minutes=1))
        clock.move_to(fresh(event).available_at)
    down.addresses.clear()
    send_all()

    assert waits == [1, 5, 15, 60, 180, 360]
    assert sent_to() == ["marta@example.org", "pepe@example.org"]
    row = fresh(event)
    assert (row.attempts, row.sent_at, row.last_error) == (7, timezone.now(), "")


def test_before_its_next_try_nothing_is_sent(event, monkeypatch, clock):
    down = FailingFor(monkeypatch, "marta@example.org")
    send_all()
    down.addresses.clear()

    clock.shift(timedelta(seconds=59))
    send_all()
    assert sent_to() == ["pepe@example.org"]

    clock.shift(timedelta(seconds=1))
    send_all()
    assert sent_to() == ["pepe@example.org", "marta@example.org"]


def test_who_got_it_does_not_get_it_again_because_another_did_not(event, monkeypatch, clock):
    down = FailingFor(monkeypatch, "marta@example.org")
    send_all()
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "sent"]

    down.addresses.clear()
    clock.shift(timedelta(minutes=1))
    send_all()

    assert sent_to() == ["pepe@example.org", "marta@example.org"]


def test_after_the_last_try_it_is_dead_and_seen(event, monkeypatch, clock, settings, caplog):
    settings.OSCAR_MARKETPLACE_OUTBOX_ATTEMPTS = 3
    FailingFor(monkeypatch, "marta@example.org", "pepe@example.org")

    for _ in range(5):
        send_all()
        clock.shift(timedelta(days=1))

    row = fresh(event)
    assert (row.attempts, row.sent_at) == (3, None)
    assert row.dead_at is not None
    assert row.last_error == "SMTPServerDisconnected"
    assert "given up after 3 tries" in caplog.text
    assert not events_to_send(now=timezone.now() + timedelta(days=365)).exists()


def test_what_the_mail_server_says_of_addresses_is_not_kept(event, monkeypatch, caplog):
    refusal = smtplib.SMTPRecipientsRefused({"marta@example.org": (550, b"marta@example.org unknown")})
    FailingFor(monkeypatch, "marta@example.org", problem=refusal)

    send_all()

    assert (fresh(event).last_error, Message.objects.earliest("pk").error) == ("SMTPRecipientsRefused",) * 2
    assert "marta@" not in caplog.text


def test_its_time_is_respected(event, clock):
    OutboxEvent.objects.update(available_at=timezone.now() + timedelta(seconds=60))

    clock.shift(timedelta(seconds=59))
    send_all()
    assert sent_to() == []

    clock.shift(timedelta(seconds=1))
    send_all()
    assert len(sent_to()) == 2


def test_an_event_that_fails_does_not_stop_the_others(event):
    broken = OutboxEvent.objects.create(key="nobody:1", topic="nobody_writes_about_this")

    send_all()

    assert (fresh(broken).sent_at, fresh(broken).last_error) == (None, "LookupError")
    assert len(sent_to()) == 2


def test_an_event_in_another_process_hands_is_left_to_it(event):
    OutboxEvent.objects.update(available_at=timezone.now() + timedelta(minutes=5), attempts=1)

    assert send_event(event) is False
    assert sent_to() == []


def test_somebody_without_an_address_is_left_out(event):
    from django.contrib.auth import get_user_model

    get_user_model().objects.filter(username="marta").update(email="")

    send_all()

    assert sent_to() == ["pepe@example.org"]
    assert fresh(event).sent_at is not None


def test_every_channel_carries_it(event, settings, capsys):
    settings.OSCAR_MARKETPLACE_CHANNELS = {
        "email": {"BACKEND": "oscar_marketplace.notifications.channels.email.EmailChannel", "OPTIONS": {}},
        "screen": {"BACKEND": "oscar_marketplace.notifications.channels.console.ConsoleChannel"},
    }

    send_all()

    assert len(sent_to()) == 2
    assert capsys.readouterr().out.count("To: marta@example.org") == 1
    assert set(Message.objects.values_list("channel", flat=True)) == {"email", "screen"}


def test_a_mail_has_the_same_number_at_every_try_and_the_project_s_sender(event, settings):
    settings.OSCAR_MARKETPLACE_CHANNELS = {
        "email": {
            "BACKEND": "oscar_marketplace.notifications.channels.email.EmailChannel",
            "OPTIONS": {"FROM": "pedidos@example.org", "REPLY_TO": "ayuda@example.org"},
        }
    }

    send_all()

    message = Message.objects.earliest("pk")
    sent = mail.outbox[0]
    assert sent.extra_headers["Message-ID"] == f"<mercado-{message.pk}@mercados.example.org>"
    assert (sent.from_email, sent.reply_to) == ("pedidos@example.org", ["ayuda@example.org"])


def test_a_mistyped_option_is_named():
    channel = EmailChannel("email", {"SENDER": "x"})

    assert channel.check() == ["EmailChannel has no option SENDER; it knows FROM and REPLY_TO."]
    assert channels["email"].check() == []


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_channel_is_called(event, monkeypatch):
    during = []
    monkeypatch.setattr(EmailChannel, "send", lambda channel, message: during.append(connection.in_atomic_block))

    send_all()

    assert during == [False, False]
