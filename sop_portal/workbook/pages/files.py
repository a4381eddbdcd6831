"""The files somebody brought and has not decided on: where they lie, what was answered, what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import Http404

from planning.projects.imports import uploads
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.kit.sheets import SheetRefused
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.workbook.file_reading import Asked, FileReading
from sop_portal.workbook.queries import headers_said, sheets_for
from sop_portal.workbook.sheet_reading import read_file

# In the session, by token: the name of each file, the answers about it, and the sheets that are left out.
BROUGHT = "workbook_files"
MOST_FILES = 5


@dataclass(frozen=True)
class BroughtBook:
    """A file that waits to be decided on."""

    token: UUID
    name: str
    answers: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()

    def read(self, request: Request) -> FileReading:
        """Everything it would bring."""
        wanted = tuple(sheet.key for sheet in sheets_for(request.actor) if sheet.key not in self.left)
        only = wanted if self.left else ()
        asked = Asked(request.actor, request.today, only, self.answers, headers_said())
        try:
            return read_file(uploads.path_of(self.token), self.name, asked)
        except SheetRefused:
            raise Http404 from None

    def keep(self, request: Request) -> None:
        """Remember what was said of it."""
        known = dict(request.session.get(BROUGHT, {}))
        said: dict[str, Any] = {"name": self.name, "answers": dict(self.answers), "left": list(self.left)}
        known.pop(str(self.token), None)
        request.session[BROUGHT] = {**dict(list(known.items())[1 - MOST_FILES :]), str(self.token): said}


def only_bringers(request: Request) -> None:
    """Refuse whoever may bring nothing."""
    if not sheets_for(request.actor):
        raise NotYours(*who_instead(Can.IMPORT_HISTORY, None, request.moment))


def find_book(request: Request, token: UUID) -> BroughtBook:
    """The stored file, for the session that brought it and nobody else."""
    only_bringers(request)
    said = request.session.get(BROUGHT, {}).get(str(token))
    if said is None or not uploads.path_of(token).exists():
        raise Http404
    return BroughtBook(token, said["name"], said["answers"], tuple(said["left"]))


def forget_book(request: Request, token: UUID) -> None:
    """Remove a file that was decided on."""
    uploads.forget(token)
    request.session[BROUGHT] = {
        key: said for key, said in request.session.get(BROUGHT, {}).items() if key != str(token)
    }
