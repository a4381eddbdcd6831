"""What belongs to another department is nowhere: not on a page, in a list, a sum, a search, an export or a mail."""

import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from budgets.models import Expense
from planning.models import Pool, Project, ReportLine, RequestLine
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.papers.models import Paper
from sop_portal.foundation.trail.models import Entry
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.addresses import Address, each, of_house
from sop_portal.tests.papers import paper_on
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, MARK, small_year

Browser = Callable[[User], Client]
Values = dict[str, list[Any]]
APPS = ("planning", "budgets", "evaluations")


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The small year, and a paper on an expense: every word of Sports bears the mark."""
    found = small_year(cast)
    expense = Expense.objects.filter(department=found.sports.department, corrects=None).order_by("pk")[0]
    paper_on(expense, by=cast.bao, at=AUGUST, name=f"Receipt {MARK}.pdf", description=f"For the league {MARK}")
    return found


@pytest.fixture
def in_august() -> Iterator[datetime]:
    """Two days after the last act."""
    with clock.at(AUGUST.replace(day=8)) as _:
        yield AUGUST.replace(day=8)


def marked_fields() -> set[str]:
    """Every typed field of the stages in which the mark stands."""
    found = set()
    for model in (model for app in APPS for model in apps.get_app_config(app).get_models()):
        for field in model._meta.concrete_fields:
            is_typed = field.get_internal_type() in ("CharField", "TextField") and not field.choices
            if is_typed and model._default_manager.filter(**{f"{field.name}__contains": MARK}).exists():
                found.add(f"{model.__name__}.{field.name}")
    return found


def test_the_mark_stands_wherever_sports_types(year: SimpleNamespace) -> None:
    expected = {
        "Project.name",
        "Project.purpose",
        "ForecastFigure.reason",
        "RequestLine.what",
        "RequestLine.why",
        "RequestLine.why_not_forecast",
        "RequestLine.reason",
        "BudgetLine.computation",
        "Contest.reason",
        "SpendingException.what",
        "SpendingException.why",
        "Expense.what",
        "Expense.receipt",
        "ProgressReport.problems",
        "ProgressReport.outlook",
        "ProgressReport.explanation",
        "Issue.title",
        "Issue.text",
        "Issue.solution",
        "Audit.title",
        "Finding.what",
        "Finding.answer",
        "Evaluation.reached",
        "Evaluation.problems",
        "Evaluation.better",
        "Evaluation.explanation",
        "Lesson.written",
        "Feedback.title",
        "Feedback.text",
        "Measure.what",
        "Hindsight.text",
    }
    assert expected - marked_fields() == set()
    assert Entry.objects.filter(comment__contains=MARK).count() > 5


def numbers_of_sports(year: SimpleNamespace) -> list[int]:
    """The keys that can stand in an address of Sports."""
    models = [workflow.model for workflow in ALL_WORKFLOWS] + [RequestLine, Pool, Expense, Paper]
    rows = (row for model in models for row in model._default_manager.all())
    return sorted({row.pk for row in rows if getattr(row, "department_id", None) in (None, year.sports.department.pk)})


@shared_fixture
def values(year: SimpleNamespace) -> dict[str, list[Any]]:
    """What can stand in each place of an address: everything of Sports, and what both departments share."""
    return {
        "year": [2027],
        "department": ["arts", "sports"],
        "slug": ["arts", "sports"],
        "project": list(Project.objects.order_by("slug").values_list("slug", flat=True)),
        "period": ["2027-07"],
        "kind": ["xlsx", "csv"],
        "stage": ["forecast", "request", "budget"],
        "step": ["submit", "confirm", "verify"],
        "pk": numbers_of_sports(year),
        "number": [1, 2],
        "line": [1, 2, 3, 4],
        "other": [1, 2],
    }


def is_shown(address: Address) -> bool:
    """Whether the address shows something, and does not only act."""
    return not address.access or address.access[0] != "act" or address.shows_and_acts


SHOWN = [address for address in of_house() if is_shown(address)]
FILTERED = [address for address in SHOWN if address.route.count("/") <= 3 and "export" not in address.route]


def paths_of(address: Address, values: dict[str, list[Any]]) -> list[str]:
    """The address filled with everything that exists."""
    choices = [[(name, value) for value in values[name]] for name in address.converters if name in values]
    return sorted({address.filled(**dict(chosen)) for chosen in itertools.product(*choices)})


def content_of(answer: Any) -> str:
    """Everything an answer holds, spreadsheets unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    return str(body.decode("utf-8", errors="replace"))


# What is meant for all: the published demand report names every department's projects.
FOR_ALL = re.compile(r"/2027/report/1/")


def without_what_is_for_all(path: str, text: str) -> str:
    """What a page says, without the names of projects where they are published."""
    if not FOR_ALL.match(path):
        return text
    # The longer ones first, since one project's name may begin with another's.
    for name in sorted(ReportLine.objects.values_list("name", flat=True), key=len, reverse=True):
        text = text.replace(name, "")
    return text


def visited(browser: Client, paths: list[str]) -> tuple[dict[str, int], list[str]]:
    """The status of every path, and the paths whose answer holds the mark."""
    statuses, leaking = {}, []
    for path in paths:
        answer = browser.get(path)
        statuses[path] = answer.status_code
        text = without_what_is_for_all(path, content_of(answer)) + str(answer.headers)
        # An error page may repeat what the address itself names.
        is_repeated = MARK.lower() in path.lower() and answer.status_code in (403, 404)
        if MARK.lower() in text.lower() and not is_repeated:
            leaking.append(path)
    return statuses, leaking


