"""The order behind its link: what it says in each state, and the few acts it offers."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_marketplace.aftersales.expire import expire_order
from oscar_marketplace.aftersales.refusal import carry_out_refusal, refuse_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import Decision, HandOver, StallOrder
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.orders.tracking import tracking_path, tracking_token
from oscar_marketplace.payments.models import Charge
from tests.oscar_marketplace.storefront.shopper import Shopper, text

pytestmark = pytest.mark.django_db

VENDOR = Actor("stall", name="Chayo")


@pytest.fixture
def order(alameda, shopper):
    """Paid in cash at three stalls: each is asked."""
    return shopper.buy(alameda.listings, alameda.wave)


@pytest.fixture
def bank(settings, tmp_path):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        "cash": {"BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall", "OPTIONS": {}},
        "dummy": {
            "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
            "OPTIONS": {"DIRECTORY": str(tmp_path), "LATE_SECONDS": 0},
        },
    }


@pytest.fixture
def unpaid(alameda, shopper, bank):
    """By card: the shopper is at the bank's page."""
    return shopper.buy(alameda.listings, alameda.wave, provider="dummy")


def parts(order) -> list[StallOrder]:
    return list(StallOrder.objects.filter(order=order).order_by("sequence"))


def states(order) -> list[str]:
    return [part.state for part in parts(order)]


def pack(part, **packed):
    lines = {line.pk: packed.get("measure", line.promised_measure) for line in part.lines.all()}
    return advance.make_ready(part, by=VENDOR, version=part.version, packed=lines, bags=1)


def see(order, shopper=None):
    return (shopper or Shopper()).client.get(tracking_path(order))


def act(name, order, **data):
    return Shopper().post(f"order-{name}", tracking_token(order), data=data, follow=True)


def test_the_page_needs_no_account_only_the_link(order):
    page = see(order)

    assert page.status_code == 200
    assert order.number in text(page)


@pytest.mark.parametrize("token", ["x", "ABCD2345:x", "ABCD2345", "../../etc", "a" * 3000])
def test_a_changed_link_is_no_page(order, token):
    for name in ("order", "order-pay", "order-decide", "order-cancel", "order-again"):
        url = reverse(f"market:{name}", args=["token"]).replace("token", token)
        assert Shopper().client.get(url).status_code in {404, 405}
        assert Shopper().client.post(url).status_code in {404, 405}


def test_a_link_for_another_number_is_no_page(order):
    other = tracking_token(order).replace(order.number, "AAAAAAAA")

    assert Shopper().get("order", other).status_code == 404


def test_the_link_is_not_kept_by_anybody(order):
    page = see(order)

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex, nofollow">' in page.content.decode()


def test_it_says_where_to_go_with_which_code_and_what_to_pay(alameda, order):
    page = text(see(order))

    hand_over = HandOver.objects.get()
    assert f"Your pick-up code {hand_over.code}" in page
    assert "Pick up at Mercado Alameda" in page
    assert "Verduras Doña Chayo" in page
    assert f"Verduras Doña Chayo · Stall {parts(order)[0].pitch_text} · you pay $8.12 there" in page
    assert "You pay when you pick up: $50.62 in all, to each stall its part." in page
    assert "33 5550 0114" in page, "the market's telephone"


def test_the_code_is_also_an_image(order):
    hand_over = HandOver.objects.get()

    image = Shopper().get("order-code", tracking_token(order), hand_over.pk)

    assert image.headers["Content-Type"] == "image/svg+xml"
    assert image.headers["Cache-Control"] == "no-store"
    assert image.content.startswith(b"<svg")
    assert f"QR code with the same number, {hand_over.code}" in see(order).content.decode()


def test_the_code_of_another_order_is_no_image(alameda, order):
    other = Shopper().buy([alameda.tomato], alameda.wave)

    response = Shopper().get("order-code", tracking_token(order), other.hand_overs.get().pk)

    assert response.status_code == 404


def test_no_code_before_the_order_is_paid(unpaid):
    hand_over = HandOver.objects.get()

    assert hand_over.code not in text(see(unpaid))
    assert Shopper().get("order-code", tracking_token(unpaid), hand_over.pk).status_code == 404


@pytest.mark.parametrize(
    ("acts", "headline"),
    [
        ((), "We received your order"),
        (("accept",), "Your order is being prepared"),
        (("accept", "pack"), "Your order is ready to pick up"),
    ],
)
def test_the_title_says_what_matters_now(order, acts, headline):
    for part in parts(order):
        if "accept" in acts:
            part = advance.accept(part, by=VENDOR, version=part.version)
        if "pack" in acts:
            pack(part)

    assert headline in text(see(order))


