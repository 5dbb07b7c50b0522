"""Every address Oscar mounts, with arguments that lead somewhere and what a person would send there."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.urls import URLPattern, reverse

from tests.oscar_marketplace.overlay.shop_world import Shop, Visitor


@dataclass(frozen=True)
class Route:
    """A URL pattern: its name with namespaces and the names of its arguments."""

    name: str
    arguments: frozenset[str]

    @property
    def section(self) -> str:
        return self.name.partition(":")[0] if ":" in self.name else "site"

    def __str__(self) -> str:
        return f"{self.name}({', '.join(sorted(self.arguments))})"


def oscar_routes() -> list[Route]:
    """Every named pattern of the shop's URLs, once per set of arguments."""
    return sorted(set(_walk(apps.get_app_config("oscar").urls[0], (), frozenset())), key=str)


def _walk(patterns, namespaces: tuple, arguments: frozenset) -> Iterator[Route]:
    for pattern in patterns:
        own = getattr(pattern.pattern, "converters", {}) or pattern.pattern.regex.groupindex
        named = arguments | set(own)
        if isinstance(pattern, URLPattern):
            # One pattern of Oscar's has no name: a redirect to the address that follows it.
            if pattern.name:
                yield Route(":".join((*namespaces, pattern.name)), named)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, inner, named)


#: Route name, or its beginning -> what its ``pk`` is. The longest beginning counts.
PK_OF = {
    "catalogue:detail": "product",
    "catalogue:category": "category",
    "catalogue:reviews": "review",
    "basket:add": "product",
    "basket:vouchers": "voucher",
    "checkout:user-address": "address",
    "customer:address": "address",
    "customer:notifications": "notification",
    "customer:alert-create": "product",
    "customer:alerts": "alert",
    "dashboard:catalogue-product": "product",
    "dashboard:catalogue-category": "category",
    "dashboard:catalogue-class": "product_class",
    "dashboard:catalogue-attribute": "option_group",
    "dashboard:catalogue-option": "option",
    "dashboard:user-": "linked_user",
    "dashboard:user-alert": "alert",
    "dashboard:page": "page",
    "dashboard:partner": "partner",
    "dashboard:offer": "offer",
    "dashboard:range": "range",
    "dashboard:reviews": "review",
    "dashboard:voucher": "voucher",
    "dashboard:voucher-set": "voucher_set",
    "dashboard:shipping-method": "shipping_method",
    "dashboard:shipping-method-band": "band",
}


def addresses(route: Route, shop: Shop, visitor: Visitor) -> list[str]:
    """Paths of a route for one visitor: one, or one per old order where it names an order."""
    orders = [visitor.order, visitor.house_order] if route.arguments & {"order_number", "number"} else [None]
    return [reverse(route.name, kwargs=_arguments(route, shop, visitor, order)) for order in orders]


def _arguments(route: Route, shop: Shop, visitor: Visitor, order) -> dict:
    product = shop.product
    own = visitor.role if visitor.user else "shopper"
    things = {
        **shop.things,
        "partner": shop.dear.stall.partner,
        **{name.removeprefix(f"{own} "): thing for name, thing in shop.things.items() if name.startswith(f"{own} ")},
    }
    known = {
        "product_pk": product.pk,
        "product_slug": product.slug,
        "category_slug": shop.category.full_slug,
        "parent_pk": product.pk,
        "parent": shop.category.pk,
        "product_class_slug": shop.product_class.slug,
        "partner_pk": shop.dear.stall.partner.pk,
        "user_pk": shop.linked_user.pk,
        "method_pk": shop.shipping_method.pk,
        "slug": {"offer:detail": shop.offer.slug, "dashboard:comms-update": shop.comms.code}.get(route.name, "todo"),
        "key": things["alert"].key if "alerts" in route.name else things["wishlist"].key,
        "to_key": things["other wishlist"].key,
        "line_pk": things["wishlist"].lines.get().pk,
        "action": "default_for_shipping",
        "email_id": things["email"].pk,
        "uidb64": shop.uid,
        "token": shop.token,
        "note_id": 1,
    }
    if order is not None:
        known |= {
            "order_number": order.number,
            "number": order.number,
            "hash": order.verification_hash(),
            "line_id": order.lines.get().pk,
        }
    beginnings = [name for name in PK_OF if route.name.startswith(name)]
    if beginnings:
        known["pk"] = things[PK_OF[max(beginnings, key=len)]].pk
    missing = route.arguments - set(known)
    assert not missing, f"{route}: say in this module what {', '.join(missing)} is"
    return {name: known[name] for name in route.arguments}


