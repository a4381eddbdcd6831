"""Looks into one file that somebody brought, in a process of its own: a hostile file can only harm this.

Run by path, isolated from the portal (no Django, no settings, no secrets), under the limits of the child that reads
spreadsheets. The file comes on standard input; on standard output one line of JSON says what it is, then comes a small
picture of it, then, for a picture, the picture as it is kept: turned upright, without anything that was written beside
its pixels. The exit code says why a file was refused.
"""

import json
import sys
import zipfile
from collections.abc import Mapping
from enum import IntEnum
from errno import ENOSPC
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage

LIMITS = Path(__file__).parents[1] / "kit" / "sheets" / "child.py"
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 20_000
SMALL_SIDE = 320
SHOWN_WIDTH, SHOWN_HEIGHT = 1200, 4000
MOST_ENTRIES = 5_000
MOST_UNPACKED = 500_000_000
MOST_RATIO = 200
RATIO_MATTERS_FROM = 20_000_000
QUALITY = 90
PICTURES = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp"}
PDF, ZIP, OLD_OFFICE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_PICTURES = (b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypheim")
# The part without which a package of Office Open XML is none, and what OpenDocument says of itself.
OOXML = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
# Where programs stand in an office file: Visual Basic, the macro sheets of old, scripts of OpenDocument.
MACROS = ("vbaproject.bin", "vbadata.xml", "xl/macrosheets/", "basic/script", "scripts/", "activex/")


class PaperProblem(IntEnum):
    """Why a file was not taken; the value is the exit code."""

    DAMAGED = 10
    UNKNOWN = 11
    MACROS = 12
    PASSWORD = 13
    TOO_LARGE_WITHIN = 14
    TOO_MANY_PIXELS = 15
    OLD_OFFICE = 16
    HEIC = 17
    OTHER_PICTURE = 18
    ARCHIVE = 19
    DISK_FULL = 20
    TOO_MUCH_AT_ONCE = 21


class UntakenPaper(Exception):
    """Ends the look with a reason."""

    def __init__(self, problem: PaperProblem) -> None:
        super().__init__(problem.name)
        self.problem = problem


def by_path(path: Path) -> Any:
    """A module of the house, read by path: by its package's name it would bring the portal with it."""
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def look(packed: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """What a file is, its small picture, and how it is kept where that is not as it came."""
    if packed.startswith(PDF):
        return look_at_pdf(packed)
    if packed.startswith(ZIP):
        return {"type": office_type(packed)}, b"", b""
    if packed.startswith(OLD_OFFICE):
        raise UntakenPaper(PaperProblem.OLD_OFFICE)
    if packed[4:12] in HEIC:
        raise UntakenPaper(PaperProblem.HEIC)
    return look_at_picture(packed)


def office_type(packed: bytes) -> str:
    """Which kind of office file a package is; one with programs in it, or any other archive, is refused."""
    try:
        archive = zipfile.ZipFile(BytesIO(packed))
        entries = archive.infolist()
        refuse_bomb(entries, len(packed))
        names = {entry.filename.lower().replace("\\", "/") for entry in entries}
        if any(sign in name for name in names for sign in MACROS):
            raise UntakenPaper(PaperProblem.MACROS)
        found = kind_of_package(archive, names)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, EOFError):
        raise UntakenPaper(PaperProblem.DAMAGED) from None
    if not found:
        raise UntakenPaper(PaperProblem.ARCHIVE)
    return found


def kind_of_package(archive: zipfile.ZipFile, names: set[str]) -> str:
    """What the package says it is; nothing where it says nothing of the kind."""
    if "[content_types].xml" in names:
        # A program can be declared under any name, so the declaration itself is read.
        declared = first_of(archive, "[Content_Types].xml").lower()
        if b"macroenabled" in declared or b"vbaproject" in declared or b"macrosheet" in declared:
            raise UntakenPaper(PaperProblem.MACROS)
        return next((kind for part, kind in OOXML.items() if part in names), "")
    if "mimetype" in names and "content.xml" in names:
        return OPEN_DOCUMENT.get(first_of(archive, "mimetype").strip(), "")
    return ""


def first_of(archive: zipfile.ZipFile, name: str, most: int = 1_000_000) -> bytes:
    """The beginning of one part of a package."""
    found = next((entry for entry in archive.infolist() if entry.filename.lower() == name.lower()), None)
    if found is None:
        return b""
    with archive.open(found) as part:
        return part.read(most)


def refuse_bomb(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what would unpack to far more than it is, and what is locked."""
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = unpacked > RATIO_MATTERS_FROM and unpacked > MOST_RATIO * size
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or is_bomb:
        raise UntakenPaper(PaperProblem.TOO_LARGE_WITHIN)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UntakenPaper(PaperProblem.PASSWORD)


def look_at_picture(packed: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """A picture painted anew: upright, without place, camera or anything else that stood beside its pixels."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    # Whether it is too large is decided below, from what its header says.
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(BytesIO(packed), formats=list(PICTURES))
    except UnidentifiedImageError:
        is_other = packed.startswith(OTHER_PICTURES)
        raise UntakenPaper(PaperProblem.OTHER_PICTURE if is_other else PaperProblem.UNKNOWN) from None
    if picture.width * picture.height > MOST_PIXELS or max(picture.size) > LONGEST_SIDE:
        raise UntakenPaper(PaperProblem.TOO_MANY_PIXELS)
    # Some telephones put a second picture behind the first: what is kept is a JPEG of the first.
    kept_as = "JPEG" if picture.format == "MPO" else str(picture.format)
    sees_through = "A" in picture.getbands() or "transparency" in picture.info
    picture.load()
    upright = ImageOps.exif_transpose(of_eight_bits(picture)).convert(mode_of(kept_as, picture.mode, sees_through))
    upright.info = {}
    kept = BytesIO()
    upright.save(kept, kept_as, **({} if kept_as == "PNG" else {"quality": QUALITY}))
    meta = {"type": PICTURES[kept_as], "width": upright.width, "height": upright.height}
    return meta, small_picture(upright), kept.getvalue()


def of_eight_bits(picture: "Image") -> "Image":
    """A grey picture with as many shades as a screen shows: a scanner's 65,536 become 256, and not white."""
    if not picture.mode.startswith("I"):
        return picture
    shades = picture.convert("I")
    return shades.point(lambda shade: shade / 256).convert("L")


def mode_of(kept_as: str, mode: str, sees_through: bool) -> str:
    """How the pixels of a kept picture are written."""
    if sees_through and kept_as != "JPEG":
        return "RGBA"
    return "L" if mode in ("1", "L", "I;16", "I") and kept_as != "WEBP" else "RGB"


def small_picture(picture: "Image") -> bytes:
    """A picture for lists."""
    small = picture.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    written = BytesIO()
    small.convert("RGBA" if "A" in small.getbands() else "RGB").save(written, "WEBP", quality=70)
    return written.getvalue()


def look_at_pdf(packed: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """How many pages, and a small picture of the first; the file itself stays as it is."""
    pages = pdf_of(packed)
    if not len(pages):
        raise UntakenPaper(PaperProblem.DAMAGED)
    return {"type": "pdf", "pages": len(pages)}, small_picture(painted(pages[0], SMALL_SIDE * 2)), b""


def pdf_of(packed: bytes) -> Any:
    """The document, opened by PDFium without forms and scripts."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(packed)
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise UntakenPaper(PaperProblem.PASSWORD if is_locked else PaperProblem.DAMAGED) from None


def painted(page: "PdfPage", width: int) -> "Image":
    """A page as a picture of about this width, however large the page says it is."""
    wide, high = page.get_size()
    if not (0 < wide < 20_000 and 0 < high < 20_000):
        raise UntakenPaper(PaperProblem.TOO_MANY_PIXELS)
    painted_page: Image = page.render(scale=min(width / wide, SHOWN_HEIGHT / high)).to_pil().convert("RGB")
    return painted_page


def page_of(packed: bytes, number: int) -> bytes:
    """One page of a PDF as a picture to look at."""
    written = BytesIO()
    painted(pdf_of(packed)[number - 1], SHOWN_WIDTH).save(written, "WEBP", quality=85)
    return written.getvalue()


def carry_out(wanted: Mapping[str, Any], packed: bytes, out: BinaryIO) -> None:
    """Look at a file, or paint one page of it."""
    if "page" in wanted:
        out.write(page_of(packed, wanted["page"]))
        return
    meta, small, kept = look(packed)
    meta |= {"small": len(small), "is_kept_as_it_came": not kept}
    out.write(json.dumps(meta).encode() + b"\n" + small + kept)


def main() -> int:
    """The whole life of this process."""
    by_path(LIMITS).limit_this_process()
    try:
        carry_out(json.loads(sys.argv[1]), sys.stdin.buffer.read(), sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except UntakenPaper as refused:
        return refused.problem
    except MemoryError:
        return 1
    except Exception as error:
        if isinstance(error, OSError) and error.errno == ENOSPC:
            return PaperProblem.DISK_FULL
        # Whatever a parser stumbles over in a strange file, to the person it is a damaged file.
        return PaperProblem.DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main())
