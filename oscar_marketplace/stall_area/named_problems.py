"""A form with a row for each of many goods: the list above it says which of them each problem is about."""

from collections.abc import Mapping

from django.forms import BaseForm
from django.utils.translation import gettext as _

from oscar_marketplace.form_problems import Problem, form_problems


def named_problems(form: BaseForm, titles: Mapping[str, str]) -> list[Problem]:
    """The form's problems, those of a field in ``titles`` with its title. Ids of the controls are the field names."""
    return [_named(problem, titles.get(problem.target, "")) for problem in form_problems(form)]


def _named(problem: Problem, title: str) -> Problem:
    if not title:
        return problem
    return Problem(_("%(title)s: %(problem)s") % {"title": title, "problem": problem.message}, problem.target)