def sent(route: Route, shop: Shop, visitor: Visitor) -> list[dict]:
    """What to post beside the forms the page itself shows: acts that a page shows under conditions, or not at all."""
    line = visitor.basket.lines.first()
    return SENT.get(route.name, lambda *_: [])(shop, visitor, line) + [{}]


def _formset(prefix: str, line, **fields) -> dict:
    management = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    return {
        **{f"{prefix}-{name}": value for name, value in management.items()},
        f"{prefix}-0-id": line.pk,
        **{f"{prefix}-0-{name}": value for name, value in fields.items()},
    }


SENT = {
    "basket:summary": lambda shop, visitor, line: [
        _formset("form", line, quantity=7),
        _formset("form", line, quantity=0),
        _formset("form", line, quantity=4, save_for_later="on"),
        _formset("form", line, quantity=4, DELETE="on"),
    ],
    "basket:add": lambda shop, visitor, line: [
        {"quantity": 1},
        {"quantity": 1, "listing": shop.cheap.pk},
        {"quantity": 1, "listing": "999999"},
        {"quantity": "1000000000", "listing": shop.cheap.pk},
    ],
    "basket:saved": lambda shop, visitor, line: [
        _formset("saved", saved, move_to_basket="on") for saved in filter(None, [visitor.saved_line])
    ],
    "basket:vouchers-add": lambda shop, visitor, line: [{"code": "VALE"}, {"code": "NO"}],
    "checkout:index": lambda shop, visitor, line: [{"username": "ana@example.org", "options": "anonymous"}],
    "checkout:shipping-address": lambda shop, visitor, line: [
        {
            "first_name": "Ana",
            "last_name": "Ruiz",
            "line1": "Calle 1",
            "line4": "Guadalajara",
            "postcode": "44100",
            "country": "MX",
        },
        *([{"address_id": shop.things[f"{visitor.role} address"].pk, "action": "ship_to"}] if visitor.user else []),
    ],
    "checkout:shipping-method": lambda shop, visitor, line: [
        {"method_code": code} for code in ("no-shipping-required", "free-shipping", "market-pickup")
    ],
    "checkout:payment-details": lambda shop, visitor, line: [{"action": "place_order"}],
    "checkout:preview": lambda shop, visitor, line: [{"action": "place_order"}, {"action": "preview"}],
    "customer:order": lambda shop, visitor, line: [{"action": "reorder"}],
    "customer:order-line": lambda shop, visitor, line: [{"action": "reorder"}],
    "customer:anon-order-form": lambda shop, visitor, line: [{"email": "ana@example.org"}],
    "customer:profile-delete": lambda shop, visitor, line: [{"password": "mercado"}],
    "customer:register": lambda shop, visitor, line: [
        {
            "registration_submit": "1",
            "registration-email": "nueva@example.org",
            "registration-password1": "mercado-4417",
            "registration-password2": "mercado-4417",
        }
    ],
    "dashboard:order-list": lambda shop, visitor, line: [
        {"action": "change_order_statuses", "selected_order": visitor.order.pk, "new_status": "Complete"},
        {"action": "download_selected_orders", "selected_order": visitor.order.pk},
    ],
    "dashboard:order-detail": lambda shop, visitor, line: [
        {"order_action": "change_order_status", "new_status": "Cancelled"},
        {"order_action": "create_order_payment_event", "amount": "999999.00", "payment_event_type": "paid"},
        {"order_action": "save_note", "message": "Llamar"},
        {
            "line_action": "change_line_statuses",
            "selected_line": visitor.order.lines.get().pk,
            f"selected_line_qty_{visitor.order.lines.get().pk}": 1,
            "new_status": "Cancelled",
        },
    ],
    "dashboard:catalogue-product-list": lambda shop, visitor, line: [
        {"action": "make_public", "selected_product": shop.product.pk}
    ],
}