def test_a_lead_sees_no_record_that_the_head_of_the_department_does_not(
    year: SimpleNamespace, cast: SimpleNamespace, in_august: datetime
) -> None:
    lead, head = (Actor.of(person, in_august) for person in (cast.ben, cast.amina))
    more = {
        workflow.kind: workflow.model.objects.visible_to(lead).exclude(pk__in=workflow.model.objects.visible_to(head))
        for workflow in ALL_WORKFLOWS
    }
    assert {kind for kind, rows in more.items() if rows.exists()} == set()
    assert Project.objects.visible_to(lead).exists()


@pytest.mark.slow
@each(SHOWN)
def test_another_departments_words_are_nowhere(
    address: Address, values: Values, cast: SimpleNamespace, as_person: Browser, in_august: datetime
) -> None:
    """The head sees everything of her department; what she does not see, its project leads do not see either."""
    statuses, leaking = visited(as_person(cast.amina), paths_of(address, values))
    assert leaking == []
    assert {path: status for path, status in statuses.items() if status >= 500} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["amina", "ben"])
def test_the_walk_opens_pages_and_not_only_refusals(
    name: str, values: Values, cast: SimpleNamespace, as_person: Browser, in_august: datetime
) -> None:
    browser = as_person(getattr(cast, name))
    # Most keys lead to nothing, so that they say little of how much is opened.
    known = [address for address in SHOWN if "pk" not in address.converters]
    paths = (path for address in known for path in paths_of(address, values))
    opened = (path for path in paths if browser.get(path).status_code == 200)
    assert len(list(itertools.islice(opened, 61))) == 61


def statuses_of(browser: Client, rows: list[Any]) -> dict[str, int]:
    """How the page of each record answers."""
    addresses_of = [row.get_absolute_url() for row in rows]
    return {url: browser.get(url).status_code for url in addresses_of}


def records_of(department: Department | None = None) -> list[Any]:
    """Every record of the process, or those of a department."""
    rows = [row for workflow in ALL_WORKFLOWS for row in workflow.model.objects.all()]
    return [row for row in rows if department is None or row.department_id == department.pk]


def test_another_departments_records_are_not_there(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, in_august: datetime
) -> None:
    """Exactly as if they did not exist; and there they are for their own head."""
    rows = records_of(year.sports.department)
    found = {name: set(statuses_of(as_person(getattr(cast, name)), rows).values()) for name in ("amina", "ben", "bao")}
    assert len({type(row) for row in rows}) >= 12
    assert found == {"amina": {404}, "ben": {404}, "bao": {200}}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["chidi", "dora", "emil", "omar"])
def test_the_roles_of_the_whole_organisation_see_every_record(
    name: str, year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, in_august: datetime
) -> None:
    found = statuses_of(as_person(getattr(cast, name)), records_of())
    assert {url: status for url, status in found.items() if status != 200} == {}


def test_search_finds_nothing_of_another_department(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, in_august: datetime
) -> None:
    pages = {
        (name, words): MARK in as_person(person).get("/search/", {"q": words}).content.decode()
        for name, person in (("amina", cast.amina), ("bao", cast.bao))
        for words in ("Zanzibar", "league", "Bao", "Sports", "tent")
    }
    assert {words for (name, words), is_found in pages.items() if name == "amina" and is_found} == set()
    assert pages["bao", "league"]


@pytest.mark.walk
@pytest.mark.slow
@each(FILTERED)
def test_filters_show_nothing_of_another_department(
    address: Address,
    year: SimpleNamespace,
    values: Values,
    cast: SimpleNamespace,
    as_person: Browser,
    in_august: datetime,
) -> None:
    browser, leaking = as_person(cast.amina), []
    for path in paths_of(address, values):
        for query in (
            {"department": "sports"},
            {"department": year.sports.department.pk},
            {"q": "Zanzibar"},
            {"show": "all"},
        ):
            if MARK in without_what_is_for_all(path, content_of(browser.get(path, query))):
                leaking.append((path, query))
    assert leaking == []


def test_nobody_is_told_of_another_department(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    people = [cast.amina, cast.ben, cast.farid]
    mails = [f"{mail.subject} {mail.text}" for mail in Mail.objects.filter(person__in=people)]
    notices = [f"{notice.texts} {notice.quote} {notice.link}" for notice in Notice.objects.filter(person__in=people)]
    assert [text for text in mails + notices if MARK.lower() in text.lower()] == []


@pytest.mark.walk
@pytest.mark.slow
@each(SHOWN)
def test_an_outsider_finds_nothing_at_all(
    address: Address, values: Values, cast: SimpleNamespace, as_person: Browser, in_august: datetime
) -> None:
    statuses, leaking = visited(as_person(cast.farid), paths_of(address, values))
    shown = {path for path, status in statuses.items() if status == 200}
    assert leaking == []
    own = {"/", "/count/", "/me/", "/me/copy/", "/me/copy/files/", "/me/mails/", "/me/security/"}
    assert shown <= own | {"/notices/", "/search/", "/trail/"}


def test_comments_are_not_written_on_what_is_not_there(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, in_august: datetime
) -> None:
    browser = as_person(cast.amina)
    forecast = year.sports.now(apps.get_model("planning", "Forecast"))
    form = {"key": "00000000-0000-4000-8000-000000000001", "text": "@Bao who are you?"}
    assert browser.post(f"/comments/forecast/{forecast.pk}/", form).status_code == 404
