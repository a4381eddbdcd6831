"""A name stands in a sentence by `interpolate`, which closes it up in Chinese and knows that it was typed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sop_portal.settings import BASE_DIR

NAMES = re.compile(r"%\((?:person|department|deputy|giver|names)\)s")
APPS = ("planning", "budgets", "evaluations", "sop_portal")


def modules() -> list[Path]:
    """Every module that speaks to people."""
    found = [path for app in APPS for path in (Path(BASE_DIR) / app).rglob("*.py")]
    return [path for path in found if not {"tests", "migrations"} & set(path.parts)]


def put_in_by_hand(tree: ast.AST) -> Iterator[int]:
    """The lines on which a name is put into a translated sentence by the percent sign."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Call):
            said = [part.value for part in ast.walk(node.left) if isinstance(part, ast.Constant)]
            if any(isinstance(text, str) and NAMES.search(text) for text in said):
                yield node.lineno


@pytest.mark.once
def test_a_name_stands_in_a_sentence_by_interpolate() -> None:
    found = [f"{path}:{line}" for path in modules() for line in put_in_by_hand(ast.parse(path.read_text()))]
    assert found == [], "Write interpolate(_(sentence), words) instead of _(sentence) % words."


# A branch that ends on a line of its own leaves a blank before the sign behind it.
BLANK_BEFORE_A_SIGN = re.compile(r"\n\s*\{% end(?:if|for|with) %\}\{% (?:comma|colon|stop) ")


@pytest.mark.once
def test_no_blank_stands_before_a_comma() -> None:
    templates = (Path(BASE_DIR) / "templates").rglob("*.html")
    found = [str(path) for path in templates if BLANK_BEFORE_A_SIGN.search(path.read_text())]
    assert found == [], "Put the branch into {% capture as name %}, and the comma behind {{ name }}."
