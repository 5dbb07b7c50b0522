"""What is wrong with a form, as the list above its page shows it: a sentence and the field to go to."""

from dataclasses import dataclass

from django.forms import BaseForm
from django.forms.boundfield import BoundField


@dataclass(frozen=True)
class Problem:
    """One sentence; ``target`` is the id of the control to change, empty where no single one is at fault."""

    message: str
    target: str = ""


def form_problems(*forms: BaseForm) -> list[Problem]:
    """Every error of the forms in reading order, those of no field first."""
    return [problem for form in forms for problem in _problems_of(form)]


def _problems_of(form: BaseForm) -> list[Problem]:
    problems = [Problem(str(message)) for message in form.non_field_errors()]
    for name in form.fields:
        field = form[name]
        # A hidden control cannot be gone to.
        target = "" if field.is_hidden else first_control_id(field)
        problems += [Problem(str(message), target) for message in field.errors]
    return problems


def first_control_id(field: BoundField) -> str:
    """Id of the control a link can move the focus to: of a group of radio buttons, the first one's."""
    return field.id_for_label or next((option.id_for_label for option in field.subwidgets), "")
