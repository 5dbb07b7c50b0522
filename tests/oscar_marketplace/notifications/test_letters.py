"""What the letters say: exact cents, the code and the place to the shopper; never the shopper's contact to a stall."""

from datetime import timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation

from oscar_marketplace.aftersales.cancel import cancel_by_shopper, cancel_no_show
from oscar_marketplace.aftersales.refusal import carry_out_refusal
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.markets.models import Market, Operator
from oscar_marketplace.notifications.deliver import send_event
from oscar_marketplace.notifications.messages import TOPICS
from oscar_marketplace.notifications.models import Message
from oscar_marketplace.notifications.words import moment_words
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.decisions import open_revive_decision
from oscar_marketplace.orders.hand_over import CodeLocked, WrongCode, deliver_at_stall, move_to_desk
from oscar_marketplace.orders.models import Contact, HandOver, StallOrder
from oscar_marketplace.orders.place import ContactDetails
from oscar_marketplace.orders.tracking import tracking_url
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.stalls.models import Stall, StallMember
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import DESK, SHOPPER, fresh, pack, placed_parts

pytestmark = pytest.mark.django_db

CONTACT = ContactDetails(name="Ana Ruiz", email="ana@example.net", phone="33 5550 0199", language="en")
MEXICO = ZoneInfo("America/Mexico_City")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(factories.at("2026-11-24 09:00", MEXICO), tick=False) as traveller:
        yield traveller


@pytest.fixture
def listings(market, three_stalls):
    Market.objects.update(name="Mercado Alameda", address="Av. Alameda 12", desk_place="Puerta 2")
    Operator.objects.update(email="operator@example.com", language="en")
    Stall.objects.update(languages="en")
    tomatoes, cheese, tortillas = three_stalls
    return [
        factories.make_listing(stall=tomatoes, title="Jitomate", price="32.49"),
        factories.make_listing(stall=cheese, title="Queso fresco", price="144.00", is_estimated=True),
        factories.make_listing(stall=tortillas, title="Tortillas", price="26.00", **factories.by_piece()),
    ]


@pytest.fixture
def vendors(three_stalls):
    users = [StallMember.objects.get(stall=stall).user for stall in three_stalls]
    return [Actor.of(user, role="stall") for user in users]


def place(listings, market, **kwargs):
    wave = factories.make_wave(market, starts_in=timedelta(hours=3))
    contact = kwargs.pop("contact", CONTACT)
    lines = [(listing, steps) for listing, steps in zip(listings, [4, 2, 3], strict=False)]
    return placed_parts(lines, wave=wave, contact=contact, **kwargs)


@pytest.fixture
def unpaid(listings, market):
    return place(listings, market)


@pytest.fixture
def parts(unpaid):
    start_payment(unpaid[0].order, provider="cash", by=SHOPPER)
    HandOver.objects.update(code="4729")
    return [StallOrder.objects.get(pk=part.pk) for part in unpaid]


def letters(topic, *, after=None):
    """Send the waiting events of a topic, and only those; the mails they became."""
    mail.outbox.clear()
    with time_machine.travel(timezone.now() + (after or timedelta(minutes=2)), tick=False):
        for event in OutboxEvent.objects.filter(topic=topic, sent_at=None):
            assert send_event(event), fresh(event).last_error
    return list(mail.outbox)


def one(topic, **kwargs):
    sent = letters(topic, **kwargs)
    assert len(sent) == 1
    return sent[0]


def test_the_order_with_each_line_to_the_cent_and_its_link(parts):
    letter = one("order_placed")

    order = parts[0].order
    assert (letter.to, letter.subject) == (["ana@example.net"], f"Your order {order.number}")
    assert "Jitomate: 1 kg, $32.49" in letter.body
    assert "Queso fresco: ½ kg, $72.00" in letter.body
    assert "Tortillas: 3 pieces, $78.00" in letter.body
    assert f"Verduras Doña Chayo (Stall {parts[0].pitch_text})" in letter.body
    assert f"Total: ${order.total_incl_tax}" in letter.body
    assert "You pay at 3 stalls when you pick up." in letter.body
    assert "Tuesday 24, 12:00 – 14:00" in letter.body
    assert tracking_url(order) in letter.body
    assert "not paid yet" not in letter.body


