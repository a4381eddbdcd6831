"""Bringing sheets in, each row by the act of its stage, all or none; and taking a sheet back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from planning.projects.imports.columns import plain_name
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours, Refusal
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.workbook.file_reading import COLUMN, LEAVE, FileReading
from sop_portal.workbook.models import KIND, SAID, BroughtSheet, SaidColumn
from sop_portal.workbook.sheet import Acting, Done, RowAct, SheetReading
from sop_portal.workbook.sheets import ALL_SHEETS, sheet_of

MOST_REFUSED = 1_000

REFUSED_ROW = Wording("refused", "%(said)s")


class NotTaken(NotReady):
    """Rows that their own acts refuse: nothing of the file is taken, and each says why."""

    def __init__(self, refused: Sequence[tuple[SheetReading, HistoryProblem]]) -> None:
        self.refused = list(refused)
        super().__init__(_("Nothing was brought in."), [problem.sentence for _sheet, problem in refused])


def bring(found: FileReading, *, by: User, at: datetime, only_try: bool = False) -> list[BroughtSheet]:
    """Carry out what a file says, all of it or nothing; `only_try` finds what would be refused, and writes nothing.

    What was read of a file with problems may be tried too: so all that is wrong with it is known at once.
    """
    if not (found.is_ready or only_try):
        raise NotReady(_("Nothing was brought in."), [one["sentence"] for one in found.problems_as_json()])
    acting = Acting(by, at, localdate(at), found.file_name)
    with transaction.atomic():
        wanted = [sheet for sheet in found.sheets if sheet.has_changes and (sheet.needs_trial or not only_try)]
        sheets = _carry_out(wanted, acting, is_whole=found.is_ready)
        brought = [_leave_trail(one, acting) for one in sheets]
        remember_columns(found)
        if only_try:
            transaction.set_rollback(True)
    return brought


@dataclass
class _SheetComingIn:
    """A sheet that is carried out: what it did so far, and which of its rows were refused."""

    reading: SheetReading
    done: list[Done] = field(default_factory=list)
    rows: int = 0
    refused: list[HistoryProblem] = field(default_factory=list)

    def carry_out(self, acts: Iterable[RowAct], *, is_whole: bool) -> None:
        """Carry rows out; where the file is not whole, a row that rests on what is missing is passed over."""
        for act in acts:
            try:
                with transaction.atomic():
                    self.done += act.carry_out()
                self.rows += act.rows
            except (Refusal, ValidationError, IntegrityError) as refusal:
                self.refused.append(_refused(self.reading, act, refusal))
                if len(self.refused) >= MOST_REFUSED:
                    break
            except (ObjectDoesNotExist, KeyError):
                if is_whole and not self.refused:
                    raise


def _carry_out(readings: Sequence[SheetReading], acting: Acting, *, is_whole: bool) -> list[_SheetComingIn]:
    """All sheets, then what of them comes last; what cannot be done is collected, so that all of it is said at once."""
    sheets = []
    for reading in readings:
        if not reading.sheet.is_for(Actor.of(acting.by, acting.at)):
            raise NotYours(_("This sheet is brought in by others."), _("Ask the administrator."))
        sheets.append(_SheetComingIn(reading))
    for is_last in (False, True):
        for one in sheets:
            acts = one.reading.last_acts(acting) if is_last else one.reading.acts(acting)
            is_here = is_whole and not any(other.refused for other in sheets)
            one.carry_out(acts, is_whole=is_here)
    if refused := [(one.reading, problem) for one in sheets for problem in one.refused]:
        raise NotTaken(refused)
    return sheets


def _leave_trail(sheet: _SheetComingIn, acting: Acting) -> BroughtSheet:
    brought = BroughtSheet.objects.create(
        file_name=acting.file_name[:200],
        sheet=sheet.reading.sheet.key,
        at=acting.at,
        by=acting.by,
        rows=sheet.rows,
        did=[one.kept for one in sheet.done],
    )
    changes = [Change("rows", "", str(sheet.rows), f"{brought.file_name}, {sheet.reading.called}")]
    note(KIND, brought, "bring", by=acting.by, at=acting.at, changes=changes)
    return brought


def _refused(reading: SheetReading, act: RowAct, refusal: Exception) -> HistoryProblem:
    if isinstance(refusal, NotReady):
        said = sentences([refusal.sentence, *(str(one) for one in refusal.missing), refusal.way_out])
    elif isinstance(refusal, ValidationError):
        said = sentences(refusal.messages)
    elif isinstance(refusal, IntegrityError):
        said = _("Somebody else brought the same in a moment ago.")
    else:
        said = str(refusal)
    if act.number:
        said = _("Row %(row)s: %(reason)s") % {"row": act.number, "reason": said}
    return HistoryProblem(act.number, "", REFUSED_ROW, {"said": said}, _letters(reading, refusal) or act.letters)


def _letters(reading: SheetReading, refusal: Exception) -> str:
    """The column of the file that a refusal is about, where it says which field is wrong."""
    named = [str(one) for one in getattr(refusal, "fields", ())] + list(getattr(refusal, "error_dict", ()))
    for called in named:
        for column in reading.sheet.columns:
            # The field of a form may be called by more words than the column: “Capacity in the year”.
            is_meant = called == column.key or called.startswith(str(column.name))
            if is_meant and column.key in reading.mapping:
                return reading.table.letters(reading.mapping[column.key])
    return ""


@transaction.atomic
def remember_columns(found: FileReading) -> None:
    """What somebody said of the own columns counts for the next file too; what was said otherwise before does not."""
    for key, sheet, column in _columns_said(found):
        place = sheet.mapping.get(column)
        called = plain_name(sheet.table.header[place])[:200] if place is not None else ""
        others = [plain_name(name)[:200] for name in sheet.table.header]
        # A name that was said of another column by mistake is kept, and means nothing.
        for said in SaidColumn.objects.filter(sheet=key, column=column, called__in=others).exclude(called=called):
            said.column = LEAVE
            said.save(update_fields=["column"])
            seal_rows(SAID, [said.pk])
        if called:
            said, _is_new = SaidColumn.objects.update_or_create(sheet=key, called=called, defaults={"column": column})
            seal_rows(SAID, [said.pk])


def _columns_said(found: FileReading) -> Iterator[tuple[str, SheetReading, str]]:
    for sheet in found.sheets:
        for column in sheet.sheet.columns:
            if f"{COLUMN}{column.key}" in sheet.said:
                yield sheet.sheet.key, sheet, column.key


@transaction.atomic
def take_back(brought: BroughtSheet, *, by: User, at: datetime) -> BroughtSheet:
    """Take a sheet back: exactly what it did, the last thing first; nothing of it where something rests on it."""
    actor = Actor.of(by, at)
    if not any(sheet.is_for(actor) for sheet in ALL_SHEETS):
        raise NotYours(_("This sheet is taken back by others."), _("Ask the administrator."))
    locked = BroughtSheet.objects.select_for_update(of=("self",)).get(pk=brought.pk)
    sheet = sheet_of(locked.sheet)
    if not sheet.is_for(actor):
        raise NotYours(_("This sheet is taken back by others."), _("Ask the administrator."))
    if locked.undone_at is not None:
        raise NotNow(_("This sheet was taken back already."), _("Nothing is left to undo."))
    acting, resting = Acting(by, at, localdate(at)), []
    for done in reversed(locked.did):
        try:
            with transaction.atomic():
                sheet.take_back(done, acting)
        except Refusal as refusal:
            more = getattr(refusal, "missing", [])
            resting.append(sentences([refusal.sentence, *map(str, more), refusal.way_out]))
    if resting:
        sentence = interpolate(_("“%(file)s” is not taken back."), {"file": typed(locked.file_name)})
        raise NotReady(sentence, list(dict.fromkeys(resting)))
    locked.undone_at, locked.undone_by = at, by
    locked.save(update_fields=["undone_at", "undone_by"])
    note(KIND, locked, "undo", by=by, at=at, changes=[Change("rows", str(locked.rows), "0", locked.file_name)])
    return locked
