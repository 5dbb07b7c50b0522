"""What the city's staff can do in the admin: always through the verbs, with their name under it."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.listings.models import Listing, StockMode
from oscar_marketplace.markets.models import Closure, Pitch
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.stalls.models import Payee, Stall, StallMember, StallPitch, Tenure
from oscar_marketplace.test import factories


def url(model, page, *args):
    return reverse(f"admin:oscar_marketplace_{model}_{page}", args=args)


def act(client, model, action, *rows, **data):
    """Choose rows in a list and run an action on them."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **data}
    return client.post(url(model, "changelist"), chosen, follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


def told_saved(stall):
    return f'The stall “<a href="{url("stall", "change", stall.pk)}">{stall}</a>” was changed successfully.'


def as_typed(client, address):
    """What the page's form holds, as a browser would send it back."""
    context = client.get(address).context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            widget, value = field.field.widget, field.value()
            if not field.field.disabled:
                data |= _typed(widget, field.html_name, value)
    return data


def _typed(widget, name, value):
    if hasattr(widget, "widgets"):
        values = value if isinstance(value, list) else widget.decompress(value)
        return {f"{name}{suffix}": part for suffix, part in zip(widget.widgets_names, values, strict=True) if part}
    if isinstance(value, bool):
        return {name: "on"} if value else {}
    if isinstance(value, (list, tuple)):
        return {name: [getattr(each, "pk", each) for each in value]}
    return {name: "" if value is None else value}


class TestStalls:
    @pytest.fixture
    def submitted(self, db):
        market = factories.make_market()
        stall = Stall.objects.create(
            operator=market.operator, name="Flores Casa Amapola", slug="flores", state="submitted"
        )
        StallMember.objects.create(stall=stall, user=factories.make_user("tere"), role=StallMember.Role.OWNER)
        StallPitch.objects.create(stall=stall, pitch=Pitch.objects.create(market=market, number="3"))
        payee = Payee.objects.create(operator=market.operator, name="Teresa Olmos")
        Tenure.objects.create(stall=stall, payee=payee, starts_on=date(2020, 1, 1))
        return stall

    def test_approving_makes_a_partner_in_the_name_of_who_clicked(self, admin, boss, submitted):
        answer = act(admin, "stall", "approve_stall", submitted)

        stall = Stall.objects.get()
        assert (stall.state, stall.partner.code) == ("approved", "flores")
        assert told(answer) == ["Done for 1 row."]
        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.actor, entry.role) == ("approve_stall", boss, "city")

    def test_what_is_missing_is_said_and_the_others_go_on(self, admin, submitted):
        bare = Stall.objects.create(operator=submitted.operator, name="Bare", slug="bare", state="submitted")

        answer = act(admin, "stall", "approve_stall", submitted, bare)

        assert Stall.objects.get(pk=submitted.pk).state == "approved"
        assert Stall.objects.get(pk=bare.pk).state == "submitted"
        assert any(text.startswith("Bare: The stall cannot sell yet.") for text in told(answer))

    def test_sending_back_asks_for_the_reason_first(self, admin, submitted):
        asked = act(admin, "stall", "reject_stall", submitted)
        still = Stall.objects.get().state
        empty = act(admin, "stall", "reject_stall", submitted, reason="  ")
        act(admin, "stall", "reject_stall", submitted, reason="The permit is of last year.")

        assert 'name="reason"' in asked.content.decode()
        assert "Nothing was changed" not in asked.content.decode()
        assert "Nothing was changed" in empty.content.decode()
        assert still == "submitted"
        assert Stall.objects.get().state == "rejected"
        assert AuditEntry.objects.get().reason == "The permit is of last year."

    def test_a_posted_state_changes_nothing(self, admin, submitted):
        address = url("stall", "change", submitted.pk)
        data = as_typed(admin, address)

        answer = admin.post(address, {**data, "state": "approved", "partner": "1", "name_en": "Flores Amapola"})

        assert answer.status_code == 302
        stall = Stall.objects.get()
        assert (stall.name, stall.state, stall.partner) == ("Flores Amapola", "submitted", None)

    def test_who_may_only_look_can_act_on_nothing(self, client, clerk, submitted):
        client.force_login(clerk)

        act(client, "stall", "approve_stall", submitted)

        assert Stall.objects.get().state == "submitted"

    def test_the_right_to_change_is_the_right_to_act(self, client, clerk, submitted):
        clerk.user_permissions.add(Permission.objects.get(codename="change_stall"))
        client.force_login(clerk)

        act(client, "stall", "approve_stall", submitted)

        assert Stall.objects.get().state == "approved"


