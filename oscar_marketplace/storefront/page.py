"""What every page of the storefront puts into its context; the contract is written in ``base/page.html``."""

from typing import Any

from django.conf import settings as django_settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic.base import ContextMixin

from oscar_marketplace.conf import settings
from oscar_marketplace.markets.models import Market, Operator
from oscar_marketplace.plain_requests import PlainRequest
from oscar_marketplace.storefront.shown_language import shown_language


class MarketplacePage(ContextMixin, PlainRequest):
    """A page of the storefront, inside the city's base template."""

    def get_operator(self) -> Operator | None:
        """Whose markets this page is about; None where they may be several operators'."""
        return None

    def get_crumbs(self) -> list[dict[str, str]]:
        """The way here from the list of markets; without the page itself."""
        return home_crumbs()

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        around = page_context(self.request, operator=self.get_operator())
        return super().get_context_data(**{**around, "crumbs": self.get_crumbs(), **kwargs})


def page_context(request: HttpRequest, *, operator: Operator | None = None) -> dict[str, Any]:
    """What the templates around every page read; also for pages that are no view of ours, as a CMS's."""
    basket = getattr(request, "basket", None)
    return {
        "mk_base": settings.BASE_TEMPLATE,
        "mk_base_shows_languages": settings.BASE_SHOWS_LANGUAGES,
        "mk_site_name": django_settings.OSCAR_SHOP_NAME,
        "mk_city_name": operator.name if operator else "",
        "mk_footer_links": footer_links(operator),
        "mk_markets_url": reverse("market:home"),
        "mk_basket_url": reverse("market:basket"),
        "mk_basket_lines": basket.num_lines if basket is not None else 0,
    }


def home_crumbs() -> list[dict[str, str]]:
    """The list of markets, as the first step of the way."""
    return [{"url": reverse("market:home"), "label": _("Markets"), "language": ""}]


def market_crumbs(market: Market | None) -> list[dict[str, str]]:
    """The market a stall or a listing is in, as a step of the way."""
    if market is None:
        return []
    language = shown_language(market, "name", written_in=market.operator.language)
    return [{"url": reverse("market:market", args=[market.slug]), "label": market.name, "language": language}]


def footer_links(operator: Operator | None) -> list[dict[str, str]]:
    """The rules of this operator's markets, what it keeps, and its telephone, as far as it has said them."""
    if operator is None:
        return []
    links = [
        (operator.terms_url, _("Purchase rules")),
        (operator.privacy_url, _("Privacy notice")),
        (fees_url(operator), _("What the market keeps")),
        (tel_url(operator.phone), operator.phone),
    ]
    return [{"url": url, "label": label} for url, label in links if url]


def fees_url(operator: Operator) -> str:
    """Where this operator's rules stand among those of all."""
    return f"{reverse('market:fees')}#operator-{operator.pk}"


def tel_url(phone: str) -> str:
    """Address that dials a number people wrote with spaces and dashes; empty for none."""
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return f"tel:{digits}" if digits else ""
