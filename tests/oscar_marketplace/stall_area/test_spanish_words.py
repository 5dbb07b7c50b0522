"""The vendor reads the market's own words: every text of the area has them, the important ones exactly these."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[3] / "oscar_marketplace"
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy"}


@pytest.fixture(scope="module")
def spanish() -> dict[str, str]:
    """As in Mexico."""
    words = {}
    for code in ("es", "es_MX"):
        with (PACKAGE / "locale" / code / "LC_MESSAGES/django.po").open("rb") as stream:
            for message in read_po(stream):
                singular = message.id[0] if isinstance(message.id, tuple) else message.id
                string = message.string[0] if isinstance(message.string, tuple) else message.string
                words[singular] = string or words.get(singular, "")
    return words


def texts_of_code():
    for path in (PACKAGE / "stall_area").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in GETTEXT:
                place = 1 if call.func.id.startswith("pgettext") else 0
                if isinstance(call.args[place], ast.Constant):
                    yield call.args[place].value


def texts_of_templates():
    for path in (PACKAGE / "templates" / "oscar_marketplace" / "stall_area").glob("*.html"):
        source = path.read_text(encoding="utf-8")
        yield from re.findall(r'{% translate "([^"]+)"', source)
        for block in re.findall(r"(?s){% blocktranslate.*?%}(.*?){% (?:plural|endblocktranslate) %}", source):
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", block)


def test_every_text_of_the_area_is_in_spanish(spanish):
    texts = {*texts_of_code(), *texts_of_templates()}

    assert len(texts) > 100
    assert sorted(text for text in texts if not spanish.get(text)) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Answer first", "Conteste primero"),
        ("To weigh and pack", "Para pesar y empacar"),
        ("Sold today", "Vendido hoy"),
        ("See and answer", "Ver y contestar"),
        ("I accept the order", "Acepto el pedido"),
        ("I cannot fill any of it", "No puedo surtir nada"),
        (
            "You can undo it for 1 minute. We tell the shopper.",
            "Puede deshacerlo durante 1 minuto. Le avisamos nosotros al cliente.",
        ),
        ("Real weight", "Peso real"),
        (
            "That is %(over)s over the limit. Take a little out, or %(bound)s are charged and the rest is a gift.",
            "Pasa del tope por %(over)s. Quite un poco, o se cobran %(bound)s y lo demás va de regalo.",
        ),
        ("It is ready", "Está listo"),
        ("Collect %(amount)s", "Cobre %(amount)s"),
        ("Today's prices", "Precios de hoy"),
        ("Yesterday it was %(old)s. Is it %(new)s today?", "Ayer fue %(old)s. ¿Hoy es %(new)s?"),
        ("Yes, %(price)s is right", "Sí, %(price)s es correcto"),
        ("Leave without saving", "Salir sin guardar"),
    ],
)
def test_the_words_of_the_counter(spanish, text, words):
    assert spanish[text] == words
