"""How long each step took, what came back and why, who was late, and how hard people found each stage."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluations.feedback.queries import FEWEST_SHOWN, answers_in
from evaluations.models import StageAnswers
from planning.models import Cycle
from sop_portal.dashboards.figures import percentage, whole_days
from sop_portal.dashboards.pages.process.stage_answers import stage_called
from sop_portal.dashboards.pages.process.tables import (
    DepartmentNames,
    ReviewColumn,
    ReviewFigure,
    ReviewRow,
    ReviewTable,
    by_department,
    counted,
    counts_table,
    records_url,
    shared,
)
from sop_portal.dashboards.queries.process import StepTimes, TakenStep
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import longest, row_bar
from sop_portal.foundation.kit.charts.scale import Value
from sop_portal.foundation.kit.reasons import Reason
from sop_portal.foundation.organisation.roles import ROLES, roles_that
from sop_portal.stages import ALL_WORKFLOWS, WORKFLOWS

NONE_CHOSEN = "none"


def steps_table(cycle: Cycle, times: Mapping[str, StepTimes], earlier: Mapping[str, StepTimes]) -> ReviewTable:
    """Every step that was waited for, in the order of the process."""
    names = [f"{w.kind}/{step.name}" for w in ALL_WORKFLOWS for step in w.steps]
    shown = [times[name] for name in names if name in times]
    most = longest([whole_days(found.nine_in_ten) for found in shown])
    return ReviewTable(
        "steps",
        _("How long each step took"),
        _("In days, from the moment it could be taken. Steps slower than a year before are marked."),
        (
            ReviewColumn(_("Step"), "words"),
            ReviewColumn(_("Waits for"), "words"),
            ReviewColumn(_("Times")),
            ReviewColumn(_("Half, days")),
            ReviewColumn(_("Nine in ten, days")),
            ReviewColumn(_("0 to %(days)s days") % {"days": formats.number(most)}, "bar"),
            ReviewColumn(_("Half, days"), "before"),
        ),
        [step_row(cycle, found, earlier.get(found.name), most) for found in shown],
        _("No step was taken yet in this year."),
        (
            ("solid", _("half were done")),
            ("hatched", _("nine in ten were done")),
            ("mark", _("half, the year before")),
        ),
    )


def step_row(cycle: Cycle, found: StepTimes, before: StepTimes | None, most: Value) -> ReviewRow:
    """One step beside itself a year before."""
    kind, verb = found.name.split("/")
    step = WORKFLOWS[kind][verb]
    half, nine = whole_days(found.half), whole_days(found.nine_in_ten)
    half_before = None if before is None else whole_days(before.half)
    return ReviewRow(
        step_called(found.name),
        (
            ReviewFigure(pgettext("roles", " or ").join(str(ROLES[role].called) for role in roles_that(step.by))),
            counted(found.count, records_url(cycle, what="steps", step=found.name)),
            ReviewFigure(formats.number(half), half),
            ReviewFigure(formats.number(nine), nine),
            ReviewFigure(bar=row_bar(most, (half, "solid"), (nine - half, "hatched"), mark=half_before)),
            ReviewFigure(formats.number(half_before), half_before),
        ),
        _("slower than the year before") if is_slower(found, before) else "",
    )


def is_slower(found: StepTimes, before: StepTimes | None) -> bool:
    """Whether half of them took longer than the year before, in the days that are shown."""
    return before is not None and whole_days(found.half) > whole_days(before.half)


def step_called(name: str) -> str:
    """ "Demand forecast: Accept forecast"."""
    kind, verb = name.split("/")
    return formats.under(WORKFLOWS[kind].label, WORKFLOWS[kind][verb].label)


def back_tables(cycle: Cycle, back: Sequence[TakenStep], names: DepartmentNames) -> list[ReviewTable]:
    """What was sent back, by the reason chosen and by department."""
    by_reason = Counter(step.reason or NONE_CHOSEN for step in back)
    called = {**dict(Reason.choices), NONE_CHOSEN: _("No reason chosen")}
    reasons = [
        (str(called[reason]), count, records_url(cycle, what="back", reason=reason))
        for reason, count in by_reason.most_common()
    ]
    departments = by_department(cycle, Counter(step.department_id for step in back), names, what="back")
    return [
        counts_table("reasons", _("Sent back, by the reason chosen"), _("Reason"), reasons),
        counts_table("back", _("Sent back, by department"), _("Department"), departments),
    ]


def late_table(cycle: Cycle, late: Iterable[tuple[str, Any]], names: DepartmentNames) -> ReviewTable:
    """What was handed in late, by department."""
    times: Counter[int | None] = Counter(row.department_id for _kind, row in late)
    rows = by_department(cycle, times, names, what="late")
    return counts_table("late", _("Handed in late, by department"), _("Department"), rows)


def hard_table(cycle: Cycle) -> ReviewTable:
    """How hard people found each stage; fewer than five answers are a number alone."""
    return ReviewTable(
        "hard",
        _("What was hard"),
        _("Asked of everybody who acted in a stage, once it was over; shown from five answers on."),
        (
            ReviewColumn(_("Stage"), "words"),
            ReviewColumn(_("Share of answers"), "bar"),
            ReviewColumn(_("Easy")),
            ReviewColumn(_("All right")),
            ReviewColumn(_("Hard")),
            ReviewColumn(_("Answers")),
        ),
        [hard_row(answers) for answers in answers_in(cycle)],
        _("Nobody has answered yet."),
        (("light", _("easy")), ("hatched", _("all right")), ("bad", _("hard"))),
    )


def hard_row(answers: StageAnswers) -> ReviewRow:
    """One stage, with the share of each answer where there are enough."""
    if answers.count < FEWEST_SHOWN:
        said = ReviewFigure(_("fewer than five answers, not shown"))
        nothing = ReviewFigure(formats.NOTHING)
        return ReviewRow(stage_called(answers), (said, nothing, nothing, nothing, counted(answers.count)))
    parts = (answers.easy, answers.fine, answers.hard)
    bar = row_bar(answers.count, *zip(parts, ("light", "hatched", "bad"), strict=True))
    shares = [shared(percentage(part, answers.count)) for part in parts]
    return ReviewRow(stage_called(answers), (ReviewFigure(bar=bar), *shares, counted(answers.count)))
