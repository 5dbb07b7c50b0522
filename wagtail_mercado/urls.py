"""The whole shop for a portal whose pages own ``/``; mount it before Wagtail's pages.

Ours come first, then Oscar's but for its home, whose name leads to the list of markets. Django's view that changes
the language is here too: Oscar's pages fail without it wherever a site has more than one.
"""

from django.apps import apps
from django.urls import include, path
from django.views.generic import RedirectView

HOME = path("shop/", RedirectView.as_view(pattern_name="market:home"), name="home")

urlpatterns = [
    path("", include("oscar_marketplace.urls")),
    HOME,
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include([each for each in apps.get_app_config("oscar").urls[0] if getattr(each, "name", "") != "home"])),
]
