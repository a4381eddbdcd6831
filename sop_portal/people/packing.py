"""One's own data with the files one attached, packed while it is sent: no more than a piece of it is held at a time."""

from collections.abc import Iterator
from datetime import datetime
from io import RawIOBase
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import store
from sop_portal.foundation.papers.models import Paper, WaitingPaper

DATA, GONE = "my-sop-portal.json", "not-in-the-storage.txt"
Row = tuple[str, str, datetime]

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Passing(RawIOBase):
    """Where an archive is written to: it keeps what came until it is taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        """An archive is only written to it."""
        return True

    def write(self, piece: "ReadableBuffer") -> int:
        """Keep a piece."""
        self.pieces.append(bytes(piece))
        return len(self.pieces[-1])

    def taken(self) -> bytes:
        """What came since this was asked last."""
        found, self.pieces = b"".join(self.pieces), []
        return found


def files_of(person: User) -> list[Row]:
    """The files somebody brought, by the name they have in the archive: those attached, and those that wait."""
    attached = Paper.objects.filter(by=person, file__isnull=False).order_by("pk")
    waiting = WaitingPaper.objects.filter(person=person).order_by("at", "token")
    rows = [
        (f"papers/{pk}-{name}", mark, at) for pk, name, mark, at in attached.values_list("pk", "name", "sha256", "at")
    ]
    named = enumerate(waiting.values_list("name", "file__sha256", "at"), 1)
    return rows + [(f"waiting/{number}-{name}", mark, at) for number, (name, mark, at) in named]


def packed(data: str, files: list[Row], at: datetime) -> Iterator[bytes]:
    """The archive, piece by piece. A file that the storage does not give is named in it, and stops nothing."""
    passing, gone = Passing(), []
    with ZipFile(passing, "w", ZIP_STORED) as archive:
        archive.writestr(entry(DATA, at), data, ZIP_DEFLATED)
        yield passing.taken()
        for name, sha256, brought_at in files:
            try:
                stored = store.opened(sha256)
            except (FileNotFoundError, store.StorageFails):
                gone.append(name)
                continue
            with stored, archive.open(entry(name, brought_at), "w", force_zip64=True) as within:
                for piece in stored.chunks():
                    within.write(piece)
                    yield passing.taken()
        if gone:
            archive.writestr(entry(GONE, at), "\n".join(gone), ZIP_DEFLATED)
    yield passing.taken()


def entry(name: str, at: datetime) -> ZipInfo:
    """A name in the archive, with the day its file came."""
    return ZipInfo(name, timezone.localtime(at).timetuple()[:6])
