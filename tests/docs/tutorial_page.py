"""A tutorial read as a list of sections: what to open, what to fill in, which words stand on the screen."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.admin_pages import Inline

#: First head of the table of a page's own fields, in each language.
FIELD = {"field", "campo"}


@dataclass
class Section:
    """One numbered step. ``records`` are forms to fill in, one for each column of its first table."""

    number: int
    text: str
    labels: list[str] = field(default_factory=list)
    records: list[dict[str, str]] = field(default_factory=list)
    inlines: list[Inline] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


def read_tutorial(page: Path) -> dict[int, Section]:
    """Number -> section, of every heading that begins with a number."""
    parts = re.split(r"^## (\d+)\. .*$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    numbers, texts = parts[1::2], parts[2::2]
    # What follows the last step stands under a heading without a number.
    return {
        int(number): _section(int(number), text.partition("\n## ")[0])
        for number, text in zip(numbers, texts, strict=True)
    }


def _section(number: int, text: str) -> Section:
    section = Section(number, text, commands=re.findall(r"^\$ (.+)$", text, re.MULTILINE))
    prose = re.sub(r"^\|.*$", "", text, flags=re.MULTILINE)
    section.labels = [" ".join(label.split()) for label in re.findall(r"\*\*(.+?)\*\*", prose, re.DOTALL)]
    for found in re.finditer(r"(?:^\|.*\n)+", text, re.MULTILINE):
        head, _line, *rows = [_cells(line) for line in found.group().splitlines()]
        if head[0] in FIELD:
            for column in range(1, len(head)):
                section.records.append({_bare(row[0]): row[column] for row in rows if row[column]})
        else:
            before = re.findall(
                r"\*\*(.+?)\*\*", text[: found.start()].rpartition("\n\n")[0].rpartition("\n\n")[2], re.DOTALL
            )
            section.inlines.append(Inline(" ".join(before[0].split()), [_bare(cell) for cell in head], rows))
    return section


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _bare(cell: str) -> str:
    return cell.strip("*")
