"""The files somebody brought and has not decided on: where they lie, what was answered, what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import Http404

from planning.projects.imports import uploads
from planning.projects.workflow import HistoryProblem
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.kit.sheets import SheetRefused
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.workbook import actions
from sop_portal.workbook.file_reading import COLUMN, Asked, FileReading
from sop_portal.workbook.queries import headers_said, may_bring
from sop_portal.workbook.sheet import Acting
from sop_portal.workbook.sheet_reading import read_file
from sop_portal.workbook.sheets import ALL_SHEETS

# In the session, by token: the name of each file, the answers about it, and the sheets that are left out.
BROUGHT = "workbook_files"
MOST_FILES = 5
# So much is tried before it is brought in; of what would be refused so much is kept.
MOST_ACTS, MOST_ROWS, MOST_KEPT = 300, 5_000, 100


@dataclass(frozen=True)
class BroughtBook:
    """A file that waits to be decided on."""

    token: UUID
    name: str
    answers: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    # What the acts of the stages would refuse: on which sheet, in which row, and why.
    refused: tuple[Mapping[str, Any], ...] = ()

    def tried(self, request: Request) -> "BroughtBook":
        """Carry it out and roll that back, where it is not too much: what an act would refuse is known beforehand."""
        found = self.read(request)
        if not (not found.questions and found.has_changes and _is_quick(found, request)):
            return replace(self, refused=())
        try:
            actions.bring(found, by=request.user, at=request.moment, only_try=True)
        except actions.NotTaken as refusal:
            told = [
                {"sheet": sheet.prefix, "row": one.row_number, "letters": one.letters, "said": one.sentence}
                for sheet, one in refusal.refused[:MOST_KEPT]
            ]
            return replace(self, refused=tuple(told))
        return replace(self, refused=())

    def add_refused(self, found: FileReading) -> None:
        """Put what would be refused beside what is wrong with each sheet."""
        sheets = {sheet.prefix: sheet for sheet in found.sheets}
        for one in self.refused:
            if one["sheet"] in sheets:
                params = {"said": one["said"]}
                problem = HistoryProblem(one["row"], "", actions.REFUSED_ROW, params, one["letters"])
                sheets[one["sheet"]].problems.append(problem)

    def read(self, request: Request) -> FileReading:
        """Everything it would bring."""
        wanted = tuple(sheet.key for sheet in ALL_SHEETS if sheet.is_for(request.actor) and sheet.key not in self.left)
        only = wanted if self.left else ()
        asked = Asked(request.actor, request.today, only, self.answers, headers_said())
        try:
            return read_file(uploads.path_of(self.token), self.name, asked)
        except SheetRefused:
            raise Http404 from None

    def with_answers(self, request: Request, answers: Mapping[str, str]) -> "BroughtBook":
        """The same file with these answers; what they say of its columns counts for the next file at once."""
        book = replace(self, answers=answers)
        if any(COLUMN in key for key in answers):
            actions.remember_columns(book.read(request))
        return book.tried(request)

    def remember(self, request: Request) -> None:
        """Remember what was said of it."""
        known = dict(request.session.get(BROUGHT, {}))
        said: dict[str, Any] = {"name": self.name, "answers": dict(self.answers), "left": list(self.left)}
        said["refused"] = [dict(one) for one in self.refused]
        known.pop(str(self.token), None)
        request.session[BROUGHT] = {**dict(list(known.items())[1 - MOST_FILES :]), str(self.token): said}


def _is_quick(found: FileReading, request: Request) -> bool:
    """Whether carrying a file out is a matter of seconds."""
    acting = Acting(request.user, request.moment, request.today, found.file_name)
    acts = sum(len(list(sheet.acts(acting))) for sheet in found.sheets)
    return acts <= MOST_ACTS and sum(sheet.row_count for sheet in found.sheets) <= MOST_ROWS


def only_bringers(request: Request) -> None:
    """Refuse whoever may bring nothing."""
    if not may_bring(request.actor):
        raise NotYours(*who_instead(Can.IMPORT_HISTORY, None, request.moment))


def find_book(request: Request, token: UUID) -> BroughtBook:
    """The stored file, for the session that brought it and nobody else."""
    only_bringers(request)
    said = request.session.get(BROUGHT, {}).get(str(token))
    if said is None or not uploads.path_of(token).exists():
        raise Http404
    return BroughtBook(token, said["name"], said["answers"], tuple(said["left"]), tuple(said.get("refused", ())))


def waiting_books(request: Request) -> list[BroughtBook]:
    """The files that wait to be decided on, the last one first."""
    tokens = [UUID(key) for key in reversed(list(request.session.get(BROUGHT, {})))]
    return [find_book(request, token) for token in tokens if uploads.path_of(token).exists()]


def forget_book(request: Request, token: UUID) -> None:
    """Remove a file that was decided on."""
    uploads.forget(token)
    request.session[BROUGHT] = {
        key: said for key, said in request.session.get(BROUGHT, {}).items() if key != str(token)
    }
