"""Stage 5: a project is completed, its department looks back, management reviews, and the lessons reach next year."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budgets.models import Appropriation
from budgets.spending.actions import store_warnings
from evaluations.reports.actions import no_longer_owed
from evaluations.reviews.actions.figures import figures_held, show_figures
from evaluations.reviews.models import ANSWERS, COUNTED, Evaluation, Goal, Lesson
from evaluations.reviews.queries import (
    figures_of_last_year,
    forecast_of,
    money_by_category,
    reached,
    spent_on_materials,
)
from evaluations.reviews.workflow import EVALUATION
from planning.cycles.actions import nothing_owed
from planning.cycles.calendar import evaluation_due
from planning.cycles.queries import due_in
from planning.models import Cycle, Hindsight, Project, Stage
from planning.projects.actions import history_locked, record_year
from planning.projects.workflow import HINDSIGHT, PROJECT
from sop_portal.foundation.kit.bounds import QUANTITY, refuse_beyond
from sop_portal.foundation.kit.fitting import give, refuse_strangers, save_new
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import created, edit, note, step
from sop_portal.foundation.workflow.seals import seal_rows


@PROJECT.act("complete")
def complete(project: Project, *, by: User, at: datetime, seen: int, comment: str = "") -> Project:
    """End a project; its evaluation begins as a draft and is due in four weeks."""
    with step(PROJECT, project, "complete", by=by, at=at, seen=seen, comment=comment) as locked:
        day = locked.cycle.day(at)
        no_longer_owed(locked, at=at)
        due = due_in(locked.cycle, evaluation_due(day))
        evaluation = Evaluation.objects.create(
            cycle=locked.cycle,
            department=locked.department,
            project=locked,
            due=due.on,
            moved_from=due.moved_from,
        )
        Goal.objects.bulk_create(_counted_goals(evaluation))
        show_figures(evaluation)
        store_warnings(locked.cycle, Appropriation.objects.filter(project_id=locked.pk), at=at, project=locked)
        created(EVALUATION, evaluation, by=by, at=at, grant=authority(PROJECT["complete"].by, locked, by, at))
    return project


def _counted_goals(evaluation: Evaluation) -> list[Goal]:
    """The goals the portal sets: last year as the base, the forecast as the target, the reports as the result."""
    project = evaluation.project
    before, forecast = figures_of_last_year(project), forecast_of(project)
    return [
        Goal(
            evaluation=evaluation,
            indicator=metric,
            baseline=before[metric],
            target=forecast.get(metric),
            actual=reached(project, metric),
        )
        for metric in COUNTED
    ]


# A project that has not ended: it will be evaluated.
RUNNING = (Project.State.PLANNED, Project.State.ACTIVE, Project.State.ON_HOLD)
NO_SUCH_GOAL = gettext_lazy("The evaluation has no such goal of the department’s own.")
NO_SUCH_LESSON = gettext_lazy("The evaluation has no such lesson.")
# In the order of the figures of a goal.
GOAL_LABELS = (gettext_lazy("Baseline value"), gettext_lazy("Target"), gettext_lazy("Result"))


class EvaluationAnswers(TypedDict, total=False):
    """The answers of a department; what is left out stays as it is."""

    reached: str
    problems: str
    better: str
    explanation: str
    people_used: Decimal | None


@dataclass(frozen=True)
class GoalFigures:
    """Where a goal of the department's own began, what it aimed at, and what was reached."""

    baseline: Decimal | None = None
    target: Decimal | None = None
    actual: Decimal | None = None


