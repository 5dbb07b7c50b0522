"""The promise, read from top to bottom: one basket over three stalls, each answers its part, a code hands it over.

Over HTTP, with an old browser and no JavaScript, without an account. The names are Guadalajara's, the people invented.
"""

import re
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.core import mail
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_marketplace.ledger.models import LedgerPosting
from oscar_marketplace.listings.models import CatalogueEntry
from oscar_marketplace.markets.models import WaveRule
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState, HandOverState, StallOrderState
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.test import factories
from oscar_marketplace.tick.run import run_due_jobs
from tests.servers import running_server
from tests.visitor import Visitor

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]

Order = get_model("order", "Order")
SHOPPERS_MAIL, SHOPPERS_PHONE = "lupita@example.org", "+52 33 5550 0199"


@pytest.fixture
def corona():
    """Mercado Corona with three stalls: tomatoes by the quarter kilo, cheese that is weighed, tortillas with a tax."""
    market = factories.make_market(name="Mercado Corona", slug="corona", prefix="CO")
    for weekday in range(1, 8):
        WaveRule.objects.create(market=market, weekday=weekday, starts="00:05", ends="23:55", cutoff_minutes=0)
    run_due_jobs()
    stalls = {
        name: factories.make_stall(market=market, name=name, owner=factories.make_user(login))
        for name, login in [
            ("Verduras Doña Chayo", "chayo"),
            ("Cremería La Vaquita", "vaquita"),
            ("Tortillería El Comal", "comal"),
        ]
    }
    factories.make_listing(stall=stalls["Verduras Doña Chayo"], title="Jitomate saladet", price="32.49", stock=40)
    factories.make_listing(stall=stalls["Cremería La Vaquita"], title="Queso fresco", price="144.00", is_estimated=True)
    factories.make_listing(
        stall=stalls["Tortillería El Comal"], title="Tortilla de maíz", price="26.00", tax_rate="0.16"
    )
    CatalogueEntry.objects.update(icon="tomato")
    return market


def vendor(base_url, login):
    """A vendor who signs in on a phone and looks at today's orders."""
    phone = Visitor(base_url)
    phone.open("/stall/")
    form = phone.form_with("login-username", "login-password")
    phone.send(
        form,
        button=("login_submit", "Log In"),
        **{"login-username": f"{login}@example.org", "login-password": "mercado"},
    )
    return phone


def amounts(text):
    return [D(found.replace(",", "")) for found in re.findall(r"\$([\d,]+\.\d\d)", text)]


