"""The records of a project in the order of the year, each with who changed it last and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Max, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Expense
from evaluations.models import CountCorrection, Issue, ProgressReport
from evaluations.reports.workflow import COUNT_CORRECTION, ISSUE, REPORT
from planning.forecasts.workflow import FORECAST
from planning.requests.workflow import REQUEST
from sop_portal.dashboards.pages.project.addresses import expenses_url, forecast_url, lines_url, request_url
from sop_portal.dashboards.pages.project.page import ProjectPage
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry

Key = tuple[str, int]


@dataclass(frozen=True)
class RecordRow:
    """One record; `key` is its kind and number in the trail."""

    label: str
    url: str
    tone: str
    state: str
    amount: Decimal | None = None
    key: Key | None = None
    changed: str = ""


def records(page: ProjectPage) -> list[RecordRow]:
    """The records of the project, each with its last change."""
    rows = [*forecast_row(page), *request_row(page), *budget_row(page), *expenses_row(page)]
    rows += [report_row(report) for report in page.reports]
    rows += [correction_row(correction) for correction in page.corrections]
    rows += [issue_row(issue) for issue in page.issues]
    return with_last_change(rows, page.on)


def forecast_row(page: ProjectPage) -> list[RecordRow]:
    """The project's line in the forecast."""
    if page.line is None:
        return []
    url, state, key = forecast_url(page.project), page.line.forecast.state, ("forecast", page.line.forecast_id)
    tone, label = FORECAST.tones[state], str(FORECAST.states(state).label)
    return [RecordRow(_("Forecast line"), url, tone, label, page.project.needed, key)]


def request_row(page: ProjectPage) -> list[RecordRow]:
    """The project's lines in the request."""
    if not page.asked:
        return []
    count, state = len(page.asked), page.asked[0].request.state
    label = ngettext("%(n)s request line", "%(n)s request lines", count) % {"n": count}
    url, key = request_url(page.project), ("request", page.asked[0].request_id)
    return [RecordRow(label, url, REQUEST.tones[state], str(REQUEST.states(state).label), page.project.asked, key)]


def budget_row(page: ProjectPage) -> list[RecordRow]:
    """The project's approved lines."""
    if not page.approved:
        return []
    count = len(page.approved)
    label = ngettext("%(n)s approved line", "%(n)s approved lines", count) % {"n": count}
    key = ("budget", page.approved[0].line.budget_id)
    return [RecordRow(label, lines_url(page.project), "ok", _("Approved"), page.project.budgeted, key)]


def expenses_row(page: ProjectPage) -> list[RecordRow]:
    """What was spent, if anything was posted."""
    project = page.project
    if not project.spent and not Expense.objects.filter(project=project).exists():
        return []
    return [RecordRow(_("Expenses"), expenses_url(project), "ok", _("Within the lines"), project.spent)]


def report_row(report: ProgressReport) -> RecordRow:
    """One progress report with what was spent in its month."""
    url, tone, state = report.get_absolute_url(), REPORT.tones[report.state], report.get_state_display()
    return RecordRow(str(report), url, tone, state, report.spent, ("report", report.pk))


def correction_row(correction: CountCorrection) -> RecordRow:
    """One correction of a count, with the count before and after."""
    url, tone = correction.get_absolute_url(), COUNT_CORRECTION.tones[correction.state]
    key = ("count-correction", correction.pk)
    return RecordRow(str(correction), url, tone, correction.get_state_display(), key=key)


def issue_row(issue: Issue) -> RecordRow:
    """One issue."""
    url, tone, state = issue.get_absolute_url(), ISSUE.tones[issue.state], issue.get_state_display()
    return RecordRow(str(issue), url, tone, state, key=("issue", issue.pk))


def entries_of_any(keys: Iterable[Key]) -> Q:
    """The entries of the trail about any of these records."""
    found = Q(pk__in=[])
    for kind, pk in keys:
        found |= Q(kind=kind, record_id=pk)
    return found


def with_last_change(rows: list[RecordRow], on: date) -> list[RecordRow]:
    """The rows with who changed each last and when, read from the trail."""
    about = entries_of_any([row.key for row in rows if row.key])
    newest = Entry.objects.filter(about).values("kind", "record_id").annotate(last=Max("position")).order_by()
    entries = Entry.objects.filter(pk__in=newest.values("last"))
    last = {(entry.kind, entry.record_id): entry for entry in entries}
    names = dict(User.objects.filter(pk__in={entry.by_id for entry in last.values()}).values_list("pk", "name"))
    return [
        replace(row, changed=change_of(last[row.key], names, on)) if row.key and row.key in last else row
        for row in rows
    ]


def change_of(entry: Entry, names: Mapping[int, str], on: date) -> str:
    """The day and the person of the last change of a record."""
    day, name = formats.day_short(localdate(entry.at), on), names.get(entry.by_id or 0, "")
    return formats.joined([day, typed(name) if name else ""])
