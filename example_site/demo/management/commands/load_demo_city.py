"""``manage.py load_demo_city``: fills an empty shop with a city, or brings the city up to today."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from example_site.demo.bank_file import write_bank_file
from example_site.demo.city import load_city
from example_site.demo.load_stalls import ADMIN, PASSWORD
from example_site.demo.order_history import orders_to_follow
from oscar_marketplace.conf import settings as marketplace_settings
from oscar_marketplace.orders.tracking import tracking_path

REFUSAL = (
    "This loads people whose password everybody knows. It runs only where DEBUG is on, or with "
    "OSCAR_MARKETPLACE_DEMO = True in a site that is nothing but a demo."
)

LOGINS = """\
Sign in at /accounts/login/ with the password "%(password)s":

  chayo@example.org      Verduras Doña Chayo, orders in every state
  beto@example.org       his own juice stall, and assistant at Doña Chayo's
  isidro@example.org     Frutas Los Compadres, one stall on two pitches
  abundio@example.org    Birriería Los Tatemados, the stall with 16 %% tax
  catarino@example.org   Nopales de la Sierra, in two street markets (Tuesday, Friday)
  lupita@example.org     in one street market on two days (Tuesday, Saturday), and assistant at two stalls
  wences@example.org     Verduras Los Cuñados, two pitches in Mercado Felipe Ángeles
  ana@example.org        a shopper with orders of her own
  editora@example.org    publishes the portal's pages: /cms/
  %(admin)s@example.org      everything: /cms/, /admin/ and /dashboard/

Every other owner signs in alike, for example martina@example.org. Nobody needs an account to buy."""


class Command(BaseCommand):
    help = "Loads the demo city: markets, stalls, goods and orders relative to today. May be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-orders", action="store_true", help="Only markets, stalls and goods.")

    def handle(self, *args, **options) -> None:
        if not (settings.DEBUG or marketplace_settings.DEMO):
            raise CommandError(REFUSAL)
        tally = load_city(say=self.stderr.write, with_orders=not options["without_orders"])
        self.stderr.write(f"{tally.created} rows created, {tally.changed} changed.")
        self.stdout.write(LOGINS % {"password": PASSWORD, "admin": ADMIN})
        if (path := write_bank_file(timezone.now())) is not None:
            self.stderr.write(f"What the bank would say of it: marketplace_bank_import {path} --account transfer")
        orders = [f"  {words:<40} {tracking_path(order)}" for words, order in orders_to_follow()]
        if orders:
            self.stdout.write("\n".join(["", "Orders to follow without an account:", "", *orders]))