def test_the_way_of_the_order_says_whose_bag_is_missing(order):
    first, second, third = parts(order)
    for part in (first, second):
        pack(advance.accept(part, by=VENDOR, version=part.version))
    advance.accept(third, by=VENDOR, version=third.version)

    page = text(see(order))

    assert "The 3 stalls accepted (done)" in page
    assert "Packing your bags Still to come: Tortillería El Comal" in page


def test_what_was_weighed_is_said_with_both_amounts(order):
    cheese = parts(order)[1]
    pack(advance.accept(cheese, by=VENDOR, version=cheese.version), measure=D("0.260"))

    page = text(see(order))

    assert "You asked for ¼ kg, it weighed 260 g" in page
    assert "Before: $36.00 $37.44" in page
    assert "Total $50.62 $52.06" in page


def test_what_ran_short_is_said(order):
    tomato = parts(order)[0]
    line = tomato.lines.get()
    advance.accept(tomato, by=VENDOR, version=tomato.version, offers={line.pk: D("0.100")})

    page = text(see(order))

    assert "You asked for ¼ kg, the stall has 100 g" in page
    assert "Ran short" in page


def test_a_refusal_that_can_still_be_taken_back_is_not_told(order):
    refused = refuse_part(parts(order)[0], by=VENDOR)

    assert refused.undo_until > timezone.now()
    assert "Could not be filled" not in text(see(order))
    assert "Total $50.62" in text(see(order))


def refuse_for_good(part):
    refuse_part(part, by=VENDOR)
    carry_out_refusal(part, now=timezone.now() + timedelta(minutes=5))


def test_an_open_question_comes_first_with_exact_amounts(order):
    refuse_for_good(parts(order)[0])

    page = text(see(order))

    assert "There is a question for you" in page
    assert "Verduras Doña Chayo cannot fill your order. What shall we do with the rest?" in page
    assert "Keep the rest: $42.50 in all" in page
    assert "Without an answer this holds: Keep the rest: $42.50 in all." in page
    assert page.index("There is a question for you") < page.index("Your pick-up code")


def test_answering_does_what_was_chosen_and_is_said(order):
    refuse_for_good(parts(order)[0])
    question = Decision.objects.get()

    page = act("decide", order, question=question.pk, answer="cancel_rest")

    assert "Thank you, we have your answer." in text(page)
    assert states(order) == [StallOrderState.REJECTED, StallOrderState.CANCELLED, StallOrderState.CANCELLED]
    assert "Your order was cancelled" in text(page)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"answer": ""}, "Choose one of the answers."),
        ({"answer": "gold"}, "Choose one of the answers."),
        ({"question": "999999"}, "There is no open question any more."),
        ({"question": "abc"}, "There is no open question any more."),
    ],
)
def test_a_bad_answer_is_said_and_changes_nothing(order, data, words):
    refuse_for_good(parts(order)[0])
    question = Decision.objects.get()

    page = act("decide", order, **{"question": question.pk, "answer": "keep", **data})

    assert words in text(page)
    assert Decision.objects.get().answered_at is None


def test_the_second_answer_is_told_that_there_was_a_first(order):
    refuse_for_good(parts(order)[0])
    question = Decision.objects.get()
    act("decide", order, question=question.pk, answer="keep")

    page = act("decide", order, question=question.pk, answer="cancel_rest")

    assert "This question was already answered." in text(page)
    assert StallOrderState.CANCELLED not in states(order)


def test_a_question_of_another_order_cannot_be_answered(alameda, order):
    other = Shopper().buy(alameda.listings, alameda.wave)
    refuse_for_good(parts(other)[0])

    page = act("decide", order, question=Decision.objects.get().pk, answer="cancel_rest")

    assert "There is no open question any more." in text(page)
    assert Decision.objects.get().answered_at is None


def test_an_unpaid_order_says_so_and_until_when(unpaid):
    page = text(see(unpaid))

    assert "Your order is waiting for its payment" in page
    assert "Your payment is not finished yet." in page
    assert "The stalls keep your goods until today at" in page
    assert "Pay $50.62" in page


def test_a_declined_payment_is_said_and_can_be_tried_again(unpaid, shopper):
    bank = reverse("market:dummy-pay", args=[Charge.objects.get().reference])
    shopper.client.post(bank, {"answer": "decline"})

    page = see(unpaid)
    again = Shopper().post("order-pay", tracking_token(unpaid), data={"provider": "dummy"})

    assert "Your payment was declined. Nothing was charged." in text(page)
    assert again.url.startswith("/make-believe-bank/")
    assert Charge.objects.count() == 2


def test_a_declined_card_can_be_paid_in_cash(unpaid, shopper):
    shopper.client.post(reverse("market:dummy-pay", args=[Charge.objects.get().reference]), {"answer": "decline"})

    page = act("pay", unpaid, provider="cash")

    assert set(states(unpaid)) == {StallOrderState.NEW}
    assert "We received your order" in text(page)


