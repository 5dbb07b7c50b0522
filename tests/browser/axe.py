"""Ask axe-core what is wrong with the page in a window."""

from pathlib import Path

SOURCE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
#: WCAG 2.0 to 2.2 at A and AA, and what axe calls best practice. No rule is switched off.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


def faults(page) -> list[str]:
    """Every violation with the elements it is about; empty for a page without fault.

    axe is evaluated by the developer tools, so the page's content security policy stays in force.
    """
    page.evaluate(SOURCE)
    found = page.evaluate(RUN, TAGS)
    assert len(found["passes"]) > 10, "axe looked at nothing"
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: {_where(node)}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def _where(node) -> str:
    reason = " ".join(node["failureSummary"].split())
    return f"{' '.join(map(str, node['target']))} {node['html'][:160]} [{reason[:300]}]"
