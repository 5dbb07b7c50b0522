"""The stylesheet: joined from its parts, small, and nothing in it that a strict page would refuse."""

import gzip
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
SCRIPT = CHECKOUT / "scripts" / "build_css.py"
STATIC = CHECKOUT / "oscar_marketplace" / "static" / "oscar_marketplace"
STYLESHEET = STATIC / "mercado.css"


@pytest.fixture(scope="module")
def build_css() -> dict:
    return runpy.run_path(str(SCRIPT))


def test_committed_stylesheet_is_what_the_parts_make(build_css):
    assert STYLESHEET.read_text(encoding="utf-8") == build_css["joined"]()


def test_check_names_the_remedy_when_a_part_has_changed(tmp_path):
    copied = tmp_path / "oscar_marketplace" / "static" / "oscar_marketplace"
    (copied / "css").mkdir(parents=True)
    for part in (STATIC / "css").glob("*.css"):
        (copied / "css" / part.name).write_text(part.read_text(encoding="utf-8"), encoding="utf-8")
    (copied / "mercado.css").write_text(STYLESHEET.read_text(encoding="utf-8"), encoding="utf-8")
    script = tmp_path / "scripts" / "build_css.py"
    script.parent.mkdir()
    script.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")

    def check() -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)

    fresh = check()
    with (copied / "css" / "paper.css").open("a", encoding="utf-8") as part:
        part.write(".mk-new { color: red; }\n")
    stale = check()

    assert fresh.returncode == 0
    assert stale.returncode == 1
    assert "python scripts/build_css.py" in stale.stdout


def test_a_part_nobody_listed_is_refused(build_css, tmp_path):
    for part in build_css["PARTS"]:
        (tmp_path / f"{part}.css").write_text("", encoding="utf-8")
    (tmp_path / "forgotten.css").write_text("", encoding="utf-8")

    with pytest.raises(ValueError, match="forgotten"):
        build_css["joined"](tmp_path)


def test_joining_keeps_selectors_values_and_nesting(build_css, tmp_path):
    for part in build_css["PARTS"]:
        (tmp_path / f"{part}.css").write_text("", encoding="utf-8")
    (tmp_path / "tokens.css").write_text(
        "/* why */\n.a,\n.b :is(td,th) {\n  width: calc(1px + 2px);\n  color: red;\n}\n"
        "@media (min-width: 1px) {\n  .c > .d { top: 0; }\n}\n",
        encoding="utf-8",
    )

    joined = build_css["joined"](tmp_path)

    assert joined.splitlines()[1:] == [
        ".a, .b :is(td,th){width: calc(1px + 2px);color: red}",
        "@media (min-width: 1px){.c > .d{top: 0}}",
    ]


def test_stylesheet_stays_small():
    sheet = STYLESHEET.read_bytes()

    assert len(sheet) < 22_000
    assert len(gzip.compress(sheet, 9)) < 6_000


def test_stylesheet_asks_nobody_for_anything():
    sheet = STYLESHEET.read_text(encoding="utf-8")

    assert not re.search(r"@import|url\(|//", sheet)


def test_each_part_is_written_to_be_read():
    for part in (STATIC / "css").glob("*.css"):
        lines = part.read_text(encoding="utf-8").splitlines()

        assert lines[0].startswith("/* "), f"{part.name} does not say what it is for"
        assert len(lines) <= 400
        too_long = [line for line in lines if len(line) > 125]
        assert not too_long, (part.name, too_long)


def test_every_class_a_template_uses_is_drawn():
    drawn = set(re.findall(r"\.(mk[a-z_-]*)", STYLESHEET.read_text(encoding="utf-8")))
    used: dict[str, str] = {}
    for template in sorted((CHECKOUT / "oscar_marketplace" / "templates").rglob("*.html")):
        for names in re.findall(r'class="([^"]*)"', template.read_text(encoding="utf-8")):
            for name in re.findall(r"(?<![\w-])mk(?:-[a-z_-]*[a-z])?(?![\w{-])", re.sub(r"{[%{].*?[%}]}", " ", names)):
                used.setdefault(name, template.name)

    assert {name: where for name, where in used.items() if name not in drawn} == {}