def test_coming_back_from_the_bank_asks_what_became_of_it(unpaid, shopper):
    """The bank knows; our page only has to be opened."""
    from oscar_marketplace.backends import payment_providers

    payment_providers["dummy"].answer(Charge.objects.get().reference, "pay")

    page = see(unpaid)

    assert "We received your order" in text(page)
    assert "Paid." in text(page)
    assert set(states(unpaid)) == {StallOrderState.NEW}


def test_a_bank_that_does_not_answer_is_neither_paid_nor_declined(unpaid, shopper):
    shopper.client.post(reverse("market:dummy-pay", args=[Charge.objects.get().reference]), {"answer": "silent"})

    page = text(see(unpaid))

    assert "We are waiting to hear from the payment service. You do not need to pay again." in page
    assert "Pay another way" in page


@pytest.mark.parametrize("provider", ["", "gold", "CASH"])
def test_a_way_to_pay_that_is_none_is_refused(unpaid, provider):
    page = act("pay", unpaid, provider=provider)

    assert 'role="alert"' in page.content.decode()
    assert Charge.objects.count() == 1


def test_paying_a_paid_order_says_that_nothing_is_left(order):
    page = act("pay", order, provider="cash")

    assert "There is nothing left to pay." in text(page)
    assert Charge.objects.count() == 3


def test_after_the_time_to_pay_the_goods_can_be_had_anew(alameda, unpaid):
    expire_order(unpaid.pk, now=timezone.now() + timedelta(hours=1))
    shopper = Shopper()

    page = see(unpaid, shopper)
    again = shopper.post("order-again", tracking_token(unpaid), follow=True)

    assert "The time to pay ran out" in text(page)
    assert "Put these goods into a new basket" in text(page)
    assert "The goods are in your basket again, at today's prices." in text(again)
    assert len(shopper.lines()) == 3


def test_goods_that_are_gone_are_named_and_the_others_are_put_in(alameda, unpaid):
    expire_order(unpaid.pk, now=timezone.now() + timedelta(hours=1))
    Listing.objects.filter(pk=alameda.tomato.pk).update(sold_out_on=timezone.localdate())
    shopper = Shopper()

    page = shopper.post("order-again", tracking_token(unpaid), follow=True)

    assert "Jitomate is sold out today." in text(page)
    assert len(shopper.lines()) == 2


def test_the_order_can_be_cancelled_until_a_stall_accepts(order):
    page = act("cancel", order)

    assert set(states(order)) == {StallOrderState.CANCELLED}
    assert "Cancelled: Verduras Doña Chayo" in text(page)
    assert "Your order was cancelled" in text(page)
    assert "Total $50.62 $0.00" in text(page)


def test_one_stall_can_be_cancelled_alone(order):
    tomato = parts(order)[0]

    act("cancel", order, part=tomato.pk)

    assert states(order) == [StallOrderState.CANCELLED, StallOrderState.NEW, StallOrderState.NEW]


def test_what_a_stall_accepted_goes_on(order):
    tomato = parts(order)[0]
    advance.accept(tomato, by=VENDOR, version=tomato.version)

    page = act("cancel", order, part=tomato.pk)

    assert 'role="alert"' in page.content.decode()
    assert states(order)[0] == StallOrderState.ACCEPTED


@pytest.mark.parametrize("part", ["999999", "abc", "-1"])
def test_a_part_that_is_none_cannot_be_cancelled(order, part):
    assert Shopper().post("order-cancel", tracking_token(order), data={"part": part}).status_code == 404
    assert set(states(order)) == {StallOrderState.NEW}


def test_a_part_of_another_order_cannot_be_cancelled(alameda, order):
    other = parts(Shopper().buy([alameda.tomato], alameda.wave))[0]

    assert Shopper().post("order-cancel", tracking_token(order), data={"part": other.pk}).status_code == 404
    assert states(other.order) == [StallOrderState.NEW]


def test_when_nothing_can_be_cancelled_nothing_is_offered(order):
    for part in parts(order):
        advance.accept(part, by=VENDOR, version=part.version)

    assert reverse("market:order-cancel", args=[tracking_token(order)]) not in see(order).content.decode()


def test_another_shopper_s_name_and_mail_are_nowhere_on_the_page(order):
    html = see(order).content.decode()

    assert "ana@example.org" not in html, "the link may be forwarded"


def test_the_page_can_be_read_in_the_other_language(order):
    page = Shopper(language="es-mx").client.get(tracking_path(order))

    assert page.status_code == 200
    assert '<html lang="es-mx"' in page.content.decode()


def test_amounts_on_the_page_are_the_rows_of_the_order(order):
    total = get_model("order", "Order").objects.get().total_incl_tax

    assert f"Total ${total}" in text(see(order))
