"""Fields, options as cards and the list of what is wrong."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.template.loader import render_to_string

from oscar_marketplace.form_problems import Problem, form_problems
from oscar_marketplace.picks import Pick, PickMany, PickOne

PARTS = "oscar_marketplace/components"


class WhereForm(forms.Form):
    street = forms.CharField(
        label="Street", help_text="As on your bill.", widget=forms.TextInput(attrs={"class": "own"})
    )
    remark = forms.CharField(label="Remark", required=False)
    weight = forms.DecimalField(label="Weight")
    when = forms.ChoiceField(
        label="When",
        help_text="Today.",
        widget=PickOne,
        choices=[
            ("12", Pick("12 to 2", note="4 left", icon="clock")),
            ("4", Pick("4 to 6", note="Full", is_full=True)),
        ],
    )
    bags = forms.MultipleChoiceField(
        label="Bags", widget=PickMany, required=False, choices=[("1", "One"), ("2", Pick("Two", is_full=True))]
    )
    terms = forms.BooleanField(label="I accept")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("The market has just closed.")


class Elements(HTMLParser):
    """Start tags of a fragment, as (tag, attributes)."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str, **wanted) -> list[dict]:
        return [attrs for name, attrs in self.found if name == tag and wanted.items() <= attrs.items()]


def draw(part: str, **context) -> str:
    return render_to_string(f"{PARTS}/{part}.html", context)


def test_field_has_its_label_above_and_its_hint_bound_to_the_control():
    html = draw("field", field=WhereForm()["street"])

    elements = Elements(html)
    [control] = elements.named("input")
    assert control["class"] == "mk-input own"
    assert control["aria-describedby"] == "id_street_helptext"
    assert elements.named("label", **{"for": control["id"]})
    assert elements.named("p", id="id_street_helptext")
    assert "(optional)" not in html


def test_field_says_when_it_is_optional():
    assert "(optional)" in draw("field", field=WhereForm()["remark"])


def test_field_in_error_says_so_to_eyes_and_ears():
    html = draw("field", field=WhereForm({"street": ""})["street"])

    elements = Elements(html)
    [control] = elements.named("input")
    assert control["aria-invalid"] == "true"
    assert set(control["aria-describedby"].split()) == {"id_street_helptext", "id_street_error"}
    assert elements.named("p", id="id_street_error")
    assert html.index("id_street_helptext") < html.index("id_street_error") < html.index("<input")
    assert "This field is required." in html


def test_field_with_unit_has_large_figures():
    html = draw("field", field=WhereForm()["weight"], unit="g")

    assert Elements(html).named("input", **{"class": "mk-input mk-input--num"})
    assert "<b>g</b>" in html


def test_options_as_cards_are_a_group_with_a_name():
    html = draw("picks", field=WhereForm({"when": "12"})["when"], size="m")

    elements = Elements(html)
    assert elements.named("fieldset", **{"aria-describedby": "id_when_helptext"})
    assert '<legend class="mk-legend">When</legend>' in html
    assert elements.named("div", **{"class": "mk-picks mk-picks--m"})
    chosen, full = elements.named("input", type="radio")
    assert "checked" in chosen and "disabled" not in chosen
    assert "disabled" in full
    assert "ui.svg#clock" in html
    assert "<b>4 to 6</b><small>Full</small>" in html


def test_a_full_option_is_disabled_but_still_a_choice_of_the_form():
    # The form refuses it by its own rule; a widget is only what is drawn.
    form = WhereForm({"when": "4"})

    assert "when" not in form.errors


def test_several_options_and_plain_labels():
    html = draw("picks", field=WhereForm()["bags"])

    one, two = Elements(html).named("input", type="checkbox")
    assert "disabled" not in one
    assert "disabled" in two
    assert "<b>One</b>" in html


def test_single_box_wraps_its_label():
    html = draw("check", field=WhereForm({"terms": ""})["terms"])

    [box] = Elements(html).named("input", type="checkbox")
    assert box["aria-describedby"] == "id_terms_error"
    assert "<span>I accept</span></label>" in html


@pytest.fixture
def refused() -> WhereForm:
    return WhereForm({"street": "", "weight": "x", "when": "", "terms": "", "version": "", "bags": []})


def test_problems_come_in_reading_order_and_lead_to_a_control_that_exists(refused):
    problems = form_problems(refused)

    assert [problem.target for problem in problems] == ["", "id_street", "id_weight", "id_when_0", "id_terms", ""]
    assert problems[0].message == "The market has just closed."
    drawn = "".join(draw("field", field=refused[name]) for name in ("street", "weight"))
    drawn += draw("picks", field=refused["when"]) + draw("check", field=refused["terms"])
    ids = {attrs.get("id") for _tag, attrs in Elements(drawn).found}
    assert {problem.target for problem in problems if problem.target} <= ids


def test_summary_counts_and_links(refused):
    html = draw("errors", form_errors=form_problems(refused))

    elements = Elements(html)
    [summary] = elements.named("div", role="alert", tabindex="-1")
    assert elements.named("h2", id=summary["aria-labelledby"])
    assert "6 things need a look" in html
    assert '<a href="#id_when_0">This field is required.</a>' in html
    assert "<li>The market has just closed.</li>" in html


def test_summary_of_one_and_of_nothing():
    assert "1 thing needs a look" in draw("errors", form_errors=[Problem("Write a name.", "id_name")])
    assert "<div" not in draw("errors", form_errors=[])


def test_summary_may_say_what_for():
    html = draw("errors", form_errors=[Problem("Write a name.")], errors_title="1 thing is missing to pay")

    assert ">1 thing is missing to pay</h2>" in html
