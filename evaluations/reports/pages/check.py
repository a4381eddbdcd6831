"""Everything that is handed in with a progress report, to be checked before it is submitted."""

from typing import Unpack

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from evaluations.reports.models import ProgressReport
from evaluations.reports.queries import ProjectProgress, ReportAddress, find_report
from evaluations.reports.workflow import REPORT, REPORT_FIELDS
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Answer
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.seen import SeenVersion


@page()
def check(request: Request, **address: Unpack[ReportAddress]) -> HttpResponse:
    """Everything that is handed in, before it is."""
    found = find_report(request, **address)
    offered = offer(REPORT, REPORT["submit"], found, request.actor, request.moment)
    progress = ProjectProgress(found, request.today)
    context = {
        "record": found,
        "offer": offered,
        "progress": progress,
        "answers": answers_of(found, progress),
        "form": StepForm(step=REPORT["submit"], initial={"seen": SeenVersion.on(REPORT, found)}),
    }
    return render(request, "evaluations/reports/check.html", context)


def answers_of(report: ProgressReport, progress: ProjectProgress) -> list[Answer]:
    """Everything that is handed in, each with its way back."""
    url = report.get_absolute_url()
    counts = ("activities_held", "participants_reached")
    money = (
        (_("Spent in the period"), progress.spent_in_period),
        (_("Booked since for months already reported"), progress.spent_earlier),
        (_("Spent so far"), progress.spent_total),
    )
    answers = [Answer(REPORT_FIELDS[name], _count(getattr(report, name)), url=f"{url}#id_{name}") for name in counts]
    answers += [Answer(label, f"{formats.money(amount, 2)} {report.cycle.currency}") for label, amount in money]
    for name in ("explanation", "problems", "outlook"):
        text = getattr(report, name)
        note = "" if text else _("nothing written")
        answers.append(Answer(REPORT_FIELDS[name], "", note, text, f"{url}#id_{name}"))
    return answers


def _count(count: int | None) -> str:
    return _("missing") if count is None else formats.number(count)
