"""Small worlds for tests: a market with stalls that sell things.

Plain functions with sensible defaults; each makes what it needs. They write the states directly where no verb is
needed, so that a test says only what it is about.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from django.contrib.auth import get_user_model
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_marketplace.commissions.models import CommissionKind, CommissionRule
from oscar_marketplace.listings.models import (
    CatalogueEntry,
    Listing,
    ListingState,
    StockMode,
    TaxCategory,
    TaxRate,
    Unit,
)
from oscar_marketplace.markets.models import Market, OpeningRule, Operator, Pitch, Wave, WavePlace
from oscar_marketplace.stalls.models import Payee, Stall, StallMember, StallPitch, StallState, Tenure, Trade

_number = count(1)


def make_operator(**kwargs) -> Operator:
    defaults = {"name": "Ciudad Jacaranda", "currency": "MXN", "time_zone": "America/Mexico_City", "country": "MX"}
    return Operator.objects.create(**{**defaults, **kwargs})


def make_market(*, operator=None, always_open=True, **kwargs) -> Market:
    """A market; ``always_open`` gives it opening hours around the clock."""
    n = next(_number)
    defaults = {"name": f"Mercado {n}", "slug": f"mercado-{n}", "prefix": "ME"}
    market = Market.objects.create(operator=operator or make_operator(), **{**defaults, **kwargs})
    if always_open:
        OpeningRule.objects.bulk_create(
            OpeningRule(market=market, weekday=day, opens=time(0), closes=time(0)) for day in range(1, 8)
        )
    return market


def make_wave(market, *, starts_in=timedelta(hours=5), hours=2, capacity=None, cutoff_minutes=90) -> Wave:
    """A pick-up time that starts in a while (``starts_in``)."""
    starts_at = timezone.now().replace(second=0, microsecond=0) + starts_in
    wave = Wave.objects.create(
        market=market,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        cutoff_at=starts_at - timedelta(minutes=cutoff_minutes),
        is_limited=capacity is not None,
    )
    WavePlace.objects.bulk_create(WavePlace(wave=wave) for _ in range(capacity or 0))
    return wave


def make_stall(*, market=None, name=None, owner=None, approved=True, payee=None, **kwargs) -> Stall:
    """An approved stall with a pitch, a payee and (if given) an owner."""
    n = next(_number)
    market = market or make_market()
    name = name or f"Puesto {n}"
    partner = get_model("partner", "Partner").objects.create(name=name, code=f"puesto-{n}")
    stall = Stall(operator=market.operator, partner=partner, name=name, slug=f"puesto-{n}", **kwargs)
    if approved:
        # Around the protected field on purpose: onboarding is not what these tests are about.
        stall.__dict__["state"] = StallState.APPROVED
    stall.save()
    StallPitch.objects.create(stall=stall, pitch=Pitch.objects.create(market=market, number=str(n)))
    payee = payee or Payee.objects.create(operator=market.operator, name=f"Titular {n}")
    Tenure.objects.create(stall=stall, payee=payee, starts_on=date(2020, 1, 1))
    if owner is not None:
        StallMember.objects.create(stall=stall, user=owner, role=StallMember.Role.OWNER)
    return stall


def make_commission_rule(operator, **kwargs) -> CommissionRule:
    """A published rule that holds: 5 % without tax, of every stall, unless told otherwise."""
    defaults = {"title": "Commission", "starts_on": date(2020, 1, 1)}
    if kwargs.get("kind") != CommissionKind.FIXED:
        defaults["percent"] = Decimal(5)
    rule = CommissionRule(operator=operator, **{**defaults, **kwargs})
    rule.full_clean()
    rule.save()
    return rule


def make_user(name=None, **kwargs):
    n = next(_number)
    name = name or f"person{n}"
    return get_user_model().objects.create_user(
        username=name, email=kwargs.pop("email", f"{name}@example.org"), password="mercado", **kwargs
    )


def make_trade(name="Verduras", **kwargs) -> Trade:
    return Trade.objects.get_or_create(slug=name.lower(), defaults={"name": name, **kwargs})[0]


def kilo() -> Unit:
    return _unit("kg", Unit.Kind.WEIGHT, 1000, "kg", "kilo", "kilos")


def gram() -> Unit:
    return _unit("g", Unit.Kind.WEIGHT, 1, "g", "gram", "grams")


def piece() -> Unit:
    return _unit("piece", Unit.Kind.COUNT, None, "", "piece", "pieces")


def _unit(code, kind, base_amount, symbol, name, name_plural) -> Unit:
    defaults = {
        "kind": kind,
        "base_amount": base_amount,
        "symbol": symbol,
        "name": name,
        "name_plural": name_plural,
    }
    return Unit.objects.get_or_create(code=code, defaults=defaults)[0]


def make_tax_category(rate="0", code=None, country="MX") -> TaxCategory:
    category, _ = TaxCategory.objects.get_or_create(
        code=code or f"rate-{rate}".replace(".", "-"), defaults={"name": code or rate}
    )
    TaxRate.objects.get_or_create(
        category=category, country=country, valid_from=date(2000, 1, 1), defaults={"rate": Decimal(rate)}
    )
    return category


def make_product(title="Jitomate", *, tax_rate="0", owner=None, icon="tomato", **kwargs):
    """An Oscar product with our catalogue entry."""
    product_class, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        name="Mercado", defaults={"track_stock": False, "requires_shipping": False}
    )
    product = get_model("catalogue", "Product").objects.create(title=title, product_class=product_class, **kwargs)
    CatalogueEntry.objects.create(product=product, tax_category=make_tax_category(tax_rate), owner=owner, icon=icon)
    return product


def make_listing(
    *, stall=None, product=None, title="Jitomate", price="32.00", tax_rate="0", stock=None, **kwargs
) -> Listing:
    """A listing on sale by the kilo in steps of 250 g; ``stock`` (steps) makes it counted."""
    stall = stall or make_stall()
    product = product or make_product(title, tax_rate=tax_rate)
    defaults = {
        "price_unit": kilo(),
        "order_unit": kilo(),
        "step": Decimal("0.25"),
        "state": ListingState.LIVE,
        "is_estimated": False,
    }
    if stock is not None:
        defaults["stock_mode"] = StockMode.COUNTED
    stockrecord = get_model("partner", "StockRecord").objects.create(
        product=product,
        partner=stall.partner,
        partner_sku=f"{stall.slug}-{product.pk}-{next(_number)}",
        price_currency=stall.operator.currency,
        price=Decimal(price),
        num_in_stock=stock,
    )
    return Listing.objects.create(stockrecord=stockrecord, stall=stall, price=Decimal(price), **{**defaults, **kwargs})


def by_piece(**kwargs) -> dict:
    """Arguments of :func:`make_listing` for goods sold and priced by the piece."""
    return {"price_unit": piece(), "order_unit": piece(), "step": Decimal(1), **kwargs}


def at(text: str, zone) -> datetime:
    """``"2026-11-24 09:30"`` in a zone, as an aware datetime."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def make_basket(lines, *, user=None, request=None):
    """An open basket with its strategy; ``lines`` are (listing, steps) pairs, put in through ``add_listing``."""
    from oscar.core.loading import get_class

    from oscar_marketplace.listings.add import add_listing

    basket = get_model("basket", "Basket").objects.create(owner=user)
    basket.strategy = get_class("partner.strategy", "Selector")().strategy(request=request, user=user)
    for listing, steps in lines:
        add_listing(basket, listing, steps)
    return basket


