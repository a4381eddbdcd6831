"""What happened to a project and to everything that belongs to it, newest first."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Max, Q
from django.utils.timezone import localdate

from planning.models import Project
from sop_portal.dashboards.projectpage import ProjectPage
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import TrailLine
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.record_page import history, names_of, people_in
from sop_portal.stages import WORKFLOWS

SHOWN = 12
Key = tuple[str, int]


def of_any(keys: Iterable[Key]) -> Q:
    """The entries of any of these records."""
    found = Q(pk__in=[])
    for kind, pk in keys:
        found |= Q(kind=kind, record_id=pk)
    return found


def records(page: ProjectPage) -> list[dict[str, Any]]:
    """The records of the project, each with who changed it last and when."""
    rows = page.records()
    keys = [row["key"] for row in rows if row["key"]]
    newest = Entry.objects.filter(of_any(keys)).values("kind", "record_id").annotate(last=Max("position")).order_by()
    entries = Entry.objects.filter(pk__in=newest.values("last"))
    last = {(entry.kind, entry.record_id): entry for entry in entries}
    names = dict(User.objects.filter(pk__in={entry.by_id for entry in last.values()}).values_list("pk", "name"))
    return [row | {"changed": _changed(last.get(row["key"]), names, page.on)} for row in rows]


def _changed(entry: Entry | None, names: Mapping[int, str], on: date) -> str:
    if entry is None:
        return ""
    day, name = formats.day_short(localdate(entry.at), on), names.get(entry.by_id or 0, "")
    return formats.joined([day, typed(name) if name else ""])


def story(project: Project, page: ProjectPage) -> list[TrailLine]:
    """The last things that happened to the project, its reports, its issues and its evaluation."""
    keys: list[Key] = [("project", project.pk), *(("report", r.pk) for r in page.reports)]
    keys += [("issue", issue.pk) for issue in page.issues]
    if page.evaluation:
        keys.append(("evaluation", page.evaluation.pk))
    # A report or an evaluation is saved while it is written; what changes in the project itself is news.
    told = Q(kind="project") | ~Q(verb="edit")
    entries = list(Entry.objects.filter(of_any(keys), told).order_by("-position")[:SHOWN])
    by_kind: dict[str, list[Entry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    names = names_of(set().union(*(people_in(WORKFLOWS[kind], found) for kind, found in by_kind.items())))
    months = {("report", report.pk): formats.month(report.period_first) for report in page.reports}
    happened = []
    for kind, found in by_kind.items():
        for entry, line in zip(found, history(WORKFLOWS[kind], found, names), strict=True):
            note = months.get((kind, entry.record_id), "")
            happened.append(TrailLine(line.at, line.person_name, line.sentence, line.comment, note, line.changes))
    return sorted(happened, key=lambda line: line.at, reverse=True)
