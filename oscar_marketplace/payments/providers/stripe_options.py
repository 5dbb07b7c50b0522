"""Mistakes in the OPTIONS of a Stripe provider, each with what to write instead."""

import re

from oscar_marketplace.payments.providers.stripe_facts import METHODS

OPTIONS = frozenset(
    {
        "ACCOUNT",
        "BASE_URL",
        "HTTP_CLIENT",
        "I_KNOW_NO_MONEY_MOVES",
        "LABEL",
        "METHODS",
        "POLLS_ONLY",
        "PUBLISHABLE_KEY",
        "SECRET_KEY",
        "WEBHOOK_SECRETS",
    }
)
_SECRET_KEY = re.compile(r"[sr]k_(test|live)_\w{10,}")
_PUBLISHABLE_KEY = re.compile(r"pk_(test|live)_\w{10,}")


def mistakes_in(options: dict, *, is_debug: bool) -> list[str]:
    """Every mistake as a sentence; no key or secret is ever part of one."""
    return [
        *_in_keys(options, is_debug=is_debug),
        *([] if options.get("POLLS_ONLY") else _in_webhook_secrets(options.get("WEBHOOK_SECRETS"))),
        *_in_methods(options.get("METHODS", ["card"])),
        *_in_the_rest(options),
    ]


def _in_keys(options: dict, *, is_debug: bool) -> list[str]:
    key = options.get("SECRET_KEY")
    if not key:
        return [
            "SECRET_KEY is missing: write the secret key of the Stripe dashboard, Developers, API keys (sk_live_...)."
        ]
    if str(key).startswith("pk_"):
        return ["SECRET_KEY holds the publishable key (pk_...): write the secret one (sk_... or rk_...)."]
    found = _SECRET_KEY.fullmatch(str(key))
    if not found:
        return ["SECRET_KEY is no key of Stripe: it begins with sk_live_, rk_live_, sk_test_ or rk_test_."]
    mode = found[1]
    mistakes = []
    if mode == "test" and not is_debug and not options.get("I_KNOW_NO_MONEY_MOVES"):
        mistakes.append(
            "SECRET_KEY is a test key, so orders look paid and no money moves: write the live key, or "
            "{'I_KNOW_NO_MONEY_MOVES': True} for a public demo."
        )
    if mode == "live" and is_debug:
        mistakes.append(
            "SECRET_KEY is a live key while DEBUG is on: real cards would be charged. Write a test key here."
        )
    public = options.get("PUBLISHABLE_KEY")
    if public:
        found = _PUBLISHABLE_KEY.fullmatch(str(public))
        if not found:
            mistakes.append("PUBLISHABLE_KEY is not one: it begins with pk_live_ or pk_test_.")
        elif found[1] != mode:
            mistakes.append("PUBLISHABLE_KEY and SECRET_KEY mix test and live: take both from the same page.")
    return mistakes


def _in_webhook_secrets(secrets) -> list[str]:
    example = "{'WEBHOOK_SECRETS': {'events': ['whsec_...']}}, with the signing secret of the webhook endpoint"
    if not secrets:
        return [
            f"WEBHOOK_SECRETS is missing, so Stripe cannot tell us of payments: write {example}; or 'POLLS_ONLY': True."
        ]
    if not isinstance(secrets, dict) or not all(isinstance(each, list | tuple) and each for each in secrets.values()):
        return [f"WEBHOOK_SECRETS must name a list of secrets per endpoint: write {example}."]
    if not all(re.fullmatch(r"whsec_\S{8,}", str(secret)) for each in secrets.values() for secret in each):
        return [f"WEBHOOK_SECRETS has an entry that does not begin with whsec_ or is empty: write {example}."]
    return []


def _in_methods(methods) -> list[str]:
    if not isinstance(methods, list | tuple) or not methods:
        return ["METHODS must be a list of Stripe's names: {'METHODS': ['card']}."]
    unknown = sorted(set(methods) - set(METHODS))
    if unknown:
        return [f"METHODS has {', '.join(unknown)}, which is not known here; known are {', '.join(sorted(METHODS))}."]
    if len({METHODS[method].is_delayed for method in methods}) > 1:
        delayed = sorted(method for method in methods if METHODS[method].is_delayed)
        return [
            f"METHODS mixes what is paid at once with {', '.join(delayed)}: give those a provider entry of their own."
        ]
    return []


def _in_the_rest(options: dict) -> list[str]:
    mistakes = []
    account = options.get("ACCOUNT")
    if account and not re.fullmatch(r"acct_\w+", str(account)):
        mistakes.append("ACCOUNT must be the account's number (acct_...), or left out.")
    unknown = sorted(set(options) - OPTIONS)
    if unknown:
        mistakes.append(f"there is no option {', '.join(unknown)}; there are {', '.join(sorted(OPTIONS))}.")
    return mistakes
