"""What somebody finds after bringing a file in, and beside what cannot be brought."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from planning.models import Pool
from sop_portal.workbook.actions import NotTaken, bring
from sop_portal.workbook.tests.books import DEPARTMENTS, PEOPLE, POOLS, Rows, book, understood
from sop_portal.workbook.tests.test_pages import Browser, post, uploaded

pytestmark = pytest.mark.django_db
VOLUNTEERS: Rows = [*POOLS, ["Volunteers", "People", "hours", 400, 0, None]]


def test_the_page_names_the_next_step_of_the_set_up_and_leads_back(
    empty_portal: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    assert "Next step of the set-up" not in browser.get(reverse("workbook")).content.decode()
    post(browser, f"{uploaded(browser, {'Departments': DEPARTMENTS})}take/")
    page = browser.get(reverse("workbook")).content.decode()
    assert ("Next step of the set-up" in page, f'href="{reverse("set-up")}"' in page) == (True, True)
    assert "Back to the set-up" not in as_person(cast.chidi).get(reverse("workbook")).content.decode()


def test_hours_that_cost_nothing_are_read_as_already_paid_for(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    found = understood(book({"Pools": VOLUNTEERS}), w.ada, w.at)
    said = [(v.cell, v.typed, str(v.column), str(v.understood)) for v in found.sheets[0].values(most=99)]
    assert ("E4", "0", "Already paid for", "yes") in said
    bring(found, by=w.ada, at=w.at)
    pool = Pool.objects.get(name="Volunteers")
    assert (pool.is_paid_for, pool.rate, pool.paid_from) == (True, None, None)
    again = understood(book({"Pools": VOLUNTEERS}), w.ada, w.at)
    assert again.has_changes is False


@pytest.mark.parametrize(
    ("row", "cell"),
    [(["Hall", "People", "hours", 4, 5, None], "F4"), (["Hall", "People", "hours", 4, None, None], "E4")],
)
def test_a_refusal_names_the_cell_it_is_about(empty_portal: SimpleNamespace, row: list[object], cell: str) -> None:
    w = empty_portal
    found = understood(book({"Pools": [*POOLS, row]}), w.ada, w.at)
    with pytest.raises(NotTaken) as refused:
        bring(found, by=w.ada, at=w.at)
    assert [f"{problem.letters}{problem.row_number}" for _sheet, problem in refused.value.refused] == [cell]


@pytest.mark.parametrize("word", ["审计", "审计人员"])
def test_the_role_of_an_auditor_is_known_in_chinese(empty_portal: SimpleNamespace, word: str) -> None:
    people = [PEOPLE[0], ["Farid Karimi", "farid@example.net", word, None]]
    found = understood(book({"People and roles": people}), empty_portal.ada, empty_portal.at)
    said = [str(value.understood) for value in found.sheets[0].values(most=9)]
    assert (found.problems_as_json(), "Auditor" in said) == ([], True)


@pytest.mark.parametrize(
    ("note", "kinds"),
    [(["来源：年度统计（ＡＢ）", None, None], ["no-figures"]), (["Ａｒｔｓ", "2024", "6"], ["lookalike"])],
)
def test_a_footnote_that_is_not_read_is_not_reported_for_its_letters(
    empty_portal: SimpleNamespace, note: list[object], kinds: list[str]
) -> None:
    rows = [["Department", "Year", "Money"], ["Arts", "2025", "5"], note]
    sheets = {"Departments": DEPARTMENTS, "Past figures": rows}
    found = understood(book(sheets), empty_portal.ada, empty_portal.at)
    assert [one["kind"] for one in found.warnings_as_json()] == kinds