def test_goods_by_amount_are_said_as_money(three_stalls, market):
    cilantro = factories.make_listing(
        stall=three_stalls[0], title="Cilantro", price="120.00", by_amount=True, step=D(20)
    )
    place([cilantro], market)

    assert "Cilantro: $80.00, $80.00" in one("order_placed").body


def test_an_unpaid_order_asks_for_the_payment(unpaid):
    assert "It is not paid yet." in one("order_placed").body


def test_wishes_are_repeated(three_stalls, market):
    from oscar_marketplace.orders.models import StallOrderLine

    [part] = place([factories.make_listing(stall=three_stalls[0], title="Aguacate")], market)
    StallOrderLine.objects.filter(stall_order=part).update(note="Para hoy, suave", preparation="sin hueso")

    assert "(sin hueso · Para hoy, suave)" in one("order_placed").body


def test_the_shopper_without_email_gets_no_mail_and_the_event_is_done(listings, market):
    place(listings, market, contact=ContactDetails(name="Ana", phone="3355500199", language="en"))

    assert letters("order_placed") == []
    assert OutboxEvent.objects.get(topic="order_placed").sent_at is not None


def test_a_blanked_contact_is_not_written_to(unpaid):
    Contact.objects.update(email="", phone="", blanked_at=timezone.now())

    assert letters("order_placed") == []


def test_the_stall_is_told_what_to_answer_until_when(parts):
    [letter] = [each for each in letters("stall_order_new") if "Jitomate" in each.body]

    assert letter.to == ["owner0@example.org"]
    assert letter.subject == f"New order {parts[0].short_number}: $32.49"
    assert f"New order {parts[0].short_number}. Answer before Tuesday 24, 9:40." in letter.body
    assert "They come for it at Mercado Alameda: Tuesday 24, 12:00 – 14:00" in letter.body
    assert f"https://mercados.example.org/stall/{parts[0].stall.slug}/orders/{parts[0].pk}/" in letter.body


def test_a_stall_hears_only_of_its_own_part(parts):
    for letter in letters("stall_order_new"):
        assert sum(title in letter.body for title in ("Jitomate", "Queso fresco", "Tortillas")) == 1


def test_a_stall_that_accepts_by_itself_hears_that_it_did(listings, market):
    type(listings[0].stall).objects.update(auto_accept=True)
    parts = place(listings[:1], market)
    advance.confirm_part(parts[0], by=SHOPPER)

    assert "It is accepted." in one("stall_order_new").body


def test_less_is_told_line_by_line(parts, vendors):
    advance.accept(parts[1], by=vendors[1], offers={parts[1].lines.get().pk: D("0.25")})

    letter = one("stall_order_shorted")

    assert letter.subject == f"Your order {parts[0].order.number}: Cremería La Vaquita has less"
    assert "Queso fresco: you asked for ½ kg, there is ¼ kg" in letter.body


def test_none_is_said_as_none(three_stalls, market, vendors):
    listings = [factories.make_listing(stall=three_stalls[0], title=title) for title in ("Jitomate", "Cebolla")]
    Stall.objects.update(languages="en")
    [part] = place(listings, market)
    advance.confirm_part(part, by=SHOPPER)
    onion = part.lines.get(title="Cebolla")
    row = advance.accept(part, by=vendors[0], offers={onion.pk: D(0)})

    assert "- Cebolla: you asked for ½ kg, there is none\n" in one("stall_order_shorted").body
    pack(row, by=vendors[0], share=D("0.5"))
    letter = one("stall_order_ready").body
    assert "Jitomate: 1 kg asked for, ½ kg there is" in letter
    assert "Cebolla: ½ kg asked for, there is none" in letter


