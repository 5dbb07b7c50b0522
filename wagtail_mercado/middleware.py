"""Languages where pages have one in their address and the shop has not."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers


class PortalLocaleMiddleware(LocaleMiddleware):
    """Stands in for Django's ``LocaleMiddleware`` where Wagtail is mounted inside ``i18n_patterns``.

    Django's turns every 404 into a redirect to ``/<language>/…``, as Wagtail's pattern accepts any path: an order that
    is not yours would answer 302, then 404. A view that was found and says "no such thing" is believed here.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code == 404 and getattr(request, "resolver_match", None) is not None:
            patch_vary_headers(response, ("Accept-Language",))
            response.headers.setdefault("Content-Language", translation.get_language())
            return response
        return super().process_response(request, response)


class RememberPageLanguage:
    """Whoever reads ``/en/…`` and follows a link into the shop, whose addresses name no language, reads on in English.

    For portals that mount Wagtail inside ``i18n_patterns``; goes below Django's ``LocaleMiddleware``. The cookie is
    Django's own and is only set when the shop would otherwise speak another language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        language = translation.get_language_from_path(request.path_info)
        if language and response.status_code == 200 and language != self._language_of_the_shop(request):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                path=settings.LANGUAGE_COOKIE_PATH,
                domain=settings.LANGUAGE_COOKIE_DOMAIN,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )
        return response

    def _language_of_the_shop(self, request: HttpRequest) -> str:
        return translation.get_language_from_request(request)
