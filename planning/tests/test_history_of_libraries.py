from decimal import Decimal
from pathlib import Path

import pytest

from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.rows import check_rows
from sop_portal.foundation.kit.sheets import read_table

CONNECTICUT = Path(__file__).parents[2] / "sop_portal/tests/data/connecticut_libraries_1996_2012.csv"
HEADER = ["department", "project", "year", "activities", "participants", "people", "materials", "money"]


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        (HEADER, {name: place for place, name in enumerate(HEADER)}),
        (
            ["部门", "项目", "年度", "活动数量", "参与人数", "人力（小时）", "物资(元)", "资金"],
            {name: place for place, name in enumerate(HEADER)},
        ),
        (["Year", " DEPARTMENT ", "Number of activities"], {"year": 0, "department": 1, "activities": 2}),
        (["Money (USD)", "money"], {"money": 1}),
        (["year", "year"], {"year": 0}),
        (["x", "", "note"], {}),
    ],
)
def test_columns_are_recognised_in_both_languages(header: list[str], mapping: dict[str, int]) -> None:
    assert suggest_mapping(header) == mapping


def test_the_libraries_own_columns_are_recognised() -> None:
    sheet = read_table(CONNECTICUT, CONNECTICUT.name)
    assert {column: sheet.header[place] for column, place in suggest_mapping(sheet.header).items()} == {
        "department": "library",
        "year": "year",
        "activities": "programs",
        "participants": "attendance",
        "people": "wages_exp",
        "materials": "materials_exp",
        "money": "opex",
    }


def test_the_real_file_is_warned_about_and_not_stopped() -> None:
    sheet = read_table(CONNECTICUT, CONNECTICUT.name)
    checked = check_rows(sheet, suggest_mapping(sheet.header))
    assert (len(checked.rows), checked.problems) == (1204, [])
    assert len({row.department for row in checked.rows}) == 73
    assert {row.department for row in checked.rows if "Deep River" in row.department} == {"Deep River"}
    assert [warning.sentence for warning in checked.warnings[:2]] == [
        "Column programs is blank for every department in 2000. Blank is read as unknown, not as zero. "
        "Write 0 where it really was nothing.",
        "Column attendance is blank for every department in 2000. Blank is read as unknown, not as zero. "
        "Write 0 where it really was nothing.",
    ]
    doubtful = {(warning.params["department"], warning.params["year"]) for warning in checked.warnings[2:]}
    assert doubtful == {
        *(("Bridgeport", 2006), ("East Haddam", 2004), ("Stonington", 2004)),
        *(("Morris", 2003), ("Thompson", 2002), ("Waterford", 2003)),
    }


def test_the_sums_of_the_real_file_are_exact() -> None:
    sheet = read_table(CONNECTICUT, CONNECTICUT.name)
    at = sheet.header.index("opex")
    by_hand = sum(Decimal(str(row[at])) for row in sheet.rows if row[at:] and row[at])
    # Rows are let go as they are read.
    checked = check_rows(sheet, suggest_mapping(sheet.header))
    assert sum(row.metrics["money"] or 0 for row in checked.rows) == by_hand
