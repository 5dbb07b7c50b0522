"""``manage.py delete_market_pages``: the first step of taking the market out of a Wagtail site."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from wagtail.models import Page, Site

from wagtail_mercado.pages_app.models import MarketIndexPage, MarketPage, StallPage


class Command(BaseCommand):
    """Migrations drop our tables, but not the rows that Wagtail keeps of each page in its own."""

    help = "Delete every page of the three ready-made types. Without --yes it only says which."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="delete them; there is no way back")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        ours = Page.objects.type(MarketIndexPage, MarketPage, StallPage)
        # The deepest first: none is gone with its parent before its turn.
        pages = list(ours.order_by("-depth", "path"))
        self._refuse_to_take_others_along(pages)
        for page in pages:
            self.stdout.write(f"{page.url_path} {page.title}")
            if options["yes"]:
                page.specific.delete()
        self.stdout.write(f"{len(pages)} pages {'deleted' if options['yes'] else 'would be deleted; say --yes'}.")

    def _refuse_to_take_others_along(self, pages: list[Page]) -> None:
        ids = {page.pk for page in pages}
        if site := Site.objects.filter(root_page__in=ids).first():
            raise CommandError(
                f"A market page is the root of the site {site}: choose another root page in Settings, Sites."
            )
        for page in pages:
            if other := page.get_descendants().exclude(pk__in=ids).first():
                raise CommandError(f"{other.url_path} lies below the market page {page.title!r}: move it elsewhere.")
