"""Papers for tests of other things: kept as an act keeps them, without the child process that looks into files."""

from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.db import transaction

from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.actions import NewPaper, attach
from sop_portal.foundation.papers.actions.keeping import keep_file
from sop_portal.foundation.papers.looking import LookedAt
from sop_portal.foundation.papers.models import Paper, WaitingPaper
from sop_portal.foundation.papers.queries import kind_of


def waiting(
    by: User, at: datetime, name: str = "Receipt.pdf", content: bytes = b"%PDF-1.4 receipt", small: bytes = b""
) -> WaitingPaper:
    """A paper that waits for a form."""
    looked = LookedAt("pdf", BytesIO(content), len(content), sha256(content).hexdigest(), pages=1, small=small)
    with transaction.atomic():
        stored = keep_file(looked, name, at)
        return WaitingPaper.objects.create(person=by, file=stored, name=name, at=at)


def paper_on(record: Any, *, by: User, at: datetime, **more: Any) -> Paper:
    """A paper beside a record."""
    said = {name: more.pop(name) for name in ("description", "part") if name in more}
    return attach(kind_of(record), record, NewPaper(waiting(by, at, **more), **said), by=by, at=at)
