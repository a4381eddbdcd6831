"""What happened to a project and to everything that belongs to it, newest first."""

from collections import defaultdict

from django.db.models import Q

from sop_portal.dashboards.pages.project.page import ProjectPage
from sop_portal.dashboards.pages.project.records import Key, entries_of_any
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import TrailLine
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.record_page import history, names_of, people_in
from sop_portal.stages import WORKFLOWS

SHOWN = 12


def project_history(page: ProjectPage) -> list[TrailLine]:
    """The last things that happened to the project, its reports, corrections, issues and its evaluation."""
    # A report or an evaluation is saved while it is written; what changes in the project itself is news.
    news = Q(kind="project") | ~Q(verb="edit")
    by_kind: dict[str, list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(entries_of_any(keys_of(page)), news).order_by("-position")[:SHOWN]:
        by_kind[entry.kind].append(entry)
    names = names_of(set().union(*(people_in(WORKFLOWS[kind], found) for kind, found in by_kind.items())))
    months = {("report", report.pk): formats.month(report.period_first) for report in page.reports}
    months |= {("count-correction", one.pk): formats.month(one.report.period_first) for one in page.corrections}
    happened = []
    for kind, found in by_kind.items():
        for entry, line in zip(found, history(WORKFLOWS[kind], found, names), strict=True):
            note = months.get((kind, entry.record_id), "")
            happened.append(TrailLine(line.at, line.person_name, line.sentence, line.comment, note, line.changes))
    return sorted(happened, key=lambda line: line.at, reverse=True)


def keys_of(page: ProjectPage) -> list[Key]:
    """The project and the records whose history is part of its own."""
    keys = [("project", page.project.pk), *(("report", report.pk) for report in page.reports)]
    keys += [("count-correction", correction.pk) for correction in page.corrections]
    keys += [("issue", issue.pk) for issue in page.issues]
    if page.evaluation:
        keys.append(("evaluation", page.evaluation.pk))
    return keys
