"""How Stripe is asked: one client per key, fixed host and timeouts, and its errors in our words."""

from contextlib import contextmanager
from functools import lru_cache
from operator import attrgetter

from oscar_marketplace.payments.providers.base import ProviderRefused, ProviderTimeout

#: To connect, and to wait for an answer.
TIMEOUTS_SECONDS = (3, 20)
RETRIES = 2


def ask_stripe(options: dict, operation: str, *arguments) -> tuple[dict, bool]:
    """Ask for an ``operation`` of Stripe's API ("refunds.create"), by a provider's OPTIONS.

    Gives the answer as a plain dictionary, and whether it is the repeated answer to an older request.

    Raises:
        ProviderTimeout: the outcome is not known.
        ProviderRefused: Stripe said no; ``code`` is its word.
    """
    client = client_for(options.get("SECRET_KEY", ""), options.get("BASE_URL"), options.get("HTTP_CLIENT"))
    with _errors_in_our_words():
        if options.get("ACCOUNT") and account_of(client) != options["ACCOUNT"]:
            raise ProviderRefused(code="account_mismatch")
        answer = attrgetter(operation)(client.v1)(*arguments)
    if not hasattr(answer, "to_dict"):
        raise ProviderTimeout(code="odd_answer")
    return answer.to_dict(), _was_replayed(answer)


@lru_cache(maxsize=16)
def client_for(secret_key: str, base_url: str | None, http_client):
    """One client per key and process: each keeps its own connections."""
    import requests
    import stripe

    # Otherwise the SDK writes a file into the home directory and tells Stripe about the machine.
    stripe.enable_telemetry = False
    if http_client is None:
        session = requests.Session()
        session.max_redirects = 0
        http_client = stripe.RequestsClient(timeout=TIMEOUTS_SECONDS, session=session)
    addresses = {"base_addresses": {"api": base_url}} if base_url else {}
    return stripe.StripeClient(secret_key, max_network_retries=RETRIES, http_client=http_client, **addresses)


@lru_cache(maxsize=16)
def account_of(client) -> str:
    return client.v1.accounts.retrieve_current().id


def _was_replayed(answer) -> bool:
    headers = answer.last_response.headers if answer.last_response else {}
    return any(name.lower() == "idempotent-replayed" and value == "true" for name, value in headers.items())


@contextmanager
def _errors_in_our_words():
    import stripe

    try:
        yield
    except (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError) as error:
        raise ProviderTimeout(code=error.code or "no_answer") from error
    except stripe.StripeError as error:
        raise ProviderRefused(code=_code_of(error)) from error


def _code_of(error) -> str:
    import stripe

    if isinstance(error, stripe.CardError):
        body = error.json_body if isinstance(error.json_body, dict) else {}
        return (body.get("error") or {}).get("decline_code") or error.code or "card_declined"
    if isinstance(error, stripe.IdempotencyError):
        return "idempotency_error"
    if isinstance(error, stripe.AuthenticationError):
        return "authentication_error"
    if isinstance(error, stripe.PermissionError):
        return "permission_error"
    return error.code or "invalid_request_error"
