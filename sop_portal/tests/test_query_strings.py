"""What stands behind the question mark of an address is understood or refused, on every page and spreadsheet."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.test import Client

from planning.models import Project
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.filters import ANYWHERE
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.addresses import Address, of_house
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, small_year

Browser = Callable[[User], Client]
ROOT = Path(settings.BASE_DIR)
READERS = ("omar", "chidi", "dora", "amina", "ada", "emil")
# The box for words to look for stands on every page and shows what was typed into it.
SHELL = {"q"}
# What takes any words: they are looked for, or stand in a field of a form until it is sent.
WORDS = {
    "q": "words to look for",
    "project": "words to look for in the names of projects, where a list is narrowed",
    "amount": "typed already, and checked by the form",
    "spent_on": "typed already, and checked by the form",
    "what": "typed already, and checked by the form",
    "until_on": "the last day of a role, proposed in a form",
    "reason": "typed already, and checked by the form",
    "wanted": "typed already, and checked by the form",
}
# A well-written key that no row has, and where it is no mistake: a row that is gone is no reason to show nothing.
KEY = "987654321"
PLACES = {"after", "before", "from", "line", "moved"}


class Recorded(QueryDict):
    """What stands behind the question mark; it remembers what a page asks of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.asked: set[str] = set()
        super().__init__(*args, **kwargs)
        self.asked.clear()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[Recorded]:
    """What was asked of every address since, one after the other."""
    seen: list[Recorded] = []

    def recorded(request: WSGIRequest) -> Recorded:
        if "recorded" not in vars(request):
            vars(request)["recorded"] = Recorded(request.META.get("QUERY_STRING", ""))
            seen.append(vars(request)["recorded"])
        found: Recorded = vars(request)["recorded"]
        return found

    monkeypatch.setattr(WSGIRequest, "GET", property(recorded))
    return seen


@shared_fixture
def filled(cast: SimpleNamespace) -> dict[str, Any]:
    """What stands in the addresses of a year that has every kind of record."""
    year = small_year(cast)
    project = Project.objects.filter(department=year.arts.department).order_by("pk")[0]
    known = {"year": 2027, "department": "arts", "slug": "arts", "project": project.slug, "period": "2027-07"}
    return known | {"kind": "xlsx"}


def qualified(
    browser: Client, filled: dict[str, Any], queries: list[Recorded]
) -> Iterator[tuple[Address, str, set[str]]]:
    """Every address that this person may see, with the qualifiers it reads."""
    for address in of_house():
        there = {name: value for name, value in filled.items() if name in address.converters}
        path = address.filled(**there)
        asked = asked_of(browser, path, queries)
        if asked is not None:
            yield address, path, asked


def asked_of(browser: Client, path: str, queries: list[Recorded]) -> set[str] | None:
    """The qualifiers that a page reads for this person; nothing where it is not shown."""
    queries.clear()
    if browser.get(path).status_code != 200:
        return None
    return set().union(*(query.asked for query in queries)) - set(ANYWHERE)


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_what_is_not_understood_is_refused_wherever_something_is_asked(
    filled: dict[str, Any], cast: SimpleNamespace, as_person: Browser, queries: list[Recorded], name: str
) -> None:
    """A page that reads its address says which names it knows: refuse_unknown(request.GET, …) of kit.filters."""
    browser = as_person(getattr(cast, name))
    before = [as_person(getattr(cast, other)) for other in READERS[:1] if other != name]
    taken = []
    with clock.at(AUGUST.replace(day=8)):
        for address, path, asked in qualified(browser, filled, queries):
            # What the page reads for the auditor, who sees most, is tried with them.
            if before and asked <= (asked_of(before[0], path, queries) or set()):
                continue
            fields = _fields(path, browser)
            names = asked if address.name == "search" or "q" in fields else asked - SHELL
            # Elsewhere than in a filter a project is named by its key.
            words = set(WORDS) if "project" in fields else set(WORDS) - {"project"}
            odd = ["nonsense=1"] if names else []
            odd += [f"{each}=no-such-thing" for each in sorted(names - words)]
            odd += [f"{each}={KEY}" for each in sorted(names - words - PLACES)]
            odd += [f"{each}=a&{each}=b" for each in sorted(names)]
            taken += [f"{path}?{words}" for words in odd if browser.get(f"{path}?{words}").status_code < 400]
    assert taken == []


def _fields(path: str, browser: Client) -> list[str]:
    """The fields of the filter that a list shows, or that of the list a spreadsheet is made of."""
    context = browser.get(path.partition("export/")[0]).context or {}
    return [name for form in ("filter", "narrowing") if form in context for name in context[form].fields]


@pytest.mark.slow
def test_the_lists_are_among_them(
    filled: dict[str, Any], cast: SimpleNamespace, as_person: Browser, queries: list[Recorded]
) -> None:
    with clock.at(AUGUST.replace(day=8)):
        found = {address.name for address, _path, asked in qualified(as_person(cast.omar), filled, queries) if asked}
    expected = {"projects", "forecasts-export", "allocation", "expenses-export", "progress-export", "trail", "cycle"}
    assert expected <= found


# Where a page takes a word of its address as it is, and what holds it.
RAW = {
    "planning/requests/pages/line.py: project": "looked up, and not understood where there is none",
    "planning/forecasts/pages/list.py: format": "ForecastFilter, which names the formats",
    "budgets/spending/pages/expense.py: exception": "granted_exception, which looks it up",
    "budgets/spending/pages/exceptions.py: name": "the fields of a form, filled in before somebody types",
    "budgets/drafting/pages/sheet/page.py: line": "line_asked, which looks it up",
    "budgets/drafting/pages/sheet/page.py: kind": "SheetFilter, which names the formats",
    "evaluations/proposals/pages/list.py: came_from": "the page says what is no address of the portal",
    "sop_portal/handbook/pages/versions.py: q": "words to look for",
    "sop_portal/dashboards/pages/search.py: q": "words to look for",
    "sop_portal/dashboards/pages/process/records.py: what": "one_of(READINGS), before the records are read",
    "sop_portal/foundation/trail/pages/list.py: kind": "narrowed, which names the kinds",
    "sop_portal/set_up/pages/first_administrator.py: name": "a form of strangers, filled in before somebody types",
}


def raw_reads(path: Path) -> Iterator[str]:
    """The words that a page takes from its address without anything that says which it knows."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("request.GET.get", "request.GET.getlist"):
            named = (
                ast.literal_eval(node.args[0]) if isinstance(node.args[0], ast.Constant) else ast.unparse(node.args[0])
            )
            yield f"{path.relative_to(ROOT)}: {named}"
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "request.GET":
            yield f"{path.relative_to(ROOT)}: {ast.unparse(node.slice)}"


def test_no_page_takes_a_word_of_its_address_as_it_is() -> None:
    apps = ("planning", "budgets", "evaluations", "sop_portal")
    pages = [path for app in apps for path in (ROOT / app).rglob("pages/**/*.py")]
    found = {read for path in pages for read in raw_reads(path)}
    assert found == set(RAW), "Read it by a ListFilter, or by one_of, key_asked or prefill of kit.filters."
