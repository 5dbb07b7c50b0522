"""The vendors' manual says the same in both languages, and every word it puts in bold stands on a screen."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs" / "manuals" / "vendor"
LOCALE = ROOT / "oscar_marketplace" / "locale"
#: Language of the manual -> its catalogues, the nearer ones last. English is the source itself.
CATALOGUES = {"es": ["es", "es_MX"], "en": ["es"]}
LANGUAGES = ("es", "en")
STEMS = sorted(page.stem for page in (MANUAL / "es").glob("*.md"))
#: The site's own names of its languages, which no catalogue translates.
LANGUAGE_NAMES = {"Español", "English"}
#: Heard by a screen reader only: it is no part of what a button shows.
HIDDEN = re.compile(r'<span class="mk-vh">.*?</span>')
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def text_of(language: str, stem: str) -> str:
    return (MANUAL / language / f"{stem}.md").read_text(encoding="utf-8")


def shape_of(text: str) -> dict[str, list[str]]:
    """What has to be alike in two languages: headings, steps, links, pictures and table rows, in their order."""
    return {
        "headings": re.findall(r"^(#+) ", text, re.MULTILINE),
        "steps": re.findall(r"^(\d+\.|-) ", text, re.MULTILINE),
        "links": re.findall(r"\]\(([^)]+)\)", text),
        "pictures": re.findall(r'<img src="[^"]+/([^"/]+)\.png"', text),
        "rows": re.findall(r"^(\|)", text, re.MULTILINE),
        "labels": ["**"] * len(labels_in(text)),
    }


def labels_in(text: str) -> list[str]:
    return [" ".join(label.split()) for label in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]


@cache
def words_on_screen(language: str) -> list[str]:
    """Every text of the screens in the language: the source for English, else what the demo's catalogues say."""
    words = {}
    for name in CATALOGUES[language]:
        with (LOCALE / name / "LC_MESSAGES" / "django.po").open("rb") as file:
            found = [message for message in read_po(file) if message.id]
        words |= {
            (message.context, str(message.id)): message.id if language == "en" else message.string for message in found
        }
    return [text for each in words.values() for text in ([each] if isinstance(each, str) else each) if text]


@cache
def screen_patterns(language: str) -> list[re.Pattern]:
    """Each text as a pattern: a placeholder stands for any words, what only a screen reader hears for none."""
    patterns = []
    for text in words_on_screen(language):
        shown = HIDDEN.sub("", text).strip()
        parts = [re.escape(" ".join(part.split())) for part in PLACEHOLDER.split(shown)]
        if any(re.search(r"[^\W\d_]", part) for part in parts):
            patterns.append(re.compile(r"\s*.{1,40}?\s*".join(parts)))
    return patterns


def unknown_labels(text: str, language: str) -> list[str]:
    patterns = screen_patterns(language)
    # A sentence with an amount at its end may be quoted without it: "Collect", and the amount is on the picture.
    starts = {PLACEHOLDER.split(HIDDEN.sub("", words))[0].strip(" :") for words in words_on_screen(language)}
    known = LANGUAGE_NAMES | starts
    return [
        label
        for label in labels_in(text)
        if label not in known and not any(pattern.fullmatch(label) for pattern in patterns)
    ]


def test_the_languages_have_the_same_pages():
    assert "quick-card" in STEMS
    assert sorted(page.stem for page in (MANUAL / "en").glob("*.md")) == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_the_languages_have_the_same_steps_and_pictures(stem):
    assert shape_of(text_of("en", stem)) == shape_of(text_of("es", stem))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stem", STEMS)
def test_every_word_in_bold_stands_on_a_screen(stem, language):
    assert unknown_labels(text_of(language, stem), language) == []


def test_a_word_that_is_on_no_screen_is_noticed():
    text = "Tap **Accept now**, then **Save the 14 prices**, **Open**, **Sign in**, **Collect** and **English**."

    assert unknown_labels(text, "en") == ["Accept now"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_leads_to_every_page(language):
    index = text_of(language, "index")

    assert set(re.findall(r"\]\((\S+)\.md\)", index)) == set(STEMS) - {"index"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_counts_from_one(language):
    for stem in STEMS:
        numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text_of(language, stem), re.MULTILINE)]
        jumps = [
            (before, after)
            for before, after in zip([0, *numbers], numbers, strict=False)
            if after not in (1, before + 1)
        ]

        assert jumps == [], stem


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_described(language):
    for stem in STEMS:
        for image in re.findall(r"<img [^>]+>", text_of(language, stem)):
            assert re.fullmatch(
                rf'<img src="\.\./\.\./\.\./images/vendor-{language}/[a-z-]+\.png" alt="[^"]{{15,}}" width="360">',
                image,
            )
