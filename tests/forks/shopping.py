"""What people do in the shop, over HTTP with an old browser: buy at the market, buy at the shop, operate."""

from tests.visitor import Form, Visitor


def post(visitor: Visitor, path: str, **values):
    """Send a form that the page before the visitor does not show, with that page's token."""
    token = next(value for form in visitor.page.forms for name, value in form.fields if name == "csrfmiddlewaretoken")
    form = Form(path, "post", [("csrfmiddlewaretoken", token)], names=set(values))
    return visitor.send(form, **values)


def sign_in(base_url: str, email: str) -> Visitor:
    visitor = Visitor(base_url)
    visitor.open("/accounts/login/")
    form = visitor.form_with("login-username", "login-password")
    visitor.send(
        form,
        button=("login_submit", "Log In"),
        **{"login-username": email, "login-password": "mercado"},
    )
    return visitor


def buy_at_the_market(visitor: Visitor, keys: dict) -> str:
    """A kilo in four quarters at one stall, and cheese through Oscar's own form; the address of the order's page."""
    visitor.open(f"/stalls/{keys['stall']}/")
    for _ in range(4):
        visitor.press("¼ kg", near="Jitomate")
    post(visitor, f"/basket/add/{keys['panela_product']}/", quantity="2")
    assert visitor.open("/basket/").path == "/my-basket/"
    assert visitor.open("/checkout/").path == "/my-checkout/"
    form = visitor.form_with("name", f"pickup_{keys['market']}")
    visitor.send(form, name="Ana", email="ana@example.org", **{f"pickup_{keys['market']}": str(keys["wave"])})
    visitor.send(visitor.form_with("provider", "terms"), provider="cash", terms="on")
    assert visitor.page.path.startswith("/my-order/"), visitor.page.text
    return visitor.page.path


def put_card_in_basket(visitor: Visitor, keys: dict, quantity: int = 2) -> None:
    """From the product's page of Oscar's."""
    visitor.open(keys["card_path"])
    visitor.press("Add to cart", quantity=str(quantity))


def buy_in_oscars_checkout(visitor: Visitor) -> str:
    """From the basket on, as a guest or signed in; the text of the page of thanks."""
    visitor.open("/checkout/")
    if visitor.page.path == "/checkout/":
        visitor.send(visitor.form_with("username", "options"), username="guest@example.org", options="anonymous")
    visitor.open("/checkout/preview/")
    visitor.press("Place order")
    assert visitor.page.path == "/checkout/thank-you/", visitor.page.text
    return visitor.page.text