class TestMembers:
    @pytest.fixture
    def stall(self, db):
        return factories.make_stall(owner=factories.make_user("chayo"))

    def save(self, admin, stall, change):
        address = url("stall", "change", stall.pk)
        data = as_typed(admin, address)
        change(data)
        return admin.post(address, data)

    def test_the_last_owner_is_not_removed(self, admin, stall):
        answer = self.save(admin, stall, lambda data: data.update({"members-0-DELETE": "on"}))

        assert "A stall needs an owner." in answer.content.decode()
        assert stall.members.count() == 1

    def test_the_last_owner_does_not_become_an_assistant(self, admin, stall):
        answer = self.save(admin, stall, lambda data: data.update({"members-0-role": "assistant"}))

        assert answer.status_code == 200
        assert stall.members.get().role == "owner"

    def test_an_owner_can_be_replaced_in_one_go(self, admin, boss, stall):
        beto = factories.make_user("beto")

        def change(data):
            data.update(
                {
                    "members-TOTAL_FORMS": 2,
                    "members-0-DELETE": "on",
                    "members-1-id": "",
                    "members-1-stall": stall.pk,
                    "members-1-user": beto.pk,
                    "members-1-role": "owner",
                }
            )

        answer = self.save(admin, stall, change)

        assert answer.status_code == 302
        assert list(stall.members.values_list("user", "role")) == [(beto.pk, "owner")]
        verbs = AuditEntry.objects.values_list("verb", "actor", "role")
        assert list(verbs) == [("add_member", boss.pk, "city"), ("remove_member", boss.pk, "city")]

    def test_owner_and_assistant_can_change_places_in_one_go(self, admin, stall):
        StallMember.objects.create(stall=stall, user=factories.make_user("beto"), role="assistant")

        answer = self.save(
            admin, stall, lambda data: data.update({"members-0-role": "assistant", "members-1-role": "owner"})
        )

        assert told(admin.get(answer.url)) == [told_saved(stall)]
        assert list(stall.members.values_list("user__username", "role")) == [("chayo", "assistant"), ("beto", "owner")]

    def test_a_person_is_not_exchanged_behind_a_membership(self, admin, stall):
        beto = factories.make_user("beto")

        self.save(admin, stall, lambda data: data.update({"members-0-user": beto.pk}))

        assert stall.members.get().user.username == "chayo"
        page = admin.get(url("stall", "change", stall.pk))
        (members,) = [
            each.formset for each in page.context["inline_admin_formsets"] if each.formset.prefix == "members"
        ]
        assert [form.fields["user"].disabled for form in members.forms] == [True]
        assert not members.empty_form.fields["user"].disabled


class TestWhatPricesRestOn:
    def test_an_operator_keeps_its_currency(self, admin):
        operator = factories.make_operator()
        address = url("operator", "change", operator.pk)

        admin.post(address, {**as_typed(admin, address), "currency": "EUR", "name": "Guadalajara"})

        operator.refresh_from_db()
        assert (operator.name, operator.currency) == ("Guadalajara", "MXN")

    def test_a_unit_keeps_its_amount(self, admin):
        unit = factories.kilo()
        address = url("unit", "change", unit.pk)

        admin.post(address, {**as_typed(admin, address), "base_amount": "9", "kind": "volume", "name_en": "kilogramo"})

        unit.refresh_from_db()
        assert (unit.name, unit.kind, unit.base_amount) == ("kilogramo", "weight", D(1000))


