"""A version in force stays as it was approved, and says beside it what a stopped project left in force."""

import csv
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from budgets.drafting import actions as budgets
from budgets.models import Appropriation, Budget
from budgets.tests.budget_year import line_of, set_amount
from budgets.tests.running_year import OCTOBER
from budgets.tests.test_project_stops import started, stop
from planning.models import Cycle, Project
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.page_text import words_of
from sop_portal.workbook.sheets import SHEETS
from sop_portal.workbook.writing.exporting import write_year

__all__ = ["started"]
WHY = {
    "cancel": "closed at %s since 12\xa0October 2027, because the project was cancelled",
    "hold": "closed at %s since 12\xa0October 2027, because the project is on hold",
}
Browser = Callable[[User], Client]


def of_csv(browser: Client, address: str) -> list[list[str]]:
    answer = browser.get(address)
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.reader(text.removeprefix("\ufeff").splitlines()))


def plan_rows(by: User, title: str) -> list[dict[str, object]]:
    """A sheet of the exported year, by the heads of its columns."""
    stream = BytesIO()
    write_year(stream, Cycle.objects.get(year=2027), Actor.of(by, OCTOBER), OCTOBER.date())
    header, *rows = CalamineWorkbook.from_filelike(BytesIO(stream.getvalue())).get_sheet_by_name(title).to_python()
    return [dict(zip([str(name) for name in header], row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", ["cancel", "hold"])
def test_the_page_marks_the_lines_and_says_both_totals(
    started: Project, cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    whole = sum(Appropriation.objects.values_list("approved", flat=True), Decimal(0))
    with clock.at(OCTOBER):
        before = words_of(as_person(cast.dora).get("/2027/budget/1/"))
        stop(started, cast, name)
        page = words_of(as_person(cast.dora).get("/2027/budget/1/"))
    left = sum(Appropriation.objects.values_list("approved", flat=True), Decimal(0))
    assert ("closed at" in before, "in force: " in before) == (False, False)
    assert [page.count((WHY[name] % amount).replace("\xa0", " ")) for amount in ("120.50", "0")] == [1, 1]
    assert f"{whole:,.2f} in force: {left:,.2f}" in page
    assert whole > left


@pytest.mark.parametrize("name", ["cancel", "hold"])
def test_the_spreadsheet_of_the_version_says_what_is_in_force(
    started: Project, cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    stop(started, cast, name)
    with clock.at(OCTOBER):
        header, *rows = of_csv(as_person(cast.dora), "/2027/budget/1/export/?kind=csv")
    place = header.index("In force")
    assert header[place + 1] == "Closed"
    in_force = {row[0]: Decimal(row[place]) for row in rows}
    assert in_force == {str(line): line.approved for line in Appropriation.objects.select_related("cycle")}
    assert [row[place + 1] for row in rows if row[place + 1]] == [WHY[name] % amount for amount in ("120.50", "0")]


@pytest.mark.parametrize("name", ["cancel", "hold"])
def test_an_exported_year_holds_the_plan_in_force(started: Project, cast: SimpleNamespace, name: str) -> None:
    stop(started, cast, name)
    title = next(str(sheet.title) for sheet in SHEETS if sheet.key == "plan")
    quarters = ("First quarter", "Second quarter", "Third quarter", "Fourth quarter")
    rows = plan_rows(cast.ada, title)
    sums = {row["Line number"]: sum(Decimal(str(row[quarter])) for quarter in quarters) for row in rows}
    held = Appropriation.objects.filter(approved__gt=0)
    assert sums == {line.number: line.approved for line in held}
    budget = plan_rows(cast.ada, "Budget")
    assert {row["Line"]: Decimal(str(row["In force"])) for row in budget} == {
        str(line): line.approved for line in Appropriation.objects.select_related("cycle")
    }


def test_an_amendment_is_compared_with_what_a_project_on_hold_holds(
    started: Project, cast: SimpleNamespace, as_person: Browser, october: datetime
) -> None:
    amendment = budgets.amend(Budget.objects.get(), reason="A small move", by=cast.dora, at=OCTOBER)
    set_amount(line_of(amendment, 2), 3500, cast.dora)
    stop(started, cast, "hold")
    amendment.refresh_from_db()
    amendment = budgets.share(amendment, by=cast.dora, at=OCTOBER, seen=amendment.version)
    with clock.at(OCTOBER):
        browser = as_person(cast.dora)
        sheet = words_of(browser.get(amendment.get_absolute_url()))
        step = words_of(browser.get(f"{amendment.get_absolute_url()}propose/"))
    assert ("was120.50 now3,500.00" in sheet, "was0.00" in sheet, "was120.50 now3,500 " in step) == (True, False, True)
    said = f"In force it is {WHY['hold'] % '120.50'}; approved were 3,600.01."
    assert said.replace("\xa0", " ") in step
