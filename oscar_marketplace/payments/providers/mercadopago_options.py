"""Mistakes in the OPTIONS of a Mercado Pago provider, each with what to write instead."""

import re

from oscar_marketplace.payments.providers.mercadopago_facts import CURRENCIES

_TOKEN = re.compile(r"(APP_USR|TEST)-[\w-]{10,}")
KNOWN = {
    "ACCESS_TOKEN",
    "PUBLIC_KEY",
    "WEBHOOK_SECRETS",
    "COLLECTOR_ID",
    "COUNTRY",
    "EXCLUDED_TYPES",
    "EXCLUDED_METHODS",
    "PAGE_MINUTES",
    "VOUCHER_HOURS",
    "STATEMENT",
    "LABEL",
    "POLLS_ONLY",
    "I_KNOW_NO_MONEY_MOVES",
    "HTTP_CLIENT",
}


def mistakes_in(options: dict, *, is_debug: bool) -> list[str]:
    """Every mistake as a sentence; no key or secret is ever part of one."""
    return [
        *_in_token(options, is_debug=is_debug),
        *_in_account(options),
        *([] if options.get("POLLS_ONLY") else _in_webhook_secrets(options.get("WEBHOOK_SECRETS"))),
        *_in_the_rest(options),
    ]


def _in_token(options: dict, *, is_debug: bool) -> list[str]:
    token = options.get("ACCESS_TOKEN")
    if not token:
        return [
            "ACCESS_TOKEN is missing: write the access token of Your integrations, Production credentials "
            "(APP_USR-...)."
        ]
    found = _TOKEN.fullmatch(str(token))
    if not found:
        return ["ACCESS_TOKEN is no access token of Mercado Pago: it begins with APP_USR- or TEST-."]
    mistakes = []
    if token == options.get("PUBLIC_KEY"):
        mistakes.append("ACCESS_TOKEN holds the public key: write the access token, which stands below it.")
    if found[1] == "TEST" and not is_debug and not options.get("I_KNOW_NO_MONEY_MOVES"):
        mistakes.append(
            "ACCESS_TOKEN is a test token (TEST-...) while DEBUG is off, so orders look paid and no money moves: "
            "write the production token (APP_USR-...), or {'I_KNOW_NO_MONEY_MOVES': True} for a public demo."
        )
    return mistakes


def _in_account(options: dict) -> list[str]:
    mistakes = []
    collector = str(options.get("COLLECTOR_ID") or "")
    if not re.fullmatch(r"[0-9]{1,20}", collector):
        mistakes.append(
            "COLLECTOR_ID is missing: write the number of the city's account (User ID), as "
            "{'COLLECTOR_ID': '123456789'}. Payments to any other account are not ours."
        )
    else:
        owner = re.search(r"-([0-9]+)$", str(options.get("ACCESS_TOKEN", "")))
        if owner and owner[1] != collector:
            mistakes.append("ACCESS_TOKEN is of another account than COLLECTOR_ID: write the token of that account.")
    if options.get("COUNTRY", "MX") not in CURRENCIES:
        mistakes.append(f"COUNTRY must be the account's country, one of {', '.join(sorted(CURRENCIES))}.")
    return mistakes


def _in_webhook_secrets(secrets) -> list[str]:
    example = "{'WEBHOOK_SECRETS': ['...']}, with the secret signature of Your integrations, Webhooks"
    if not secrets:
        return [
            f"WEBHOOK_SECRETS is missing, so Mercado Pago cannot tell us of payments: write {example}; "
            "or 'POLLS_ONLY': True."
        ]
    if not isinstance(secrets, list | tuple) or not all(isinstance(s, str) and len(s) >= 16 for s in secrets):
        return [f"WEBHOOK_SECRETS must be a list of secrets, none of them empty or short: write {example}."]
    return []


def _in_the_rest(options: dict) -> list[str]:
    mistakes = [
        f"{name} must be a list of Mercado Pago's names: {{'{name}': ['{example}']}}."
        for name, example in [("EXCLUDED_TYPES", "ticket"), ("EXCLUDED_METHODS", "oxxo")]
        if not isinstance(options.get(name, []), list | tuple)
    ]
    for name in ("PAGE_MINUTES", "VOUCHER_HOURS"):
        number = options.get(name, 1)
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            mistakes.append(f"{name} must be a whole number above 0.")
    if len(str(options.get("STATEMENT", ""))) > 13:
        mistakes.append("STATEMENT is longer than the 13 letters that fit on a card's statement.")
    unknown = sorted(set(options) - KNOWN)
    if unknown:
        mistakes.append(f"there is no option {', '.join(unknown)}; there are {', '.join(sorted(KNOWN))}.")
    return mistakes
