"""What the page of a project is made of: the project, its records, its goals and who is responsible."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from budgets.models import Appropriation
from budgets.spending.figures import planned_evenly
from evaluations.models import CountCorrection, Evaluation, Issue, ProgressReport
from planning.forecasts.queries.history import past_of_project
from planning.forecasts.queries.planners import all_planners_in
from planning.models import ForecastLine, Hindsight, Project, RequestLine
from sop_portal.foundation.kit.charts import progress_bar
from sop_portal.foundation.kit.charts.bars import ProgressBar
from sop_portal.foundation.kit.components import Person
from sop_portal.foundation.organisation.lineage import lineage
from sop_portal.foundation.organisation.models import Membership
from sop_portal.foundation.organisation.roles import Role

MOST = 6


@dataclass(frozen=True)
class GoalRow:
    """One indicator of the project: last year, target, so far, and how much is planned by the end of this month."""

    label: str
    before: Decimal | None
    target: int
    reached: int | None
    planned: Decimal
    bar: ProgressBar


class ProjectPage:
    """The records that the page shows of one project; a constant number of queries."""

    def __init__(self, project: Project, on: date, *, has_next_year: bool) -> None:
        self.project, self.on = project, on
        self.line = ForecastLine.objects.filter(project=project).select_related("forecast").first()
        self.asked = list(RequestLine.objects.filter(project=project).select_related("request"))
        self.approved = list(Appropriation.objects.filter(project=project).select_related("line"))
        self.all_reports = self.own(ProgressReport.objects.filter(project=project).order_by("-period_last"))
        self.reports = [report for report in self.all_reports if report.period_last < on][:MOST]
        corrected = CountCorrection.objects.filter(project=project).select_related("report").order_by("-pk")
        self.corrections: list[CountCorrection] = self.own(corrected)
        self.issues = self.own(Issue.objects.filter(project=project).order_by("-pk")[:MOST])
        self.evaluation = next(iter(self.own(Evaluation.objects.filter(project=project)[:1])), None)
        parts = all_planners_in(project.cycle_id).parts_of(project.department_id)
        lessons = Hindsight.objects.filter(kind="lesson", department_id__in=parts, slug=project.slug)
        self.lessons = {lesson.year: lesson for lesson in lessons.filter(year__lte=project.cycle.year).order_by("year")}
        self.last = past_of_project(project, parts, project.cycle.year - 1)
        self.coming = self._coming() if has_next_year else None

    @property
    def quarters(self) -> list[Decimal]:
        """What the approved lines of the project plan for each quarter."""
        lines = [line.line.quarters for line in self.approved]
        return [sum(amounts, Decimal(0)) for amounts in zip(*lines, strict=True)]

    def own(self, rows: "QuerySet[Any]") -> list[Any]:
        """Records of the project, which is in its department and its year."""
        found = list(rows)
        for row in found:
            row.project, row.department, row.cycle = self.project, self.project.department, self.project.cycle
        return found

    def _coming(self) -> Project | None:
        department, year = self.project.department_id, self.project.cycle.year + 1
        line = [department, *lineage().heirs_of(department)]
        same = Project.objects.filter(department_id__in=line, slug=self.project.slug, cycle__year=year)
        found = {project.department_id: project for project in same.select_related("cycle", "department")}
        return next((found[pk] for pk in line if pk in found), None)

    @property
    def uncounted(self) -> int:
        """How many reports are handed in and count for the goals only once they are accepted."""
        return sum(report.state == ProgressReport.State.SUBMITTED for report in self.all_reports)

    @property
    def is_counted(self) -> bool:
        """Whether anything counts for the goals: before the first report is accepted nothing is known."""
        return any(report.state == ProgressReport.State.ACCEPTED for report in self.all_reports)

    def goals(self) -> list[GoalRow]:
        """Participants and activities with where the plan stands today."""
        project, before = self.project, self.last
        return [
            self._goal(
                _("Participants"),
                before["participants"],
                project.participants_planned,
                project.participants_reached,
            ),
            self._goal(
                _("Activities held"),
                before["activities"],
                project.activities_planned,
                project.activities_held,
            ),
        ]

    def _goal(self, label: str, before: Decimal | None, target: int, reached: int) -> GoalRow:
        planned = planned_evenly(target, self.project.starts_on, self.project.ends_on, self.on)
        bar = progress_bar(reached, target or 1, planned)
        return GoalRow(label, before, target, reached if self.is_counted else None, planned, bar)

    def people(self) -> list[Person]:
        """The people responsible for the project."""
        lead = self.project.lead
        heads = Membership.objects.on(self.on).filter(role=Role.HEAD, department_id=self.project.department_id)
        shown = [Person(lead.name, lead.initials, Role.LEAD.label)] if lead else []
        return shown + [
            Person(head.person.name, head.person.initials, Role.HEAD.label) for head in heads.select_related("person")
        ]
