"""No address breaks, whatever stands in it: a page that is not there is not there, and nothing is ever a 500."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from planning.models import Project
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.addresses import Address, each, of_house
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year

pytestmark = pytest.mark.once

Browser = Callable[[User], Client]
NUMBERS = (
    "0",
    "-1",
    "1.5",
    "99999",
    "2147483648",
    "9223372036854775808",
    "9" * 20,
    "9" * 400,
    "\N{FULLWIDTH DIGIT ONE}",
)
YEARS = ("0", "0000", "1989", "2201", "9999", "99999", "9" * 20)
WORDS = ("-", "0", "x" * 3000, "9" * 20, "..", "%00x", "%F0%9F%98%80", "2027-00", "99999-01", "0000-01")
ABSURD = {"NumberConverter": NUMBERS, "KeyConverter": NUMBERS, "YearConverter": YEARS}
REFUSED = {302, 400, 403, 404, 405}
ASKED = (
    "after",
    "before",
    "from",
    "sort",
    "q",
    "line",
    "month",
    "department",
    "state",
    "project",
    "pool",
    "owner",
    "show",
)
TYPED = ("9" * 20, "-1", "0000-01", "x" * 300, "'; --", "\N{GRINNING FACE}")


@shared_fixture
def filled(cast: SimpleNamespace) -> dict[str, Any]:
    """What stands in the addresses of a year that has every kind of record."""
    year = small_year(cast)
    project = Project.objects.filter(department=year.arts.department).order_by("pk")[0]
    return {"year": 2027, "department": "arts", "slug": "arts", "project": project.slug, "period": "2027-07"}


def absurd_paths(address: Address, filled: dict[str, Any]) -> Iterator[str]:
    """The address with one absurd word in it, everything else being there."""
    there = {name: value for name, value in filled.items() if name in address.converters}
    for name, converter in address.converters.items():
        for word in ABSURD.get(type(converter).__name__, WORDS):
            yield address.filled(**{**there, name: word})


@pytest.mark.walk
@pytest.mark.slow
@each([address for address in of_house() if address.converters])
def test_an_absurd_word_in_an_address_leads_nowhere(
    address: Address, filled: dict[str, Any], cast: SimpleNamespace, as_person: Browser
) -> None:
    auditor = as_person(cast.omar)
    auditor.raise_request_exception = False
    found = {path: auditor.get(path).status_code for path in absurd_paths(address, filled)}
    assert {path[:200]: status for path, status in found.items() if status not in REFUSED} == {}


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("name", ["omar", "amina", "ada", "farid"])
@each(of_house())
def test_no_page_breaks_whatever_is_asked_of_it(
    address: Address, filled: dict[str, Any], cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    browser = as_person(getattr(cast, name))
    browser.raise_request_exception = False
    path = address.filled(**{name: value for name, value in filled.items() if name in address.converters})
    texts = TYPED if name == "omar" else TYPED[:1]
    found = {typed: browser.get(path, dict.fromkeys(ASKED, typed)).status_code for typed in texts}
    assert {typed: status for typed, status in found.items() if status == 500} == {}


def test_every_number_in_an_address_has_its_bounds() -> None:
    """The converter of Django takes numbers that no database holds: use <year:…>, <key:…> or <number:…>."""
    unbounded = [address.route for address in of_house() if "int:" in address.route]
    assert unbounded == []
