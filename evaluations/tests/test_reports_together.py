"""Reports in which nothing is out of the ordinary are accepted together; the others are looked at one by one."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from budgets.spending import actions as spending
from evaluations.models import ProgressReport
from evaluations.reports import actions
from evaluations.reports.actions import ReportContent
from evaluations.tests.reporting_year import line_of, report_of, submitted_report
from planning.models import Project
from sop_portal.foundation.organisation.models import User

Browser = Callable[[User], Client]
URL = "/2027/progress/together/"


def plain(project: Project, month: int, by: User, at: datetime) -> ProgressReport:
    """A month in which the plan was met, and that much was spent, with nothing to explain."""
    report, line = report_of(project, month), line_of(project)
    spending.post(line, spending.Payment(Decimal(1200), report.period_last, f"Hall, {month}"), by=by, at=at)
    content = ReportContent(activities_held=10, participants_reached=200, outlook="A second group.")
    actions.write(report, content, by=by, at=at, seen=report.version)
    return actions.submit(report, by=by, at=at, seen=report.version)


@pytest.fixture
def waiting(story_hours: Project, cast: SimpleNamespace, november: datetime) -> SimpleNamespace:
    """Four months are reported: two plainly and in time, one late, one with a problem and an explanation."""
    for month in (7, 8):
        plain(story_hours, month, cast.ben, november.replace(month=month + 1, day=5))
    plain(story_hours, 9, cast.ben, november)
    submitted_report(story_hours, 10, cast.ben, november)
    return SimpleNamespace(**{f"m{month}": report_of(story_hours, month) for month in (7, 8, 9, 10)})


def post(client: Client, *reports: ProgressReport) -> int:
    ticked = [f"{report.pk}|{report.version}" for report in reports]
    return client.post(URL, {"report": ticked, "key": str(uuid4())}).status_code


def months(rows: list[object]) -> list[int]:
    return [row.report.period_first.month for row in rows]  # type: ignore[attr-defined]


def accepted() -> list[int]:
    found = ProgressReport.objects.filter(state="accepted").order_by("period_first")
    return [report.period_first.month for report in found]


def test_what_is_exceptional_stands_apart_with_the_reason(
    waiting: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.emil).get(URL)
    assert (months(page.context["together"]), months(page.context["singly"])) == ([7, 8], [9, 10])
    assert [row.why for row in page.context["singly"]] == ["came late", "explains a warning, names a problem"]
    text = page.content.decode()
    assert (" checked" in text, "None of them can be accepted together" in text) == (False, False)


def test_the_button_counts_what_can_be_accepted_together_and_is_gone_after_it(
    waiting: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    emil = as_person(cast.emil)
    assert emil.get("/2027/progress/").context["together"] == 2
    post(emil, waiting.m7, waiting.m8)
    listed = emil.get("/2027/progress/")
    assert (listed.context["together"], URL in listed.content.decode()) == (0, False)
    page = emil.get(URL).content.decode()
    first = f'href="{waiting.m9.get_absolute_url()}accept/">Read the first report</a>'
    assert ("None of them can be accepted together" in page, first in page) == (True, True)


def test_the_ticked_ones_are_accepted(waiting: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    emil = as_person(cast.emil)
    assert 'href="/2027/progress/together/"' in emil.get("/2027/progress/").content.decode()
    assert (post(emil, waiting.m7, waiting.m8), accepted()) == (302, [7, 8])


def test_together_or_not_at_all(waiting: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    waiting.m8.version -= 1
    assert (post(as_person(cast.emil), waiting.m7, waiting.m8), accepted()) == (409, [])


def test_without_a_tick_nothing_is_accepted_and_the_page_says_so(
    waiting: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    refused = as_person(cast.emil).post(URL, {"report": ["x", "1|"], "key": str(uuid4())})
    assert (refused.status_code, "No report is ticked" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["amina", "ben", "bao", "dora", "ada", "omar"])
def test_nobody_else_accepts_together(
    waiting: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    client = as_person(getattr(cast, name))
    # Of another department there is nothing to accept.
    refused = 404 if name == "bao" else 403
    assert (client.get(URL).status_code, post(client, waiting.m7), accepted()) == (403, refused, [])
    assert URL not in client.get("/2027/progress/").content.decode()
