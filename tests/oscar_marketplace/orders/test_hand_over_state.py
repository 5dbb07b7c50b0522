"""The state of a hand-over is what its parts add up to; whatever happens, what is stored is its recomputation."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import target_of
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.orders import advance, hand_over
from oscar_marketplace.orders.hand_over_state import hand_over_state
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.states import HandOverState as H
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import CLOCK, DESK, SHOPPER, fresh, member_of, pack, placed_parts
from tests.oscar_marketplace.orders.test_state_table import TABLE

LEGAL = {(str(old), str(new)) for (old, _act), new in TABLE.items()}


def parts(*states):
    return [StallOrder(state=state, reason=reason) for state, _, reason in (each.partition(":") for each in states)]


@pytest.mark.parametrize(
    ("states", "at_stall", "at_desk"),
    [
        (["awaiting_payment", "awaiting_payment"], H.RESERVED, H.RESERVED),
        (["new", "awaiting_payment"], H.RESERVED, H.RESERVED),
        (["new", "accepted"], H.CONFIRMED, H.CONFIRMED),
        (["new", "preparing"], H.COLLECTING, H.COLLECTING),
        (["new", "ready"], H.COLLECTING, H.COLLECTING),
        (["accepted", "delivered"], H.COLLECTING, H.COLLECTING),
        (["ready", "ready"], H.WAITING, H.COMPLETE),
        (["ready", "rejected", "cancelled:stall"], H.WAITING, H.COMPLETE),
        (["ready", "handed_over"], H.WAITING, H.COMPLETE),
        (["handed_over", "handed_over"], H.WAITING, H.WAITING),
        (["ready", "delivered"], H.WAITING, H.COMPLETE),
        (["delivered", "completed"], H.DELIVERED, H.DELIVERED),
        (["delivered", "cancelled:no_show"], H.DELIVERED, H.DELIVERED),
        (["rejected", "cancelled:no_show"], H.NOT_COLLECTED, H.NOT_COLLECTED),
        (["returned", "rejected"], H.RETURNED, H.RETURNED),
        (["rejected", "unanswered"], H.EXPIRED, H.EXPIRED),
        (["expired", "expired"], H.EXPIRED, H.EXPIRED),
    ],
)
def test_what_the_parts_add_up_to(states, at_stall, at_desk):
    assert hand_over_state(parts(*states), kind=HandOver.Kind.STALL) == at_stall
    assert hand_over_state(parts(*states), kind=HandOver.Kind.DESK) == at_desk


@pytest.mark.django_db
def test_the_place_in_the_wave_is_kept_while_a_refusal_can_be_undone(market):
    from oscar_marketplace.aftersales.refusal import carry_out_refusal

    stall, now = factories.make_stall(market=market), timezone.now()
    wave = factories.make_wave(market, capacity=1)
    [part] = placed_parts([(factories.make_listing(stall=stall), 4)], wave=wave)
    advance.confirm_part(part, by=CLOCK)

    advance.reject(part, by=member_of(stall), now=now)
    assert wave.places.get().hand_over == part.hand_over

    carry_out_refusal(part, now=now + timedelta(seconds=60))
    assert wave.places.get().hand_over is None


class OneOrder(RuleBasedStateMachine):
    """Two stalls, two members each, a shopper, a desk and the clock, all with pages of any age."""

    @initialize(kind=st.sampled_from(HandOver.Kind.values))
    def place(self, kind):
        market = factories.make_market()
        stalls = [factories.make_stall(market=market) for _ in range(2)]
        self.people = [[member_of(stall), member_of(stall)] for stall in stalls]
        self.listings = [factories.make_listing(stall=stall, stock=50) for stall in stalls]
        self.parts = placed_parts([(listing, 4) for listing in self.listings], kind=kind)
        self.kind, self.now = kind, timezone.now()
        self.pages = [[part] for part in self.parts]

    def act(self, which, page, do):
        """Do something from a page that may be old; refused acts change nothing."""
        pages = self.pages[which]
        seen = pages[min(page, len(pages) - 1)] if page >= 0 else pages[-1]
        before = self.facts()
        try:
            do(seen)
        except MarketplaceError:
            assert self.facts() == before
        pages.append(fresh(self.parts[which]))

    def facts(self):
        return list(StallOrder.objects.order_by("pk").values_list("state", "version", "released_at", "final_incl_tax"))

    which = st.integers(0, 1)
    who = st.integers(0, 1)
    # Mostly the newest page, now and then one from before.
    page = st.one_of(st.just(-1), st.just(-1), st.integers(0, 4))

    @rule(which=which, page=page)
    def confirm(self, which, page):
        self.act(which, page, lambda seen: advance.confirm_part(seen, by=CLOCK, now=self.now))

    @rule(which=which, page=page, who=who, less=st.booleans())
    def accept(self, which, page, who, less):
        offers = {self.parts[which].lines.get().pk: "0.5"} if less else None
        by = self.people[which][who]
        self.act(
            which, page, lambda seen: advance.accept(seen, by=by, version=seen.version, offers=offers, now=self.now)
        )

    @rule(which=which, page=page, who=who)
    def reject(self, which, page, who):
        by = self.people[which][who]
        self.act(which, page, lambda seen: advance.reject(seen, by=by, version=seen.version, now=self.now))

    @rule(which=which, page=page, who=who)
    def prepare(self, which, page, who):
        by = self.people[which][who]
        self.act(which, page, lambda seen: advance.start_preparing(seen, by=by, version=seen.version, now=self.now))

    @rule(which=which, page=page, who=who, quarters=st.integers(0, 4))
    def make_ready(self, which, page, who, quarters):
        by = self.people[which][who]
        self.act(which, page, lambda seen: pack(seen, by=by, share=Decimal(quarters) / 4, now=self.now))

    @rule(which=which, page=page, who=who)
    def undo(self, which, page, who):
        by = self.people[which][who]
        self.act(which, page, lambda seen: advance.undo(seen, by=by, version=seen.version, now=self.now))

    @rule(which=which, page=page)
    def cancel(self, which, page):
        self.act(which, page, lambda seen: advance.cancel_part(seen, by=SHOPPER, reason="shopper", now=self.now))

    @rule(which=which, page=page, who=who, code_is_right=st.booleans())
    def hand_over(self, which, page, who, code_is_right):
        by = self.people[which][who]
        code = self.parts[which].hand_over.code if code_is_right else "x"

        def do(seen):
            if self.kind == HandOver.Kind.STALL:
                hand_over.deliver_at_stall(seen, code=code, by=by, version=seen.version, now=self.now)
            elif fresh(seen).state == S.READY:
                hand_over.move_to_desk(seen, by=by, version=seen.version, now=self.now)
            else:
                hand_over.deliver_at_desk(seen.hand_over, code=code, by=DESK, now=self.now)

        self.act(which, page, do)

    @rule(seconds=st.sampled_from([1, 30, 60, 3600, 90_000]))
    def time_passes(self, seconds):
        from oscar_marketplace.aftersales.refusal import carry_out_refusal

        self.now += timedelta(seconds=seconds)
        for part in self.parts:
            advance.leave_unanswered(part, now=self.now)
            carry_out_refusal(part, now=self.now)
            advance.use_up_packed_goods(part, now=self.now)
            advance.complete_part(part, now=self.now)
        self.pages = [[*pages, fresh(part)] for pages, part in zip(self.pages, self.parts, strict=True)]

    @invariant()
    def the_hand_over_is_what_its_parts_add_up_to(self):
        stored = HandOver.objects.get(pk=self.parts[0].hand_over_id)
        assert stored.state == hand_over_state(stored.stall_orders.all(), kind=stored.kind)

    @invariant()
    def every_step_was_legal_and_is_written_down(self):
        for part in self.parts:
            entries = AuditEntry.objects.filter(target=target_of(part)).order_by("pk")
            steps = [entry.data for entry in entries if "version" in entry.data]
            assert all((step["from"], step["to"]) in LEGAL for step in steps)
            assert all(a["to"] == b["from"] and a["version"] + 1 == b["version"] for a, b in pairwise(steps))
            row = fresh(part)
            assert (row.state, row.version) == (
                (steps[-1]["to"], steps[-1]["version"]) if steps else (S.AWAITING_PAYMENT, 1)
            )

    @invariant()
    def amounts_and_stock_add_up(self):
        for part, listing in zip(self.parts, self.listings, strict=True):
            row, line, record = fresh(part), part.lines.get(), fresh(listing.stockrecord)
            assert row.final_incl_tax == line.final_incl_tax
            gone = row.released_at is not None
            assert record.num_allocated == (0 if gone else 4)
            assert 46 <= record.num_in_stock <= 50


OneOrder.TestCase.settings = settings(
    max_examples=50, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


class TestAnyInterleaving(OneOrder.TestCase, TestCase):
    """Each example in its own transaction, which is rolled back."""
