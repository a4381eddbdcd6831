"""What people read in reminders and in notices of acts: what is to be done, in which department, and for whom."""

import re
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.core import mail as posted
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.improvements.actions import Assignment, MeasureProposal, adopt, propose
from evaluations.models import Measure
from planning.forecasts.actions import submit
from planning.models import Cycle, Forecast
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.actions import sweep
from sop_portal.reminders.audience import OWES, Involvement
from sop_portal.reminders.due import Due
from sop_portal.reminders.schedule import Occurrence
from sop_portal.reminders.tests.conftest import DAY, at_noon
from sop_portal.reminders.tests.expected_rows import ENDS
from sop_portal.reminders.wording import texts_of
from sop_portal.stages import everything_owed
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year

SUBMIT = "Submit the 2027 forecast of Arts"
# Early warnings of several departments are told at once, each line with its own.
OF_THE_WHOLE_ORGANISATION = {"budget", "demand-report", "meeting", "training", "proposal", "appropriation"}
# Everything small Arts owes on 21 September, as its people, management and the administrator read it.
OWED_BY_ARTS = [
    "Grant exception: Early rent (Arts)",
    "Submit the August report for Story hours (Arts)",
    "Submit the July report for Summer league (Arts)",
    "Submit the August report for Summer league (Arts)",
    "Confirm correction: Participants July 2027, Story hours: 25 instead of 20 (Arts)",
    "Verify solution: Roof (Arts)",
    "Review the 2027 evaluation of Story hours (Arts)",
    "Report measure M-2027-01 as done: Buy a tent (Arts)",
    "Answer feedback: The form (Arts)",
]


def read_by(person: User, *, of: Forecast) -> list[str]:
    """What somebody is reminded of about one forecast, as long as it stands open."""
    mine = Notice.objects.open_deadlines().filter(person=person, kind="forecast", record_id=of.pk)
    return [notice.texts["en"] for notice in mine]


@shared_fixture
def autumn(cast: SimpleNamespace) -> SimpleNamespace:
    """The small year, in which reports, reviews, measures and a meeting are owed from August 2027 on."""
    return small_year(cast)


def test_what_is_owed_names_its_department_and_asks_nothing_for_it(autumn: SimpleNamespace) -> None:
    arts = autumn.arts.department
    owing = list(everything_owed(ENDS))
    with CaptureQueriesContext(connection) as asked:
        said = [owed.what for owed in owing if owed.department_id == arts.pk]
    assert (said, len(asked)) == (OWED_BY_ARTS, 0), (
        "Write a new deadline into OWED_BY_ARTS, in sop_portal/reminders/tests/test_wording.py."
    )


def test_what_else_waits_says_what_is_to_be_done(autumn: SimpleNamespace, cast: SimpleNamespace) -> None:
    proposal = MeasureProposal("New shelves", Measure.Origin.MEETING)
    measure = propose(autumn.cycle, autumn.arts.department, proposal, by=cast.amina, at=ENDS)
    adopt(measure, Assignment(cast.ben, date(2027, 12, 1)), by=cast.emil, at=ENDS, seen=measure.version)
    Mail.objects.all().delete()
    sweep(at=ENDS)
    send_waiting(at=ENDS)
    text = str(next(mail for mail in posted.outbox if mail.to == ["ben@example.org"]).body)
    assert text.split("Also waiting for you:\n")[1].splitlines() == [
        "- Report measure M-2027-03 as done: New shelves (Arts). Emil Novak adopted the measure.",
        "  http://testserver/2027/improvements/3/",
    ]


@pytest.mark.usefixtures("autumn")
def test_whoever_is_told_of_a_department_reads_once_which_one() -> None:
    sweep(at=ENDS)
    told = set(Notice.objects.exclude(kind__in=OF_THE_WHOLE_ORGANISATION).values_list("kind", "verb", "texts__en"))
    kinds = {kind for kind, _verb, _text in told}
    assert kinds >= {
        "audit",
        "confirmation",
        "evaluation",
        "exception",
        "feedback",
        "finding",
        "forecast",
        "issue",
        "measure",
        "report",
        "request",
    }
    assert [row for row in told if len(re.findall(r"\b(?:Arts|Sports)\b", row[2])) != 1] == [], (
        "Name the department in `task` of the step, or the kind in OF_THE_WHOLE_ORGANISATION of "
        "sop_portal/reminders/tests/test_wording.py."
    )


