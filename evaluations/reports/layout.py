"""What the page of a progress report shows: the next step, figures, pictures, warnings, notes, people."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Expense
from evaluations.reports.charts import money_chart, people_chart
from evaluations.reports.figures import Course, money_plan
from evaluations.reports.forms import ReportForm
from evaluations.reports.models import Issue, ProgressReport
from evaluations.reports.standing import Standing
from evaluations.reports.workflow import REPORT, REPORT_FIELDS
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Answer, Button, Missing, NextBox, Person
from sop_portal.foundation.kit.dates import end_of_day, start_of_day
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.models import Comment
from sop_portal.foundation.workflow.record_page import record_context, with_mentions

NOTES, ISSUES = 20, 6


@dataclass(frozen=True)
class Measured:
    """One row of the figures: in the period, since the start, planned by now."""

    label: str
    in_period: str
    total: str
    planned: str
    share: str
    is_bad: bool = False
    period_url: str = ""
    total_url: str = ""


def page_of(request: Request, report: ProgressReport, form: ReportForm | None = None) -> dict[str, Any]:
    """Everything on the page; the form for those who may write now, what was written for the others."""
    standing = Standing(report, request.today)
    context = record_context(request, REPORT, report)
    may_write = report.state in REPORT.editable and request.actor.may(Can.WRITE_REPORT, report)
    if may_write:
        context["next"] = write_first(request, report, standing, context["next"].quote)
        context["form"] = form or ReportForm.of(report)
        # Only said on the page: a draft may be saved without it.
        context["form"].fields["explanation"].required = bool(standing.warnings)
    notes = notes_of(report)
    return context | {
        "cycle": report.cycle,
        "project": report.project,
        "standing": standing,
        "money_chart": money_chart(standing),
        "people_chart": people_chart(standing),
        "rows": measured(standing),
        "written": [(REPORT_FIELDS[name], getattr(report, name)) for name in ("explanation", "problems", "outlook")],
        "notes": notes,
        "issues": list(Issue.objects.filter(project_id=report.project_id).order_by("-pk")[:ISSUES]),
        "may_raise": request.actor.may(Can.RAISE_ISSUE, report),
        "people": people_of(request, report),
        "due_text": formats.due_phrase(report.due, request.today) if report.state in REPORT.editable else "",
    }


def write_first(request: Request, report: ProgressReport, standing: Standing, quote: str) -> NextBox:
    """The next step of those who write: give the counts, explain, check, submit."""
    url = report.get_absolute_url()
    done = [
        Missing(REPORT_FIELDS[name], f"{url}#id_{name}", getattr(report, name) is not None)
        for name in ("activities_held", "participants_reached")
    ]
    warned = len(standing.warnings)
    if warned:
        sentence = ngettext("Explanation of one warning", "Explanation of %(count)s warnings", warned) % {
            "count": warned
        }
        done.append(Missing(sentence, f"{url}#id_explanation", bool(report.explanation.strip())))
    is_ready = all(missing.is_done for missing in done)
    title = _("Check the answers, then submit") if is_ready else _("Give the figures of the period, then submit")
    if not is_ready and all(missing.is_done for missing in done[:2]):
        title = ngettext("Explain one warning, then submit", "Explain %(count)s warnings, then submit", warned)
        title %= {"count": warned}
    is_back, is_late = report.state == ProgressReport.State.RETURNED, report.due < request.today
    tone = "back" if is_back else "late" if is_late else ""
    buttons = [Button(_("Check answers"), f"{url}check/", is_primary=True)]
    return NextBox(title, _filled_in(report), tone, "", quote, done, buttons)


def _filled_in(report: ProgressReport) -> str:
    count = Expense.objects.filter(project_id=report.project_id, spent_on__lte=report.period_last).count()
    text = ngettext(
        "The money was filled in from one expense.", "The money was filled in from %(count)s expenses.", count
    )
    return text % {"count": formats.number(count)}


def measured(standing: Standing) -> list[Measured]:
    """The figures of the period as rows."""
    report, held, reached = standing.report, standing.activities, standing.participants
    rows = [
        _count(_("Activities held"), report.activities_held, held, standing.activities_before),
        _count(_("Participants reached"), report.participants_reached, reached, standing.participants_before),
    ]
    expenses = f"{reverse('expenses', args=[report.cycle.year])}?project={report.project_id}"
    month = f"{expenses}&month={report.period_first:%Y-%m}"
    for category in standing.spending:
        planned = _planned(standing, category.quarters)
        label = _("%(category)s, %(currency)s") % {"category": category.name, "currency": report.cycle.currency}
        rows.append(_row(label, category.in_period, category.total, planned, month, expenses, standing.year.tolerance))
    return rows


def _planned(standing: Standing, quarters: tuple[Decimal, ...]) -> Decimal:
    return money_plan(quarters, [standing.report.period_last], standing.year)[0]


def _count(label: str, now: int | None, course: Course, before: int) -> Measured:
    total = before + (now or 0)
    share = formats.percent(Decimal(total) / course.planned * 100) if course.planned else "–"
    return Measured(label, formats.number(now), formats.number(total), formats.number(course.planned), share)


def _row(
    label: str, in_period: Decimal, total: Decimal, planned: Decimal, month: str, all_url: str, tolerance: int
) -> Measured:  # fmt: skip
    share = total / planned * 100 if planned else None
    is_bad = share is not None and share > 100 + tolerance
    figures = (formats.money(in_period), formats.money(total), formats.money(planned), formats.percent(share))
    return Measured(label, *figures, is_bad, month, all_url)


def notes_of(report: ProgressReport) -> list[dict[str, Any]]:
    """Short notes written on the project in the period, newest first; each can become an issue."""
    zone = report.cycle.zone
    first, last = start_of_day(report.period_first, zone), end_of_day(report.period_last, zone)
    said = Comment.objects.filter(kind="project", record_id=report.project_id, at__gte=first, at__lte=last)
    where = [report.cycle.year, report.department.slug, report.project.slug]
    issue_url = reverse("issue-new", args=where)
    return [
        {"at": c.at, "name": c.by.name, "text": with_mentions(c.text), "issue_url": f"{issue_url}?comment={c.pk}"}
        for c in said.select_related("by").order_by("-at", "-pk")[:NOTES]
    ]


def people_of(request: Request, report: ProgressReport) -> list[Person]:
    """Who leads the project, and who can accept the report."""
    lead = report.project.lead
    found = [Person(lead.name, lead.initials, _("project lead"))] if lead else []
    deciding = people_who_can(Can.ACCEPT_REPORT, report, request.today)[:4]
    return [*found, *(Person(person.name, person.initials, _("can accept")) for person in deciding)]


def answers_of(report: ProgressReport, standing: Standing) -> list[Answer]:
    """Everything that is handed in, each with its way back."""
    url = report.get_absolute_url()
    counts = ("activities_held", "participants_reached")
    answers = [Answer(REPORT_FIELDS[n], _shown(getattr(report, n)), url=f"{url}#id_{n}") for n in counts]
    money = (_("Spent in the period"), standing.spent_in_period), (_("Spent so far"), standing.spent_total)
    answers += [Answer(label, f"{formats.money(amount, 2)} {report.cycle.currency}") for label, amount in money]
    for name in ("explanation", "problems", "outlook"):
        answers.append(Answer(REPORT_FIELDS[name], "", "" if getattr(report, name) else _("nothing written"),
                              getattr(report, name), f"{url}#id_{name}"))  # fmt: skip
    return answers


def _shown(count: int | None) -> str:
    return _("missing") if count is None else formats.number(count)


@dataclass(frozen=True)
class ReportRow:
    """A report in the list, written out."""

    url: str
    project: str
    department: str
    month: str
    state: SafeString
    when: str
    due: str
    left: str = ""


def report_row(report: ProgressReport, today: date) -> ReportRow:
    """Who is late is said in words and in red."""
    is_open = report.state in REPORT.editable
    overdue = (today - report.due).days if is_open else 0
    came = report.cycle.day(report.submitted_at) if report.submitted_at and not is_open else None
    late = formats.late(overdue) if overdue > 0 else ""
    when: Any = _("not submitted yet") if is_open else formats.day_short(came, today)
    if came and report.is_late:
        when = format_html("{} <small>{}</small>", when, formats.late((came - report.due).days))
    return ReportRow(
        url=report.get_absolute_url(),
        project=report.project.name,
        department=report.department.name,
        month=formats.month(report.period_first),
        state=state("late", late)
        if late
        else state(REPORT.tones[report.state], REPORT.states(report.state).label, report.state in REPORT.closed),
        when=when,
        due=formats.day_short(report.due, today),
        left=formats.until(report.due, today) if is_open and not late else "",
    )
