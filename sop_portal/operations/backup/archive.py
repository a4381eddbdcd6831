"""The file a backup is: a tar of the database, the files and, last, a manifest with the checksum of each part."""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

MANIFEST = "manifest.json"
DATABASE = "database"
FILES = "files"
FORMAT = 1
PIECE = 1 << 20


class BrokenBackup(Exception):
    """Says why a file is no backup that can be brought back."""


@dataclass
class Manifest:
    """What a backup says of itself: of which portal and when, in which state, and the checksums of its parts."""

    made_at: str
    vendor: str
    migrations: list[list[str]]
    trail: dict[str, Any]
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT


class ChecksummedStream:
    """A stream that is read or written, and its checksum so far."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.sum, self.size = stream, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        """Read on; what was read counts."""
        return self._counted(self.stream.read(size))

    def write(self, piece: bytes) -> int:
        """Write on; what was written counts."""
        self.stream.write(self._counted(piece))
        return len(piece)

    def flush(self) -> None:
        """Pass on what waits."""
        self.stream.flush()

    def _counted(self, piece: bytes) -> bytes:
        self.sum.update(piece)
        self.size += len(piece)
        return piece

    @property
    def said(self) -> dict[str, Any]:
        """Size and checksum, as a manifest keeps them."""
        return {"size": self.size, "sha256": self.sum.hexdigest()}


def write_archive(out: IO[bytes], manifest: Manifest, database: Path, folders: dict[str, Path]) -> None:
    """Write the parts one after the other, so that a pipe takes them, and the manifest at the end."""
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name, path in _parts(database, folders):
            with path.open("rb") as stream:
                entry, summed = tarfile.TarInfo(name), ChecksummedStream(stream)
                entry.size, entry.mode = path.stat().st_size, 0o600
                archive.addfile(entry, summed)
            manifest.parts[name] = summed.said
        text = json.dumps(asdict(manifest), indent=1).encode()
        last = tarfile.TarInfo(MANIFEST)
        last.size, last.mode = len(text), 0o600
        archive.addfile(last, BytesIO(text))


def _parts(database: Path, folders: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    yield DATABASE, database
    for storage, folder in sorted(folders.items()):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{FILES}/{storage}/{path.relative_to(folder).as_posix()}", path


def unpack_archive(stream: IO[bytes], into: Path) -> Manifest:
    """Unpack every part into a folder and hold it against the manifest; nothing else is touched."""
    found: dict[str, dict[str, Any]] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for entry in archive:
                content = archive.extractfile(entry)
                if content is None:
                    raise BrokenBackup(f"“{entry.name}” is no plain file.")
                if entry.name == MANIFEST:
                    manifest = _manifest_in(content.read())
                else:
                    found[entry.name] = _unpacked(entry.name, content, into)
    except (tarfile.TarError, EOFError) as problem:
        raise BrokenBackup(f"It is cut off or no backup of this portal: {problem}") from None
    if manifest is None:
        raise BrokenBackup("It is cut off: the list of its parts at the end is missing.")
    return _compared(manifest, found)


def _manifest_in(text: bytes) -> Manifest:
    try:
        said = json.loads(text)
        if said.get("format") != FORMAT:
            raise BrokenBackup(f"Its format is {said.get('format')}; this version reads {FORMAT}.")
        return Manifest(**said)
    except (ValueError, TypeError) as problem:
        raise BrokenBackup(f"The list of its parts cannot be read: {problem}") from None


def _unpacked(name: str, content: IO[bytes], into: Path) -> dict[str, Any]:
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or place.parts[0] not in (DATABASE, FILES):
        raise BrokenBackup(f"“{name}” does not belong into a backup.")
    target = into / place
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as stream:
        summed = ChecksummedStream(stream)
        while piece := content.read(PIECE):
            summed.write(piece)
    return summed.said


def _compared(manifest: Manifest, found: dict[str, dict[str, Any]]) -> Manifest:
    for name in sorted({*manifest.parts, *found}):
        if manifest.parts.get(name) != found.get(name):
            raise BrokenBackup(f"“{name}” is not what was backed up: its size or checksum differs.")
    if DATABASE not in found:
        raise BrokenBackup("It holds no database.")
    return manifest
