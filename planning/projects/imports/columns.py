"""Which column of somebody's spreadsheet is what: names in English and Chinese, and those of the library statistics."""

import re
from collections.abc import Sequence

# The library file's own words: library, programs, attendance, wages_exp, materials_exp, opex.
COLUMNS: dict[str, tuple[str, ...]] = {
    "department": ("department", "departments", "dept", "unit", "library", "部门", "部门名称", "单位"),
    "project": ("project", "projects", "project name", "programme", "program", "项目", "项目名称"),
    "year": ("year", "fiscal year", "plan year", "年度", "年份", "年", "会计年度", "计划年度"),
    "activities": (
        *("activities", "number of activities", "activity", "events", "programs", "programmes"),
        *("活动数量", "活动数", "活动", "活动次数"),
    ),
    "participants": (
        *("participants", "number of participants", "attendance", "attendees"),
        *("参与人数", "参加人数", "人数", "参与者"),
    ),
    "people": (
        *("people", "staff", "hours", "wages", "wages exp", "personnel"),
        *("人力", "工时", "人员", "人员费用", "工资"),
    ),
    "materials": ("materials", "material", "materials exp", "supplies", "物资", "物料", "材料", "材料费"),
    "money": (
        *("money", "amount", "spending", "spent", "expenses", "opex", "operating expenditure", "cost"),
        *("资金", "财务", "金额", "支出", "费用"),
    ),
}

REQUIRED = ("department", "year")
UNIT_IN_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


def suggest_mapping(header: Sequence[str]) -> dict[str, int]:
    """Which column is probably what; people correct it before anything is read."""
    exact = [_plain(name) for name in header]
    without_unit = [_plain(UNIT_IN_BRACKETS.sub(" ", name)) for name in header]
    mapping: dict[str, int] = {}
    for names in (exact, without_unit):
        for column, synonyms in COLUMNS.items():
            place = next((names.index(name) for name in synonyms if name in names), None)
            if place is not None and column not in mapping and place not in mapping.values():
                mapping[column] = place
    return mapping


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[_\-./]+", " ", name.casefold()).split())
