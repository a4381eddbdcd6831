"""A file somebody brought, stored under a random name between uploading it and deciding on it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

STORED_FOR = timedelta(days=1)


def store(chunks: Iterable[bytes]) -> UUID:
    """Store the file; the name it gets says nothing and cannot be guessed."""
    token = uuid4()
    path = path_of(token)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("xb") as stream:
        stream.writelines(chunks)
    return token


def path_of(token: UUID) -> Path:
    """The path of the stored file."""
    return Path(settings.MEDIA_ROOT) / "history" / token.hex


def forget(token: UUID) -> None:
    """Remove the stored file."""
    path_of(token).unlink(missing_ok=True)


def forget_old(at: datetime) -> None:
    """Remove what was brought and never decided on."""
    oldest = (at - STORED_FOR).timestamp()
    for path in path_of(uuid4()).parent.glob("*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
