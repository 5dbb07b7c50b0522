"""The stalls: the business, its place, who holds it, who works there and how they sign in."""

from datetime import date

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from oscar.core.loading import get_model

from example_site.demo.assortment import SELLING
from example_site.demo.files import rows, yes
from example_site.demo.sync import Tally, in_both, sync
from oscar_marketplace.models import Operator, Payee, Pitch, Stall, StallMember, StallPitch, Tenure, Trade

Partner = get_model("partner", "Partner")

PASSWORD = "mercado"
ADMIN = "admin"
HELD_SINCE = date(2020, 1, 1)


def load_people(tally: Tally) -> dict[str, int]:
    """Logins of the demo; primary keys by login. Passwords are set once, on creation."""
    # Once for all: hashing sixty times would take most of the command's time.
    password = make_password(PASSWORD)
    staff = [
        {"login": ADMIN, "first_name": "Administración", "last_name": "de la demostración"},
        {"login": "editora", "first_name": "Elena", "last_name": "Ríos Castellón"},
    ]
    wanted = (
        {
            "username": person["login"],
            "email": f"{person['login']}@example.org",
            "first_name": person["first_name"],
            "last_name": person["last_name"],
            "is_staff": person["login"] == ADMIN,
            "is_superuser": person["login"] == ADMIN,
            "password": password,
        }
        for person in [*staff, *rows("people"), *_shoppers()]
    )
    users = sync(get_user_model(), wanted, key=("username",), tally=tally, once=["password"])
    return {login: user.pk for login, user in users.items()}


def _shoppers():
    """Shoppers with an account; the others buy as guests."""
    for row in rows("shoppers"):
        if yes(row["has_account"]):
            first, _, last = row["name"].rpartition(" ")
            yield {"login": row["key"], "first_name": first, "last_name": last}


def load_stalls(operator: Operator, users: dict[str, int], tally: Tally) -> dict[str, Stall]:
    """All stalls by slug; those with a counter are Oscar partners."""
    partners = sync(
        Partner,
        ({"code": row["slug"], "name": row["name"]} for row in rows("stalls") if row["state"] in SELLING),
        key=("code",),
        tally=tally,
    )
    wanted = (_stall(row, operator, partners.get(row["slug"])) for row in rows("stalls"))
    stalls = sync(Stall, wanted, key=("slug",), tally=tally, once=["state"])
    for stall in stalls.values():
        stall.operator = operator  # every price asks for its currency
    _load_trades(stalls, tally)
    _load_places(stalls, tally)
    _load_holders(operator, stalls, tally)
    members = (
        {"stall_id": stalls[row["stall"]].pk, "user_id": users[row["login"]], "role": row["role"]}
        for row in rows("members")
    )
    sync(StallMember, members, key=("stall_id", "user_id"), tally=tally)
    return stalls


def _stall(row: dict[str, str], operator: Operator, partner: Partner | None) -> dict:
    return {
        "operator_id": operator.pk,
        "partner_id": partner.pk if partner else None,
        "slug": row["slug"],
        "name": row["name"],
        # As it stands in the register: most stalls of a city were approved long ago.
        "state": row["state"],
        "hue": row["hue"],
        "languages": row["languages"],
        "phone": row["phone"],
        "auto_accept": yes(row["auto_accept"]),
        "preparation_minutes": int(row["preparation_minutes"]),
        **in_both(Stall, "summary", row["summary_es"], row["summary_en"]),
        **in_both(Stall, "story", row["story_es"], row["story_en"]),
    }


def _load_trades(stalls: dict[str, Stall], tally: Tally) -> None:
    trades = dict(Trade.objects.values_list("slug", "pk"))
    wanted = (
        {"stall_id": stalls[row["slug"]].pk, "trade_id": trades[trade]}
        for row in rows("stalls")
        for trade in row["trades"].split()
    )
    sync(Stall.trades.through, wanted, key=("stall_id", "trade_id"), tally=tally)


def _load_places(stalls: dict[str, Stall], tally: Tally) -> None:
    pitches = {(p.market.slug, p.number): p.pk for p in Pitch.objects.select_related("market")}
    wanted = (
        {
            "stall_id": stalls[row["stall"]].pk,
            "pitch_id": pitches[row["market"], row["pitch"]],
            "weekdays": row["weekdays"],
        }
        for row in rows("places")
    )
    sync(StallPitch, wanted, key=("stall_id", "pitch_id"), tally=tally)


def _load_holders(operator: Operator, stalls: dict[str, Stall], tally: Tally) -> None:
    payees = sync(
        Payee,
        ({"operator_id": operator.pk, "name": row["holder"]} for row in rows("stalls")),
        key=("operator_id", "name"),
        tally=tally,
    )
    tenures = (
        {
            "stall_id": stalls[row["slug"]].pk,
            "payee_id": payees[operator.pk, row["holder"]].pk,
            "starts_on": HELD_SINCE,
        }
        for row in rows("stalls")
    )
    sync(Tenure, tenures, key=("stall_id", "starts_on"), tally=tally)