def write(
    evaluation: Evaluation,
    *,
    by: User,
    at: datetime,
    seen: int,
    goals: Mapping[int, Decimal | None] | None = None,
    **answers: Unpack[EvaluationAnswers],
) -> Evaluation:
    """Write answers, and the results of the department's own goals."""
    with edit(EVALUATION, evaluation, by=by, at=at, can=Can.WRITE_EVALUATION, seen=seen) as editing:
        refuse_strangers(answers, ANSWERS, _("An evaluation does not ask for this."))
        own = editing.record.goals.exclude(indicator__in=COUNTED)
        known = set(own.values_list("pk", flat=True))
        refuse_strangers(goals or {}, known, NO_SUCH_GOAL)
        refuse_beyond(ANSWERS["people_used"], answers.get("people_used"), QUANTITY)
        editing.set(editing.record, **answers)
        for goal in own.filter(pk__in=goals or {}):
            refuse_beyond(goal.indicator, (goals or {})[goal.pk], QUANTITY)
            if editing.set(goal, where=goal.indicator, actual=(goals or {})[goal.pk]):
                goal.save()
    return evaluation


def add_goal(
    evaluation: Evaluation, indicator: str, figures: GoalFigures, *, by: User, at: datetime, seen: int
) -> Goal:
    """Add a goal of the department's own beside those the portal counts."""
    indicator = indicator.strip()
    if not indicator or indicator in COUNTED:
        raise NotReady(_("Name the indicator."), [_("The portal counts activities and participants itself.")])
    with edit(EVALUATION, evaluation, by=by, at=at, can=Can.WRITE_EVALUATION, seen=seen) as editing:
        for label, figure in zip(GOAL_LABELS, asdict(figures).values(), strict=True):
            refuse_beyond(label, figure, QUANTITY)
        if same_name(indicator) in map(same_name, editing.record.goals.values_list("indicator", flat=True)):
            raise NotReady(_("The evaluation has this goal already."), [], _("Write its result there."))
        goal = save_new(Goal(evaluation=editing.record, indicator=indicator, **asdict(figures)))
        editing.change("goal", "", indicator)
    return goal


def remove_goal(evaluation: Evaluation, goal: Goal, *, by: User, at: datetime, seen: int) -> None:
    """Take a goal of the department's own away again."""
    with edit(EVALUATION, evaluation, by=by, at=at, can=Can.WRITE_EVALUATION, seen=seen) as editing:
        own = editing.record.goals.exclude(indicator__in=COUNTED)
        refuse_strangers([goal.pk], set(own.values_list("pk", flat=True)), NO_SUCH_GOAL)
        own.filter(pk=goal.pk).delete()
        editing.change("goal", goal.indicator, "")


def write_lesson(evaluation: Evaluation, text: str, *, by: User, at: datetime, seen: int) -> Lesson:
    """Write a lesson down as it is; management publishes it, edited or not, and both wordings are kept."""
    text = text.strip()
    if not text:
        raise NotReady(_("Write the lesson first."), [_("The lesson is empty.")])
    with edit(EVALUATION, evaluation, by=by, at=at, can=Can.WRITE_EVALUATION, seen=seen) as editing:
        record = editing.record
        lesson = save_new(
            Lesson(
                evaluation=record,
                department_id=record.department_id,
                project_slug=record.project.slug,
                year=record.cycle.year,
                written=text,
                written_by=by,
                written_at=at,
            )
        )
        editing.change("lesson", "", text)
    return lesson


def remove_lesson(evaluation: Evaluation, lesson: Lesson, *, by: User, at: datetime, seen: int) -> None:
    """Take a lesson away again before it is submitted."""
    with edit(EVALUATION, evaluation, by=by, at=at, can=Can.WRITE_EVALUATION, seen=seen) as editing:
        known = set(editing.record.lessons.values_list("pk", flat=True))
        refuse_strangers([lesson.pk], known, NO_SUCH_LESSON)
        editing.record.lessons.filter(pk=lesson.pk).delete()
        editing.change("lesson", lesson.written, "")


def refuse_more_time(cycle: Cycle, stage: str, department: Department) -> None:
    """Refuse more time to run or to evaluate projects, where the department has none left to run or to write on."""
    if stage not in (Stage.EXECUTION, Stage.EVALUATION):
        return
    own = {"cycle": cycle, "department": department}
    is_running = Project.objects.filter(state__in=RUNNING, **own).exists()
    is_writing = Evaluation.objects.filter(state__in=EVALUATION.editable, **own).exists()
    if not is_running and not (is_writing and stage == Stage.EVALUATION):
        raise nothing_owed(stage, department)


