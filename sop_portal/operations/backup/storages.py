"""The folders in which the portal keeps what people attach: whatever the settings name."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages


def not_in_folders() -> list[str]:
    """The storages that no backup of ours reaches: they have means of their own."""
    names = [name for name in settings.STORAGES if name != "staticfiles"]
    return [name for name in names if not isinstance(storages[name], FileSystemStorage)]


def folders_of_files() -> dict[str, Path]:
    """The folder of every storage but that of the pages' own files, by the storage's name; one within another once."""
    found = {}
    for name in settings.STORAGES:
        storage = None if name == "staticfiles" else storages[name]
        if isinstance(storage, FileSystemStorage):
            found[name] = Path(storage.location)
    whole = list(found.values())
    return {
        name: path for name, path in found.items() if not any(path.is_relative_to(at) for at in whole if at != path)
    }
