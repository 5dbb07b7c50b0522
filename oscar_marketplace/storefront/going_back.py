"""Where a shopper goes after a button was pressed: back to the page it stood on, never to another site."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode


def add_url(page: str) -> str:
    """Address that adds a listing to the basket and comes back to ``page``."""
    return f"{reverse('market:basket-add')}?{urlencode({'next': page})}"


def page_to_return_to(request: HttpRequest, *, otherwise: str) -> str:
    """The page named by ``next`` if it is one of this site, else ``otherwise``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if is_ours else otherwise
