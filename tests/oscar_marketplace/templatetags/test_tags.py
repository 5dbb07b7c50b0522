"""The small tags and filters."""

from decimal import Decimal

import pytest
from django.conf import global_settings
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.listings.models import Unit


def render(source: str, **context) -> str:
    return Template("{% load mercado %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("32", "MXN", "$32"),
        ("32.00", "MXN", "$32"),
        ("19.50", "MXN", "$19.50"),
        ("1000.00", "MXN", "$1,000"),
        ("1234500.00", "MXN", "$1,234,500"),
        ("100.05", "MXN", "$100.05"),
        ("1000", "JPY", "¥1,000"),
    ],
)
def test_price_tag_has_no_idle_cents(amount, currency, shown):
    assert render("{{ amount|price:currency }}", amount=Decimal(amount), currency=currency) == shown


def test_price_tag_in_a_language_that_writes_the_cents_after_a_comma():
    with translation.override("es"):
        assert render("{{ amount|price:'EUR' }}", amount=Decimal("1200.00")).replace("\xa0", " ") == "1.200 €"
        assert render("{{ amount|price:'EUR' }}", amount=Decimal("1.20")).replace("\xa0", " ") == "1,20 €"


def test_money_always_has_its_cents():
    assert render("{{ amount|money:'MXN' }}", amount=Decimal("32")) == "$32.00"
    assert render("{{ amount|money:'MXN' }}", amount=None) == ""


def test_measure_and_per():
    kilo = Unit(kind="weight", base_amount=Decimal(1000), symbol="kg", name="kilo", name_plural="kilos")

    assert render("{{ a|measure:unit }} {{ unit|per }}", a=Decimal("0.75"), unit=kilo) == "¾ kg per kilo"


@pytest.mark.parametrize(
    ("page", "text", "attribute"),
    [
        ("en", "es-mx", ' lang="es-mx"'),
        ("es-mx", "es", ""),
        ("es-mx", "es_MX", ""),
        ("en", "", ""),
        ("en", None, ""),
        ("es-mx", "nah", ' lang="nah"'),
        ("en", '"><script>', ' lang="&quot;&gt;&lt;script&gt;"'),
    ],
)
def test_text_in_another_language_says_so(page, text, attribute):
    with translation.override(page):
        assert render("{% lang_attr language %}", language=text) == attribute


def test_languages_are_offered_in_their_own_words_but_not_the_active_one(settings):
    settings.LANGUAGES = [("es-mx", "Spanish"), ("en", "English"), ("de", "German"), ("xnah", "Nahuatlahtolli")]

    with translation.override("es-mx"):
        offered = render("{% other_languages as them %}{% for it in them %}{{ it.code }}={{ it.name }} {% endfor %}")

    assert offered == "en=English de=Deutsch xnah=Nahuatlahtolli "


def test_djangos_hundred_languages_are_no_offer(settings):
    settings.LANGUAGES = global_settings.LANGUAGES

    assert render("{% other_languages as them %}{{ them|length }}") == "0"


@pytest.mark.parametrize(
    ("code", "setting", "said"),
    [
        ("es-mx", "Mexican Spanish", "Español (México)"),
        ("es-mx", _("Mexican Spanish"), "Español de México"),
        ("es-mx", "Español", "Español"),
        ("es-es", "Spanish", "Español (España)"),
        ("es-es", "Castellano", "Castellano"),
        ("fr", _("French"), "Français"),
        ("zh-hans", "Simplified Chinese", "中文 (简体)"),
        ("zh-cn", "Simplified Chinese", "中文 (简体, 中国)"),
    ],
)
def test_a_language_is_called_what_the_city_calls_it_or_else_its_own_name(settings, code, setting, said):
    settings.LANGUAGES = [("en", "English"), (code, setting)]

    with translation.override("en"):
        assert render("{% other_languages as them %}{% for it in them %}{{ it.name }}{% endfor %}") == said


@pytest.mark.parametrize(
    ("arguments", "tone", "symbol", "role"),
    [
        ("", "info", "info", ""),
        ('tone="go" role="status"', "go", "check", ' role="status"'),
        ('tone="wait"', "wait", "clock", ""),
        ('tone="bad" icon="cash"', "bad", "cash", ""),
    ],
)
def test_notice(arguments, tone, symbol, role):
    html = render("{% notice " + arguments + " %}<p>{{ text }}</p>{% endnotice %}", text="1 < 2")

    assert html.startswith(f'<div class="mk-notice" data-tone="{tone}"{role}><svg')
    assert f"ui.svg#{symbol}" in html
    assert html.endswith("</svg><p>1 &lt; 2</p></div>")


def test_steps_say_what_is_done_and_where_one_is():
    html = render('{% steps 2 "Basket" "Delivery" "Payment" %}')

    assert '<li data-done>Basket<span class="mk-vh"> (done)</span></li>' in html
    assert '<li aria-current="step">Delivery</li><li>Payment</li>' in html
