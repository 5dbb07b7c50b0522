"""How Mercado Pago is asked: one client per call, fixed host and timeouts, and its errors in our words."""

import uuid
from contextlib import contextmanager
from functools import cache

from oscar_marketplace.payments.providers.base import ProviderRefused, ProviderTimeout

#: To connect, and again to wait for an answer; the SDK takes a float only.
TIMEOUT_SECONDS = 15.0
#: The SDK repeats a GET or a PUT that was not answered, or answered by 429 or 5xx; never a POST.
RETRIES = 1
KEYS = uuid.uuid5(uuid.NAMESPACE_DNS, "mercadopago.oscar_marketplace")
IDEMPOTENCY = "idempotency_error"


def ask_mercadopago(options: dict, operation: str, *arguments, key: str = ""):
    """Ask for an ``operation`` of the SDK ("refund.create"), by a provider's OPTIONS; gives the decoded JSON.

    ``key`` is our name for what is done: Mercado Pago wants a UUID, so the same name is always the same one.

    Raises:
        ProviderTimeout: the outcome is not known.
        ProviderRefused: Mercado Pago said no; ``code`` is its word.
    """
    import mercadopago
    from mercadopago.config import RequestOptions

    # Both are made per call: the SDK writes the token into options it is given and keeps it there, so shared ones
    # would send one account's token for another.
    token = options.get("ACCESS_TOKEN", "")
    asked = RequestOptions(access_token=token, connection_timeout=TIMEOUT_SECONDS, max_retries=RETRIES)
    if key:
        asked.custom_headers = {"x-idempotency-key": str(uuid.uuid5(KEYS, key))}
    sdk = mercadopago.SDK(token, http_client=options.get("HTTP_CLIENT") or _line()(), request_options=asked)
    resource, verb = operation.split(".")
    with _errors_in_our_words():
        answer = getattr(getattr(sdk, resource)(), verb)(*arguments, request_options=asked)
        return _body(answer)


def _body(answer):
    """The body of an answer that says yes."""
    from mercadopago.errors import build_error

    body = answer["response"]
    if not answer.is_success:
        # Its own raise_for_status() breaks on a body that is no object.
        raise build_error(answer.status_code, body if isinstance(body, dict) else {})
    if not isinstance(body, dict | list):
        raise ProviderTimeout(code="odd_answer")
    return body


@cache
def _line():
    """The SDK's client, without following redirects: the token goes to one host only."""
    from mercadopago.http import HttpClient

    class Line(HttpClient):
        def request(self, method, url, **kwargs):
            return super().request(method, url, allow_redirects=False, **kwargs)

    return Line


@contextmanager
def _errors_in_our_words():
    import requests
    from mercadopago import errors

    try:
        yield
    except requests.RequestException as error:
        raise ProviderTimeout(code="no_answer") from error
    except errors.MercadoPagoError as error:
        may_come_later = errors.MPRateLimitError, errors.MPResourceLockedError, errors.MPDependencyError
        if isinstance(error, may_come_later) or not 400 <= error.status_code < 500:
            raise ProviderTimeout(code=f"http_{error.status_code}") from error
        raise ProviderRefused(code=_code_of(error)) from error


def _code_of(error) -> str:
    """Mercado Pago's word: the number of the cause where there is one, else the name of the error."""
    if error.status_code == 409:
        return IDEMPOTENCY
    causes = error.causes if isinstance(error.causes, list) else []
    numbers = [str(cause["code"]) for cause in causes if isinstance(cause, dict) and cause.get("code")]
    return (numbers[0] if numbers else str(error.error or f"http_{error.status_code}"))[:60]