def make_checkout_request(basket, *, waves, key=None, provider="cash", **kwargs):
    """What the checkout would ask for ``basket``: pick-up at each stall in these waves (one per market)."""
    from oscar.core.loading import get_class

    from oscar_marketplace.orders.amounts import order_amounts
    from oscar_marketplace.orders.plan import CheckoutRequest, ContactDetails, HandOverChoice, content_hash

    fresh = type(basket).objects.get(pk=basket.pk)
    fresh.strategy = get_class("partner.strategy", "Selector")().strategy()
    get_class("offer.applicator", "Applicator")().apply(fresh)
    hand_overs = tuple(HandOverChoice(wave.market_id, wave_id=wave.pk) for wave in waves)
    contact = kwargs.pop("contact", ContactDetails(name="Ana", email="ana@example.org", language="en"))
    return CheckoutRequest(
        key=key or f"key-{next(_number)}",
        hand_overs=hand_overs,
        contact=contact,
        provider=provider,
        seen=kwargs.pop("seen", content_hash(fresh, hand_overs, order_amounts(fresh).total)),
        **kwargs,
    )


def place(lines, *, waves, **kwargs):
    """Place an order for (listing, steps) pairs, unpaid."""
    from oscar_marketplace.orders.place import place_order

    basket = make_basket(lines)
    return place_order(basket, asked=make_checkout_request(basket, waves=waves, **kwargs))
