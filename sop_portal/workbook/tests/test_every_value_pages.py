"""Every value of a file can be seen: page by page on its sheet, and as a spreadsheet; changes come first."""

import re
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.test import Client

from sop_portal.foundation.kit.sheets import read_table
from sop_portal.workbook.actions import bring
from sop_portal.workbook.tests.books import DEPARTMENTS, Rows, book, understood
from sop_portal.workbook.tests.test_pages import Browser, uploaded

pytestmark = pytest.mark.django_db
HEADER = ["Department", "Project", "Year", "Participants", "Money"]
MANY: Rows = [HEADER, *(["Arts", f"Project {at:02}", 2025, at, 1000 + at] for at in range(1, 61))]


@pytest.fixture
def portal(empty_portal: SimpleNamespace, as_person: Browser) -> SimpleNamespace:
    """Departments are there, and the last of many figures."""
    w = empty_portal
    first = book({"Departments": DEPARTMENTS, "Past figures": [HEADER, ["Arts", "Project 60", 2025, 60, 7]]})
    bring(understood(first, w.ada, w.at), by=w.ada, at=w.at)
    return SimpleNamespace(browser=as_person(w.ada))


def page_of(browser: Client, url: str) -> tuple[list[str], str]:
    """The cells of past figures that a page shows, and the address of its next page."""
    page = browser.get(url).content.decode()
    sheet = page[page.index('id="figures-values"') :]
    following = re.search(r'href="([^"]+)" rel="next"', sheet)
    return re.findall(r'<td class="cellref"[^>]*>([A-Z]+[0-9]+)<', sheet), following[1] if following else ""


def test_every_value_stands_on_one_of_the_pages_of_its_sheet(portal: SimpleNamespace) -> None:
    url = uploaded(portal.browser, {"Departments": DEPARTMENTS, "Past figures": MANY})
    seen: list[str] = []
    following = ""
    for _page in range(9):
        cells, following = page_of(portal.browser, url + following.replace("&amp;", "&").partition("#")[0])
        seen += cells
        if not following:
            break
        assert ("sheet=figures" in following, following.endswith("#figures-values")) == (True, True)
    assert (len(seen), set(seen)) == (120, {f"{letter}{row}" for letter in "DE" for row in range(2, 62)})


def test_what_would_be_overwritten_comes_first_and_is_never_folded(portal: SimpleNamespace) -> None:
    url = uploaded(portal.browser, {"Past figures": MANY})
    assert page_of(portal.browser, url)[0][0] == "E61"
    page = portal.browser.get(url).content.decode()
    rows = re.findall(r'<tr( class="beyond")?>\s*<th scope="row">', page)
    assert (len(rows), len(list(filter(None, rows)))) == (50, 47)
    assert ('class="show-all" href="#figures-values"' in page) is True


def test_another_sheet_stays_where_it_was_while_one_is_paged_through(portal: SimpleNamespace) -> None:
    url = uploaded(portal.browser, {"Departments": DEPARTMENTS, "Past figures": MANY})
    page = portal.browser.get(f"{url}?sheet=figures&from=100").content.decode()
    assert (">B4<" in page[: page.index('id="figures"')], "</td>" in page) == (True, True)
    assert portal.browser.get(f"{url}?sheet=nothing").status_code == 422


def test_all_values_are_given_as_a_spreadsheet(portal: SimpleNamespace) -> None:
    url = uploaded(portal.browser, {"Departments": DEPARTMENTS, "Past figures": MANY})
    table = read_table(BytesIO(portal.browser.get(f"{url}values/").content).getvalue(), "values.xlsx")
    assert table.header[:4] == ["Sheet", "Cell", "What it is", "Column"]
    figures = [row for row in table.rows if row[0] == "Past figures"]
    assert len(figures) == 120
    last = [
        "Past figures",
        "E61",
        "Arts · Project 60 · 2025",
        "Money, without materials",
        "1060",
        "1,060",
        "7",
        "Changed",
    ]
    assert [str(cell) for cell in figures[-1]] == last
