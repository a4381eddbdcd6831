"""Has a file looked into by the limited child process, and takes back what it is and how it is kept."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import SEEK_END
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files import File

from sop_portal.foundation.kit.sheets.workbook import ENVIRONMENT, MAX_SECONDS
from sop_portal.foundation.papers.child import look
from sop_portal.foundation.papers.child.look import PaperProblem

COMMAND = [sys.executable, "-I", str(Path(look.__file__))]
AT_ONCE = 256 * 1024


class RefusedFile(Exception):
    """The child's reason, or none where it ran out of time or memory."""

    def __init__(self, problem: PaperProblem | None) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass
class LookedAt:
    """A file as it is kept: what it is, its hash and size, its small picture. Whoever stores it closes `stream`."""

    type: str
    stream: IO[bytes]
    size: int
    sha256: str
    small: bytes = b""
    pages: int = 0


def look_at(brought: "IO[bytes] | File[bytes]") -> LookedAt:
    """What somebody brought, as it is kept; RefusedFile where it is none of the kinds that are."""
    with _copied(brought, 0) as given, TemporaryFile() as taken:
        ended = _child({}, given, taken)
        if ended:
            known = PaperProblem._value2member_map_
            raise RefusedFile(PaperProblem(ended) if ended in known else None)
        taken.seek(0)
        meta: dict[str, Any] = json.loads(taken.readline())
        small = taken.read(meta["small"])
        stream = _copied(given, 0) if meta["is_kept_as_it_came"] else _copied(taken, taken.tell())
    size, sha256 = _measured(stream)
    return LookedAt(meta["type"], stream, size, sha256, small, meta.get("pages", 0))


def painted_page(stored: "File[bytes]", number: int) -> bytes | None:
    """One page of a PDF as a picture; nothing where it cannot be painted."""
    with _copied(stored, 0) as packed, TemporaryFile() as taken:
        ended = _child({"page": number}, packed, taken)
        taken.seek(0)
        return None if ended else taken.read()


def _child(wanted: Mapping[str, Any], given: IO[bytes], taken: IO[bytes]) -> int:
    """How the child ended; -1 where it took too long."""
    given.flush()
    given.seek(0)
    command = [*COMMAND, json.dumps(dict(wanted))]
    with suppress(subprocess.TimeoutExpired):
        return subprocess.run(
            command,
            stdin=given,
            stdout=taken,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            timeout=MAX_SECONDS,
            check=False,
        ).returncode
    return -1


def _copied(source: "IO[bytes] | File[bytes]", begins: int) -> IO[bytes]:
    """The rest of a file, in a file without a name, which is gone when this process is."""
    copy = TemporaryFile()  # noqa: SIM115
    source.seek(begins)
    for piece in iter(lambda: source.read(AT_ONCE), b""):
        copy.write(piece)
    return copy


def _measured(stream: IO[bytes]) -> tuple[int, str]:
    stream.flush()
    size = stream.seek(0, SEEK_END)
    return size, hash_of(stream)


def hash_of(stream: "IO[bytes] | File[bytes]") -> str:
    """The SHA-256 of all that stands in a file."""
    stream.seek(0)
    mark = hashlib.sha256()
    for piece in iter(lambda: stream.read(AT_ONCE), b""):
        mark.update(piece)
    return mark.hexdigest()