class TestListings:
    @pytest.fixture
    def listing(self, db):
        return factories.make_listing(price="32.00", stock=10)

    def save(self, admin, listing, **change):
        address = url("listing", "change", listing.pk)
        return admin.post(address, {**as_typed(admin, address), **change}, follow=True)

    def test_a_price_is_read_as_it_is_typed_and_written_by_the_verb(self, admin, boss, listing):
        self.save(admin, listing, price_text="36,50")

        fresh = Listing.objects.select_related("stockrecord").get()
        assert (fresh.price, fresh.stockrecord.price) == (D("36.50"), D("9.13"))
        assert AuditEntry.objects.get().verb == "set_price"
        assert AuditEntry.objects.get().actor == boss

    def test_a_price_far_from_the_last_one_is_asked_back(self, admin, listing):
        asked = self.save(admin, listing, price_text="320")
        still = Listing.objects.get().price
        self.save(admin, listing, price_text="320", confirm_price="on")

        assert "The price was 32.00 and now is 320. Is that right?" in asked.content.decode()
        assert (still, Listing.objects.get().price) == (D("32.00"), D("320.00"))

    @pytest.mark.parametrize("text", ["", "1.250", "free", "-3"])
    def test_what_is_no_price_is_said_at_the_field(self, admin, listing, text):
        answer = self.save(admin, listing, price_text=text)

        assert answer.context["adminform"].form.errors["price_text"]
        assert Listing.objects.get().price == D("32.00")

    def test_units_and_state_are_no_fields(self, admin, listing):
        self.save(admin, listing, state="archived", step="1", order_unit=factories.piece().pk, note="ripe")

        fresh = Listing.objects.get()
        assert (fresh.state, fresh.step, fresh.order_unit, fresh.note) == (
            "live",
            D("0.250"),
            listing.order_unit,
            "ripe",
        )
        assert AuditEntry.objects.get().data == {"fields": ["note"]}

    def test_counting_less_than_is_promised_warns(self, admin, listing):
        get_model("partner", "StockRecord").objects.update(num_allocated=6)

        answer = self.save(admin, listing, steps_in_stock="4")

        assert "That is less than open orders were promised." in told(answer)
        assert AuditEntry.objects.filter(verb="stock_below_promised").exists()

    def test_saving_an_open_page_again_writes_nothing(self, admin, listing):
        self.save(admin, listing)

        assert not AuditEntry.objects.exists()

    def test_states_change_by_actions(self, admin, listing):
        act(admin, "listing", "pause_listing", listing)
        paused = Listing.objects.get().state
        act(admin, "listing", "archive_listing", listing)
        answer = act(admin, "listing", "publish_listing", listing)

        assert (paused, Listing.objects.get().state) == ("paused", "archived")
        assert any("cannot become" in text for text in told(answer))

    def new(self, admin, stall, product, **change):
        address = url("listing", "add")
        data = {
            **as_typed(admin, address),
            "stall": stall.pk,
            "product": product.catalogue_entry.pk,
            "price_text": "28,50",
            "price_unit": factories.kilo().pk,
            "order_unit": factories.kilo().pk,
            "step": "0.25",
            "stock_mode": StockMode.COUNTED,
            "steps_in_stock": "40",
            **change,
        }
        return admin.post(address, data)

    def test_a_new_listing_is_a_draft_with_its_stock_record(self, admin, boss):
        stall, product = factories.make_stall(), factories.make_product("Chile poblano")

        answer = self.new(admin, stall, product)

        assert answer.status_code == 302
        listing = Listing.objects.select_related("stockrecord").get()
        assert (listing.state, listing.price, listing.stall) == ("draft", D("28.50"), stall)
        assert (listing.stockrecord.product, listing.stockrecord.num_in_stock) == (product, 40)
        assert AuditEntry.objects.get().actor == boss

    @pytest.mark.parametrize("wrong", ["price", "units", "foreign", "twice", "step"])
    def test_what_is_wrong_is_said_and_nothing_is_written(self, admin, wrong):
        stall = factories.make_stall()
        owner = factories.make_stall() if wrong == "foreign" else None
        product = factories.make_product("Chile poblano", owner=owner)
        change = {
            "price": {"price_text": "1.250"},
            "units": {"order_unit": factories.piece().pk},
            "step": {"step": "0"},
        }.get(wrong, {})
        if wrong == "twice":
            self.new(admin, stall, product)
        before = Listing.objects.count()

        answer = self.new(admin, stall, product, **change)

        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors
        assert Listing.objects.count() == before


class TestOperation:
    def test_a_dead_letter_is_tried_again(self, admin, boss):
        now = datetime.now(UTC)
        dead = OutboxEvent.objects.create(key="a:1", topic="a", attempts=8, dead_at=now, available_at=now)
        sent = OutboxEvent.objects.create(key="a:2", topic="a", attempts=1, sent_at=now)

        act(admin, "outboxevent", "try_again", dead, sent)

        dead, sent = OutboxEvent.objects.order_by("pk")
        assert (dead.dead_at, dead.attempts) == (None, 0)
        assert (sent.sent_at, sent.attempts) == (now, 1)
        assert AuditEntry.objects.get().target == f"outboxevent:{dead.pk}"

    def test_dead_letters_have_a_list_of_their_own(self, admin):
        OutboxEvent.objects.create(key="a:dead", topic="a", dead_at=datetime.now(UTC))
        OutboxEvent.objects.create(key="a:waits", topic="a")

        page = admin.get(url("outboxevent", "changelist"), {"delivery": "dead"}).content.decode()

        assert "a:dead" in page
        assert "a:waits" not in page

    def test_a_reviewed_charge_says_what_was_done(self, admin, part):
        charge = part.charge_shares.get().charge

        act(admin, "charge", "mark_reviewed", charge)
        asked = Charge.objects.get().needs_review
        act(admin, "charge", "mark_reviewed", charge, reason="Given back by hand")

        assert (asked, Charge.objects.get().needs_review, Charge.objects.get().state) == (True, False, "created")
        assert AuditEntry.objects.get(verb="charge_reviewed").reason == "Given back by hand"

    def test_a_wave_is_closed_with_a_reason_and_reopened(self, admin):
        wave = factories.make_wave(factories.make_market())

        act(admin, "wave", "close_wave", wave, reason="The desk is alone")
        wave.refresh_from_db()
        closed = wave.closed
        act(admin, "wave", "reopen_wave", wave)
        wave.refresh_from_db()

        assert (closed, wave.closed) == (True, False)
        assert AuditEntry.objects.get(verb="close_wave").reason == "The desk is alone"


