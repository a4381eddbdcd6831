"""Long lists a page at a time: every row once, in order, there and back."""

import pytest
from django.db import connection
from django.db.models import Case, QuerySet, Value, When
from django.http import QueryDict

from sop_portal.foundation.kit.filters import NotUnderstood
from sop_portal.foundation.kit.paging import ListPage, Sort, _beyond, paginate
from sop_portal.foundation.organisation.models import Department

SORTS: dict[str, str | Sort] = {
    "name": "name",
    "active": "is_active",
    "key": "pk",
    "both": Sort(("-is_active", "name")),
    "shelf": Sort(("shelf", "name"), groups=("new", "old", "lost")),
}


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
        ("", ["ABC", "DEF", "G"]),
        ("?sort=-name", ["GFE", "DCB", "A"]),
        ("?sort=active", ["ECG", "FDB", "A"]),
        ("?sort=-active", ["ABD", "FGC", "E"]),
        ("?rows=all", ["ABCDEFG"]),
        ("?after=999999999", ["ABC", "DEF", "G"]),
    ],
)
def test_every_row_is_shown_once_in_order(seven: "QuerySet[Department]", address: str, pages: list[str]) -> None:
    assert walked(seven, address) == pages


@pytest.mark.parametrize(
    "address", ["?sort=nonsense", "?sort=--name", "?rows=nonsense", "?after=x", f"?before={'9' * 21}"]
)
def test_an_order_or_a_place_that_is_not_known_is_refused(seven: "QuerySet[Department]", address: str) -> None:
    with pytest.raises(NotUnderstood):
        asked(seven, address)


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


@pytest.mark.parametrize(
    ("address", "pages"),
    [
        ("?sort=both", ["ABD", "FGC", "E"]),
        ("?sort=-both", ["ECG", "FDB", "A"]),
        ("?sort=key", ["GFE", "DCB", "A"]),
        ("?sort=-key", ["ABC", "DEF", "G"]),
    ],
)
def test_several_columns_each_in_its_own_direction(
    seven: "QuerySet[Department]", address: str, pages: list[str]
) -> None:
    assert walked(seven, address) == pages


def shelved(letters: str) -> dict[str, str]:
    return {
        letter: shelf for shelf, found in zip(("old", "new", "lost"), letters.split(), strict=True) for letter in found
    }


@pytest.mark.parametrize(
    ("letters", "pages"),
    [
        ("AB CDEFG -", ["CDE", "FGA", "B"]),
        ("ABCDE FG -", ["FGA", "BCD", "E"]),
        ("- - ABCDEFG", ["ABC", "DEF", "G"]),
        ("ABC DEF G", ["DEF", "ABC", "G"]),
    ],
)
def test_groups_stand_in_the_order_they_are_given_and_pages_run_across_them(
    seven: "QuerySet[Department]", letters: str, pages: list[str]
) -> None:
    on = shelved(letters)
    rows = seven.annotate(shelf=Case(*(When(name=name, then=Value(shelf)) for name, shelf in on.items())))
    assert walked(rows, "?sort=shelf") == pages
    backwards = "".join(pages)[::-1]
    assert walked(rows, "?sort=-shelf") == [backwards[:3], backwards[3:6], backwards[6:]]


def test_a_page_follows_a_row_that_has_left_the_list(seven: "QuerySet[Department]") -> None:
    first = asked(seven.filter(is_active=True))
    seven.filter(name="D").update(is_active=False)
    still = seven.filter(is_active=True)
    assert (names(first), names(asked(still, first.next_url))) == ("ABD", "ABF")
    query = QueryDict(first.next_url.lstrip("?"))
    assert names(paginate(still, query, SORTS, "name", size=3, among=seven)) == "FG"


def test_an_index_bounds_where_a_page_begins(seven: "QuerySet[Department]") -> None:
    """Everything before it is not even looked at."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = seven.filter(_beyond(("name", "pk"), ("D", 1))).order_by("name", "pk").explain()
    assert ("Index Cond: ((name)::text >= 'D'::text)" if connection.vendor == "postgresql" else "(name>?)") in plan
