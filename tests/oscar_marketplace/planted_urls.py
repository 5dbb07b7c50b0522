"""Addresses with a fault each, for the walk that has to find it."""

from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import View

from oscar_marketplace.markets.models import Operator


class Number(View):
    def post(self, request):
        return HttpResponse(str(int(request.POST.get("n", "0"))))


class Text(View):
    def post(self, request):
        return HttpResponse(request.POST.get("n", ""))


class Put(View):
    def get(self, request):
        return HttpResponse()

    put = get


@require_safe
def head(request):
    return HttpResponse({"GET": "here"}[request.method])


@require_safe
def read(request):
    Operator.objects.update(name="Read")
    return HttpResponse()


planted = [
    path("number/", Number.as_view(), name="number"),
    path("text/", Text.as_view(), name="text"),
    path("put/", Put.as_view(), name="put"),
    path("head/", head, name="head"),
    path("read/", read, name="read"),
]
urlpatterns = [path("", include((planted, "planted")))]