class TestTimes:
    def test_closures_are_typed_and_shown_in_the_markets_zone(self, admin):
        market = factories.make_market(always_open=False, time_zone="Europe/Madrid")
        address = url("market", "change", market.pk)
        data = as_typed(admin, address)
        data |= {
            "closures-TOTAL_FORMS": 1,
            "closures-0-market": market.pk,
            "closures-0-starts_at_0": "2026-07-01",
            "closures-0-starts_at_1": "09:00",
            "closures-0-ends_at_0": "2026-07-01",
            "closures-0-ends_at_1": "12:30",
            "closures-0-reason": "Inventory",
        }

        answer = admin.post(address, data)

        assert answer.status_code == 302
        assert Closure.objects.get().starts_at == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
        assert 'value="09:00:00"' in admin.get(address).content.decode()

    def test_the_zone_does_not_stay_for_the_next_page(self, admin):
        here = factories.make_market(always_open=False)
        there = factories.make_market(always_open=False, time_zone="Asia/Tokyo")
        for market in (here, there):
            Closure.objects.create(
                market=market,
                starts_at=datetime(2026, 7, 1, 7, 0, tzinfo=UTC),
                ends_at=datetime(2026, 7, 1, 8, 0, tzinfo=UTC),
            )

        pages = [admin.get(url("market", "change", each.pk)).content.decode() for each in (there, here)]

        assert ['value="16:00:00"' in page for page in pages] == [True, False]
        assert 'value="01:00:00"' in pages[1]


def test_a_reason_no_database_stores_is_asked_for_again(admin):
    stall = factories.make_stall()

    page = act(admin, "stall", "suspend_stall", stall, reason="dirty\x00counter")

    assert "Write the reason. Nothing was changed." in page.content.decode()
    assert Stall.objects.get(pk=stall.pk).state == "approved"


class TestRefunds:
    """Money that goes back, by people."""

    @pytest.fixture
    def delivered(self, part):
        charge = part.charge_shares.get().charge
        Charge.objects.update(state="captured", received=3200, captured=3200)
        type(part).objects.filter(pk=part.pk).update(state="delivered", final_incl_tax=D(32), final_excl_tax=D(32))
        assert charge.refunds.count() == 0
        return type(part).objects.get(pk=part.pk)

    def test_a_page_asks_how_much_who_bears_it_and_why(self, admin, delivered):
        asked = act(admin, "stallorder", "give_money_back", delivered)
        words = {"amount": "12,50", "liable": "stall", "reason": "Rotten"}
        answer = act(admin, "stallorder", "give_money_back", delivered, **words)

        refund = Refund.objects.get()
        assert "Who bears it" in asked.content.decode()
        assert (refund.amount, refund.liable, refund.evidence) == (1250, "stall", "Rotten")
        assert told(answer) == ["$12.50 is to be given back by hand: see the refunds."]
        assert AuditEntry.objects.get(verb="refund_granted").actor is not None

    @pytest.mark.parametrize("amount", ["", "abc", "0", "32.01", "1.250"])
    def test_what_cannot_be_is_said_and_nothing_is_written(self, admin, delivered, amount):
        words = {"amount": amount, "liable": "stall", "reason": "Rotten"}

        answer = act(admin, "stallorder", "give_money_back", delivered, **words)

        assert "errorlist" in answer.content.decode()
        assert not Refund.objects.exists()

    def test_who_may_not_write_refunds_has_no_such_action(self, client, clerk, delivered):
        client.force_login(clerk)

        act(client, "stallorder", "give_money_back", delivered, amount="1", liable="stall", reason="x")

        assert not Refund.objects.exists()

    def test_given_back_by_hand_says_who_signed(self, admin, delivered):
        act(admin, "stallorder", "give_money_back", delivered, amount="12.50", liable="operator", reason="Rotten")
        refund = Refund.objects.get()

        act(admin, "refund", "give_back_in_cash", refund, reason="Signed: Ana")

        assert (Refund.objects.get().state, Refund.objects.get().evidence) == ("done", "Signed: Ana")
