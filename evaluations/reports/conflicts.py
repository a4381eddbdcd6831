"""Two people wrote the same report: what only one of them changed is taken, what both changed is asked."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from evaluations.reports.forms import ProgressReportForm
from evaluations.reports.models import ProgressReport
from evaluations.reports.workflow import REPORT, REPORT_FIELDS
from sop_portal.foundation.kit.components import ConflictRow
from sop_portal.foundation.workflow.checks import differences


@dataclass(frozen=True)
class Merge:
    """What is left to decide, and what would be written if nothing is."""

    rows: list[ConflictRow]
    typed: dict[str, Any]


def merge(report: ProgressReport, form: ProgressReportForm) -> Merge:
    """Lay mine beside theirs, field by field, from the version I saw."""
    was = {found.label: found.old for found in differences(REPORT, report, form.cleaned_data["seen"])}
    typed, rows = form.typed, []
    for name, label in REPORT_FIELDS.items():
        mine, theirs = shown(typed[name]), shown(getattr(report, name))
        before = was.get(str(label))
        if before is None or mine == theirs:
            continue
        if mine == before:
            typed[name] = getattr(report, name)
        else:
            rows.append(ConflictRow(label, name, mine, theirs, before))
    return Merge(rows, typed)


def chosen(posted: QueryDict, report: ProgressReport) -> QueryDict:
    """The form as it was posted, with the other's words where they are to be kept."""
    data = posted.copy()
    for name in REPORT_FIELDS:
        if posted.get(f"keep-{name}") == "theirs":
            data[name] = shown(getattr(report, name))
    return data


def shown(value: Any) -> str:
    """An answer in the table of differences, as the trail keeps it."""
    return "" if value is None else str(value)
