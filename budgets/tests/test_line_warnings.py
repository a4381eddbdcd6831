"""Early warnings of approved lines: told to lead, head and finance, once, and again only if they come back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.models import Appropriation, Expense, LineWarning, MeasuredYear
from budgets.spending import actions
from budgets.spending.actions import Payment, warn_of_lines
from budgets.spending.actions.warning_notices import notify_of_warnings
from budgets.spending.actions.warnings import measure_year
from budgets.tests.running_year import active_project, approved_line_of
from evaluations.reviews.actions import complete
from planning.models import Cycle, Project
from sop_portal.foundation.notices.models import Mail, Notice, Preference
from sop_portal.foundation.organisation.models import Delegation, Department, Membership
from sop_portal.reminders.actions import sweep

NOVEMBER, DECEMBER, JANUARY = (
    datetime(year, month, 2, 17, tzinfo=UTC) for year, month in ((2027, 11), (2027, 12), (2028, 1))
)
MINUTE = timedelta(minutes=1)
EVERYBODY = ["Amina Diallo", "Ben Carter", "Dev Patel", "Dora Weiss"]
OVER = "Early warning: 1 line heads for more than 105\xa0% of its plan: 2027-118 Story hours (Arts)"
UNDER = "Early warning: 1 line heads for less than 90\xa0% of its plan: 2027-118 Story hours (Arts)"


def notified(flag: str) -> list[str]:
    """Who was told of a cause, by name, as often as they were."""
    return sorted(Notice.objects.filter(verb=f"warn-{flag}").values_list("person__name", flat=True))


def spend(line: Appropriation, amount: str, on: date, cast: SimpleNamespace, at: datetime) -> Expense:
    return actions.post(line, Payment(Decimal(amount), on, "Hall"), by=cast.dora, at=at)


def current_warnings() -> dict[str, bool]:
    """The standing warnings, and whether they were told."""
    rows = LineWarning.objects.current().values_list("flag", "told_at")
    return {flag: at is not None for flag, at in rows}


def test_lead_head_and_finance_are_told_once_and_nobody_else(
    approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    spend(approved_line, "480", date(2027, 9, 1), cast, NOVEMBER)
    assert [
        sweep(at=at).warned for at in (NOVEMBER, NOVEMBER, NOVEMBER + MINUTE, NOVEMBER + 20 * 24 * 60 * MINUTE)
    ] == [
        1,
        0,
        0,
        0,
    ]
    assert notified("over") == EVERYBODY
    assert (notified("under"), notified("ahead")) == ([], [])
    notice = Notice.objects.filter(verb="warn-over", person=cast.ben).get()
    assert (notice.texts["en"], notice.link) == (OVER, "/2027/lines/?flag=over&department=arts&project=story-hours")
    assert (notice.is_asked, notice.is_deadline) == (False, False)


def test_a_warning_that_stays_over_months_is_not_told_again(
    approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    assert [warn_of_lines(at=at) for at in (NOVEMBER, DECEMBER, JANUARY)] == [1, 0, 0]
    assert notified("under") == EVERYBODY
    assert Notice.objects.filter(verb="warn-under").first().texts["en"] == UNDER  # type: ignore[union-attr]


def test_what_went_away_and_came_back_is_told_again(approved_line: Appropriation, cast: SimpleNamespace) -> None:
    warn_of_lines(at=NOVEMBER)
    assert current_warnings() == {"under": True}
    expense = spend(approved_line, "400", date(2027, 10, 1), cast, NOVEMBER)
    assert "under" not in current_warnings()
    assert warn_of_lines(at=NOVEMBER + MINUTE) == 1
    assert (notified("under"), notified("over")) == (EVERYBODY, EVERYBODY)
    actions.correct(expense, why="Paid twice", by=cast.dora, at=NOVEMBER + 2 * MINUTE)
    assert current_warnings() == {"under": False}
    assert warn_of_lines(at=NOVEMBER + 3 * MINUTE) == 1
    assert (notified("under"), notified("over")) == (sorted(EVERYBODY * 2), EVERYBODY)


def test_what_is_put_right_before_anybody_was_told_is_never_told(
    approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    spend(approved_line, "400", date(2027, 8, 1), cast, NOVEMBER)
    warn_of_lines(at=NOVEMBER)
    Notice.objects.all().delete()
    expense = spend(approved_line, "300", date(2027, 11, 1), cast, NOVEMBER)
    assert current_warnings() == {"over": True, "ahead": False}
    actions.correct(expense, why="Another line", by=cast.dora, at=NOVEMBER)
    assert (warn_of_lines(at=NOVEMBER), notified("ahead")) == (0, [])


def test_a_lead_who_does_not_see_the_line_any_more_is_told_nothing(
    approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    Membership.objects.filter(person=cast.ben).update(until_on=date(2027, 10, 1))
    warn_of_lines(at=NOVEMBER)
    assert notified("under") == ["Amina Diallo", "Dev Patel", "Dora Weiss"]


@pytest.mark.parametrize(("role", "is_told"), [("", True), ("head", True), ("finance", False)])
def test_whoever_stands_in_for_the_head_is_told_too(
    approved_line: Appropriation, cast: SimpleNamespace, role: str, is_told: bool
) -> None:
    today = NOVEMBER.date()
    Delegation.objects.create(giver=cast.amina, deputy=cast.bao, role=role, from_on=today, until_on=today)
    warn_of_lines(at=NOVEMBER)
    assert notified("under") == sorted([*EVERYBODY, *(["Bao Nguyen"] if is_told else [])])


def test_a_head_is_told_of_the_own_department_only(
    approved_line: Appropriation, twin_line: Appropriation, cast: SimpleNamespace
) -> None:
    warn_of_lines(at=NOVEMBER)
    both = Notice.objects.get(verb="warn-under", person=cast.dora).texts["en"]
    assert both.split("plan: ")[1] == "2027-118 Story hours (Arts), 2027-119 Summer league (Sports)"
    links = dict(Notice.objects.filter(verb="warn-under").values_list("person__name", "link"))
    assert links == {
        "Amina Diallo": "/2027/lines/?flag=under&department=arts&project=story-hours",
        "Ben Carter": "/2027/lines/?flag=under&department=arts&project=story-hours",
        "Bao Nguyen": "/2027/lines/?flag=under&department=sports&project=summer-league",
        "Dev Patel": "/2027/lines/?flag=under",
        "Dora Weiss": "/2027/lines/?flag=under",
    }


def test_many_lines_are_one_sentence_and_one_mail(running: Cycle, arts: Department, cast: SimpleNamespace) -> None:
    Preference.objects.create(person=cast.dev, mails=Preference.Mails.DIGEST)
    for number in range(5):
        approved_line_of(active_project(running, arts, cast.ben, f"P{number}"))
    warn_of_lines(at=NOVEMBER)
    notices = Notice.objects.filter(verb="warn-under").select_related("mail")
    named = "2027-118 P0, 2027-119 P1, 2027-120 P2 and 2 more lines (Arts)"
    says = f"Early warning: 5 lines head for less than 90\xa0% of their plan: {named}"
    assert {notice.texts["en"] for notice in notices} == {says}
    assert {notice.texts["zh-hans"].split("：")[0] for notice in notices} == {"预警"}
    digests = {notice.person_id: notice.mail.digest_on is not None for notice in notices if notice.mail}
    assert digests == {cast.amina.pk: False, cast.ben.pk: False, cast.dora.pk: False, cast.dev.pk: True}
    assert Mail.objects.count() == 4


def test_a_project_on_hold_is_warned_of_no_more(approved_line: Appropriation, cast: SimpleNamespace) -> None:
    warn_of_lines(at=NOVEMBER)
    project = Project.objects.get(pk=approved_line.project_id)
    actions.hold(project, by=cast.amina, at=NOVEMBER + MINUTE, seen=project.version, comment="The hall is flooded.")
    assert current_warnings() == {}


def test_a_completed_project_leaves_over_what_it_did_not_spend(
    approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    spend(approved_line, "480", date(2027, 9, 1), cast, NOVEMBER)
    warn_of_lines(at=NOVEMBER)
    assert current_warnings() == {"over": True}
    project = Project.objects.get(pk=approved_line.project_id)
    complete(project, by=cast.amina, at=NOVEMBER + MINUTE, seen=project.version)
    assert current_warnings() == {"under": False}


def test_nothing_is_told_of_a_year_that_has_not_begun_or_is_closed(
    approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    assert warn_of_lines(at=datetime(2027, 6, 30, 17, tzinfo=UTC)) == 0
    Cycle.objects.update(state="closed", closed_at=NOVEMBER, closed_by=cast.ada)
    assert warn_of_lines(at=NOVEMBER) == 0
    assert (LineWarning.objects.count(), MeasuredYear.objects.count()) == (0, 0)


def test_a_year_that_is_closed_while_it_is_swept_stays_as_it_is(
    approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    read_before = Cycle.objects.get()
    warn_of_lines(at=NOVEMBER)
    LineWarning.objects.update(told_at=None)
    Cycle.objects.update(state="closed", closed_at=NOVEMBER, closed_by=cast.ada)
    assert (measure_year(read_before, at=DECEMBER), notify_of_warnings(read_before, at=DECEMBER)) == (False, 0)
    assert current_warnings() == {"under": False}


@pytest.mark.parametrize("change", [{"ends_on": date(2028, 8, 31)}, {"deviation_to_explain": 50}])
def test_another_calendar_or_tolerance_measures_the_year_anew(
    change: dict[str, object], approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    warn_of_lines(at=NOVEMBER)
    basis = MeasuredYear.objects.get().basis
    Cycle.objects.update(**change)
    warn_of_lines(at=NOVEMBER)
    assert MeasuredYear.objects.get().basis != basis
