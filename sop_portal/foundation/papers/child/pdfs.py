"""What in a PDF acts by itself, or lies in it as another file; told by all of its objects, as PDFium writes them anew.

Read by path in the child process that looks into one file; nothing of the portal is imported. Written anew, a document
has no object within another, no locked string and no name in disguise, so that each can be read for what it is.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError, ParserCreate

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MOST_WITHIN = 20_000_000
OBJECT = re.compile(rb"(\d+) \d+ obj\r\n")
STREAM, END_OF_STREAM, END = b">>stream\r\n", b"\r\nendstream\r\nendobj\r\n", b"\r\nendobj\r\n"
STRING = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)
NAME = re.compile(rb"/([^\s/<>\[\]()%]*)")
HELD = re.compile(rb"/EF\s*(?:<<([^>]*)>>|(\d+) \d+ R)")
REFERENCE = re.compile(rb"(\d+) \d+ R")
# What runs, starts or sends something, or shows a form that does.
ACTING = {b"JavaScript", b"JS", b"Launch", b"SubmitForm", b"ImportData", b"RichMedia", b"XFA"}
# As it stands in the file itself, where an object that PDFium passes over may be another reader's.
ACTING_AS_WRITTEN = re.compile(rb"/S[\s\0]*/(?:JavaScript|Launch)(?![A-Za-z0-9])")
DISGUISED = re.compile(rb"#([0-9A-Fa-f]{2})")
PACKED_OBJECTS = re.compile(rb"/ObjStm.{0,2000}?stream\r?\n", re.DOTALL)
PAGES_OF_THE_WEB = {"html", "svg", "script", "stylesheet", "transform"}


@dataclass
class PdfObject:
    """One object of a document: what is said of it, without its strings, and what stands in it."""

    says: bytes
    holds: bytes = b""

    @property
    def names(self) -> set[bytes]:
        """The names in what is said of it."""
        return set(NAME.findall(self.says))


def wrong_with_pdf(packed: bytes, document: "PdfDocument") -> str:
    """The name of the `PaperProblem` of a document that is opened; nothing where it is as harmless as it looks."""
    if zipfile.is_zipfile(BytesIO(packed)):
        return "PDF_AND_ARCHIVE"
    if acts_as_written(packed):
        return "PDF_ACTS"
    objects = dict(objects_of(written_anew(document)))
    if any(ACTING & one.names for one in objects.values()):
        return "PDF_ACTS"
    return "" if all(is_invoice(objects.get(number)) for number in held_files(objects)) else "PDF_HOLDS_OTHERS"


def acts_as_written(packed: bytes) -> bool:
    """Whether the file itself names an action, also where its objects are packed together."""
    return any(ACTING_AS_WRITTEN.search(DISGUISED.sub(undisguised, part)) for part in (packed, *packed_objects(packed)))


def undisguised(sign: re.Match[bytes]) -> bytes:
    """The sign that stands in a name by its number."""
    return bytes([int(sign[1], 16)])


def packed_objects(packed: bytes) -> Iterator[bytes]:
    """The objects that are packed together in a stream."""
    for found in PACKED_OBJECTS.finditer(packed):
        yield unpacked(packed[found.end() : packed.find(b"endstream", found.end())])


def written_anew(document: "PdfDocument") -> bytes:
    """The document as PDFium writes it: every object by itself, and none of them locked."""
    from pypdfium2 import raw

    copy = BytesIO()
    document.save(copy, flags=raw.FPDF_NO_INCREMENTAL | raw.FPDF_REMOVE_SECURITY)
    return copy.getvalue()


def objects_of(copy: bytes) -> Iterator[tuple[int, PdfObject]]:
    """Every object by its number. Line ends stand in no string and no name, so they tell where each ends."""
    found = OBJECT.search(copy)
    while found:
        holds, end = b"", copy.find(END, found.end())
        behind, stream = end, copy.find(STREAM, found.end(), end)
        if stream > -1:
            behind = copy.find(END_OF_STREAM, stream)
            holds, end = copy[stream + len(STREAM) : behind], stream
        yield int(found[1]), PdfObject(STRING.sub(b"()", copy[found.end() : end]), holds)
        found = OBJECT.search(copy, behind)


def held_files(objects: dict[int, PdfObject]) -> set[int]:
    """The numbers of the objects that are files in the document, whatever points to them."""
    held = {number for number, one in objects.items() if b"EmbeddedFile" in one.names}
    for one in objects.values():
        for direct, number in HELD.findall(one.says) if b"EF" in one.names else ():
            where = direct or (objects[int(number)].says if int(number) in objects else b"")
            # What names no file is none that could be looked into.
            held |= {int(found) for found in REFERENCE.findall(where)} or {-1}
    return held


def is_invoice(one: PdfObject | None) -> bool:
    """Whether a file in a document is an electronic invoice or the like: XML that says what stands on the page."""
    if one is None:
        return False
    text = unpacked(one.holds) if b"FlateDecode" in one.names else one.holds
    parser, roots = ParserCreate(namespace_separator=" "), list[str]()

    def refuse(*_found: object) -> None:
        raise ExpatError

    parser.StartElementHandler = lambda name, _attributes: roots.append(name) if not roots else None
    parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(text, True)
    except ExpatError:
        return False
    return roots[0].rpartition(" ")[2].lower() not in PAGES_OF_THE_WEB


def unpacked(packed: bytes) -> bytes:
    """What stands in a packed stream, as far as it can be read."""
    try:
        return zlib.decompressobj().decompress(packed, MOST_WITHIN)
    except zlib.error:
        return b""
