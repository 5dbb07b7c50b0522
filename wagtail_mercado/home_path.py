"""Where a site begins in the tree of pages, which may hold the pages of several sites, one below the other."""

from typing import Any

from django.http import HttpRequest
from wagtail.models import Site


def home_path(page: Any, request: HttpRequest | None) -> str:
    """``url_path`` of the home page that ``page`` is read under, in its language; empty where no site shows it.

    Of the site the request is for, else of the nearest one above. Wagtail remembers both: mostly no statement.
    """
    above = [root for root in Site.get_site_root_paths() if page.url_path.startswith(root.root_path)]
    site = Site.find_for_request(request) if request is not None else None
    here = [root.root_path for root in above if site is not None and root.site_id == site.pk]
    return max(here or [root.root_path for root in above], key=len, default="")
