"""The pictures of README and docs: there, light enough for a slow net, and each one the script can take again."""

import importlib
import importlib.util
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
IMAGES_DIR = ROOT / "docs" / "images"
IMAGES = sorted(IMAGES_DIR.glob("*.png"))


def load_script():
    spec = importlib.util.spec_from_file_location("take_screenshots", ROOT / "scripts" / "take_screenshots.py")
    module = importlib.util.module_from_spec(spec)
    # Its dataclass looks its module up there.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_picture_a_page_shows_is_there():
    shown = {
        (page.parent / found).resolve()
        for page in PAGES
        for found in re.findall(r"!\[[^\]]*\]\(([^)]+\.png)\)", page.read_text(encoding="utf-8"))
    }

    assert ROOT / "docs" / "images" / "market.png" in shown
    assert not {path for path in shown if not path.exists()}


def test_every_picture_is_light_and_can_be_taken_again():
    script = load_script()

    assert {path.stem for path in IMAGES} == script.PICTURES
    assert all(path.stat().st_size <= script.MOST_BYTES for path in IMAGES)


def load_manual_script(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("take_manual_pictures")


def test_every_picture_of_the_manual_is_light_shown_and_can_be_taken_again(monkeypatch):
    script = load_manual_script(monkeypatch)

    for language in script.LANGUAGES:
        pages = (ROOT / "docs" / "manuals" / "vendor" / language).glob("*.md")
        shown = {name for page in pages for name in re.findall(r"/([a-z-]+)\.png", page.read_text(encoding="utf-8"))}
        there = {path.stem: path.stat().st_size for path in (IMAGES_DIR / f"vendor-{language}").glob("*.png")}

        assert set(there) == shown == set(script.PICTURES)
        assert {name: size for name, size in there.items() if size > script.MOST_BYTES} == {}
