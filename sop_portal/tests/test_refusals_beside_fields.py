"""A refusal stands at the field it is about: no page puts whatever was refused at one field of its own choice."""

import ast
from collections.abc import Iterator

import pytest
from django import forms

from sop_portal.foundation.kit.bounds import MONEY, refuse_beyond
from sop_portal.foundation.kit.refusals import NotReady, Refusal, say_beside_field
from sop_portal.tests.test_house_layout import ROOT, outside_tests

REFUSALS = {"Refusal", "NotReady", "NotNow", "NotYours", "Changed"}


class Terms(forms.Form):
    """A form with two fields."""

    rate = forms.DecimalField(label="Cost of one unit", required=False)
    capacity = forms.DecimalField(label="Capacity", required=False)


def said(refusal: Refusal) -> dict[str, list[str]]:
    form = Terms({})
    form.is_valid()
    say_beside_field(form, refusal)
    return {name: list(map(str, errors)) for name, errors in form.errors.items()}


def test_a_refusal_is_said_at_its_field_or_above_the_form() -> None:
    assert said(NotReady("Too dear.").about("rate")) == {"rate": ["Too dear."]}
    assert said(NotReady("Too dear.").about("paid_from", "Capacity")) == {"capacity": ["Too dear."]}
    assert said(NotReady("Too dear.").about("elsewhere")) == {"__all__": ["Too dear."]}
    assert said(Refusal("Too late.")) == {"__all__": ["Too late."]}


def test_a_figure_out_of_bounds_is_said_at_the_field_of_its_label() -> None:
    with pytest.raises(NotReady) as refusal:
        refuse_beyond("Cost of one unit", MONEY.most + 1, MONEY)
    assert list(said(refusal.value)) == ["rate"]


def caught_at_a_fixed_field(source: str) -> Iterator[int]:
    """The lines on which a caught refusal is put at a field that is written there."""
    for handler in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ExceptHandler)):
        if handler.type is None or not REFUSALS & {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}:
            continue
        for call in (node for node in ast.walk(handler) if isinstance(node, ast.Call)):
            is_error = isinstance(call.func, ast.Attribute) and call.func.attr == "add_error"
            if is_error and call.args and not _is_nothing(call.args[0]) and _names(call, handler.name):
                yield call.lineno


def _is_nothing(field: ast.expr) -> bool:
    return isinstance(field, ast.Constant) and field.value is None


def _names(call: ast.Call, caught: str | None) -> bool:
    return any(isinstance(node, ast.Name) and node.id == caught for node in ast.walk(call))


def test_no_page_chooses_the_field_of_a_refusal_by_itself() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in outside_tests()
        for line in caught_at_a_fixed_field(path.read_text())
    ]
    assert found == [], "Let the act say which field it is: NotReady(…).about(…), and say_beside_field(form, refusal)."
