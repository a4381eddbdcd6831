"""A completed project takes invoices of its time for some days, and later by an exception."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from budgets.models import Appropriation, SpendingException
from budgets.spending import actions
from budgets.spending.actions import Payment
from evaluations.models import Evaluation, ProgressReport
from evaluations.reviews import actions as reviews
from planning.models import Cycle, Project
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import decline_corrections, small_year

Browser = Callable[[User], Client]
BILL = Payment(Decimal(12), date(2027, 8, 5), "Last rent")
# Completed on Friday 6 August; its evaluation is due four weeks later.
IN_TIME = datetime(2027, 9, 3, 20, tzinfo=UTC)
LATE = IN_TIME + timedelta(days=1)
TOO_LATE = "The project was completed on 6 August 2027 and took invoices until 3 September 2027."
WAY_OUT = "Ask for an exception; finance decides on it."


@dataclass
class Ended:
    """A completed project with its approved line, and who does what."""

    cast: SimpleNamespace
    project: Project
    line: Appropriation

    def post(self, at: datetime, payment: Payment = BILL, **more: object) -> object:
        """Post an invoice on the line as it is now."""
        self.line = Appropriation.objects.get(pk=self.line.pk)
        return actions.post(self.line, payment, by=self.cast.dora, at=at, **more)  # type: ignore[arg-type]


@shared_fixture
def ended(cast: SimpleNamespace) -> Ended:
    """All five stages in small; the first project of Arts was completed in August."""
    project = small_year(cast).arts.project
    line = Appropriation.objects.filter(project=project).order_by("pk")[0]
    return Ended(cast, Project.objects.get(pk=project.pk), line)


def plain(refusal: NotReady | NotNow) -> tuple[str, str]:
    return str(refusal.sentence).replace("\N{NO-BREAK SPACE}", " "), str(refusal.way_out)


def test_an_invoice_of_its_time_is_taken_until_the_evaluation_is_due(ended: Ended) -> None:
    before = ended.project.spent
    ended.post(IN_TIME)
    ended.project.refresh_from_db()
    assert (ended.project.state, ended.project.spent) == ("completed", before + BILL.amount)
    assert problems() == []


def test_later_it_is_stopped_and_the_way_out_exists(ended: Ended) -> None:
    with pytest.raises(NotReady) as refusal:
        ended.post(LATE)
    assert plain(refusal.value) == (TOO_LATE, WAY_OUT)
    asked = actions.ask_exception(ended.line, BILL, why="The bill was lost", by=ended.cast.dora, at=LATE)
    actions.grant(asked, by=ended.cast.dev, at=LATE, seen=asked.version)
    assert ended.post(LATE, exception=asked).exception == asked  # type: ignore[attr-defined]
    assert problems() == []


def test_in_time_no_exception_is_needed(ended: Ended) -> None:
    with pytest.raises(NotReady, match="Nothing stops"):
        actions.ask_exception(ended.line, BILL, why="To be safe", by=ended.cast.dora, at=IN_TIME)


def test_what_is_dated_after_the_project_was_completed_is_not_of_its_time(ended: Ended) -> None:
    later = Payment(Decimal(12), date(2027, 8, 7), "Party")
    with pytest.raises(NotReady) as refusal:
        ended.post(IN_TIME, later)
    assert plain(refusal.value)[0] == "7 August 2027 is outside the time of the project, 1 July 2027 to 6 August 2027."
    asked = actions.ask_exception(ended.line, later, why="A farewell", by=ended.cast.dora, at=IN_TIME)
    actions.grant(asked, by=ended.cast.dev, at=IN_TIME, seen=asked.version)
    ended.post(IN_TIME, later, exception=asked)


def test_a_closed_year_takes_none_and_no_exception(ended: Ended) -> None:
    asked = actions.ask_exception(ended.line, BILL, why="The bill was lost", by=ended.cast.dora, at=LATE)
    actions.grant(asked, by=ended.cast.dev, at=LATE, seen=asked.version)
    Cycle.objects.update(state=Cycle.State.CLOSED, closed_at=LATE, closed_by=ended.cast.ada)
    for act in (
        lambda: ended.post(LATE, exception=asked),
        lambda: actions.ask_exception(ended.line, BILL, why="Late", by=ended.cast.dora, at=LATE),
    ):
        with pytest.raises(NotNow) as refusal:
            act()
        assert plain(refusal.value)[0] == "The year 2027 is closed, so nothing of it changes any more."
        assert refusal.value.way_out


@pytest.mark.parametrize(
    ("state", "way_out"),
    [
        ("on_hold", "The department head starts or resumes the project on its page."),
        ("evaluated", "It is over for good. Choose a line of another project, or of a later year."),
        ("cancelled", "It is over for good. Choose a line of another project, or of a later year."),
    ],
)
def test_a_project_that_has_stopped_names_a_way_out_that_there_is(ended: Ended, state: str, way_out: str) -> None:
    Project.objects.filter(pk=ended.project.pk).update(state=state)
    with pytest.raises(NotReady) as refusal:
        ended.post(IN_TIME)
    assert plain(refusal.value)[1] == way_out


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_lead_the_whole_way(ended: Ended, as_person: Browser, language: str) -> None:
    """From the project to the line, to the stop, to the exception."""
    User.objects.update(language=language)
    ended.cast.dora.refresh_from_db()
    new, ask = (reverse(name, args=[2027]) for name in ("expense-new", "exception-new"))
    asked = urlencode({"line": ended.line.number, "amount": "12.00", "spent_on": "2027-08-05", "what": "Last rent"})
    with clock.at(LATE):
        browser = as_person(ended.cast.dora)
        project = browser.get(ended.project.get_absolute_url()).content.decode()
        offered = browser.get(f"{new}?project={ended.project.pk}").content.decode()
        stopped = browser.get(f"{new}?{asked}")
    assert f'href="{new}?project={ended.project.pk}"' in project
    assert f'value="{ended.line.number}"' in offered
    page = stopped.content.decode()
    with translation.override(language):
        assert (stopped.context["verdict"].may_ask, translation.gettext(WAY_OUT) in page) == (True, True)
    assert (WAY_OUT in page) is (language == "en")
    assert f'href="{ask}?' in page


def test_a_report_does_not_promise_another_one_where_none_follows(ended: Ended, as_person: Browser) -> None:
    open_reports = ProgressReport.objects.filter(project=ended.project, state="draft")
    open_reports.delete()
    report = ProgressReport.objects.filter(project=ended.project).order_by("-period_last")[0]
    ended.post(IN_TIME, Payment(Decimal(12), report.period_last, "Last rent"))
    with clock.at(IN_TIME):
        page = as_person(ended.cast.dora).get(report.get_absolute_url()).content.decode()
    assert "No report of this project follows" in " ".join(page.split())
    assert "the next one submitted carries the amount" not in " ".join(page.split())


def running(ended: Ended) -> None:
    """The same project, which nobody completes."""
    Project.objects.filter(pk=ended.project.pk).update(state="active", completed_at=None, completed_by=None)


def test_a_project_that_nobody_completes_takes_invoices_until_its_year_is_over_for_long(ended: Ended) -> None:
    running(ended)
    last = datetime(2028, 7, 28, 20, tzinfo=UTC)
    ended.post(last)
    with pytest.raises(NotReady) as refusal:
        ended.post(last + timedelta(days=1))
    said = "The year ended on 30 June 2028, and its projects took invoices until 28 July 2028."
    assert plain(refusal.value) == (said, WAY_OUT)
    later = last + timedelta(days=1)
    asked = actions.ask_exception(ended.line, BILL, why="The bill was lost", by=ended.cast.dora, at=later)
    actions.grant(asked, by=ended.cast.dev, at=later, seen=asked.version)
    assert ended.post(later, exception=asked).exception == asked  # type: ignore[attr-defined]


def granted(ended: Ended, at: datetime) -> SpendingException:
    """An exception for an early day, granted."""
    early = Payment(Decimal(12), date(2027, 6, 20), "Deposit")
    asked = actions.ask_exception(ended.line, early, why="Asked for it", by=ended.cast.dora, at=at)
    return actions.grant(asked, by=ended.cast.dev, at=at, seen=asked.version)


@pytest.mark.parametrize(
    ("decided", "last"),
    [
        (IN_TIME, datetime(2028, 7, 28, 20, tzinfo=UTC)),
        (datetime(2028, 8, 1, 12, tzinfo=UTC), datetime(2028, 8, 29, 20, tzinfo=UTC)),
    ],
)
def test_an_exception_that_nobody_used_lapses(ended: Ended, decided: datetime, last: datetime) -> None:
    """With the late invoices of its year, or as many days after it was granted."""
    asked = granted(ended, decided)
    early = Payment(asked.amount, asked.spent_on, "Deposit")
    with pytest.raises(NotNow, match="lapsed") as refusal:
        ended.post(last + timedelta(days=1), early, exception=asked)
    assert plain(refusal.value)[1] == "Ask for another one; finance decides on it."
    assert ended.post(last, early, exception=asked).exception == asked  # type: ignore[attr-defined]


def test_the_page_of_a_lapsed_exception_says_so(ended: Ended, as_person: Browser) -> None:
    asked = granted(ended, IN_TIME)
    url, said = asked.get_absolute_url(), []
    for at in (IN_TIME, datetime(2028, 7, 29, 12, tzinfo=UTC)):
        with clock.at(at):
            page = as_person(ended.cast.dora).get(url).content.decode()
        said.append(("until 28\N{NO-BREAK SPACE}July 2028" in page, "Lapsed: it was not used in time" in page))
    assert said == [(True, False), (True, True)]


def test_a_review_is_not_concluded_while_an_exception_waits(ended: Ended) -> None:
    evaluation = Evaluation.objects.get(project=ended.project)
    ProgressReport.objects.filter(project=ended.project).exclude(state="accepted").delete()
    for waiting in SpendingException.objects.filter(appropriation__project=ended.project, state="asked"):
        actions.refuse(waiting, by=ended.cast.dev, at=LATE, seen=waiting.version, comment="Too late")
    decline_corrections(ended.project, ended.cast.emil, LATE)
    asked = actions.ask_exception(ended.line, BILL, why="The bill was lost", by=ended.cast.dora, at=LATE)
    with pytest.raises(NotReady) as refusal:
        reviews.review(evaluation, by=ended.cast.emil, at=LATE, seen=evaluation.version)
    assert [(str(missing.sentence), missing.url) for missing in refusal.value.missing] == [
        ("The exception “Last rent” waits for a decision.", asked.get_absolute_url())
    ]
    actions.refuse(asked, by=ended.cast.dev, at=LATE, seen=asked.version, comment="Too late")
    assert reviews.review(evaluation, by=ended.cast.emil, at=LATE, seen=evaluation.version).state == "reviewed"
