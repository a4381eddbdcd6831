"""Long lists a page at a time: every row once, in order, there and back."""

import pytest
from django.db.models import QuerySet
from django.http import QueryDict

from sop_portal.foundation.kit.paging import ListPage, paginate
from sop_portal.foundation.organisation.models import Department

SORTS = {"name": "name", "active": "is_active"}


@pytest.fixture
def seven(db: None) -> "QuerySet[Department]":
    """Departments A to G, of which C and E take no part."""
    for letter in "GFEDCBA":
        Department.objects.create(name=letter, slug=letter.lower(), is_active=letter not in "CE")
    return Department.objects.all()


def asked(rows: "QuerySet[Department]", address: str = "") -> ListPage:
    return paginate(rows, QueryDict(address.lstrip("?")), SORTS, "name", size=3)


def names(found: ListPage) -> str:
    return "".join(row.name for row in found.rows)


def walked(rows: "QuerySet[Department]", address: str) -> list[str]:
    """The pages from the first to the last."""
    found, pages = asked(rows, address), []
    while True:
        pages.append(names(found))
        if not found.next_url:
            return pages
        found = asked(rows, found.next_url)


@pytest.mark.parametrize(
    ("address", "pages"),
    [
        ("", ["ABC", "DEF", "G"]), ("?sort=-name", ["GFE", "DCB", "A"]), ("?sort=active", ["ECG", "FDB", "A"]),
        ("?sort=-active", ["ABD", "FGC", "E"]), ("?sort=nonsense", ["ABC", "DEF", "G"]),
        ("?sort=--name", ["ABC", "DEF", "G"]), ("?after=x", ["ABC", "DEF", "G"]),
        ("?after=999999999999999999999", ["ABC", "DEF", "G"]),
    ],
)  # fmt: skip
def test_every_row_is_shown_once_in_order(seven: "QuerySet[Department]", address: str, pages: list[str]) -> None:
    assert walked(seven, address) == pages


def test_the_way_back_leads_over_the_same_pages(seven: "QuerySet[Department]") -> None:
    second = asked(seven, asked(seven).next_url)
    third = asked(seven, second.next_url)
    assert (names(third), third.next_url) == ("G", "")
    back = asked(seven, third.previous_url)
    assert names(back) == "DEF"
    first = asked(seven, back.previous_url)
    assert (names(first), first.previous_url) == ("ABC", "")
    assert names(asked(seven, first.next_url)) == "DEF"


def test_the_rest_of_the_address_stays(seven: "QuerySet[Department]") -> None:
    assert asked(seven, "?sort=-name&department=arts").next_url.startswith("?sort=-name&department=arts&after=")


def test_a_short_list_has_one_page(seven: "QuerySet[Department]") -> None:
    found = asked(seven.filter(name__lt="C"))
    assert (names(found), found.previous_url, found.next_url) == ("AB", "", "")