def test_management_and_the_administrator_read_who_is_late(
    year: Cycle, forecast: Forecast, cast: SimpleNamespace
) -> None:
    sweep(at=at_noon("2027-04-05"))
    late = [f"Amina Diallo is late with this: {SUBMIT}"]
    found = {person.name: read_by(person, of=forecast) for person in (cast.emil, cast.ada, cast.amina)}
    assert found == {"Emil Novak": late, "Ada Moreno": late, "Amina Diallo": [SUBMIT]}
    assert Mail.objects.filter(person=cast.emil, subject__startswith="Amina Diallo is late with this: ").exists()


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (["bao"], "Amina Diallo and Bao Nguyen"),
        (["bao", "dev"], "Amina Diallo, Bao Nguyen and 1 more"),
        (["bao", "dev", "farid"], "Amina Diallo, Bao Nguyen and 2 more"),
    ],
)
def test_two_of_those_who_are_late_are_named_and_the_others_counted(
    more: list[str], named: str, forecast: Forecast, arts: Department, cast: SimpleNamespace
) -> None:
    for name in more:
        person = getattr(cast, name)
        Membership.objects.create(person=person, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    sweep(at=at_noon("2027-04-03"))
    assert read_by(cast.emil, of=forecast) == [f"{named} are late with this: {SUBMIT}"]


def test_where_nobody_holds_the_role_management_reads_that(
    forecast: Forecast, arts: Department, cast: SimpleNamespace
) -> None:
    Membership.objects.filter(role=Role.HEAD, department=arts).delete()
    sweep(at=at_noon("2027-04-03"))
    assert read_by(cast.emil, of=forecast) == [f"Late, and nobody holds the role for it: {SUBMIT}"]


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2027-03-18", f"You stand in for Amina Diallo: {SUBMIT}"),
        ("2027-04-01", f"Late, and you stand in for Amina Diallo: {SUBMIT}"),
    ],
)
def test_a_deputy_reads_for_whom(when: str, said: str, forecast: Forecast, cast: SimpleNamespace) -> None:
    span = {"from_on": date(2027, 3, 10), "until_on": date(2027, 4, 5)}
    Delegation.objects.create(giver=cast.amina, deputy=cast.farid, **span)
    Delegation.objects.create(giver=cast.chidi, deputy=cast.farid, **span)
    sweep(at=at_noon(when))
    assert read_by(cast.farid, of=forecast) == [said]


def test_a_decision_that_waits_says_since_when_and_a_deputy_for_whom(
    forecast: Forecast, cast: SimpleNamespace, planned: None
) -> None:
    Delegation.objects.create(
        giver=cast.chidi, deputy=cast.farid, from_on=date(2027, 1, 1), until_on=date(2027, 12, 31)
    )
    submit(forecast, by=cast.amina, at=at_noon("2027-03-12"), seen=forecast.version)
    sweep(at=at_noon("2027-03-17"))
    what = "Review the 2027 forecast of Arts"
    assert {person.name: read_by(person, of=forecast) for person in (cast.chidi, cast.farid)} == {
        "Chidi Okafor": [f"Still waiting for your decision since 12\xa0March: {what}"],
        "Farid Karimi": [f"Waiting for a decision since 12\xa0March, and you stand in for Chidi Okafor: {what}"],
    }


@pytest.mark.parametrize(
    ("decides", "said"),
    [
        (True, "Still waiting for your decision since 30\xa0December 2026"),
        (False, "Still to do, since 30\xa0December 2026"),
    ],
)
def test_what_waits_since_last_year_says_so_and_is_a_decision_only_where_one_is_taken(
    forecast: Forecast, decides: bool, said: str
) -> None:
    since = datetime.fromisoformat("2026-12-30T12:00+00:00")
    may = Can.REVIEW_FORECAST
    owed = Owed("forecast", "x", "Accept", may, forecast, forecast.cycle, since=since, four_eyes=decides)
    waits = Occurrence(since + 5 * DAY, "since 2026-12-30 +5", "waits", 5)
    assert texts_of([Due(owed, waits, 1, True, OWES)], {})[0]["en"] == f"{said}: Accept: Forecast 2027, Arts"


def test_the_names_of_those_who_owe_it_cost_no_question_of_their_own(forecast: Forecast, cast: SimpleNamespace) -> None:
    owed = next(owed for owed in everything_owed(at_noon("2027-04-03")) if owed.record_id == forecast.pk)
    late = Occurrence(at_noon("2027-04-03"), "2027-03-31 +3", "late", 3)
    due = [Due(owed, late, cast.emil.pk, True, Involvement("helps", (cast.amina.pk,)))] * 100
    with CaptureQueriesContext(connection) as asked:
        texts_of(due, {cast.amina.pk: cast.amina})
    assert len(asked) == 0
