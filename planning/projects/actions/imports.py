"""A file of past figures is taken into the history, whole or not at all, and taken back."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Sum
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from planning.projects.actions.contradicting import tell_of_import
from planning.projects.actions.history import (
    bring_back,
    follow_records,
    history_changed,
    history_locked,
    plain_figure,
    put_aside,
)
from planning.projects.figures import METRICS, HistoryRow
from planning.projects.models import Actual, HistoryImport, ReplacedActual, slug_of
from planning.projects.queries import KnownHistory, known_history_of_all_departments
from planning.projects.workflow import HISTORY, PAST_FIGURE, missing_to_import, missing_to_undo
from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import release_rows, seal_rows

ACTUAL_COLUMNS = ("department", "slug", "name", "year", "taken_from", *METRICS)


def import_history(
    rows: Sequence[HistoryRow],
    *,
    file_name: str,
    by: User | None,
    at: datetime,
    create_departments: bool = False,
    replace: bool = False,
) -> HistoryImport:
    """Take checked rows of earlier years into the history: all of them, or, where one does not fit, none.

    With `replace` they take the place of figures that are known already; undoing the import brings those back.
    Whoever keeps the figures of some departments brings in those of these departments.
    """
    may_all = _may_import(by, at)
    try:
        with history_locked():
            known = known_history_of_all_departments(rows)
            if not may_all:
                _refuse_others(known.departments.values(), by, at)
            rules = {"create_departments": create_departments and may_all, "replace": replace}
            problems = list(missing_to_import(rows, known, on=localdate(at), **rules))
            if problems or not rows:
                sentences = [problem.sentence for problem in problems]
                raise NotReady(_nothing_taken(), sentences or [_("The file holds no row.")])
            made = _add_departments(known.unknown_departments(rows), by, at)
            known = known_history_of_all_departments(rows) if made else known
            taken = save_new(
                HistoryImport(file_name=file_name[:200], at=at, by=by, rows=len(rows), departments_made=made)
            )
            _take(rows, known, taken)
            changes = [Change("rows", "", str(len(rows)), taken.file_name), *_totals(taken)]
            seal_rows(PAST_FIGURE, Actual.objects.filter(taken_from=taken).values_list("pk", flat=True))
            note(HISTORY, taken, "import", by=by, at=at, changes=changes)
            tell_of_import(taken, known.records, by=by, at=at)
            history_changed(set(known.departments.values()), by=by, at=at, because=taken.file_name)
    except IntegrityError:
        raise NotNow(_("Somebody brought the same figures in a moment before you."), _nothing_taken()) from None
    return taken


def _take(rows: Sequence[HistoryRow], known: KnownHistory, taken: HistoryImport) -> None:
    """Write the rows: what is there already is put aside and replaced, the rest is new."""
    insert_rows(Actual, ACTUAL_COLUMNS, _actuals([row for row in rows if not known.is_taken(row)], known, taken))
    wanted = {known.key_of(row): row for row in rows if known.is_taken(row)}
    if not wanted:
        return
    there = Actual.objects.filter(department_id__in={key[0] for key in wanted}, year__in={key[2] for key in wanted})
    known_there = (
        (actual, wanted.get((actual.department_id, actual.slug, actual.year))) for actual in there.order_by("pk")
    )
    # What the file only repeats stays as it is, and stays its own file's.
    replaced = [actual for actual, row in known_there if row and _is_changed(actual, row)]
    ReplacedActual.objects.bulk_create(
        (put_aside(a, ReplacedActual.Why.IMPORT, by=taken.by, at=taken.at, replaced_in=taken) for a in replaced),
        batch_size=500,
    )
    for actual in replaced:
        row = wanted[actual.department_id, actual.slug, actual.year]
        # A measure that the file does not hold is not said to be unknown.
        for metric, figure in row.metrics.items():
            setattr(actual, metric, figure)
        actual.name, actual.taken_from = row.project or row.department, taken
    Actual.objects.bulk_update(replaced, ["name", "taken_from", "version", *METRICS], batch_size=500)


def _totals(taken: HistoryImport) -> list[Change]:
    """What the figures of an import come to, for whoever looks later whether they still do."""
    sums = Actual.objects.filter(taken_from=taken).aggregate(**{metric: Sum(metric) for metric in METRICS})
    return [Change(metric, "", plain_figure(total), taken.file_name) for metric, total in sums.items() if total]


def _is_changed(actual: Actual, row: HistoryRow) -> bool:
    figures = row.metrics.items()
    return actual.name != (row.project or row.department) or any(
        getattr(actual, key) != value for key, value in figures
    )


def undo_import(taken: HistoryImport, *, by: User, at: datetime) -> HistoryImport:
    """Take an import back: what it brought goes, what it replaced comes back, everything else stays."""
    may_all = _may_import(by, at)
    with history_locked():
        locked = HistoryImport.objects.select_for_update().get(pk=taken.pk)
        if locked.undone_at is not None:
            raise NotNow(_("This import was undone already."), _("Nothing is left to undo."))
        if missing := missing_to_undo(locked):
            raise NotReady(_("Something has been built on this import."), missing)
        departments = set(Actual.objects.filter(taken_from=locked).values_list("department_id", flat=True))
        if not may_all:
            _refuse_others(departments if locked.by_id == by.pk else (), by, at)
        asides = list(ReplacedActual.objects.filter(replaced_in=locked, actual__taken_from=locked))
        brought_back = [aside.actual_id for aside in asides]
        for aside in asides:
            bring_back(aside)
            # What is kept of the time between no longer stood in a file that was never there.
            between = ReplacedActual.objects.filter(actual_id=aside.actual_id, taken_from=locked)
            between.update(taken_from=aside.taken_from_id)
        # What was counted anew since the file came in stays counted.
        follow_records(Actual.objects.filter(pk__in=brought_back))
        seal_rows(PAST_FIGURE, brought_back)
        brought = Actual.objects.filter(taken_from=locked)
        release_rows(PAST_FIGURE, brought.values_list("pk", flat=True))
        rows = brought.delete()[1].get("planning.Actual", 0)
        departments -= _take_back_departments(locked, by, at)
        locked.undone_at, locked.undone_by = at, by
        locked.save()
        changes = [Change("rows", str(locked.rows), str(locked.rows - rows), locked.file_name)]
        note(HISTORY, locked, "undo", by=by, at=at, changes=changes)
        history_changed(departments, by=by, at=at, because=locked.file_name)
    return locked


def _take_back_departments(taken: HistoryImport, by: User, at: datetime) -> set[int]:
    """Departments that came with the file go with it, unless something else has begun to use them."""
    gone = set()
    for department in Department.objects.filter(pk__in=taken.departments_made).order_by("pk"):
        pk, name = department.pk, department.name
        try:
            with transaction.atomic():
                department.delete()
        except ProtectedError:
            continue
        department.pk = pk
        note("department", department, "undo", by=by, at=at, changes=[Change("name", name, "")])
        release_rows("department", [pk])
        gone.add(pk)
    return gone


def _may_import(by: User | None, at: datetime) -> bool:
    """Whether somebody may bring in the figures of all departments; or else of some, as their keeper."""
    # Nobody stands behind a command started on the server itself; whoever may do that may do this.
    if by is None or Actor.of(by, at).may(Can.IMPORT_HISTORY):
        return True
    if not Actor.of(by, at).may(Can.CORRECT_HISTORY):
        raise NotYours(*who_instead(Can.IMPORT_HISTORY, None, at))
    return False


def _refuse_others(departments: Iterable[int], by: User | None, at: datetime) -> None:
    """Refuse figures of departments that somebody does not keep, and what concerns none of them."""
    found = Department.objects.filter(pk__in=set(departments)).order_by("pk")
    if not found:
        raise NotYours(*who_instead(Can.IMPORT_HISTORY, None, at))
    for department in found:
        if by is not None and not Actor.of(by, at).may(Can.CORRECT_HISTORY, department):
            raise NotYours(*who_instead(Can.CORRECT_HISTORY, department, at))


def _actuals(
    rows: Sequence[HistoryRow], known: KnownHistory, taken_from: HistoryImport
) -> Iterator[tuple[str | int | Decimal | None, ...]]:
    """The figures by `ACTUAL_COLUMNS`. A row without a project stands for the whole department."""
    for row in rows:
        department, slug, year = known.key_of(row)
        figures = map(row.metrics.get, METRICS)
        yield (department, slug, row.project or row.department, year, taken_from.pk, *figures)


def _nothing_taken() -> str:
    return _("Nothing was taken into the history.")


def _add_departments(names: Sequence[str], by: User | None, at: datetime) -> list[int]:
    used = set(Department.objects.values_list("slug", flat=True)) if names else set()
    made = []
    for name in names:
        slug, number = slug_of(name), 2
        while slug in used:
            slug, number = f"{slug_of(name)[:56]}-{number}", number + 1
        used.add(slug)
        department = save_new(Department(name=name, slug=slug))
        note("department", department, "create", by=by, at=at)
        made.append(department.pk)
    return made
