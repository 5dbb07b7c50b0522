#!/usr/bin/env python3
"""Collect every text of the code and the templates into the ``.po`` files; then translate what is new in them.

    scripts/make_messages.py          # es
    scripts/make_messages.py es fr    # several languages, new ones included

Needs GNU gettext (``apt install gettext``). Guesses (fuzzy) are emptied: a wrong word at the counter is worse than an
English one. A test fails while anything is untranslated.
"""

import os
import sys
from pathlib import Path

import polib

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "oscar_marketplace"


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


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_site.settings")
    import django

    django.setup()
    for code in sys.argv[1:] or ["es"]:
        made = collect(code, PACKAGE)
        missing = [entry for entry in polib.pofile(str(made)) if not entry.translated()]
        print(f"{made.relative_to(CHECKOUT)}: {len(missing)} to translate")
