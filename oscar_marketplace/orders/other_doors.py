"""An order with stalls' goods that did not come through our checkout: an API, a city's own page, a script.

Whoever placed it took the payment or knows how. The stalls are told at once, and the shopper gets a code like anybody.
"""

from oscar_marketplace.orders.places import next_place, places_of_stalls
from oscar_marketplace.orders.plan import ContactDetails, HandOverChoice, Plan


def plan_of_other_door(listings, *, user=None, guest_email="", shipping_address=None) -> Plan:
    """Pick-up at each stall without an appointed time, and the contact as far as Oscar's order knows one."""
    known = places_of_stalls({listing.stall_id for listing in listings})
    places = {stall_id: next_place(rows) for stall_id, rows in known.items() if rows}
    markets = dict.fromkeys(place.pitch.market_id for place in places.values())
    return Plan(
        hand_overs=tuple(HandOverChoice(market_id) for market_id in markets),
        places=places,
        contact=_contact(user, guest_email, shipping_address) if listings else None,
        user=user,
    )


def _contact(user, guest_email, shipping_address) -> ContactDetails | None:
    signed_in = user is not None and user.is_authenticated
    email = guest_email or (user.email if signed_in else "")
    phone = str(getattr(shipping_address, "phone_number", "") or "")
    if not email and not phone:
        return None
    name = user.get_full_name() if signed_in else getattr(shipping_address, "name", "")
    return ContactDetails(name=name or "", email=email or "", phone=phone)
