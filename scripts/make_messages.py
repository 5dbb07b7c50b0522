#!/usr/bin/env python3
"""Collect every text of the code and the templates into the ``.po`` files; then translate what is new in them.

    scripts/make_messages.py          # es
    scripts/make_messages.py es fr    # several languages, new ones included

The catalogues of countries (``es_MX``) hold only the words that differ from ``es``: nothing is added to them, and what
is no longer in the code is taken out.

Needs GNU gettext (``apt install gettext``). Guesses (fuzzy) are emptied: a wrong word at the counter is worse than an
English one. A test fails while anything is untranslated.
"""

import os
import sys
from itertools import product
from pathlib import Path

import polib

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = [CHECKOUT / "oscar_marketplace", CHECKOUT / "wagtail_mercado"]


def collect(language: str, folder: Path) -> Path:
    """Bring ``folder``'s catalogue of a language up to the code; returns its path."""
    from django.core.management import call_command

    before = Path.cwd()
    os.chdir(folder)
    try:
        call_command("makemessages", locale=[language], add_location="never", no_wrap=True, verbosity=0)
    finally:
        os.chdir(before)
    path = folder / "locale" / language / "LC_MESSAGES" / "django.po"
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
            entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    catalogue[:] = [entry for entry in catalogue if not entry.obsolete]
    # The date of the last run would make every run a change.
    catalogue.metadata.pop("POT-Creation-Date", None)
    catalogue.save()
    return path


def thin_out(path: Path, general: polib.POFile) -> list[str]:
    """Take out of a country's catalogue what its language lacks or says in the same words; returns those texts."""
    catalogue = polib.pofile(str(path))
    wanted = {(entry.msgctxt, entry.msgid, entry.msgid_plural): entry for entry in general}
    kept = [entry for entry in catalogue if _differs(entry, wanted)]
    gone = [entry.msgid for entry in catalogue if entry not in kept]
    if gone:
        catalogue[:] = kept
        catalogue.save()
    return gone


def _differs(entry: polib.POEntry, general: dict[tuple, polib.POEntry]) -> bool:
    same = general.get((entry.msgctxt, entry.msgid, entry.msgid_plural))
    if same is None or not entry.translated():
        return False
    return (entry.msgstr, entry.msgstr_plural) != (same.msgstr, same.msgstr_plural)


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_site.settings")
    import django

    django.setup()
    for code, package in product(sys.argv[1:] or ["es"], PACKAGES):
        made = collect(code, package)
        catalogue = polib.pofile(str(made))
        missing = [entry for entry in catalogue if not entry.translated()]
        print(f"{made.relative_to(CHECKOUT)}: {len(missing)} to translate")
        for country in sorted(package.glob(f"**/locale/{code}_*/LC_MESSAGES/django.po")):
            gone = thin_out(country, catalogue)
            print(f"{country.relative_to(CHECKOUT)}: {len(gone)} taken out")
