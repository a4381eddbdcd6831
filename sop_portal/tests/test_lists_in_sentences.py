"""Names one after the other are parted as the page's language parts them: `formats.listed`, `joined` and `parted`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
HOUSE = ("sop_portal", "planning", "budgets", "evaluations")
# Without a space it is a code: "en,zh-hans".
COMMA = re.compile(r"\s*[,;]\s+|\s*[、，；]\s*")
# What is no sentence for a reader of the portal, and whose it is.
NO_SENTENCE = {
    "sop_portal/settings.py": "a header",
    "sop_portal/foundation/kit/bulk.py": "SQL",
    "sop_portal/foundation/kit/paging.py": "SQL",
    "sop_portal/foundation/kit/parts_of_words.py": "SQL",
    "sop_portal/operations/actions/moving.py": "SQL",
    "sop_portal/operations/actions/restoring.py": "SQL",
    "sop_portal/operations/backup/papers.py": "the operator's, who reads English",
    "sop_portal/foundation/papers/state.py": "the operator's, who reads English",
    "sop_portal/dashboards/checks/invariants.py": "the operator's, who reads English",
    "sop_portal/workbook/management/commands/bring.py": "the operator's, who reads English",
    "sop_portal/reminders/forms.py": "days as they are typed",
    "sop_portal/set_up/days_table.py": "days as they are typed",
}


def modules() -> Iterator[Path]:
    for app in HOUSE:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"tests", "migrations", "demo"} & set(path.relative_to(ROOT).parts):
                yield path


def is_comma(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(COMMA.fullmatch(node.value))


def joined_by_hand(source: str) -> Iterator[str]:
    """Where a comma of one language is put between the parts of something."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        by_join = isinstance(node.func, ast.Attribute) and node.func.attr == "join" and is_comma(node.func.value)
        by_name = isinstance(node.func, ast.Name) and node.func.id == "concatenate" and is_comma(node.args[-1])
        if by_join or by_name:
            yield f"{node.lineno} {ast.unparse(node)}"


def test_no_list_in_a_sentence_is_parted_by_the_comma_of_one_language() -> None:
    found = {str(path.relative_to(ROOT)): list(joined_by_hand(path.read_text())) for path in modules()}
    unknown = {name: lines for name, lines in found.items() if lines and name not in NO_SENTENCE}
    assert unknown == {}, "Use listed, joined or parted of kit.formats; or say in NO_SENTENCE whose words they are."
    assert [name for name in NO_SENTENCE if not found[name]] == []


def test_every_way_to_part_a_list_by_hand_is_found() -> None:
    ways = ["', '.join(names)", "concatenate(names, '; ')", "'、'.join(names)", "' / '.join(names)", "listed(names)"]
    assert [bool(list(joined_by_hand(way))) for way in ways] == [True, True, True, False, False]
