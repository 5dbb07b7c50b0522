"""Letters to people who read Spanish have not one English word, and say usted."""

import gettext
import io
import re
from datetime import timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.core import mail
from django.utils import timezone
from django.utils.translation import trans_real

from oscar_marketplace.aftersales.cancel import cancel_by_shopper
from oscar_marketplace.aftersales.refusal import carry_out_refusal
from oscar_marketplace.markets.models import Market, Operator
from oscar_marketplace.notifications.deliver import send_event
from oscar_marketplace.notifications.messages import TOPICS
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.decisions import open_revive_decision
from oscar_marketplace.orders.hand_over import CodeLocked, WrongCode, deliver_at_stall, move_to_desk
from oscar_marketplace.orders.models import HandOver
from oscar_marketplace.orders.place import ContactDetails
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, fresh, member_of, pack, placed_parts

pytestmark = pytest.mark.django_db

CATALOGUES = Path(__file__).resolve().parents[3] / "oscar_marketplace" / "locale"
ENGLISH = re.compile(r"\b(the|your|you|order|pick|there|is|pay|stall|bag|bags|until|ready)\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def spanish():
    """The package's own Spanish, straight from its sources, whether or not it was compiled."""
    language = trans_real.translation("es-mx")
    for path in (CATALOGUES / code / "LC_MESSAGES/django.po" for code in ("es", "es_MX")):
        compiled = io.BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale="es"))
        compiled.seek(0)
        language.merge(gettext.GNUTranslations(compiled))
    yield
    trans_real._translations.clear()
    trans_real._default = None


@pytest.fixture
def market(db):
    market = factories.make_market(name="Mercado Alameda", address="Av. Alameda 12", desk_place="Puerta 2")
    Operator.objects.update(email="mercados@example.com", language="es-mx", undo_seconds=0)
    return market


@pytest.fixture
def stalls(market):
    names = ["Verduras Doña Chayo", "Cremería La Vaquita", "Tortillería El Comal"]
    return [factories.make_stall(market=market, name=name, languages="es-mx") for name in names]


def place(stalls, **kwargs):
    titles = ["Jitomate", "Queso fresco", "Tortillas"]
    lines = [
        (factories.make_listing(stall=s, title=t, is_estimated=True), 4) for s, t in zip(stalls, titles, strict=True)
    ]
    hours = 5 + Market.objects.get().waves.count()
    wave = factories.make_wave(Market.objects.get(), starts_in=timedelta(hours=hours))
    contact = ContactDetails(name="Ana", email="ana@example.net", language="es-mx")
    return placed_parts(lines, wave=wave, contact=contact, **kwargs)


def send():
    mail.outbox.clear()
    for event in OutboxEvent.objects.filter(sent_at=None):
        assert send_event(event, now=timezone.now() + timedelta(minutes=2)), fresh(event).last_error
    return list(mail.outbox)


def test_every_letter_is_in_spanish(stalls):
    vendors = [member_of(stall) for stall in stalls]
    first = place(stalls)
    start_payment(first[0].order, provider="cash", by=SHOPPER)
    letters = send()
    line = first[1].lines.get()
    carry_out_refusal(advance.reject(first[0], by=vendors[0]))
    row = advance.accept(first[1], by=vendors[1], offers={line.pk: D("0.5")})
    letters += send()
    pack(row, by=vendors[1], share=D("0.25"), bags=2)
    for _ in range(5):
        with pytest.raises((WrongCode, CodeLocked)):
            deliver_at_stall(row, code="x", by=vendors[1])
    letters += send()
    carry_out_refusal(advance.leave_unanswered(first[2], now=timezone.now() + timedelta(days=1)))
    letters += send()
    cancelled = place(stalls)[0].order
    start_payment(cancelled, provider="cash", by=SHOPPER)
    cancel_by_shopper(cancelled, by=SHOPPER)
    late = advance.expire_parts(place(stalls))
    open_revive_decision(late, now=timezone.now())
    at_desk = advance.confirm_parts(place(stalls, kind=HandOver.Kind.DESK), by=SHOPPER)
    for part, vendor in zip(at_desk, vendors, strict=True):
        move_to_desk(pack(advance.accept(part, by=vendor), by=vendor), by=vendor)
    letters += send()

    told = set(OutboxEvent.objects.filter(messages__isnull=False).values_list("topic", flat=True))
    assert told == set(TOPICS)
    for letter in letters:
        words = re.sub(r"https?://\S+", "", letter.subject + "\n" + letter.body)
        assert not ENGLISH.search(words), f"{ENGLISH.search(words)} in: {words}"


def test_the_words_of_the_counter(stalls):
    vendor = member_of(stalls[1])
    parts = place(stalls)
    start_payment(parts[0].order, provider="cash", by=SHOPPER)
    HandOver.objects.update(code="4729")

    placed = next(each for each in send() if each.to == ["ana@example.net"])
    pack(advance.accept(parts[1], by=vendor), by=vendor, share=D("1.04"), bags=2)
    ready = next(each for each in send() if each.to == ["ana@example.net"])

    assert placed.subject == f"Su pedido {parts[0].order.number}"
    assert f"Recibimos su pedido {parts[0].order.number}. Gracias." in placed.body
    assert "Paga en 3 puestos al recoger." in placed.body
    assert "Su código para recoger: 4729" in ready.body
    assert "Queso fresco: pidió 1 kg, van 1.040 kg, $33.28" in ready.body
    assert "2 bolsas" in ready.body
    assert "Paga $33.28 en este puesto." in ready.body
