"""What Stripe's API takes, as closed JSON Schemas made from the installed SDK's own types (``stripe.params``).

The SDK checks nothing at run time: a misspelt key, a ``Decimal`` or a parameter that Stripe took away is simply sent.
The schemas describe the form body after decoding, so every leaf is a string.
"""

import re
import types
import typing
from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qsl

import stripe
import stripe.params
import stripe.params.checkout
from jsonschema import Draft202012Validator

_PARAMS, _CHECKOUT = stripe.params, stripe.params.checkout
#: (method, path) -> the SDK's type of its parameters; ``{id}`` stands for one path segment.
OPERATIONS = {
    ("GET", "/v1/account"): _PARAMS.AccountRetrieveCurrentParams,
    ("POST", "/v1/checkout/sessions"): _CHECKOUT.SessionCreateParams,
    ("GET", "/v1/checkout/sessions"): _CHECKOUT.SessionListParams,
    ("GET", "/v1/checkout/sessions/{id}"): _CHECKOUT.SessionRetrieveParams,
    ("POST", "/v1/checkout/sessions/{id}/expire"): _CHECKOUT.SessionExpireParams,
    ("GET", "/v1/payment_intents/search"): _PARAMS.PaymentIntentSearchParams,
    ("GET", "/v1/payment_intents/{id}"): _PARAMS.PaymentIntentRetrieveParams,
    ("POST", "/v1/payment_intents/{id}/capture"): _PARAMS.PaymentIntentCaptureParams,
    ("POST", "/v1/payment_intents/{id}/cancel"): _PARAMS.PaymentIntentCancelParams,
    ("GET", "/v1/disputes"): _PARAMS.DisputeListParams,
    ("POST", "/v1/refunds"): _PARAMS.RefundCreateParams,
    ("GET", "/v1/refunds"): _PARAMS.RefundListParams,
    ("GET", "/v1/refunds/{id}"): _PARAMS.RefundRetrieveParams,
}
#: Of the call, not of the body.
_OPTIONS = frozenset(stripe.RequestOptions.__annotations__)
#: Names that the SDK gives to type checkers only.
_NAMES = {"Mapping": Mapping, "StripeContext": object}


def operation_for(method: str, path: str) -> tuple[tuple[str, str], str] | None:
    """The operation a request asks for, and the id in its path."""
    for operation in OPERATIONS:
        pattern = re.escape(operation[1]).replace(r"\{id\}", "([^/]+)")
        found = re.fullmatch(pattern, path)
        if operation[0] == method.upper() and found:
            return operation, found[1] if found.groups() else ""
    return None


def complaints(operation: tuple[str, str], params: dict) -> list[str]:
    """What is wrong with decoded parameters, one sentence per fault, naming the key."""
    errors = _validator(operation).iter_errors(params)
    return sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)


@cache
def _validator(operation: tuple[str, str]) -> Draft202012Validator:
    definitions: dict[str, dict] = {}
    schema = _of_typed_dict(OPERATIONS[operation], definitions)
    return Draft202012Validator({**schema, "$defs": definitions})


def decoded_form(text: str) -> dict:
    """``a[b]=1&c[0]=2`` as ``{"a": {"b": "1"}, "c": ["2"]}``."""
    whole: dict = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.findall(r"^[^\[]+|(?<=\[)[^\]]*(?=\])", key)
        node = whole
        for name, following in zip([first, *rest], rest, strict=False):
            node = node.setdefault(name, {})
            assert isinstance(node, dict), f"{key}: {following} is set twice"
        node[[first, *rest][-1]] = value
    return _with_lists(whole)


def _with_lists(node):
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_with_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _with_lists(value) for key, value in node.items()}


def _of_typed_dict(kind, definitions: dict[str, dict]) -> dict:
    hints = typing.get_type_hints(kind, localns=_NAMES, include_extras=True)
    names = [name for name in hints if name not in _OPTIONS]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _of(hints[name], definitions) for name in names},
        "required": sorted(set(names) & kind.__required_keys__),
    }


def _of(kind, definitions: dict[str, dict]) -> dict:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.NotRequired or origin is typing.Required:
        return _of(arguments[0], definitions)
    if origin in {typing.Union, types.UnionType}:
        return _of_union(arguments, definitions)
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    if hasattr(kind, "__required_keys__"):  # a TypedDict, of typing or of typing_extensions
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}  # it may contain itself
            definitions[kind.__name__] = _of_typed_dict(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    return _LEAVES[getattr(kind, "__name__", str(kind))]


def _of_union(arguments: tuple, definitions: dict[str, dict]) -> dict:
    # The SDK writes "Literal[...]|str" for a list that may grow; what is not in it today is an error to us.
    words = [word for each in arguments if typing.get_origin(each) is typing.Literal for word in typing.get_args(each)]
    rest = [each for each in arguments if each is not type(None) and typing.get_origin(each) is not typing.Literal]
    rest = [each for each in rest if "UntypedStripeObject" not in str(each)]
    if set(words) - {""}:
        rest = [each for each in rest if each is not str]
    schemas = ([{"enum": words}] if words else []) + [_of(each, definitions) for each in rest]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


_LEAVES = {
    "str": {"type": "string"},
    "int": {"type": "string", "pattern": r"^-?\d+$"},
    "float": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "Decimal": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "bool": {"enum": ["true", "false"]},
}
