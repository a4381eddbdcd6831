"""Where the files of papers lie: in the storage that the settings name, each once, under the hash of what it holds."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

logger = logging.getLogger(__name__)
FULL = (ENOSPC, EDQUOT)
# What lies there under another name was put there by somebody else, whose it stays.
OURS = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}(_[A-Za-z0-9]+)?(\.part)?")


class StorageFails(Exception):
    """The storage does not do what it is asked, and is not full: it is not reached, or lets nobody in."""


@contextmanager
def told_of_failure() -> Iterator[None]:
    """Whatever a storage says is one thing to whoever asks it; the log says which."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        logger.exception("storage of papers fails")
        raise StorageFails from error


def store() -> Storage:
    """The storage of papers: a folder, unless the settings say another."""
    return storages["papers"]


def name_of(sha256: str) -> str:
    """Under which name a file lies; it says nothing of what it is, so nothing runs it."""
    return f"{sha256[:2]}/{sha256}"


def put(sha256: str, stream: IO[bytes]) -> None:
    """Write a file down, whole, in place of what a broken upload may have left there; or nothing of it."""
    stream.seek(0)
    with told_of_failure():
        remove(sha256)
        try:
            store().save(name_of(sha256), File(stream))
            _to_the_disk(sha256)
        except OSError:
            # On a full disk half a file would keep it full.
            with suppress(OSError):
                remove(sha256)
            raise


def _to_the_disk(sha256: str) -> None:
    """A row is never kept longer than its file, so a folder's file is on the disk before its row is written."""
    found = store()
    if isinstance(found, FileSystemStorage):
        with Path(found.path(name_of(sha256))).open("rb") as written:
            os.fsync(written.fileno())


def opened(sha256: str) -> "File[bytes]":
    """The file of this hash, to read; FileNotFoundError where it is gone."""
    with told_of_failure():
        return store().open(name_of(sha256), "rb")


def remove(sha256: str) -> None:
    """Take a file away; where there is none, nothing happens."""
    store().delete(name_of(sha256))


def is_there(sha256: str) -> bool:
    """Whether the file of this hash lies in the storage."""
    with told_of_failure():
        return store().exists(name_of(sha256))


def names_in_store() -> list[str]:
    """Every file of the storage that is named as those of papers are."""
    found = store()
    with told_of_failure():
        folders = found.listdir("")[0] if _has_folder(found) else []
        names = (f"{folder}/{name}" for folder in sorted(folders) for name in sorted(found.listdir(folder)[1]))
        return [name for name in names if OURS.fullmatch(name)]


def _has_folder(found: Storage) -> bool:
    """A folder is made with the first paper."""
    return not isinstance(found, FileSystemStorage) or Path(found.location).is_dir()


def stored_at(name: str) -> datetime:
    """When a file was written."""
    return store().get_modified_time(name)


def remove_name(name: str) -> None:
    """Take a file away that no row names."""
    store().delete(name)
