"""Where the files of papers lie: in the storage that the settings name, each once, under the hash of what it holds."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages


def store() -> Storage:
    """The storage of papers: a folder, unless the settings say another."""
    return storages["papers"]


def name_of(sha256: str) -> str:
    """Under which name a file lies; it says nothing of what it is, so nothing runs it."""
    return f"{sha256[:2]}/{sha256}"


def put(sha256: str, stream: IO[bytes]) -> None:
    """Write a file down, whole, in place of what a broken upload may have left there; or nothing of it."""
    stream.seek(0)
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
    return store().open(name_of(sha256), "rb")


def remove(sha256: str) -> None:
    """Take a file away; where there is none, nothing happens."""
    store().delete(name_of(sha256))


def is_there(sha256: str) -> bool:
    """Whether the file of this hash lies in the storage."""
    return store().exists(name_of(sha256))


def names_in_store() -> Iterator[str]:
    """Every file of the storage, by its name."""
    found = store()
    folders, loose = found.listdir("") if _has_folder(found) else ([], [])
    yield from loose
    for folder in sorted(folders):
        yield from (f"{folder}/{name}" for name in sorted(found.listdir(folder)[1]))


def _has_folder(found: Storage) -> bool:
    """A folder is made with the first paper."""
    return not isinstance(found, FileSystemStorage) or Path(found.location).is_dir()


def stored_at(name: str) -> datetime:
    """When a file was written."""
    return store().get_modified_time(name)


def remove_name(name: str) -> None:
    """Take a file away that no row names."""
    store().delete(name)
