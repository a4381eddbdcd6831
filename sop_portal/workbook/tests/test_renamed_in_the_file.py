"""Past figures of a department that another sheet of the same file renames or adds."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from planning.models import Actual
from sop_portal.workbook.actions import bring
from sop_portal.workbook.file_reading import FileReading
from sop_portal.workbook.tests.books import Rows, book, said_by_command, understood

pytestmark = pytest.mark.django_db
RENAMED: Rows = [["Department", "Short name"], ["Fine Arts", "arts"]]
HEADER = ["Department", "Project", "Year", "Money"]


@pytest.fixture
def arts(empty_portal: SimpleNamespace) -> SimpleNamespace:
    """Arts spent 100 in 2025."""
    w = empty_portal
    first = {"Departments": [RENAMED[0], ["Arts", "arts"]], "Past figures": [HEADER, ["Arts", "Chess", 2025, 100]]}
    bring(understood(book(first), w.ada, w.at), by=w.ada, at=w.at)
    return w


def figures(w: SimpleNamespace, *rows: list[object], departments: Rows = RENAMED) -> tuple[bytes, FileReading]:
    packed = book({"Departments": departments, "Past figures": [HEADER, *rows]})
    return packed, understood(packed, w.ada, w.at)


@pytest.mark.parametrize("name", ["Fine Arts", "Arts", "arts"])
def test_figures_of_a_department_that_the_file_renames_stand_beside_those_there(
    arts: SimpleNamespace, name: str
) -> None:
    _packed, found = figures(arts, [name, "Chess", 2025, 140])
    [value] = found.sheets[1].values(most=9)
    assert (value.state, str(value.there), str(value.understood), found.questions) == ("changed", "100", "140", [])
    bring(found, by=arts.ada, at=arts.at)
    assert list(Actual.objects.values_list("department__name", "money")) == [("Fine Arts", 140)]


def test_two_names_of_a_department_that_the_file_renames_are_found_when_it_is_checked(
    arts: SimpleNamespace, tmp_path: Path
) -> None:
    packed, found = figures(arts, ["Fine Arts", "Chess", 2024, 1], ["Arts", "Chess", 2024, 2])
    assert [one["kind"] for one in found.problems_as_json()] == ["same-department"]
    (tmp_path / "ours.xlsx").write_bytes(packed)
    assert said_by_command(tmp_path / "ours.xlsx", "--check", "--now", arts.at.isoformat())[0] == 1


def test_two_names_of_a_department_that_the_file_adds_are_found_when_it_is_checked(
    empty_portal: SimpleNamespace,
) -> None:
    _packed, found = figures(empty_portal, ["Fine Arts", "Chess", 2024, 1], ["arts", "Chess", 2024, 2])
    assert [one["kind"] for one in found.problems_as_json()] == ["same-department"]
