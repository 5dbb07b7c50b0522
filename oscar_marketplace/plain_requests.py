"""What every page of ours asks of a request before it looks at it, so that no odd one is a failure further down."""

import codecs

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.views.generic import View


class PlainRequest(View):
    """Takes what browsers send; the rest is refused: other methods, other character sets, texts no database stores."""

    # Django's form views take PUT for POST.
    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self.refused() or super().dispatch(request, *args, **kwargs)

    def refused(self) -> HttpResponse | None:
        """The answer to a method that this page does not take; None for all others.

        Raises:
            BadRequest: another character set than UTF-8, of which some (UTF-7) yield texts that cannot be stored.
            Http404: a NUL in the address, which PostgreSQL does not even compare.
        """
        method = self.request.method.lower()
        if method not in self.http_method_names:
            return self.http_method_not_allowed(self.request)
        encoding = self.request.encoding
        if encoding and codecs.lookup(encoding).name != "utf-8":
            raise BadRequest("Only UTF-8 is read here.")
        chosen = [*self.request.GET, *(text for _name, texts in self.request.GET.lists() for text in texts)]
        if any("\x00" in str(text) for text in [*self.kwargs.values(), *chosen]):
            raise Http404
        return None
