"""One reading of a list's filter: page, total, spreadsheet and print say the same, and what is unknown is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.urls import get_resolver, reverse

from planning.models import ResourceRequest
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.sheets import read_table
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.addresses import addresses
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, small_year

Browser = Callable[[User], Client]
WORDS = {"project": "story-hours", "q": "story", "month": "2027-07", "line": "1"}
# What is well written and yet nothing of the year; where no value is unknown, nothing stands here.
UNKNOWN: dict[str, tuple[str, ...]] = {
    # Words to look for, which may be found nowhere.
    "q": (),
    "project": (),
    "line": ("no-such-thing", "999999", "2027-999999", "2026-1"),
    "month": ("no-such-thing", "2027-13", "2019-07", "2190-07"),
    "owner": ("no-such-thing", "999999"),
    "pool": ("no-such-thing", "999999"),
}


@dataclass(frozen=True)
class Exported:
    """A list with its spreadsheet: which words of its rows stand in which column, and which columns add up."""

    page: str
    export: str
    filter: str
    named: str
    column: int
    given: tuple[Any, ...] = ()
    more: tuple[Any, ...] = ()
    once: bool = False
    total: tuple[str, int] | None = None

    @property
    def urls(self) -> tuple[str, str]:
        """Where the list and its spreadsheet are."""
        return reverse(self.page, args=[2027, *self.given]), reverse(self.export, args=[2027, *self.given, *self.more])


EXPORTED = (
    Exported("projects", "projects-export", "ProjectFilter", "name", 0),
    Exported("forecasts", "forecasts-export", "ForecastFilter", "name", 0, once=True),
    Exported("requests", "requests-export", "RequestFilter", "department", 0, once=True),
    Exported("allocation", "allocation-export", "BoardFilter", "department", 0),
    Exported("budget", "budget-export", "SheetFilter", "department", 1, given=(1,)),
    Exported("appropriations", "appropriations-export", "LineFilter", "name", 0, more=("xlsx",), total=("approved", 5)),
    Exported("expenses", "expenses-export", "ExpenseFilter", "line", 4, more=("xlsx",), total=("", 6)),
    Exported("progress", "progress-export", "ReportFilter", "project", 1, more=("xlsx",)),
)
# Lists without a spreadsheet.
OTHERS = {
    "AuditFilter": "audits",
    "ExceptionFilter": "exceptions",
    "FeedbackFilter": "feedback",
    "LessonFilter": "lessons",
    "EvaluationFilter": "evaluations",
    "MeasureFilter": "improvements",
    "IssueFilter": "issues",
    "CorrectionFilter": "count-corrections",
    "PaperFilter": "papers",
}
# The page and the spreadsheet of one report, compared in test_demand_report_page.
OF_A_REPORT = {"ReportLinesFilter", "DemandReportFilter", "ReportExportFilter"}
# A spreadsheet of one frozen record, or one that is compared elsewhere.
UNFILTERED = {"demand-report-export", "export-year", "process-review-export"}


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """All five stages in small."""
    return small_year(cast)


@pytest.fixture
def visitor(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> Iterator[Client]:
    """Somebody who sees everything, some days after the last act."""
    with clock.at(AUGUST.replace(day=8)):
        yield as_person(cast.chidi)


def filters(of: type = ListFilter) -> set[str]:
    """The filters that are in use: those of which no other is made, and those that a page names."""
    made: list[type] = of.__subclasses__()
    return set().union(*(filters(each) | {each.__name__} for each in made)) - {"ScopeFilter"} if made else set()


def choices(form: ListFilter) -> Iterator[str]:
    """Every choice of every field, as it stands in the address."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ChoiceField):
            found = [str(value) for value, _label in field.choices]
        else:
            found = [WORDS[name]]
        yield from (f"{name}={value}" for value in found)


