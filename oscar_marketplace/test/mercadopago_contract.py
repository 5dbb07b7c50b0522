"""What Mercado Pago's API takes, for the operations we use, as closed JSON Schemas written from its reference
(https://www.mercadopago.com/developers/en/reference). Its SDK checks nothing, and it overlooks a misspelt key.
"""

import re

from jsonschema import Draft202012Validator, FormatChecker

TEXT = {"type": "string", "minLength": 1}
#: A JSON number: the API refuses amounts as text.
AMOUNT = {"type": "number", "exclusiveMinimum": 0}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$"}
HTTPS_OR_LOCAL = {"type": "string", "pattern": r"^https?://[^\s/]+(/\S*)?$", "maxLength": 600}


def closed(required: str = "", **properties) -> dict:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


def several(of: dict, least: int = 1) -> dict:
    return {"type": "array", "items": of, "minItems": least}


ITEM = closed(
    "title quantity unit_price",
    id=TEXT,
    title={**TEXT, "maxLength": 256},
    quantity={"type": "integer", "minimum": 1},
    currency_id={"enum": ["ARS", "BRL", "CLP", "COP", "MXN", "PEN", "UYU"]},
    unit_price=AMOUNT,
)
NAMES = several(closed("id", id=TEXT))
#: ``notification_url`` is left out: it is deprecated, and notifications are set up at Mercado Pago.
PREFERENCE = {
    "items": several(ITEM),
    "external_reference": {**TEXT, "maxLength": 256},
    "metadata": {"type": "object"},
    "back_urls": closed(
        "success pending failure", success=HTTPS_OR_LOCAL, pending=HTTPS_OR_LOCAL, failure=HTTPS_OR_LOCAL
    ),
    "auto_return": {"enum": ["approved", "all"]},
    "payer": closed("email", email={"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"}),
    "payment_methods": closed(excluded_payment_types=NAMES, excluded_payment_methods=NAMES),
    "statement_descriptor": {**TEXT, "maxLength": 22},
    "expires": {"type": "boolean"},
    "expiration_date_to": MOMENT,
    "date_of_expiration": MOMENT,
}
NOTHING = closed()
#: (method, path) -> (schema of the query, schema of the body); "{}" stands for one part of a path.
OPERATIONS = {
    ("POST", "/checkout/preferences"): (NOTHING, closed("items external_reference expires", **PREFERENCE)),
    ("GET", "/checkout/preferences/search"): (closed("external_reference", external_reference=TEXT), NOTHING),
    ("GET", "/checkout/preferences/{}"): (NOTHING, NOTHING),
    ("PUT", "/checkout/preferences/{}"): (NOTHING, closed("items", **PREFERENCE)),
    ("GET", "/v1/payments/search"): (
        closed(
            "external_reference sort criteria",
            external_reference=TEXT,
            sort={"enum": ["date_approved", "date_created", "date_last_updated", "id", "money_release_date"]},
            criteria={"enum": ["asc", "desc"]},
            limit={"type": "integer", "minimum": 1, "maximum": 1000},
        ),
        NOTHING,
    ),
    ("GET", "/v1/payments/{}"): (NOTHING, NOTHING),
    ("PUT", "/v1/payments/{}"): (
        NOTHING,
        {
            "oneOf": [
                closed("capture transaction_amount", capture={"const": True}, transaction_amount=AMOUNT),
                closed("status", status={"const": "cancelled"}),
            ]
        },
    ),
    ("POST", "/v1/payments/{}/refunds"): (NOTHING, closed("amount", amount=AMOUNT)),
    ("GET", "/v1/payments/{}/refunds"): (NOTHING, NOTHING),
    ("GET", "/v1/payments/{}/refunds/{}"): (NOTHING, NOTHING),
}


def operation_for(method: str, path: str) -> tuple[tuple[str, str], list[str]] | None:
    """The operation and what stands for its "{}"; a path without them is looked at first."""
    for operation in sorted(OPERATIONS, key=lambda each: each[1].count("{}")):
        pattern = re.escape(operation[1]).replace(re.escape("{}"), "([^/]+)")
        found = re.fullmatch(pattern, path)
        if operation[0] == method and found:
            return operation, list(found.groups())
    return None


def complaints(operation: tuple[str, str], query: dict, body: dict) -> list[str]:
    """What Mercado Pago would not understand, or would overlook, in a request."""
    found = []
    for schema, sent in zip(OPERATIONS[operation], (query, body), strict=True):
        errors = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(sent)
        found += [f"{'.'.join(map(str, error.path))}: {error.message}" for error in errors]
    return found
