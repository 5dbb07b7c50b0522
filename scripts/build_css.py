"""Join the parts of the stylesheet into the one file that pages load; with ``--check``, only say whether it is stale.

A phone on a slow net pays a round trip for each ``@import``, so the parts are joined here and the result is
committed. No URL inside refers to another file: the order below is all there is to know.
"""

import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "oscar_marketplace" / "static" / "oscar_marketplace"
STYLESHEET = STATIC / "mercado.css"

# Later parts win over earlier ones: print and forced colours come last.
PARTS = (
    "tokens",
    "ground",
    "layout",
    "city",
    "buttons",
    "paper",
    "prose",
    "fields",
    "goods",
    "states",
    "progress",
    "messages",
    "tables",
    "code",
    "area",
    "forced-colors",
    "print",
)


def joined(parts_dir: Path = STATIC / "css") -> str:
    """The stylesheet made of the parts, one rule a line, without comments.

    Raises:
        ValueError: the folder and ``PARTS`` do not name the same files.
    """
    found = {path.stem for path in parts_dir.glob("*.css")}
    if found != set(PARTS):
        raise ValueError(f"PARTS and {parts_dir.name}/ differ: {', '.join(sorted(found ^ set(PARTS)))}")
    text = "\n".join((parts_dir / f"{part}.css").read_text(encoding="utf-8") for part in PARTS)
    return "/* Made by scripts/build_css.py from css/*.css; change those. */\n" + _one_rule_a_line(text)


def _one_rule_a_line(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};]) ?", r"\1", text)
    text = text.replace(";}", "}")
    return re.sub(r"}(?!})", "}\n", text).strip() + "\n"


def main(arguments: list[str]) -> int:
    stylesheet = joined()
    if "--check" in arguments:
        if STYLESHEET.read_text(encoding="utf-8") == stylesheet:
            return 0
        print("mercado.css is stale: run python scripts/build_css.py and commit the result")
        return 1
    STYLESHEET.write_text(stylesheet, encoding="utf-8")
    print(f"{STYLESHEET.name}: {len(stylesheet.encode())} bytes from {len(PARTS)} parts")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
