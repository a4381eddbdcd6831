"""Whether rows and files of papers belong together: what `check_invariants` says of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Sum

from sop_portal.foundation.papers import store
from sop_portal.foundation.papers.looking import hash_of
from sop_portal.foundation.papers.models import Paper, PaperSpace, StoredFile, WaitingPaper

# An upload takes no longer.
UNDER_WAY = timedelta(hours=1)


def stray_names(before: datetime | None = None) -> Iterator[str]:
    """The files of the storage that no row names: those of uploads that were killed in the middle.

    Of an upload under way the row is not seen yet; whoever does not lock the space asks for those from `before`.
    """
    known = set(map(store.name_of, StoredFile.objects.values_list("sha256", flat=True).iterator()))
    strays = (name for name in store.names_in_store() if name not in known)
    return strays if before is None else (name for name in strays if store.stored_at(name) < before)


def wrong_with_papers(at: datetime) -> Iterator[str]:
    """Every row without its file or with another one, every file without its row, and space counted wrongly."""
    try:
        yield from _wrong_files(at)
    except store.StorageFails:
        yield "The storage of papers cannot be reached, so nobody knows whether their files are there."
    held = Exists(Paper.objects.filter(file=OuterRef("pk"))) | Exists(WaitingPaper.objects.filter(file=OuterRef("pk")))
    for stored in StoredFile.objects.defer("small").exclude(held).order_by("pk"):
        yield f"File {stored.sha256} is kept, but no paper holds it: check_invariants --mend removes it."
    used = StoredFile.objects.aggregate(used=Sum("size"))["used"] or 0
    counted = PaperSpace.objects.values_list("used", flat=True).first() or 0
    if used != counted:
        yield f"Papers take {used} bytes, but {counted} are counted: check_invariants --mend counts anew."
    for paper in Paper.objects.filter(file__isnull=False).select_related("file").defer("file__small").order_by("pk"):
        if paper.sha256 != paper.file.sha256:  # type: ignore[union-attr]
            yield f"Paper {paper.pk} “{paper}” names another file than the one it has."


def _wrong_files(at: datetime) -> Iterator[str]:
    for stored in StoredFile.objects.defer("small").order_by("pk").iterator(chunk_size=500):
        yield from _wrong_with(stored)
    for name in stray_names(before=at - UNDER_WAY):
        yield f"File {name} of the papers' storage belongs to no paper: check_invariants --mend removes it."


def _wrong_with(stored: StoredFile) -> Iterator[str]:
    try:
        with store.opened(stored.sha256) as found:
            if found.size != stored.size or hash_of(found) != stored.sha256:
                yield f"File {stored.sha256} of {_held_by(stored)} is not what was attached: take it from the backup."
    except FileNotFoundError:
        yield f"File {stored.sha256} of {_held_by(stored)} is gone: take it from the backup."


def _held_by(stored: StoredFile) -> str:
    names = [f"paper {pk} “{name}”" for pk, name in stored.papers.order_by("pk").values_list("pk", "name")[:5]]
    return ", ".join(names) or "a waiting paper"