def test_ready_says_code_place_time_and_cash(parts, vendors):
    pack(advance.accept(parts[1], by=vendors[1]), by=vendors[1], share=D("1.04"), bags=2)

    letter = one("stall_order_ready")

    assert letter.subject == f"Ready to pick up: Cremería La Vaquita, order {parts[0].order.number}"
    assert "Your code to pick it up: 4729" in letter.body
    assert f"Where: Stall {parts[1].pitch_text}, Mercado Alameda" in letter.body
    assert "Av. Alameda 12" in letter.body
    assert "When: Tuesday 24, 12:00 – 14:00" in letter.body
    assert "It is kept until Tuesday 24, 16:00." in letter.body
    assert "2 bags" in letter.body
    assert "Queso fresco: ½ kg asked for, 520 g there is, $74.88" in letter.body
    assert "You pay $74.88 at this stall." in letter.body


def test_what_was_handed_over_meanwhile_is_not_announced(parts, vendors):
    row = pack(advance.accept(parts[0], by=vendors[0]), by=vendors[0])
    deliver_at_stall(row, code="4729", by=vendors[0])

    assert letters("stall_order_ready") == []


def test_the_question_has_every_answer_with_its_amount(parts, vendors):
    now = timezone.now()
    advance.accept(parts[2], by=vendors[2])
    advance.reject(parts[0], by=vendors[0], now=now)
    carry_out_refusal(parts[0], now=now + timedelta(seconds=60))

    letter = one("decision_opened")

    assert letter.subject == f"A question about your order {parts[0].order.number}"
    assert "Verduras Doña Chayo cannot fill its part" in letter.body
    assert "- Keep the rest: you pay $150.00 in all." in letter.body
    assert "- Cancel what no stall has accepted yet: you pay $78.00 in all." in letter.body
    assert "answer before Tuesday 24, 10:01" in letter.body
    assert letter.body.count("Keep the rest: you pay $150.00 in all.") == 2  # the default is repeated


def test_a_late_payment_is_asked_about(unpaid):
    rows = advance.expire_parts(unpaid)
    open_revive_decision(rows, now=timezone.now())

    letter = one("decision_opened")

    assert "came after the goods had gone back" in letter.body
    assert "- Order the same again with the money you paid: $182.49." in letter.body
    assert "- Give the money back." in letter.body


def test_a_refusal_says_what_goes_on(parts, vendors):
    for part, vendor in zip(parts[1:], vendors[1:], strict=True):
        advance.accept(part, by=vendor)
    now = timezone.now()
    advance.reject(parts[0], by=vendors[0], now=now)
    carry_out_refusal(parts[0], now=now + timedelta(seconds=60))

    letter = one("stall_order_refused")

    assert "You do not pay its $32.49." in letter.body
    assert "- Cremería La Vaquita\n- Tortillería El Comal\nIt comes to $150.00." in letter.body


def test_a_stall_that_did_not_answer_is_named_as_such(parts, vendors):
    for part, vendor in zip(parts[1:], vendors[1:], strict=True):
        advance.accept(part, by=vendor)
    carry_out_refusal(advance.leave_unanswered(parts[0], now=parts[0].accept_by))

    assert "Verduras Doña Chayo did not answer in time" in one("stall_order_refused").body


def test_both_sides_hear_of_a_cancelled_order(parts):
    cancel_by_shopper(parts[0].order, by=SHOPPER)

    letter = one("order_cut")
    assert "- Verduras Doña Chayo\n- Cremería La Vaquita\n- Tortillería El Comal" in letter.body
    assert "You cancelled it. You do not pay for it." in letter.body
    assert "Nothing of this order is left." in letter.body
    stalls = letters("part_cancelled")
    assert [each.to[0] for each in stalls] == [f"owner{n}@example.org" for n in range(3)]
    assert all("The shopper cancelled it." in each.body for each in stalls)


def test_both_sides_hear_that_nobody_came(parts, vendors):
    row = pack(advance.accept(parts[0], by=vendors[0]), by=vendors[0])
    cancel_no_show(row, now=HandOver.objects.get().hold_until)

    assert "Nobody came for it in time." in one("order_cut").body
    assert "Nobody came for it in time." in one("part_cancelled").body


