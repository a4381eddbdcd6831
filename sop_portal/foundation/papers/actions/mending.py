"""Bringing rows and files of papers together again after something was killed in the middle."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Sum

from sop_portal.foundation.papers import store
from sop_portal.foundation.papers.actions.keeping import let_go, lock_space
from sop_portal.foundation.papers.models import ONLY_ROW, PaperSpace, StoredFile
from sop_portal.foundation.papers.state import stray_names


def mend() -> Iterator[str]:
    """Remove files that no row names and rows that no paper holds, count the space anew; each thing done is a sentence.

    Nobody stores a file meanwhile. A paper whose file is gone cannot be mended: it comes out of the backup.
    """
    with transaction.atomic():
        lock_space()
        for name in list(stray_names()):
            store.remove_name(name)
            yield f"Removed {name}: no row names it."
        if count := let_go(StoredFile.objects.all()):
            yield f"Removed {count} files of papers that no paper holds."
        used = StoredFile.objects.aggregate(used=Sum("size"))["used"] or 0
        space = PaperSpace.objects.get(pk=ONLY_ROW)
        if space.used != used:
            PaperSpace.objects.filter(pk=ONLY_ROW).update(used=used)
            yield f"The space of papers was {space.used} bytes; it is {used}."
