"""What people do with projects between start and end, and with the history of earlier years."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from planning.projects.figures import METRICS, HistoryRow, folded, slugs_in
from planning.projects.models import Actual, HistoryImport, Project, slug_of
from planning.projects.queries import KnownHistory, known_history_of_all_departments
from planning.projects.workflow import PROJECT, missing_to_import, refuse_stranger
from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.engine import edit, note, step

HISTORY = "history"
ACTUAL_COLUMNS = ("department", "slug", "name", "year", "taken_from", *METRICS)


@PROJECT.act("hold")
def hold(project: Project, *, by: User, at: datetime, seen: int, comment: str = "") -> Project:
    """Stop a project for a while, saying why."""
    with step(PROJECT, project, "hold", by=by, at=at, seen=seen, comment=comment):
        pass
    return project


@PROJECT.act("resume")
def resume(project: Project, *, by: User, at: datetime, seen: int, comment: str = "") -> Project:
    """Take a project up again."""
    with step(PROJECT, project, "resume", by=by, at=at, seen=seen, comment=comment):
        pass
    return project


@PROJECT.act("cancel")
def cancel(project: Project, *, by: User, at: datetime, seen: int, comment: str = "") -> Project:
    """End a project before its time, saying why; what was spent stays spent."""
    with step(PROJECT, project, "cancel", by=by, at=at, seen=seen, comment=comment):
        pass
    return project


def change_project(project: Project, *, lead: User | None, purpose: str, by: User, at: datetime, seen: int) -> Project:
    """Hand a project to another lead, or say anew what it is for."""
    refuse_stranger(project.department_id, lead, at)
    with edit(PROJECT, project, by=by, at=at, can=Can.RUN_PROJECT, seen=seen) as editing:
        editing.change("lead", editing.record.lead_id, lead.pk if lead else None)
        editing.record.lead = lead
        editing.set(editing.record, purpose=purpose)
    return project


def import_history(
    rows: Sequence[HistoryRow], *, file_name: str, by: User | None, at: datetime, create_departments: bool = False
) -> HistoryImport:
    """Take checked rows of earlier years into the history: all of them, or, where one does not fit, none."""
    _may_import(by, at)
    try:
        with transaction.atomic():
            known = known_history_of_all_departments(rows)
            problems = list(missing_to_import(rows, known, create_departments=create_departments))
            if problems or not rows:
                sentences = [problem.sentence for problem in problems]
                raise NotReady(_nothing_taken(), sentences or [_("The file holds no row.")])
            unknown = known.unknown_departments(rows)
            if unknown:
                _add_departments(unknown, by, at)
                known = known_history_of_all_departments(rows)
            taken = HistoryImport.objects.create(file_name=file_name[:200], at=at, by=by, rows=len(rows))
            insert_rows(Actual, ACTUAL_COLUMNS, _actuals(rows, known, taken))
            changes = [Change("rows", "", str(len(rows)), taken.file_name)]
            note(HISTORY, taken, "import", by=by, at=at, changes=changes)
    except IntegrityError:
        raise NotNow(_("Somebody brought the same figures in a moment before you."), _nothing_taken()) from None
    return taken


def undo_import(taken: HistoryImport, *, by: User, at: datetime) -> HistoryImport:
    """Take an import back: its own rows go, everything else stays."""
    _may_import(by, at)
    with transaction.atomic():
        locked = HistoryImport.objects.select_for_update().get(pk=taken.pk)
        if locked.undone_at is not None:
            raise NotNow(_("This import was undone already."), _("Nothing is left to undo."))
        rows = Actual.objects.filter(taken_from=locked).delete()[0]
        locked.undone_at, locked.undone_by = at, by
        locked.save()
        changes = [Change("rows", str(rows), "0", locked.file_name)]
        note(HISTORY, locked, "undo", by=by, at=at, changes=changes)
    return locked


def _may_import(by: User | None, at: datetime) -> None:
    # Nobody stands behind a command started on the server itself; whoever may do that may do this.
    if by is not None and not Actor.of(by, at).may(Can.IMPORT_HISTORY):
        raise NotYours(*who_instead(Can.IMPORT_HISTORY, None, at))


def _actuals(
    rows: Sequence[HistoryRow], known: KnownHistory, taken_from: HistoryImport
) -> Iterator[tuple[str | int | Decimal | None, ...]]:
    """The figures by `ACTUAL_COLUMNS`. A row without a project stands for the whole department."""
    slugs = slugs_in(rows)
    for row in rows:
        department, slug = known.departments[folded(row.department)], slugs.get(row.project, "")
        figures = map(row.metrics.get, METRICS)
        yield (department, slug, row.project or row.department, row.year, taken_from.pk, *figures)


def _nothing_taken() -> str:
    return _("Nothing was taken into the history.")


def _add_departments(names: Sequence[str], by: User | None, at: datetime) -> None:
    used = set(Department.objects.values_list("slug", flat=True))
    for name in names:
        slug, number = slug_of(name), 2
        while slug in used:
            slug, number = f"{slug_of(name)[:56]}-{number}", number + 1
        used.add(slug)
        department = Department.objects.create(name=name, slug=slug)
        note("department", department, "create", by=by, at=at)