def test_an_order_that_was_not_paid_says_that_nothing_was_charged(unpaid):
    advance.expire_parts(unpaid)

    assert "Nothing was charged." in one("order_expired").body


def test_the_desk_is_told_of_wrong_codes_without_the_code(parts, vendors):
    row = pack(advance.accept(parts[0], by=vendors[0]), by=vendors[0])
    for _ in range(5):
        with pytest.raises((WrongCode, CodeLocked)):
            deliver_at_stall(row, code="0000", by=vendors[0])

    letter = one("desk_code_locked")

    assert letter.to == ["operator@example.com"]
    assert f"five wrong pick-up codes for order {parts[0].order.number} at Mercado Alameda" in letter.body
    assert "until Tuesday 24, 9:15" in letter.body
    assert "4729" not in letter.body


def test_waiting_at_the_desk_says_where(unpaid, vendors):
    HandOver.objects.update(kind=HandOver.Kind.DESK, code="4729")
    for part, vendor in zip(unpaid, vendors, strict=True):
        row = advance.accept(advance.confirm_part(fresh(part), by=DESK), by=vendor)
        move_to_desk(pack(row, by=vendor), by=vendor)

    letter = one("hand_over_waiting")

    assert "Where: Puerta 2, Mercado Alameda" in letter.body
    assert "Your code to pick it up: 4729" in letter.body


def test_a_letter_is_in_its_readers_language(listings, market):
    Stall.objects.update(languages="en,es")
    [part] = place(listings[:1], market, contact=ContactDetails(email="ana@example.net", language="es-mx"))
    advance.confirm_part(part, by=SHOPPER)

    to_shopper, to_stall = one("order_placed"), one("stall_order_new")

    assert "Martes 24, 12:00" in to_shopper.body
    assert "Tuesday 24, 12:00" in to_stall.body
    assert dict(Message.objects.values_list("template", "language")) == {
        "order_placed": "es-mx",
        "stall_order_new": "en",
    }


def test_days_inside_a_sentence_are_written_as_people_write_them():
    noon = factories.at("2026-11-24 12:00", MEXICO)
    said = {}

    for language in ("es-mx", "es", "en", "nah"):
        with translation.override(language):
            said[language] = moment_words(noon, MEXICO)

    assert said == {
        "es-mx": "martes 24, 12:00",
        "es": "martes 24, 12:00",
        "en": "Tuesday 24, 12:00",
        "nah": "Tuesday 24, 12:00",
    }


def test_no_letter_to_a_stall_or_the_desk_holds_the_shoppers_contact_or_code(parts, vendors):
    """Every topic is provoked at least once, and every mail that is not the shopper's is searched."""
    now = timezone.now()
    line = parts[1].lines.get()
    advance.reject(parts[0], by=vendors[0], now=now)
    carry_out_refusal(parts[0], now=now + timedelta(seconds=60))
    row = pack(advance.accept(parts[1], by=vendors[1], offers={line.pk: D("0.25")}), by=vendors[1])
    for _ in range(5):
        with pytest.raises((WrongCode, CodeLocked)):
            deliver_at_stall(row, code="0000", by=vendors[1])
    cancel_by_shopper(parts[2].order, by=SHOPPER)

    mails = [each for topic in TOPICS for each in letters(topic)]

    to_others = [each for each in mails if each.to != ["ana@example.net"]]
    assert {each.to[0] for each in to_others} >= {"owner1@example.org", "owner2@example.org", "operator@example.com"}
    for each in to_others:
        whole = each.subject + each.body + str(each.extra_headers)
        for secret in ("Ana", "Ruiz", "ana@example.net", "5550 0199", "4729", "my-order"):
            assert secret not in whole, f"{each.subject} tells {secret}"


def test_names_with_signs_are_not_escaped(listings, market):
    Listing.objects.filter(pk=listings[0].pk).update(note="")
    product = listings[0].stockrecord.product
    type(product).objects.filter(pk=product.pk).update(title="Ate & <queso> 'Doña'")
    place(listings[:1], market)

    assert "Ate & <queso> 'Doña': 1 kg" in one("order_placed").body
