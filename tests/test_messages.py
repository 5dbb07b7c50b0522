"""Spanish is complete: nothing untranslated, nothing guessed, no placeholder lost, nothing in the code left out."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(CHECKOUT.glob("oscar_marketplace/locale/*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_is_translated_and_keeps_its_placeholders(path):
    catalogue = polib.pofile(str(path))

    assert [entry.msgid for entry in catalogue if not entry.translated()] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete] == []
    for entry in catalogue:
        wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            lost = set(PLACEHOLDER.findall(entry.msgid)) - set(PLACEHOLDER.findall(text)) if entry.msgstr else set()
            assert set(PLACEHOLDER.findall(text)) <= wanted, entry.msgid
            assert not lost, entry.msgid


def test_there_is_a_catalogue_to_look_at():
    assert [path.parts[-3] for path in CATALOGUES] == ["es"]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs GNU gettext: apt install gettext")
def test_the_catalogue_has_every_text_of_the_code(tmp_path):
    shutil.copytree(CHECKOUT / "oscar_marketplace", tmp_path / "oscar_marketplace")
    script = (
        "import sys, django, pathlib; sys.path.insert(0, sys.argv[1] + '/scripts'); django.setup();"
        "from make_messages import collect; collect('es', pathlib.Path(sys.argv[2]))"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(CHECKOUT), str(tmp_path / "oscar_marketplace")],
        env={
            "DJANGO_SETTINGS_MODULE": "example_site.settings",
            "PYTHONPATH": str(CHECKOUT),
            "PATH": "/usr/bin:/bin",
            "EXAMPLE_VAR_DIR": str(tmp_path),
        },
        check=True,
    )

    def texts(root):
        catalogue = polib.pofile(str(root / "locale/es/LC_MESSAGES/django.po"))
        return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue}

    assert texts(tmp_path / "oscar_marketplace") == texts(CHECKOUT / "oscar_marketplace")
