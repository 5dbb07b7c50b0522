"""Compile every ``.po`` of the checkout that is newer than its ``.mo``; prints what it made.

Pure Python (polib), so neither a wheel build nor the demo needs the system's gettext. Called by ``setup.py``
and by the scripts behind ``make``.

The catalogue of a country (``es_MX``) holds only what differs from its language (``es``). Compiled it is whole: with a
thin one Django would take the words Oscar has for that country before those we have for the language.
"""

import os
import sys
import tempfile
from pathlib import Path

import polib

CHECKOUT = Path(__file__).resolve().parent.parent
TREES = ("oscar_marketplace", "wagtail_mercado", "example_site")


def stale_catalogues(checkout: Path) -> list[Path]:
    """The ``.po`` files without a ``.mo`` of at least their age, sorted."""
    sources = [source for tree in TREES for source in (checkout / tree).glob("**/locale/*/LC_MESSAGES/*.po")]
    return sorted(source for source in sources if _is_stale(source))


def language_of_country(source: Path) -> Path | None:
    """For ``es_MX``'s catalogue that of ``es`` beside it, if there is one."""
    language, _, country = source.parent.parent.name.partition("_")
    general = source.parents[2] / language / source.parent.name / source.name
    return general if country and general.exists() else None


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    newest = max(path.stat().st_mtime for path in (source, language_of_country(source)) if path)
    return not compiled.exists() or compiled.stat().st_mtime < newest


def _whole(source: Path) -> polib.POFile:
    catalogue = polib.pofile(str(source))
    general = language_of_country(source)
    if general:
        own = {(entry.msgctxt, entry.msgid) for entry in catalogue if entry.translated()}
        catalogue.extend(entry for entry in polib.pofile(str(general)) if (entry.msgctxt, entry.msgid) not in own)
    return catalogue


def compile_catalogue(source: Path) -> Path:
    """Write the ``.mo`` beside ``source`` and return its path; fuzzy entries are left out, a country's completed.

    Raises ``OSError`` with the line for a file that is not a valid catalogue.
    """
    catalogue = _whole(source)
    compiled = source.with_suffix(".mo")
    # Two builds may run at once (tests, a server): each sees a whole file or the old one.
    handle, unfinished = tempfile.mkstemp(dir=compiled.parent, suffix=".part")
    with os.fdopen(handle, "wb") as stream:
        stream.write(catalogue.to_binary())
    os.chmod(unfinished, 0o644)
    os.replace(unfinished, compiled)
    return compiled


def main(checkout: Path = CHECKOUT) -> None:
    for source in stale_catalogues(checkout):
        print(f"compiled {compile_catalogue(source).relative_to(checkout)}")


if __name__ == "__main__":
    sys.exit(main())