def rows_of(context: Any) -> list[Any]:
    """The rows of a list's page."""
    if "sheet" in context:
        return [row for group in context["sheet"].groups for row in group.rows]
    return list(context["rows"])


def form_of(context: Any) -> ListFilter:
    """The filter of a list's page."""
    return context["narrowing"] if "narrowing" in context else context["filter"]  # type: ignore[no-any-return]


def named(row: Any, listed: Exported) -> str:
    """What a row is compared by."""
    found = getattr(row, listed.named, None)
    if found is None:
        found = row.line.request.department.name
    return str(found)


def amounts(table: Any, column: int) -> Decimal:
    """The sum of a column."""
    return sum((Decimal(str(row[column] or 0)) for row in table.rows), Decimal(0))


def test_every_filter_and_every_spreadsheet_is_compared() -> None:
    # Reading the addresses reads the pages, and with them all filters.
    assert get_resolver().url_patterns
    known = {listed.filter for listed in EXPORTED} | set(OTHERS) | OF_A_REPORT
    assert filters() == known, (
        "Add the list of a new filter to EXPORTED or OTHERS of sop_portal/tests/test_lists_narrowed.py."
    )
    exports = {address.name for address in addresses() if "export" in address.name}
    assert exports == {listed.export for listed in EXPORTED} | UNFILTERED


@pytest.mark.parametrize("listed", EXPORTED, ids=lambda listed: listed.page)
def test_page_total_and_spreadsheet_say_the_same_under_every_choice(listed: Exported, visitor: Client) -> None:
    page, export = listed.urls
    if listed.page == "allocation":
        ResourceRequest.objects.update(state=ResourceRequest.State.SUBMITTED)
    seen = set()
    for asked in ("", *choices(form_of(visitor.get(page).context))):
        context = visitor.get(f"{page}?{asked}&rows=all").context
        table = read_table(visitor.get(f"{export}?{asked}").content, "list.xlsx")
        shown = sorted(named(row, listed) for row in rows_of(context))
        found = sorted(str(row[listed.column]) for row in table.rows)
        seen.add(len(shown))
        assert shown == (sorted(set(found)) if listed.once else found), asked
        if listed.total and shown:
            name, column = listed.total
            total = getattr(context["total"], name) if name else context["total"]
            assert total == amounts(table, column), asked
    assert max(seen) > 0


@pytest.mark.parametrize(
    "urls",
    [*(pytest.param(listed, id=listed.page) for listed in EXPORTED), *OTHERS.values()],
)
def test_what_is_not_understood_is_refused_by_page_and_spreadsheet(urls: Exported | str, visitor: Client) -> None:
    both = urls.urls if isinstance(urls, Exported) else (reverse(urls, args=[2027]),)
    form = form_of(visitor.get(both[0]).context)
    unknown = [f"{name}={value}" for name in form.fields for value in UNKNOWN.get(name, ("no-such-thing",))]
    for asked in (*unknown, "nonsense=1"):
        for url in both:
            answer = visitor.get(f"{url}?{asked}")
            assert (answer.status_code, url, asked) == (422, url, asked)
            page = answer.content.decode()
            assert ("This is not understood" in page, f'href="{url}"' in page) == (True, True)
    assert visitor.get(f"{both[0]}?sort=no-such-thing").status_code == 422


@pytest.mark.parametrize("name", ["appropriations", "expenses", "exceptions"])
def test_words_that_no_project_bears_leave_the_list_with_its_filter(name: str, visitor: Client) -> None:
    answer = visitor.get(f"{reverse(name, args=[2027])}?project=zzz")
    assert (answer.status_code, 'value="zzz"' in answer.content.decode()) == (200, True)


def test_the_same_field_twice_is_refused() -> None:
    class Twice(ListFilter):
        state = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], required=False)

    assert Twice(QueryDict("state=a&state=a")).chosen == {"state": "a"}
    with pytest.raises(Exception, match="not understood"):
        assert Twice(QueryDict("state=a&state=b")).chosen
