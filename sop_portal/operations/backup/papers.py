"""Whether the files of papers are in a backup whose database speaks of them."""

from collections.abc import Collection, Mapping
from typing import Any

from sop_portal.foundation.papers import store
from sop_portal.foundation.papers.models import StoredFile
from sop_portal.operations.backup.archive import FILES
from sop_portal.operations.backup.storages import not_in_folders

PAPERS = "papers"
NAMED_AT_MOST = 5


def missing_files(named: Mapping[str, int], parts: Mapping[str, dict[str, Any]]) -> list[str]:
    """The hashes of files that a database names and a backup does not hold as they were attached.

    Papers in a storage that is no folder are in no backup of ours, which the command says.
    """
    if PAPERS in not_in_folders():
        return []
    held = {"/".join(name.rsplit("/", 2)[-2:]) for name, said in parts.items() if _is_whole(name, said, named)}
    return sorted(sha256 for sha256 in named if store.name_of(sha256) not in held)


def missing_to_restore(named: Mapping[str, int], parts: Mapping[str, dict[str, Any]]) -> list[str]:
    """Those of the files a database names that nobody would have after it came back.

    A storage that is no folder gets nothing out of a backup: it holds a file already, or does not.
    """
    return not_in_store(sorted(named) if PAPERS in not_in_folders() else missing_files(named, parts))


def _is_whole(name: str, said: dict[str, Any], named: Mapping[str, int]) -> bool:
    sha256 = name.rsplit("/", 1)[-1]
    return name.startswith(f"{FILES}/") and said == {"size": named.get(sha256), "sha256": sha256}


def taken_back_since(missing: Collection[str]) -> list[str]:
    """Those that nobody holds any more: their papers were taken back while the backup was being made."""
    known = set(StoredFile.objects.filter(sha256__in=missing).values_list("sha256", flat=True))
    return sorted(set(missing) - known)


def not_in_store(missing: Collection[str]) -> list[str]:
    """Those that do not lie in the portal's own storage either."""
    return [sha256 for sha256 in missing if not store.is_there(sha256)]


def in_words(missing: Collection[str]) -> str:
    """How many files are missing, and the first of them by name."""
    shown = ", ".join(list(missing)[:NAMED_AT_MOST]) + (" …" if len(missing) > NAMED_AT_MOST else "")
    return f"Files of papers that the database speaks of are missing ({len(missing)}): {shown}"
