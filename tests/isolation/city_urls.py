"""A city's URLs with two stall pages of its own: one goes through the door, one forgot it."""

from django.http import HttpResponse
from django.urls import include, path

from example_site.urls import urlpatterns as mounted
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.stall_area.page import StallPage
from oscar_marketplace.stalls import permissions


class SafeReport(StallPage):
    def get(self, request, slug):
        listings = permissions.listings_of(request.user).filter(stall=self.stall)
        return HttpResponse(", ".join(listing.stockrecord.product.title for listing in listings))


def careless_report(request, slug):
    listings = Listing.objects.filter(stall__slug=slug)
    return HttpResponse(", ".join(listing.stockrecord.product.title for listing in listings))


reports = [
    path("<slug:slug>/report/", SafeReport.as_view(), name="report"),
    path("<slug:slug>/careless/", careless_report, name="careless"),
]
urlpatterns = [path("city/stall/", include((reports, "city-stall"))), *mounted]
