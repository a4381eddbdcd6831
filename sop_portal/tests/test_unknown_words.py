"""Every act that takes words refuses those that no row can hold, and those that nobody knows, whatever the way in."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from budgets.models import SpendingException
from budgets.spending import actions as spending
from budgets.spending.actions import Payment
from evaluations.models import Evaluation, Lesson, ProgressReport
from planning.forecasts import actions as forecasts
from planning.models import DemandReport, ResourceRequest
from planning.requests import actions as requests
from planning.requests.actions import PoolTerms
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.actions import comment
from sop_portal.handbook.models import Edition
from sop_portal.tests.every_act import NOW, TODAY, Act, every_act, filled_year, functions, of_steps
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import decline_corrections
from sop_portal.tests.test_absurd_values import (
    NO_ROW,
    OTHERWISE,
    READY,
    Place,
    amended,
    draft_forecast,
    draft_request,
    places,
    returned_evaluation,
    with_absurd,
)

pytestmark = pytest.mark.once

NUL, LONG, UNKNOWN = "Rain\x00bow", "x" * 25_000, "no-such-word"
# Words of one's own, which nobody has to know.
OWN = {
    "budgets.audits.find observed.what",
    "budgets.audits.plan planned.title",
    "budgets.drafting.add_fund terms.name",
    "budgets.drafting.add_fund terms.purpose",
    "budgets.drafting.amend reason",
    "budgets.drafting.ask_for_change wanted",
    "budgets.drafting.bring_plan approval.by",
    "budgets.drafting.bring_plan approval.file_name",
    "budgets.drafting.bring_plan rows.each.computation",
    "budgets.drafting.bring_plan rows.each.more_reason",
    "budgets.drafting.bring_plan rows.each.serves_purpose",
    "budgets.drafting.bring_plan rows.each.sheet",
    "budgets.drafting.bring_plan rows.each.what",
    "budgets.drafting.change_fund terms.name",
    "budgets.drafting.change_fund terms.purpose",
    "budgets.drafting.contest contested.value.1",
    "budgets.drafting.leave_out why",
    "budgets.drafting.set_line amounts.computation",
    "budgets.drafting.set_line amounts.more_reason",
    "budgets.drafting.set_line amounts.serves_purpose",
    "budgets.spending.ask_exception payment.excepted_because",
    "budgets.spending.ask_exception payment.receipt",
    "budgets.spending.ask_exception payment.what",
    "budgets.spending.ask_exception why",
    "budgets.spending.correct why",
    "budgets.spending.post payment.excepted_because",
    "budgets.spending.post payment.place.file_name",
    "budgets.spending.post payment.place.sheet",
    "budgets.spending.post payment.receipt",
    "budgets.spending.post payment.what",
    "evaluations.feedback.answer_stage word",
    "evaluations.feedback.give experience.text",
    "evaluations.feedback.give experience.title",
    "evaluations.improvements.finish evidence",
    "evaluations.improvements.propose proposal.what",
    "evaluations.meetings.add_point title",
    "evaluations.meetings.call place",
    "evaluations.meetings.call terms.place",
    "evaluations.meetings.change_series terms.place",
    "evaluations.meetings.minute minutes.value.0",
    "evaluations.meetings.minute minutes.value.1",
    "evaluations.meetings.move terms.place",
    "evaluations.meetings.plan_series terms.place",
    "evaluations.meetings.raise_point terms.title",
    "evaluations.proposals.propose_change change.because",
    "evaluations.proposals.propose_change change.origin_url",
    "evaluations.proposals.propose_change change.title",
    "evaluations.proposals.propose_change change.what",
    "evaluations.reports.correct_count reason",
    "evaluations.reports.raise_issue text",
    "evaluations.reports.raise_issue title",
    "evaluations.reports.write content.explanation",
    "evaluations.reports.write content.outlook",
    "evaluations.reports.write content.problems",
    "evaluations.reviews.add_goal indicator",
    "evaluations.reviews.review lessons.value",
    "evaluations.reviews.write answers.better",
    "evaluations.reviews.write answers.explanation",
    "evaluations.reviews.write answers.problems",
    "evaluations.reviews.write answers.reached",
    "evaluations.reviews.write_lesson text",
    "evaluations.training.add_need terms.title",
    "evaluations.training.change_need terms.title",
    "evaluations.training.move terms.material",
    "evaluations.training.move terms.place",
    "evaluations.training.plan terms.material",
    "evaluations.training.plan terms.place",
    "planning.cycles.extend more.reason",
    "planning.cycles.move_window move.reason",
    "planning.extensions.ask wanted.reason",
    "planning.forecasts.add_project new.name",
    "planning.forecasts.add_project new.purpose",
    "planning.forecasts.change_plan terms.purpose",
    "planning.forecasts.leave_out why",
    "planning.forecasts.plan_ahead new.name",
    "planning.forecasts.plan_ahead new.purpose",
    "planning.forecasts.set_figures typed.value.reason",
    "planning.forecasts.start_report reason",
    "planning.projects.change_project purpose",
    "planning.projects.correct_figures reason",
    "planning.projects.import_history file_name",
    "planning.projects.import_history rows.each.project",
    "planning.projects.rename_project name",
    "planning.requests.add_line asked.what",
    "planning.requests.add_line asked.why",
    "planning.requests.add_line asked.why_not_forecast",
    "planning.requests.add_pool terms.name",
    "planning.requests.add_pool terms.unit",
    "planning.requests.change_line asked.what",
    "planning.requests.change_line asked.why",
    "planning.requests.change_line asked.why_not_forecast",
    "planning.requests.change_pool terms.name",
    "planning.requests.change_pool terms.unit",
    "planning.requests.grant decided.reason",
    "sop_portal.foundation.papers.attach new.description",
    "sop_portal.foundation.papers.replace new.description",
    "sop_portal.foundation.workflow.comment text",
    "sop_portal.handbook.write_edition note",
    "sop_portal.handbook.write_edition texts.value.0",
    "sop_portal.handbook.write_edition texts.value.1",
    "sop_portal.people.add_department division",
    "sop_portal.people.add_department name",
    "sop_portal.people.add_former_name name",
    "sop_portal.people.add_department slug",
    "sop_portal.people.add_person name",
    "sop_portal.people.ask_recovery reason",
    "sop_portal.people.change_department said.division",
    "sop_portal.people.change_department said.name",
    "sop_portal.people.set_days_off days.each.name",
    "sop_portal.people.set_organisation terms.name",
}
# What may be left empty, at once or until a later step asks for it.
MAY_BE_EMPTY = {
    "evaluations.feedback.answer_stage word",
    "evaluations.improvements.propose proposal.stage",
    "evaluations.proposals.propose_change change.wanted.setting",
    "evaluations.proposals.propose_change change.wanted.stage",
    "budgets.drafting.add_fund terms.purpose",
    "budgets.drafting.bring_plan rows.each.computation",
    "budgets.drafting.bring_plan rows.each.more_reason",
    "budgets.drafting.bring_plan rows.each.serves_purpose",
    "budgets.drafting.bring_plan rows.each.sheet",
    "budgets.drafting.bring_plan rows.each.what",
    "budgets.drafting.change_fund terms.purpose",
    "budgets.drafting.set_line amounts.computation",
    "budgets.drafting.set_line amounts.more_reason",
    "budgets.drafting.set_line amounts.serves_purpose",
    "budgets.spending.ask_exception payment.excepted_because",
    "budgets.spending.ask_exception payment.receipt",
    "budgets.spending.post payment.excepted_because",
    "budgets.spending.post payment.place.sheet",
    "budgets.spending.post payment.receipt",
    "evaluations.improvements.propose proposal.origin_url",
    "evaluations.improvements.propose proposal.project_slug",
    "evaluations.meetings.minute minutes.value.0",
    "evaluations.meetings.minute minutes.value.1",
    "evaluations.proposals.propose_change change.origin_url",
    "evaluations.reports.write content.explanation",
    "evaluations.reports.write content.outlook",
    "evaluations.reports.write content.problems",
    "evaluations.reviews.write answers.better",
    "evaluations.reviews.write answers.explanation",
    "evaluations.reviews.write answers.problems",
    "evaluations.reviews.write answers.reached",
    "evaluations.training.move terms.material",
    "evaluations.training.plan terms.material",
    "planning.cycles.move_window move.reason",
    "planning.forecasts.add_project new.purpose",
    "planning.forecasts.change_plan terms.purpose",
    "planning.forecasts.plan_ahead new.purpose",
    "planning.forecasts.set_figures typed.value.reason",
    "planning.forecasts.set_figures typed.value.source",
    "planning.projects.change_project purpose",
    "planning.projects.import_history rows.each.project",
    "planning.requests.add_line asked.why",
    "planning.requests.change_line asked.what",
    "planning.requests.change_line asked.why",
    "sop_portal.foundation.papers.attach new.description",
    "sop_portal.foundation.papers.attach new.part",
    "sop_portal.foundation.papers.replace new.description",
    "sop_portal.foundation.papers.replace new.part",
    "sop_portal.people.add_department division",
    "sop_portal.people.add_department slug",
    "sop_portal.people.change_department said.division",
    "sop_portal.people.delegate role",
}
# What is not tried so, with the reason.
GAPS = "the portal's own sentences about who is missing, in each language; nobody types them"
NOT_TRIED = {
    "sop_portal.people.change_person values": "its names are words of the code; test_actions.py of people tries them",
    "sop_portal.people.end_rights ending.gaps.key": GAPS,
    "sop_portal.people.end_rights ending.gaps.value.each": GAPS,
    "budgets.spending.ask_exception payment.place.file_name": NO_ROW,
    "budgets.spending.ask_exception payment.place.sheet": NO_ROW,
}
# What is cut on purpose instead of refused.
CUT = {
    "budgets.drafting.bring_plan approval.file_name",
    "budgets.drafting.bring_plan rows.each.sheet",
    "budgets.spending.post payment.excepted_because",
    "budgets.spending.post payment.place.file_name",
    "budgets.spending.post payment.place.sheet",
    "planning.projects.import_history file_name",
}
HAS_A_COMMENT = ("comment",)


def start_anew(year: SimpleNamespace) -> None:
    compiling = DemandReport.objects.get(state=DemandReport.State.COMPILING)
    forecasts.publish_report(compiling, by=year.cast.chen, at=NOW, seen=compiling.version)


def another_expense(year: SimpleNamespace) -> None:
    year.expense = spending.post(year.approved, Payment(Decimal(5), TODAY, "Glue"), by=year.cast.dora, at=NOW)


def submitted_evaluation(year: SimpleNamespace) -> None:
    ProgressReport.objects.filter(project=year.evaluation.project).exclude(state="accepted").delete()
    for asked in SpendingException.objects.filter(appropriation__project=year.evaluation.project, state="asked"):
        spending.refuse(asked, by=year.cast.dev, at=NOW, seen=asked.version, comment="Too late")
    decline_corrections(year.evaluation.project, year.cast.emil, NOW)
    year.records["evaluation"] = Evaluation.objects.get(pk=year.evaluation.pk)


def unasked_figures(year: SimpleNamespace) -> None:
    draft_request(year)
    terms = PoolTerms("Helpers", "hours", Decimal(900), is_paid_for=True)
    year.helpers = requests.add_pool(year.cycle, "people", terms, by=year.cast.chidi, at=NOW)


MADE_READY: dict[str, Callable[[SimpleNamespace], None]] = READY | {
    "planning.forecasts.start_report": start_anew,
    "planning.forecasts.leave_out": draft_forecast,
    "planning.requests.fill_in": unasked_figures,
    "budgets.drafting.leave_out": amended,
    "budgets.spending.correct": another_expense,
    "evaluations.reviews.write_lesson": returned_evaluation,
    "evaluations.reviews.review": submitted_evaluation,
}


def fill_in(do: Callable[..., Any], year: SimpleNamespace, by: User) -> Any:
    request = ResourceRequest.objects.get(pk=year.request.pk)
    return do(request, {"people": year.helpers}, by=by, at=year.at, seen=request.version)


def write_edition(do: Callable[..., Any], year: SimpleNamespace, by: User) -> Any:
    newest = Edition.objects.order_by("-number").first()
    texts = {"start": ("The year has five stages.", "一年有五个阶段。")}
    return do(texts, note="Shorter", by=by, at=year.at, seen=newest.number if newest else 0)


def conclude(do: Callable[..., Any], year: SimpleNamespace, by: User) -> Any:
    found = Evaluation.objects.get(pk=year.evaluation.pk)
    lesson = Lesson.objects.filter(evaluation=found).order_by("pk")[0]
    return do(found, by=by, at=year.at, seen=found.version, lessons={lesson.pk: "Begin early"})


def write_comment(do: Callable[..., Any], year: SimpleNamespace, by: User) -> Any:
    return do("forecast", year.forecast, "Well done", by=by, at=year.at)


TRIED_SO = OTHERWISE | {
    "planning.requests.fill_in": Act("amina", fill_in),
    "sop_portal.handbook.write_edition": Act("ada", write_edition),
    "evaluations.reviews.review": Act("emil", conclude),
    "sop_portal.foundation.workflow.comment": Act("amina", write_comment, comment),
}
STEPS, FUNCTIONS = of_steps(), dict(functions())
PLACES = [p for p in places((str,)) if not (FUNCTIONS[p.act] in STEPS and p.path == HAS_A_COMMENT)]
TRIED = [place for place in PLACES if str(place) not in NOT_TRIED]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def ready(name: str, year: SimpleNamespace) -> Act:
    """The act, in a year in which it is possible."""
    MADE_READY.get(name, lambda year: None)(year)
    found = TRIED_SO.get(name) or every_act()[name]
    return Act(found.by, found.carry_out, FUNCTIONS[name])


@pytest.mark.parametrize("name", sorted({place.act for place in TRIED}))
def test_good_words_are_taken(year: SimpleNamespace, name: str) -> None:
    before = Entry.objects.count()
    ready(name, year).try_on(year)
    assert Entry.objects.count() > before


STRANGE: dict[type, tuple[Any, ...]] = {int: (0, 10**9), str: (UNKNOWN, "")}
KEYS = [place for place in places(STRANGE) if place.path[-1] == "key" and str(place) not in NOT_TRIED]


@pytest.mark.parametrize("place", KEYS, ids=str)
def test_a_key_that_is_not_the_records_is_refused_rather_than_passed_over(year: SimpleNamespace, place: Place) -> None:
    act = ready(place.act, year)
    for strange in STRANGE[place.kind]:
        before, trying = Entry.objects.count(), with_absurd(act.function, place.path, strange)
        with pytest.raises(Refusal) as refusal, transaction.atomic():
            replace(act, function=trying).try_on(year)
        assert refusal.value.way_out or getattr(refusal.value, "missing", [])
        assert Entry.objects.count() == before


def bad_words(place: str) -> list[str]:
    """What cannot stand in a place."""
    words = [NUL] if place in CUT else [NUL, LONG]
    if place not in MAY_BE_EMPTY:
        words += ["", "  \n "]
    if place not in OWN:
        words.append(UNKNOWN)
    return words


@pytest.mark.parametrize("place", TRIED, ids=str)
def test_words_that_cannot_be_kept_are_refused_with_a_way_out_and_nothing_is_written(
    year: SimpleNamespace, place: Place
) -> None:
    act, taken = ready(place.act, year), []
    for words in bad_words(str(place)):
        before, trying = Entry.objects.count(), with_absurd(act.function, place.path, words)
        try:
            with transaction.atomic():
                replace(act, function=trying).try_on(year)
                transaction.set_rollback(True)
            taken.append((words[:20], "was taken"))
        except Refusal as refusal:
            if not str(refusal.sentence) or not (refusal.way_out or getattr(refusal, "missing", [])):
                taken.append((words[:20], f"no way out: {refusal}"))
        except Exception as error:
            taken.append((words[:20], f"{type(error).__name__}: {error}"))
        if Entry.objects.count() != before:
            taken.append((words[:20], "left an entry"))
    assert taken == []
