"""Every URL of the package; mount it before Oscar's: ``path("", include("oscar_marketplace.urls"))``."""

from django.urls import include, path

urlpatterns = [
    path("", include("oscar_marketplace.storefront.urls")),
    path("stall/", include("oscar_marketplace.stall_area.urls")),
]
