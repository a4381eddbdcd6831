"""Keeping the file of a paper, once, within the space there is; and letting go of one that no paper holds any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from sop_portal.foundation.papers import store
from sop_portal.foundation.papers.child.look import PaperProblem
from sop_portal.foundation.papers.looking import LookedAt
from sop_portal.foundation.papers.models import ONLY_ROW, Paper, PaperSpace, StoredFile, WaitingPaper
from sop_portal.foundation.papers.wording import no_space, not_kept, not_taken


def lock_space() -> None:
    """Keep everybody else from storing or removing files until this transaction ends."""
    PaperSpace.objects.select_for_update().get_or_create(pk=ONLY_ROW)


def keep_file(looked: LookedAt, name: str, at: datetime) -> StoredFile:
    """The row of a file, and the file; one that is kept already is not kept again, unless it was lost."""
    lock_space()
    found = StoredFile.objects.filter(sha256=looked.sha256).first()
    if found is not None:
        with failure_refused(name):
            # One that was lost is back: what was brought is the same.
            if not store.is_there(looked.sha256):
                store.put(looked.sha256, looked.stream)
        return found
    left = PaperSpace.objects.filter(pk=ONLY_ROW, used__lte=settings.PAPERS_SPACE - looked.size)
    if not left.update(used=F("used") + looked.size):
        raise no_space(name)
    with failure_refused(name):
        store.put(looked.sha256, looked.stream)
    return StoredFile.objects.create(
        sha256=looked.sha256,
        size=looked.size,
        type=looked.type,
        pages=looked.pages,
        small=looked.small,
        stored_at=at,
    )


@contextmanager
def failure_refused(name: str) -> Iterator[None]:
    """A disk that is full refuses a file with a sentence, and so does a storage that fails."""
    try:
        yield
    except OSError as error:
        if error.errno in store.FULL:
            raise not_taken(PaperProblem.DISK_FULL, name) from None
        raise
    except store.StorageFails:
        raise not_kept(name) from None


def let_go(files: QuerySet[StoredFile]) -> int:
    """Remove those of these files that nothing holds any more, rows first; how many. A file that is left is mended."""
    lock_space()
    unheld = files.filter(
        ~Exists(Paper.objects.filter(file=OuterRef("pk"))), ~Exists(WaitingPaper.objects.filter(file=OuterRef("pk")))
    )
    rows = list(unheld.values_list("pk", "sha256", "size"))
    StoredFile.objects.filter(pk__in=[pk for pk, _sha256, _size in rows]).delete()
    PaperSpace.objects.filter(pk=ONLY_ROW).update(used=F("used") - sum(size for _pk, _sha256, size in rows))
    for _pk, sha256, _size in rows:
        # What the storage does not give up now is found later: the act was carried out.
        transaction.on_commit(lambda gone=sha256: remove_unknown(gone), robust=True)  # type: ignore[misc]
    return len(rows)


def remove_unknown(sha256: str) -> None:
    """Take a file away, unless somebody has brought the same one again meanwhile."""
    with transaction.atomic():
        lock_space()
        if not StoredFile.objects.filter(sha256=sha256).exists():
            store.remove(sha256)
