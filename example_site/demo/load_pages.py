"""The portal's pages in both languages, and the editor who publishes them."""

import json
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from wagtail.models import Locale, Page, Revision, Site

from example_site.demo.files import FOLDER
from example_site.demo.sync import Tally
from oscar_marketplace.models import Listing, Market, Stall

#: Demo login -> Wagtail's own group, made by its migrations.
GROUPS = {"editora": "Moderators"}


def load_pages(users: dict[str, int], tally: Tally) -> None:
    """Every page of ``pages.json`` in every language of the site, below a home page per language.

    A page that somebody saved in Wagtail's admin is theirs and left alone.
    """
    for login, group in GROUPS.items():
        members = Group.objects.get(name=group)
        members.user_set.add(users[login])
        # Wagtail's migrations let nobody translate.
        members.permissions.add(Permission.objects.get(codename="submit_translation"))
    written = json.loads((FOLDER / "pages.json").read_text(encoding="utf-8"))
    stock = Stock(written)
    for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        locale, _created = Locale.objects.get_or_create(language_code=code)
        Tree(locale, stock, tally).load(written)
    _point_the_site_at_the_home_page()


class Stock:
    """What is there already and what pages name, read once for all of them."""

    def __init__(self, written: list[dict[str, Any]]):
        there = Page.objects.filter(translation_key__in=[key_of(entry["key"]) for entry in written])
        self.pages = {(page.locale_id, page.translation_key): page for page in there.specific()}
        by_people = Revision.page_revisions.filter(user__isnull=False).values_list("object_id", flat=True)
        self.of_people = set(by_people.distinct())
        self.markets = dict(Market.objects.values_list("slug", "pk"))
        self.stalls = dict(Stall.objects.values_list("slug", "pk"))
        self.listings = {
            f"{stall}/{product}": pk
            for stall, product, pk in Listing.objects.filter(stall__slug__in=_stalls_in(written)).values_list(
                "stall__slug", "stockrecord__partner_sku", "pk"
            )
        }


def _stalls_in(value: Any) -> set[str]:
    """Slugs of the stalls whose listings a page names."""
    if isinstance(value, list):
        return set().union(*map(_stalls_in, value))
    if not isinstance(value, dict):
        return set()
    if "$listing" in value:
        return {value["$listing"].partition("/")[0]}
    return set().union(*map(_stalls_in, value.values()))


class Tree:
    """The pages of one language."""

    def __init__(self, locale: Locale, stock: Stock, tally: Tally):
        self.locale, self.stock, self.tally = locale, stock, tally
        self.language = locale.language_code.partition("-")[0]
        self.pages: dict[str, Page] = {}

    def load(self, written: list[dict[str, Any]]) -> None:
        for entry in written:
            self.pages[entry["key"]] = self._bring_in_line(entry)

    def _bring_in_line(self, entry: dict[str, Any]) -> Page:
        key, wanted = key_of(entry["key"]), self._values(entry)
        page = self.stock.pages.get((self.locale.pk, key))
        if page is None:
            page = apps.get_model(entry["type"])(locale=self.locale, translation_key=key, **wanted)
            parent = self.pages[entry["parent"]] if entry["parent"] else Page.get_first_root_node()
            parent.refresh_from_db()  # the tree counts its children
            parent.add_child(instance=page)
            self.tally.add(1, 0)
        elif str(page.pk) not in self.stock.of_people and _differs(page, wanted):
            for name, value in wanted.items():
                setattr(page, name, value)
            page.save()
            self.tally.add(0, 1)
        return page

    def _values(self, entry: dict[str, Any]) -> dict[str, Any]:
        values = {
            "slug": entry["slug"][self.language],
            "title": entry["title"][self.language],
            "intro": entry["intro"][self.language],
            "body": json.dumps(self._body(entry)),
            "show_in_menus": entry.get("in_menu", False),
        }
        if "market" in entry:
            values["market_id"] = self.stock.markets[entry["market"]]
        if "stall" in entry:
            values["stall_id"] = self.stock.stalls[entry["stall"]]
        if "in_footer" in entry:
            values["in_footer"] = entry["in_footer"]
        return values

    def _body(self, entry: dict[str, Any]) -> list[dict[str, Any]]:
        """Blocks with ids of their own, so that a second run finds nothing to change."""
        where = f"{entry['key']}/{self.locale.language_code}"
        return [
            {"type": block["type"], "value": self._resolve(block["value"], f"{where}/{n}"), "id": _id(f"{where}/{n}")}
            for n, block in enumerate(entry["body"])
        ]

    def _resolve(self, value: Any, where: str) -> Any:
        """A block's value in this language, with the keys of what it names."""
        if isinstance(value, list):
            items = [self._resolve(item, f"{where}/{n}") for n, item in enumerate(value)]
            return [{"type": "item", "value": item, "id": _id(f"{where}/{n}")} for n, item in enumerate(items)]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"es", "en"}:
            return value[self.language]
        if "$stall" in value:
            return self.stock.stalls[value["$stall"]]
        if "$listing" in value:
            return self.stock.listings[value["$listing"]]
        return {name: self._resolve(each, f"{where}/{name}") for name, each in value.items()}


def key_of(name: str) -> UUID:
    """What the translations of one page share."""
    return uuid5(NAMESPACE_URL, f"https://example.org/mercado/{name}")


def _id(where: str) -> str:
    return str(key_of(where))


def _differs(page: Page, wanted: dict[str, Any]) -> bool:
    stored = {name: getattr(page, name) for name in wanted if name != "body"}
    stored["body"] = json.dumps(list(page.body.raw_data))
    return stored != wanted


def _point_the_site_at_the_home_page() -> None:
    home = apps.get_model("portal", "HomePage").objects.get(
        locale__language_code=settings.LANGUAGE_CODE, translation_key=key_of("home")
    )
    welcome = Page.objects.filter(depth=2, content_type__model="page", slug="home").first()
    site, _created = Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home}
    )
    if site.root_page_id != home.pk or site.site_name != settings.WAGTAIL_SITE_NAME:
        site.root_page_id, site.site_name = home.pk, settings.WAGTAIL_SITE_NAME
        site.save()
    if welcome is not None:
        # Wagtail's own "Welcome to your new site"; nobody's work.
        welcome.delete()
