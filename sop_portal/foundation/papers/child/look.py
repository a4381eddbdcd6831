"""Looks into one file that somebody brought, in a process of its own: a hostile file can only harm this.

Run by path, isolated from the portal (no Django, no settings, no secrets), under the limits of the child that reads
spreadsheets. The file comes on standard input; on standard output one line of JSON says what it is, then comes a small
picture of it, then, for a picture, the picture as it is kept: turned upright, without anything that was written beside
its pixels. The exit code says why a file was refused.
"""

import json
import sys
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

PACKAGES, PDFS = Path(__file__).with_name("packages.py"), Path(__file__).with_name("pdfs.py")
LIMITS = Path(__file__).parents[2] / "kit" / "sheets" / "child.py"
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 20_000
# A byte of a PNG holds 1,032 others at most, each with eight pixels in black and white; one of a JPEG holds less.
MOST_PIXELS_OF_A_BYTE = 8 * 1032
SMALL_SIDE = 320
SHOWN_WIDTH, SHOWN_HEIGHT = 1200, 4000
QUALITY = 90
PICTURES = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp"}
PDF, ZIP, OLD_OFFICE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF_BEGINS_WITHIN, BYTE_ORDER_MARK = 1024, b"\xef\xbb\xbf"
KEPT_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
OTHER_PICTURES = (b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\xff\x0a", b"\0\0\0\x0cJXL ")
# It lies in the same kind of box as HEIC, and may say what it is in a later place.
AVIF = b"avif"
HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypheim")
OLD_DOCUMENTS = ("WordDocument", "Workbook", "Book", "PowerPoint Document")


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
    HOLDS_OTHERS = 22
    FETCHES = 23
    OTHER_OFFICE = 24
    TOO_MANY_PARTS = 25
    MOVING = 26
    TOO_LONG = 27
    PAGE_SIZE = 28
    PDF_ACTS = 29
    PDF_HOLDS_OTHERS = 30
    PDF_AND_ARCHIVE = 31
    PDF_UNPACKS = 32


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
    if is_pdf(packed):
        return look_at_pdf(packed)
    if packed.startswith(ZIP):
        return {"type": office_type(packed)}, b"", b""
    if packed.startswith(OLD_OFFICE):
        raise UntakenPaper(old_office(packed))
    if packed[4:8] == b"ftyp" and AVIF in packed[8:40]:
        raise UntakenPaper(PaperProblem.OTHER_PICTURE)
    if packed[4:12] in HEIC:
        raise UntakenPaper(PaperProblem.HEIC)
    return look_at_picture(packed)


def is_pdf(packed: bytes) -> bool:
    """Whether it begins as a PDF; before that programs put a mark of order or empty lines, and readers pass over it."""
    before, begins, _rest = packed[: PDF_BEGINS_WITHIN + len(PDF)].partition(PDF)
    return bool(begins) and not before.removeprefix(BYTE_ORDER_MARK).strip(b" \t\r\n\f\0")


def office_type(packed: bytes) -> str:
    """Which kind of office file or invoice a package is; one with programs in it, or any other archive, is refused."""
    packages = by_path(PACKAGES)
    try:
        return str(packages.kind_of_package(packed))
    except packages.RefusedPackage as refused:
        raise UntakenPaper(PaperProblem[refused.problem]) from None


def old_office(packed: bytes) -> PaperProblem:
    """What a file of the old kind is: one that is locked, a document, or something of another program."""
    if utf16("EncryptedPackage") in packed:
        return PaperProblem.PASSWORD
    is_office = any(utf16(name) in packed for name in OLD_DOCUMENTS)
    return PaperProblem.OLD_OFFICE if is_office else PaperProblem.UNKNOWN


def utf16(name: str) -> bytes:
    """A name as the directory of such a file writes it."""
    return name.encode("utf-16-le")


def look_at_picture(packed: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """A picture painted anew: upright, without place, camera or anything else that stood beside its pixels."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    # Whether it is too large is decided below, from what its header says.
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = Image.open(BytesIO(packed), formats=list(PICTURES))
    except UnidentifiedImageError:
        raise UntakenPaper(unread_picture(packed)) from None
    refuse_size(picture, len(packed))
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
        raise UntakenPaper(PaperProblem.MOVING)
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


def unread_picture(packed: bytes) -> PaperProblem:
    """Why a picture is none: one of a kept kind is broken, one of another kind is not kept, and the rest is none."""
    if packed.startswith(KEPT_PICTURES) or packed[8:12] == b"WEBP":
        return PaperProblem.DAMAGED
    return PaperProblem.OTHER_PICTURE if packed.startswith(OTHER_PICTURES) else PaperProblem.UNKNOWN


def refuse_size(picture: "Image", size: int) -> None:
    """Refuse a picture that is too large, and one whose beginning says more than can stand in the file."""
    pixels = picture.width * picture.height
    if picture.format != "WEBP" and pixels > MOST_PIXELS_OF_A_BYTE * size:
        raise UntakenPaper(PaperProblem.DAMAGED)
    if pixels > MOST_PIXELS:
        raise UntakenPaper(PaperProblem.TOO_MANY_PIXELS)
    if max(picture.size) > LONGEST_SIDE:
        raise UntakenPaper(PaperProblem.TOO_LONG)


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
    pdfs = by_path(PDFS)
    try:
        pdfs.refuse_pdf(packed)
    except pdfs.RefusedPdf as refused:
        raise UntakenPaper(PaperProblem[refused.problem]) from None
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
    if not (0 < wide < LONGEST_SIDE and 0 < high < LONGEST_SIDE):
        raise UntakenPaper(PaperProblem.PAGE_SIZE)
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
