"""Django's admin worked by its labels, as a person who follows a tutorial does: no name of a field is known here."""

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from django.test import Client

#: What a tutorial writes for a ticked box, in each of its languages.
YES = {"yes", "sí"}
#: "Monday … Sunday": a row for each option from the first to the last.
SPAN = re.compile(r"(.+?) … (.+)")


@dataclass
class Inline:
    """Rows under the form: the heading they stand under, the column labels and the cells."""

    heading: str
    columns: list[str]
    rows: list[list[str]]


class Admin:
    """A member of staff at ``/admin/``. Each page must answer 200, each form must be accepted."""

    def __init__(self, client: Client):
        self.client = client

    def add(self, plural: str, fields: dict[str, str], inlines: list[Inline] = ()) -> None:
        """Follow the link ``plural`` of the index, press "add", fill in what has these labels, save."""
        address = f"{self._list_of(plural)}add/"
        page = self._open(address)
        form = page.select_one("#content-main form")
        data = values_of(form)
        for label, value in fields.items():
            data.update(self._typed(control_named(form, label), value))
        for inline in inlines:
            data.update(self._rows(form, inline))
        answer = self.client.post(address, data)
        assert answer.status_code == 302, problems_of(answer)

    def act(self, plural: str, action: str, buttons: list[str]) -> None:
        """Tick every row of a list, choose ``action`` and press the button, whose name depends on Django's version."""
        address = self._list_of(plural)
        page = self._open(address)
        assert set(buttons) & {each.get_text(strip=True) for each in page.select("#changelist-form .actions button")}
        (option,) = [each for each in page.select('select[name="action"] option') if words_of(each) == action]
        rows = [box["value"] for box in page.select('input[name="_selected_action"]')]
        answer = self.client.post(address, {"action": option["value"], "_selected_action": rows}, follow=True)
        told = BeautifulSoup(answer.content, "html.parser").select(".messagelist li")
        assert [each["class"] for each in told] == [["success"]], problems_of(answer)

    def _open(self, address: str) -> BeautifulSoup:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return BeautifulSoup(answer.content, "html.parser")

    def _list_of(self, plural: str) -> str:
        links = self._open("/admin/").select("#content-main th a")
        found = [link["href"] for link in links if link.get_text(strip=True) == plural]
        assert len(found) == 1, f"{plural}: {found} of {[link.get_text(strip=True) for link in links]}"
        return found[0]

    def _rows(self, form: Tag, inline: Inline) -> dict:
        (group,) = [g for g in form.select(".inline-group") if words_of(g.select_one("h2")) == inline.heading]
        prefix = group["id"].removesuffix("-group")
        empty = group.select_one(".empty-form")
        heads = [words_of(head) for head in group.select("thead th")]
        cells = [empty.find_all("td", recursive=False)[same_label(heads, label)] for label in inline.columns]
        rows = [row for written in inline.rows for row in spread(written, cells)]
        data = {f"{prefix}-TOTAL_FORMS": str(len(rows))}
        for number, row in enumerate(rows):
            blank = values_of(empty)
            for cell, value in zip(cells, row, strict=True):
                blank.update(self._typed(cell.select_one("input, select, textarea"), value))
            data.update({name.replace("__prefix__", str(number)): value for name, value in blank.items()})
        return data

    def _typed(self, control: Tag, value: str) -> dict:
        classes, name = control.get("class", []), control["name"]
        if "admin-autocomplete" in classes:
            return {name: self._found_by_typing(control, value)}
        if "vForeignKeyRawIdAdminField" in classes:
            return {name: self._found_by_magnifier(control, value)}
        if control.name == "select":
            (option,) = [each for each in control.select("option") if words_of(each) == value]
            return {name: option["value"]}
        if control.get("type") == "checkbox":
            return {name: "on"} if value in YES else {name: []}
        return {name: value}

    def _found_by_typing(self, control: Tag, value: str) -> str:
        asked = {name: control[f"data-{name.replace('_', '-')}"] for name in ("app_label", "model_name", "field_name")}
        results = self.client.get(control["data-ajax--url"], {"term": value.split()[-1], **asked}).json()["results"]
        (found,) = [each["id"] for each in results if each["text"] == value]
        return found

    def _found_by_magnifier(self, control: Tag, value: str) -> str:
        link = control.find_next("a", class_="related-lookup")
        page = BeautifulSoup(self.client.get(link["href"], {"q": value, "_popup": "1"}).content, "html.parser")
        (row,) = page.select("#result_list a[data-popup-opener]")
        return row["data-popup-opener"]


def words_of(tag: Tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split()).rstrip(":")


def same_label(labels: list[str], wanted: str) -> int:
    """The place of a label; a text in several languages is meant in the site's first one."""
    plain = [re.sub(r" \[\w+\]$", "", label) for label in labels]
    assert wanted in plain, f"no “{wanted}” among {labels}"
    return plain.index(wanted)


def control_named(form: Tag, label: str) -> Tag:
    """The control of a main form that carries this label; of a text in several languages, the first language's."""
    # Since Django 6.0 a choice of several is a group with a legend.
    labels = [each for each in form.select("label[for], legend") if not each.find_parent(class_="inline-group")]
    chosen = labels[same_label([words_of(each) for each in labels], label)]
    return form.find(id=chosen["for"]) if chosen.name == "label" else chosen.find_next("select")


def values_of(part: Tag) -> dict:
    """What a browser would send of a form that nobody touched."""
    data = {}
    for control in part.select("input[name], textarea[name], select[name]"):
        if control.name == "select":
            chosen = control.select("option[selected]") or (
                [] if control.has_attr("multiple") else control.select("option")[:1]
            )
            data[control["name"]] = [option.get("value", "") for option in chosen]
        elif control.name == "textarea":
            data[control["name"]] = control.get_text().removeprefix("\n")
        elif control.get("type") not in {"checkbox", "radio", "submit"} or control.has_attr("checked"):
            data[control["name"]] = control.get("value", "on" if control.get("type") == "checkbox" else "")
    return {name: value for name, value in data.items() if "__prefix__" not in name or part.name == "tr"}


def spread(row: list[str], cells: list[Tag]) -> list[list[str]]:
    """A row as it is, or one for each option where its first cell is a span of them."""
    span = SPAN.fullmatch(row[0])
    if span is None:
        return [row]
    options = [words_of(each) for each in cells[0].select("option")]
    first, last = (options.index(word) for word in span.groups())
    return [[option, *row[1:]] for option in options[first : last + 1]]


def problems_of(answer) -> list[str]:
    """What a refused page says is wrong."""
    page = BeautifulSoup(answer.content, "html.parser")
    return [words_of(each) for each in page.select(".errorlist, .errornote, .messagelist li")]
