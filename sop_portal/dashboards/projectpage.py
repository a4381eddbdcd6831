"""The project page: one rail from need to result, the records it is made of, and why each figure is what it is."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Appropriation, Expense
from evaluations.models import Evaluation, Issue, ProgressReport
from evaluations.reports.workflow import ISSUE, REPORT
from evaluations.reviews.workflow import EVALUATION
from planning.forecasts.workflow import FORECAST
from planning.models import Actual, ForecastLine, Hindsight, Project, RequestLine
from planning.requests.workflow import REQUEST
from sop_portal.dashboards.projectrail import elapsed, pace_of
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import progress_bar
from sop_portal.foundation.kit.components import Link, Person, RailStage
from sop_portal.foundation.organisation.models import Membership
from sop_portal.foundation.organisation.roles import Role

MOST = 6


class ProjectPage:
    """Everything the page shows about one project; a constant number of queries."""

    def __init__(self, project: Project, on: date, *, has_next_year: bool) -> None:
        self.project, self.on = project, on
        self.line = ForecastLine.objects.filter(project=project).select_related("forecast").first()
        self.asked = list(RequestLine.objects.filter(project=project).select_related("request"))
        self.approved = list(Appropriation.objects.filter(project=project).select_related("line"))
        self.all_reports = self.own(ProgressReport.objects.filter(project=project).order_by("-period_last"))
        self.reports = [report for report in self.all_reports if report.period_last < on][:MOST]
        self.issues = self.own(Issue.objects.filter(project=project).order_by("-pk")[:MOST])
        self.evaluation = next(iter(self.own(Evaluation.objects.filter(project=project)[:1])), None)
        lessons = Hindsight.objects.filter(kind="lesson", department_id=project.department_id, slug=project.slug)
        self.lessons = {lesson.year: lesson for lesson in lessons.filter(year__lte=project.cycle.year).order_by("year")}
        self.last = Actual.objects.filter(
            department_id=project.department_id, slug=project.slug, year=project.cycle.year - 1
        ).first()
        self.coming = self._coming() if has_next_year else None

    def own(self, rows: "QuerySet[Any]") -> list[Any]:
        """Records of the project, which is in its department and its year."""
        found = list(rows)
        for row in found:
            row.project, row.department, row.cycle = self.project, self.project.department, self.project.cycle
        return found

    def _coming(self) -> Project | None:
        same = Project.objects.filter(department_id=self.project.department_id, slug=self.project.slug)
        coming = same.filter(cycle__year=self.project.cycle.year + 1)
        return coming.select_related("cycle", "department").first()

    def money(self, amount: Decimal) -> str:
        """An amount in whole units."""
        return formats.money(amount)

    def expenses_url(self) -> str:
        """The list that adds up to what was spent."""
        return f"{reverse('expenses', args=[self.project.cycle.year])}?project={self.project.pk}"

    def rail(self) -> list[RailStage]:
        """Five segments, each with its figure, its state and its link."""
        p = self.project
        return [self._forecast(), self._request(), self._budget(), self._execution(p), self._evaluation(p)]

    def _forecast(self) -> RailStage:
        state = self.line.forecast.state if self.line else ""
        return RailStage(
            _("Forecast"),
            self.forecast_url(),
            [(_("needed"), self.money(self.project.needed))],
            FORECAST.tones.get(state, "draft"),
            FORECAST.states(state).label if state else "",
            is_past=state == "accepted",
            is_now=state in ("draft", "returned", "submitted"),
        )

    def forecast_url(self) -> str:
        """The project's line in the forecast."""
        p = self.project
        return reverse("forecast-line", args=[p.cycle.year, p.department.slug, p.slug])

    def _request(self) -> RailStage:
        state = self.asked[0].request.state if self.asked else ""
        figures = [(_("asked"), self.money(self.project.asked)), (_("granted"), self.money(self.project.granted))]
        return RailStage(
            _("Resources"),
            self.request_url() if state else "",
            figures,
            REQUEST.tones.get(state, "draft"),
            REQUEST.states(state).label if state else _("not begun"),
            is_past=state == "allocated",
            is_now=state in ("draft", "returned", "submitted"),
        )

    def request_url(self) -> str:
        """The department's request."""
        return reverse("request", args=[self.project.cycle.year, self.project.department.slug])

    def _budget(self) -> RailStage:
        is_approved = self.project.budget_approved_at is not None
        tone, label = ("ok", _("Approved")) if is_approved else ("draft", _("not approved yet"))
        url = self.lines_url() if is_approved else ""
        return RailStage(
            _("Budget"), url, [(_("budgeted"), self.money(self.project.budgeted))], tone, label, is_past=is_approved
        )

    def lines_url(self) -> str:
        """The approved lines of the project."""
        return f"{reverse('appropriations', args=[self.project.cycle.year])}?project={self.project.pk}"

    def _execution(self, p: Project) -> RailStage:
        return RailStage(
            _("Execution"),
            self.expenses_url(),
            [(_("spent"), self.money(p.spent))],
            "sent",
            pace_of(p, self.on),
            is_past=p.state in ("completed", "evaluated"),
            is_now=p.state in ("active", "on_hold"),
        )

    def _evaluation(self, p: Project) -> RailStage:
        found = self.evaluation
        achieved = f"{formats.number(p.participants_reached)} / {formats.number(p.participants_planned)}"
        return RailStage(
            _("Evaluation"),
            found.get_absolute_url() if found else "",
            [(_("participants"), achieved)],
            EVALUATION.tones[found.state] if found else "shut",
            found.get_state_display() if found else _("after the project ends"),
            is_past=bool(found and found.state == "reviewed"),
            is_now=bool(found and found.state != "reviewed"),
        )

    def goals(self) -> list[dict[str, Any]]:
        """Participants and activities with where the plan stands today."""
        p, time = self.project, elapsed(self.project.starts_on, self.project.ends_on, self.on)
        before = (self.last.participants, self.last.activities) if self.last else (None, None)
        rows = [
            (_("Participants"), before[0], p.participants_planned, p.participants_reached),
            (_("Activities held"), before[1], p.activities_planned, p.activities_held),
        ]
        return [
            {
                "label": label,
                "before": past,
                "target": target,
                "reached": reached,
                "bar": progress_bar(reached, target or 1, Decimal(target) * time / 100),
            }
            for label, past, target, reached in rows
        ]

    def records(self) -> list[dict[str, Any]]:
        """The records of the project, in the order of the year."""
        rows = [self._row(self._forecast_row()), self._row(self._request_row()), self._row(self._budget_row())]
        spent = self.project.spent
        if spent or Expense.objects.filter(project=self.project).exists():
            rows.append(self._row((_("Expenses"), self.expenses_url(), "ok", _("Within the lines"), spent, None)))
        rows += [
            self._row(
                (str(r), r.get_absolute_url(), REPORT.tones[r.state], r.get_state_display(), r.spent, ("report", r.pk))
            )
            for r in self.reports
        ]
        rows += [
            self._row(
                (str(i), i.get_absolute_url(), ISSUE.tones[i.state], i.get_state_display(), None, ("issue", i.pk))
            )
            for i in self.issues
        ]
        return [row for row in rows if row["label"]]

    @staticmethod
    def _row(cells: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(("label", "url", "tone", "state", "amount", "key"), cells, strict=True))

    def _forecast_row(self) -> tuple[Any, ...]:
        if self.line is None:
            return ("", "", "", "", None, None)
        state = self.line.forecast.state
        return (
            _("Forecast line"),
            self.forecast_url(),
            FORECAST.tones[state],
            FORECAST.states(state).label,
            self.project.needed,
            ("forecast", self.line.forecast_id),
        )

    def _request_row(self) -> tuple[Any, ...]:
        if not self.asked:
            return ("", "", "", "", None, None)
        state = self.asked[0].request.state
        n = len(self.asked)
        label = ngettext("%(n)s request line", "%(n)s request lines", n) % {"n": n}
        key = ("request", self.asked[0].request_id)
        return (label, self.request_url(), REQUEST.tones[state], REQUEST.states(state).label, self.project.asked, key)

    def _budget_row(self) -> tuple[Any, ...]:
        if not self.approved:
            return ("", "", "", "", None, None)
        n = len(self.approved)
        label = ngettext("%(n)s approved line", "%(n)s approved lines", n) % {"n": n}
        key = ("budget", self.approved[0].line.budget_id)
        return (label, self.lines_url(), "ok", _("Approved"), self.project.budgeted, key)

    def chain(self) -> list[Link]:
        """Why the budget is what it is: from the lesson to the evaluation, each a link."""
        p = self.project
        steps: list[tuple[Any, str, Any, bool]] = [
            (
                _("Forecast line"),
                self.forecast_url(),
                _("needed %(amount)s") % {"amount": self.money(p.needed)},
                self.line is not None,
            ),
            (
                _("Request lines"),
                self.request_url(),
                _("asked %(amount)s") % {"amount": self.money(p.asked)},
                bool(self.asked),
            ),
            (
                _("Allocation"),
                self.request_url(),
                _("granted %(amount)s") % {"amount": self.money(p.granted)},
                p.granted > 0,
            ),
            (
                _("Budget lines"),
                self.lines_url(),
                _("budgeted %(amount)s") % {"amount": self.money(p.budgeted)},
                bool(self.approved),
            ),
            (
                _("Expenses"),
                self.expenses_url(),
                _("spent %(amount)s so far") % {"amount": self.money(p.spent)},
                p.spent > 0,
            ),
        ]
        links = [
            Link(label, url if known else "", note if known else _("not yet"), is_open=not known)
            for label, url, note, known in steps
        ]
        return [*self._lesson(before=True), *links, self._result(), *self._lesson(before=False), *self._next_year()]

    def _lesson(self, *, before: bool) -> list[Link]:
        """The last lesson of the years before, or what this year taught."""
        year = self.project.cycle.year
        found = [lesson for at, lesson in self.lessons.items() if (at < year if before else at == year)]
        return [Link(_("Lesson %(year)s") % {"year": it.year}, it.source_url, _quoted(it.text)) for it in found[-1:]]

    def _result(self) -> Link:
        found = self.evaluation
        if found is None:
            return Link(_("Evaluation"), "", _("after the project ends"), is_open=True)
        return Link(_("Evaluation"), found.get_absolute_url(), found.get_state_display())

    def _next_year(self) -> list[Link]:
        """The forecast of next year, in which all of this is read."""
        found = self.coming
        if found is None:
            return []
        url = reverse("forecast-line", args=[found.cycle.year, found.department.slug, found.slug])
        note = _("needed %(amount)s") % {"amount": self.money(found.needed)} if found.needed else _("not yet")
        return [Link(_("Forecast %(year)s") % {"year": found.cycle.year}, url, note, is_open=not found.needed)]

    def people(self) -> list[Person]:
        """Who is responsible."""
        p = self.project
        heads = (
            Membership.objects.on(self.on)
            .filter(role=Role.HEAD, department_id=p.department_id)
            .select_related("person")
        )
        lead = [Person(p.lead.name, p.lead.initials, Role.LEAD.label)] if p.lead else []
        return lead + [Person(m.person.name, m.person.initials, Role.HEAD.label) for m in heads]


def _quoted(text: str) -> SafeString:
    return format_html('<q translate="no">{}</q>', text)