def test_from_the_basket_to_the_completed_order(corona, tmp_path):
    with running_server(tmp_path, processes=2, threads=4) as base_url:
        shopper = Visitor(base_url)

        # Lupita opens the markets, walks through Corona and fills one basket at three stalls.
        shopper.open("/markets/")
        shopper.follow("Mercado Corona")
        for stall, goods, quarters in [
            ("Verduras Doña Chayo", "Jitomate saladet", 4),
            ("Cremería La Vaquita", "Queso fresco", 2),
            ("Tortillería El Comal", "Tortilla de maíz", 4),
        ]:
            shopper.open("/markets/corona/")
            shopper.follow(stall)
            for _ in range(quarters):
                shopper.press("¼ kg", near=goods)
            assert goods in shopper.page.text

        # The basket is stalls, with exact cents: 4 x 250 g cost the price per kilo.
        shopper.open("/my-basket/")
        for words in ("Verduras Doña Chayo", "Cremería La Vaquita", "Tortillería El Comal", "1 kg", "½ kg"):
            assert words in shopper.page.text
        assert {D("32.49"), D("72.00"), D("26.00"), D("130.49")} <= set(amounts(shopper.page.text))

        # Two pages: where and how, then pay and confirm. No account, no password.
        shopper.open("/my-checkout/")
        form = shopper.form_with("name", "phone", "email")
        wave_field = next(name for name in form.choices if name.startswith("pickup_"))
        shopper.send(
            form,
            name="Lupita Ramos",
            email=SHOPPERS_MAIL,
            phone=SHOPPERS_PHONE,
            **{wave_field: form.choices[wave_field][-1]},
        )
        assert "You pay at 3 stalls when you pick up." in shopper.page.text
        assert D("130.49") in amounts(shopper.page.text)
        shopper.send(shopper.form_with("provider", "terms"), provider="cash", terms="on")

        # The order page is hers alone: a signed link, a code, what is ordered.
        order = Order.objects.get()
        order_page = shopper.page.path
        code = order.hand_overs.get().code
        assert code in shopper.page.text
        assert order.number in shopper.page.text
        assert Visitor(base_url).open(order_page[:-3] + "xx/").status == 404

        # She is told by mail, with the same cents and the link; each stall is told of its part and of nobody else.
        run_due_jobs()
        (to_shopper,) = [message for message in mail.outbox if SHOPPERS_MAIL in message.to]
        assert {D("32.49"), D("72.00"), D("26.00"), D("130.49")} <= set(amounts(to_shopper.body))
        assert order_page in to_shopper.body
        to_chayo = next(message for message in mail.outbox if "chayo@example.org" in message.to)
        assert "Jitomate saladet" in to_chayo.body
        for secret in ("Queso fresco", "Lupita", SHOPPERS_MAIL, SHOPPERS_PHONE, code):
            assert secret not in to_chayo.body + to_chayo.subject

        # Three vendors, three phones; each sees only its part.
        phones = {login: vendor(base_url, login) for login in ("chayo", "vaquita", "comal")}
        goods = {"chayo": "Jitomate saladet", "vaquita": "Queso fresco", "comal": "Tortilla de maíz"}
        for login, phone in phones.items():
            assert "1 new order" in phone.page.text
            phone.follow("answer")
            assert goods[login] in phone.page.text
            for other in set(goods.values()) - {goods[login]} | {"Lupita", SHOPPERS_MAIL, SHOPPERS_PHONE, code}:
                assert other not in phone.page.html

        # Chayo has everything. La Vaquita has less cheese. El Comal presses the wrong button and takes it back.
        phones["chayo"].press("I accept the order")
        cheese = StallOrder.objects.get(seller_name="Cremería La Vaquita").lines.get()
        phones["vaquita"].press("I accept the order", **{f"l{cheese.pk}": "less", f"a{cheese.pk}": "0.25"})
        phones["comal"].press("I cannot fill any of it")
        phones["comal"].press("Undo")
        phones["comal"].open("/stall/")
        phones["comal"].follow("answer")
        phones["comal"].press("I accept the order")
        assert set(StallOrder.objects.values_list("state", flat=True)) == {StallOrderState.ACCEPTED}

        # They weigh and pack. The cheese weighs 260 g: that is what she pays.
        phones["chayo"].press("It is ready")
        phones["vaquita"].press("It is ready", **{f"w{cheese.pk}": "260"})
        phones["comal"].press("It is ready")
        assert order.hand_overs.get().state == HandOverState.WAITING

        # When the minute to undo is over she is told what changed, and where to pick up.
        run_due_jobs(now=timezone.now() + timedelta(minutes=2))
        shopper.open(order_page)
        assert {D("32.49"), D("37.44"), D("26.00"), D("95.93")} <= set(amounts(shopper.page.text))

        # At each counter she says her code. A wrong one is refused; the right one closes only that stall's part.
        phones["chayo"].press("Handed over", code=f"{(int(code) + 1) % 10000:04d}")
        assert "Error:" in phones["chayo"].page.title
        for login, cash in [("chayo", "$32.49"), ("vaquita", "$37.44"), ("comal", "$26.00")]:
            phone = phones[login]
            assert f"Collect {cash}" in phone.page.text
            phone.press("Handed over", code=code)
        assert set(StallOrder.objects.values_list("state", flat=True)) == {StallOrderState.DELIVERED}

        # A day later nothing is open: the order is complete, and the books say so to the cent.
        run_due_jobs(now=timezone.now() + timedelta(days=2))
        parts = StallOrder.objects.filter(order=order)
        assert set(parts.values_list("state", flat=True)) == {StallOrderState.COMPLETED}
        assert sum(part.final_incl_tax for part in parts) == D("95.93")
        charges = Charge.objects.filter(order=order)
        assert set(charges.values_list("state", flat=True)) == {ChargeState.CAPTURED}
        assert sum(charge.captured for charge in charges) == 9593
        assert list(troubles()) == []
        receivable = LedgerPosting.objects.filter(account__kind="receivable", transaction__order=order)
        assert sorted(receivable.values_list("amount", flat=True)) == [-3744, -3249, -2600, 2600, 3249, 3744]
        assert Order.objects.get().status == "Complete"
        tomatoes = order.lines.get(title="Jitomate saladet").stockrecord
        assert (tomatoes.num_in_stock, tomatoes.num_allocated) == (36, 0)
        assert Order.objects.get().total_incl_tax == D("130.49"), "the contract as placed never changes"
