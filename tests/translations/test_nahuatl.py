"""A language Django does not know, partly translated, from the documented steps to a placed order."""

import polib
import pytest

from tests.forks import shopping
from tests.translations.conftest import made_city
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

SPOKEN = """
LANGUAGES = [("es", "Español"), ("en", "English"), ("nah", "Nāhuatlahtōlli")]
LOCALE_PATHS = [BASE_DIR / "locale"]
"""


def test_a_shop_in_nahuatl(tmp_path):
    city = made_city(tmp_path, engine="sqlite")
    # One: the settings. Without a name for the language, and a format for Oscar's prices, checks say what to write.
    city.speak("es", "en", "nah", extra=SPOKEN + "LANG_INFO.pop('nah')\ndel OSCAR_CURRENCY_FORMAT\n")
    refused = city.run("manage.py", "makemigrations")
    assert refused.returncode == 1
    for check_id, line in (("E038", 'LANG_INFO["nah"] = {'), ("E039", 'OSCAR_CURRENCY_FORMAT = {"MXN": {')):
        assert f"oscar_marketplace.{check_id}" in refused.stderr
        assert line in refused.stderr
    city.speak("es", "en", "nah", extra=SPOKEN)
    # Two: the migrations. Three: texts, of the shop and of the pages; one button is all that is translated.
    city.take_over()
    words = polib.POFile()
    words.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    words.append(polib.POEntry(msgid="Choose when to pick up", msgstr="Xictlapehpena"))
    (city.folder / "locale/nah/LC_MESSAGES").mkdir(parents=True)
    words.save_as_mofile(str(city.folder / "locale/nah/LC_MESSAGES/django.mo"))
    city.write("UPDATE catalogue_product SET title_nah = 'Xītomatl', title_en = 'Tomato' WHERE title = 'Jitomate'")
    assert "no issues" in city.manage("check", "--database", "default")

    with city.server() as address:
        shopper = Visitor(address, "nah")
        stall = shopper.open(f"/stalls/{city.keys['stall']}/")
        # The page is in Nahuatl, and what falls back to Spanish says so.
        assert '<html lang="nah"' in stall.html
        assert "Xītomatl" in stall.text
        assert 'lang="nah">Xītomatl' not in stall.html
        assert '<h1 lang="es">Doña Chayo</h1>' in stall.html
        for _ in range(4):
            shopper.press("¼ kg", near="Xītomatl")
        shopping.post(shopper, f"/basket/add/{city.keys['panela_product']}/", quantity="2")
        basket = shopper.open("/basket/")
        assert "Xictlapehpena" in basket.text
        assert ">Xītomatl<" in basket.html
        assert 'lang="es">Queso panela<' in basket.html
        form = shopper.open("/checkout/") and shopper.form_with("name", f"pickup_{city.keys['market']}")
        choice = {f"pickup_{city.keys['market']}": str(city.keys["wave"])}
        shopper.send(form, name="Ana", email="ana@example.org", **choice)
        shopper.send(shopper.form_with("provider", "terms"), provider="cash", terms="on")
        assert shopper.page.path.startswith("/my-order/")
        english = Visitor(address, "en")
        assert "Tomato" in english.open(f"/stalls/{city.keys['stall']}/").text
        assert english.press("Nāhuatlahtōlli").html.count("Xītomatl") > 0

    # The order keeps what the shopper saw.
    assert city.rows("SELECT title FROM order_line ORDER BY id") == [("Xītomatl",), ("Queso panela",)]
    assert city.rows("SELECT title FROM oscar_marketplace_stallorderline ORDER BY id") == [
        ("Xītomatl",),
        ("Queso panela",),
    ]
    assert city.rows("SELECT language FROM oscar_marketplace_contact") == [("nah",)]
    assert "Traceback" not in (city.folder / "server.log").read_text()
