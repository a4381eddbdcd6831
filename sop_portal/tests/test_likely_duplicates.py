"""What looks as if it were entered already is pointed out once, and entered where somebody says it is another one."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from budgets.audits.actions import AuditPlan, plan
from budgets.models import Audit, Finding, SpendingException
from budgets.spending.actions import Payment, ask_exception
from evaluations.feedback.actions import give
from evaluations.improvements import actions as improvements
from evaluations.models import Evaluation, Feedback, Issue, Measure
from planning.models import RequestLine, ResourceRequest
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.likely_duplicates import DuplicateRefused
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.every_act import NOW, TODAY, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

FULL_WIDTH = {ord("A"): "Ａ", ord("E"): "Ｅ"}
Browser = Callable[[User], Client]
Entered = tuple[str, str, dict[str, object], type]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def an_issue(year: SimpleNamespace) -> Entered:
    url = reverse("issue-new", args=[2027, "arts", year.project.slug])
    return "amina", url, {"title": "Cellar", "text": "Water"}, Issue


def feedback(year: SimpleNamespace) -> Entered:
    return "amina", reverse("feedback-new", args=[2027]), {"department": "arts", "title": "Late", "text": "A"}, Feedback


def a_measure(year: SimpleNamespace) -> Entered:
    return "amina", reverse("measure-new", args=[2027]), {"department": "arts", "what": "Paint the hall"}, Measure


def a_measure_of_an_evaluation(year: SimpleNamespace) -> Entered:
    Evaluation.objects.filter(pk=year.evaluation.pk).update(state="draft", submitted_at=None, submitted_by=None)
    year.evaluation.refresh_from_db()
    typed = {"what": "Mend the roof", "seen": year.evaluation.version}
    return "amina", year.evaluation.get_absolute_url(), typed, Measure


def an_audit(year: SimpleNamespace) -> Entered:
    typed = {"title": "Keys of the hall", "department": year.arts.pk, "planned_on": "2027-09-01"}
    return "dora", reverse("audit-new", args=[2027]), typed, Audit


def a_finding(year: SimpleNamespace) -> Entered:
    audit = year.cycle.audits.order_by("pk")[0]
    Audit.objects.filter(pk=audit.pk).update(state="in_progress", closed_at=None, closed_by=None)
    typed = {"what": "Dust in the safe", "due": "2027-09-01", "seen": audit.version}
    return "dora", reverse("audit-find", args=[2027, audit.pk]), typed, Finding


def a_line_of_a_request(year: SimpleNamespace) -> Entered:
    ResourceRequest.objects.filter(pk=year.request.pk).update(state="draft", due=date(2028, 1, 1))
    year.request.refresh_from_db()
    typed = {"project": year.project.pk, "pool": year.pool.pk, "what": "Stage", "quantity": "7", "is_forecast": "no"}
    typed |= {"why_not_forecast": "It came up", "seen": year.request.version}
    return "amina", reverse("request-line-new", args=[2027, "arts"]), typed, RequestLine


def an_exception(year: SimpleNamespace) -> Entered:
    typed = {"line": year.approved.number, "amount": "5", "spent_on": "2027-06-20", "what": "Paper", "why": "Early"}
    return "dora", reverse("exception-new", args=[2027]), typed, SpendingException


def a_person(year: SimpleNamespace) -> Entered:
    typed: dict[str, object] = {"name": "Ines Roth", "email": f"{uuid4().hex[:8]}@example.org", "language": "en"}
    return "ada", reverse("person-add"), typed, User


def written_otherwise(typed: dict[str, object]) -> dict[str, object]:
    """The same words in capitals, with other blanks and full stops, in letters of the full width."""
    words = {key: str(said) for key, said in typed.items() if key in ("title", "text", "what", "name")}
    return typed | {key: f"{said.upper().replace(' ', '  ')}.".translate(FULL_WIDTH) for key, said in words.items()}


ENTERED = (
    an_issue,
    feedback,
    a_measure,
    a_measure_of_an_evaluation,
    an_audit,
    a_finding,
    a_line_of_a_request,
    an_exception,
    a_person,
)


@pytest.mark.parametrize("entered", ENTERED, ids=lambda entered: entered.__name__)
def test_the_same_is_not_entered_twice_unseen(
    year: SimpleNamespace,
    cast: SimpleNamespace,
    as_person: Browser,
    entered: Callable[[SimpleNamespace], Entered],
) -> None:
    with clock.at(NOW):
        name, url, typed, model = entered(year)
        before, browser = model.objects.count(), as_person(getattr(cast, name))  # type: ignore[attr-defined]
        answers = []
        for said, more in ((typed, {}), (written_otherwise(typed), {}), (typed, {"is_another": "on"})):
            _name, _url, now, _model = entered(year)
            newest = {key: now[key] for key in ("seen", "email") if key in now}
            answer = browser.post(url, {**said, **newest, **more, "key": str(uuid4())})
            answers.append((answer.status_code, model.objects.count() - before))  # type: ignore[attr-defined]
            if answer.status_code == 422:
                form = answer.context["written"].measure if "written" in answer.context else answer.context["form"]
                assert list(form.errors) == ["is_another"]
                assert "<a href=" in form.fields["is_another"].help_text
        assert answers == [(302, 1), (422, 1), (302, 2)]


DOUBLES: dict[str, Callable[[SimpleNamespace, bool], object]] = {
    "a measure": lambda year, is_another: improvements.propose(
        year.cycle,
        year.arts,
        improvements.MeasureProposal("Paint the hall", "feedback", is_another=is_another),
        by=year.cast.amina,
        at=NOW,
    ),
    "feedback": lambda year, is_another: give(
        year.cycle, year.arts, title="Late", text="Again", is_another=is_another, by=year.cast.amina, at=NOW
    ),
    "an audit": lambda year, is_another: plan(
        year.cycle, AuditPlan("Keys", year.arts, TODAY, is_another=is_another), by=year.cast.dora, at=NOW
    ),
    "an exception": lambda year, is_another: ask_exception(
        year.approved,
        Payment(Decimal(5), date(2027, 6, 20), "Paper"),
        why="Early",
        by=year.cast.dora,
        at=NOW,
        is_another=is_another,
    ),
}


@pytest.mark.parametrize("name", DOUBLES)
def test_the_act_itself_refuses_the_same_a_second_time_with_the_way_to_the_first(
    year: SimpleNamespace, name: str
) -> None:
    enter = DOUBLES[name]
    first = enter(year, False)
    with pytest.raises(DuplicateRefused) as refusal:
        enter(year, False)
    assert [missing.url for missing in refusal.value.missing] == [first.get_absolute_url()]  # type: ignore[attr-defined]
    assert enter(year, True) != first