@EVALUATION.act("submit")
def submit(evaluation: Evaluation, *, by: User, at: datetime, seen: int, comment: str = "") -> Evaluation:
    """Hand the evaluation over to management."""
    with (
        figures_held(evaluation),
        step(EVALUATION, evaluation, "submit", by=by, at=at, seen=seen, comment=comment) as locked,
    ):
        record_results(locked)
    return evaluation


@EVALUATION.act("send-back")
def send_back(evaluation: Evaluation, *, by: User, at: datetime, seen: int, comment: str = "") -> Evaluation:
    """Give the evaluation back to its department, saying why."""
    with step(EVALUATION, evaluation, "send-back", by=by, at=at, seen=seen, comment=comment):
        pass
    return evaluation


@EVALUATION.act("review")
def review(
    evaluation: Evaluation,
    *,
    by: User,
    at: datetime,
    seen: int,
    comment: str = "",
    lessons: Mapping[int, str] | None = None,
) -> Evaluation:
    """Conclude an evaluation: publish its lessons, edited or as written, record the year's figures, end the project."""
    with (
        history_locked(),
        figures_held(evaluation),
        step(EVALUATION, evaluation, "review", by=by, at=at, seen=seen, comment=comment) as locked,
    ):
        known = set(locked.lessons.values_list("pk", flat=True))
        refuse_strangers(lessons or {}, known, NO_SUCH_LESSON)
        record_results(locked)
        _record_money(locked, by=by, at=at)
        for lesson in locked.lessons.order_by("pk"):
            publish(lesson, (lessons or {}).get(lesson.pk, lesson.written), by=by, at=at)
        record_actual(locked, by=by, at=at)
        project = locked.project
        with step(PROJECT, project, "conclude", by=by, at=at, seen=project.version):
            pass
    return evaluation


def record_results(evaluation: Evaluation) -> None:
    """Write down what the accepted reports add up to now as the result of the counted goals, and last year."""
    before = figures_of_last_year(evaluation.project)
    for goal in evaluation.goals.filter(indicator__in=COUNTED):
        goal.actual, goal.baseline = reached(evaluation.project, goal.indicator), before[goal.indicator]
        goal.save()


def _record_money(evaluation: Evaluation, *, by: User, at: datetime) -> None:
    """Write down what was planned and spent, by category: amendments and counter-entries may still come."""
    changes = [
        Change(f"{name}-{category}", "", f"{figure:f}")
        for category, money in money_by_category(evaluation.project).items()
        for name, figure in zip(("planned", "spent"), money, strict=True)
    ]
    if changes:
        note(EVALUATION.kind, evaluation, "edit", by=by, at=at, changes=changes)


def publish(lesson: Lesson, wording: str, *, by: User, at: datetime) -> None:
    """Publish one lesson and write it down for those who plan the next year."""
    if not wording.strip():
        raise NotReady(_("A lesson is published in words."), [_("One lesson has no wording.")])
    give(lesson, published=wording.strip(), published_at=at, published_by=by)
    lesson.save()
    written = Hindsight.objects.create(
        kind=Hindsight.Kind.LESSON,
        source_id=lesson.pk,
        department_id=lesson.department_id,
        slug=lesson.project_slug,
        year=lesson.year,
        text=lesson.published,
        source_url=f"{reverse('lessons', args=[lesson.year])}?q={lesson.project_slug}#lesson-{lesson.pk}",
    )
    seal_rows(HINDSIGHT, [written.pk])


def record_actual(evaluation: Evaluation, *, by: User, at: datetime) -> None:
    """Write down what the project really did this year: the history that next year's proposal is made from."""
    project = evaluation.project
    materials = spent_on_materials(project)
    figures = {
        "activities": Decimal(project.activities_held),
        "participants": Decimal(project.participants_reached),
        "people": evaluation.people_used,
        "materials": materials,
        "money": project.spent - materials,
    }
    record_year(project, figures, by=by, at=at)
