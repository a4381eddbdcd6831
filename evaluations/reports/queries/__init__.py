"""Reports, issues and projects as pages fetch them, and how far a project had come at the end of a period."""

from evaluations.reports.queries.corrections import (
    CorrectionAddress,
    corrections_of,
    corrections_of_project,
    corrections_of_year,
    counted_in,
    find_correction,
    with_counts,
)
from evaluations.reports.queries.progress import ProjectProgress
from evaluations.reports.queries.records import (
    HANDED_IN,
    ReportAddress,
    find_issue,
    find_project,
    find_report,
    frozen_reports,
    issues_of,
    newest_frozen,
    newest_known,
    notes_of,
    number_of_expenses,
    reports_of_year,
    with_period,
)

__all__ = [
    "HANDED_IN",
    "CorrectionAddress",
    "ProjectProgress",
    "ReportAddress",
    "corrections_of",
    "corrections_of_project",
    "corrections_of_year",
    "counted_in",
    "find_correction",
    "find_issue",
    "find_project",
    "find_report",
    "frozen_reports",
    "issues_of",
    "newest_frozen",
    "newest_known",
    "notes_of",
    "number_of_expenses",
    "reports_of_year",
    "with_counts",
    "with_period",
]
