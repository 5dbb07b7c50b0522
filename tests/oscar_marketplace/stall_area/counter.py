"""A stall at work: orders in each state, made by the package's own verbs, and the forms its pages send."""

import html
import re
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from oscar_marketplace.aftersales.pack import pack_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.plan import ContactDetails
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories

CONTACT = ContactDetails(name="Anastasia Quintero", email="anastasia@example.org", phone="3355660011", language="en")


class Counter:
    """One stall with two members and its goods; ``url`` and ``post`` go to its pages."""

    def __init__(self, *, market=None, name="Verduras Doña Chayo"):
        self.market = market or factories.make_market()
        self.market.operator.max_open_cash_orders = 0
        self.market.operator.save()
        self.wave = self.market.waves.first() or factories.make_wave(self.market, starts_in=timedelta(hours=5))
        self.luis = factories.make_user(first_name="Luis", last_name="Pérez")
        self.rosa = factories.make_user(first_name="Rosa", last_name="Gómez")
        self.stall = factories.make_stall(market=self.market, name=name, owner=self.luis)
        self.stall.members.create(user=self.rosa)
        self.client = self.signed_in(self.luis)

    def signed_in(self, user) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    @property
    def actor(self) -> Actor:
        return Actor.of(self.luis, role="stall")

    def sells(self, title, price="32.00", **kwargs):
        return factories.make_listing(stall=self.stall, title=title, price=price, **kwargs)

    # -- orders -------------------------------------------------------------------------------------------------------

    def new(self, *wanted) -> StallOrder:
        """A part to be answered: (listing, steps) pairs, to be paid in cash."""
        order = factories.place(list(wanted), waves=[self.wave], contact=CONTACT)
        start_payment(order, provider="cash", by=Actor("shopper"))
        return StallOrder.objects.get(order=order, stall=self.stall)

    def accepted(self, *wanted, offers=None) -> StallOrder:
        part = self.new(*wanted)
        return fresh(advance.accept(part, by=self.actor, version=part.version, offers=offers))

    def ready(self, *wanted, bags=1, code="4729") -> StallOrder:
        part = self.accepted(*wanted)
        packed = {line.pk: line.ordered_measure for line in part.lines.all()}
        pack_part(part, by=self.actor, version=part.version, packed=packed, bags=bags)
        HandOver.objects.filter(stall_orders=part).update(code=code)
        return fresh(part)

    def pickup_is(self, *, begins, ends):
        """Move the pick-up time of all orders; in minutes from now."""
        now = timezone.now()
        begins, ends = now + timedelta(minutes=begins), now + timedelta(minutes=ends)
        type(self.wave).objects.filter(pk=self.wave.pk).update(starts_at=begins, ends_at=ends, cutoff_at=begins)

    # -- pages --------------------------------------------------------------------------------------------------------

    def url(self, name, *args) -> str:
        return reverse(f"stall:{name}", args=[self.stall.slug, *(getattr(arg, "pk", arg) for arg in args)])

    def get(self, name, *args, client=None):
        return (client or self.client).get(self.url(name, *args))

    def post(self, name, *args, client=None, **data):
        return (client or self.client).post(self.url(name, *args), data)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def only_line(part):
    return part.lines.get()


def line_of(part, title):
    return part.lines.get(title=title)


def text_of(response) -> str:
    """What a person reads: without tags, on one line."""
    page = response.content.decode()
    page = re.sub(r"(?s)<(title|head)\b.*?</\1>", " ", page)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def title_of(response) -> str:
    return re.search(r"(?s)<title>(.*?)</title>", response.content.decode()).group(1).strip()
