"""What in a PDF acts by itself, or lies in it as another file; told by all of its objects, as qpdf reads them.

Read by path in the child process that looks into one file; nothing of the portal is imported. What qpdf cannot read, or
reads in one of two ways, is refused: another reader might read the other one.
"""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError, ParserCreate

from pikepdf import DataDecodingError, Object, PasswordError, Pdf, PdfError, Stream, StreamDecodeLevel, settings

if TYPE_CHECKING:
    from sop_portal.foundation.papers.child.pdf_actions import Said


def beside(name: str) -> Any:
    """A module that lies beside this one, read by path as this one is."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


actions = beside("pdf_actions")
# As many bytes as the largest picture that is kept would have in four colours.
MOST_UNPACKED = 256_000_000
NAMES = ("JS", "XFA", "EF", "EmbeddedFile", "ObjStm", "OpenAction", "AA")
PERHAPS = re.compile(rb'"(?:/|u:)(?:%s)"' % "|".join([*sorted(actions.ACTING), *NAMES]).encode())
REFERENCE = re.compile(r"(\d+) (\d+) R")
# Said twice, a reader takes the first or the last.
SAID_TWICE = re.compile(
    r"duplicated key /(?:S|JS|A|AA|OpenAction|Next|Names|AcroForm|XFA|Annots|Subtype|EF|F|Win|Mac|Unix)\b"
)
UNPACKED_PARTLY, UNPACKS = "error decoding stream data", "memory limit exceeded"
SPOILT = re.compile(r"object (\d+) (\d+), offset")
DEFINITION = re.compile(rb"(?<!\d)\d++[\s\0]++\d++[\s\0]++obj\b")
# What a file has to have for its other objects to be read.
SKELETON = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>",
)
PAGES_OF_THE_WEB = {"html", "svg", "script", "stylesheet", "transform"}


class RefusedPdf(Exception):
    """Ends the look with the name of a `PaperProblem`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def refuse_pdf(packed: bytes) -> None:
    """RefusedPdf unless a document is as harmless as it looks."""
    refuse(zipfile.is_zipfile(BytesIO(packed)), "PDF_AND_ARCHIVE")
    limit_qpdf()
    try:
        look_into(packed)
    except PasswordError:
        raise RefusedPdf("PASSWORD") from None
    except (PdfError, ValueError):
        raise RefusedPdf("DAMAGED") from None


def refuse(is_wrong: object, problem: str) -> None:
    """Refuse a document that has a problem."""
    if is_wrong:
        raise RefusedPdf(problem)


def limit_qpdf() -> None:
    """Let nothing unpack without end."""
    settings.set_qpdf_limits(
        flate_max_memory=MOST_UNPACKED,
        png_max_memory=MOST_UNPACKED,
        tiff_max_memory=MOST_UNPACKED,
        run_length_max_memory=MOST_UNPACKED,
    )


def look_into(packed: bytes) -> None:
    """Read a document as it says it is, then whatever its table of objects leaves out."""
    read = set[bytes]()
    loose, is_locked = read_as_it_says(packed, read)
    loose += read_apart(packed, read, is_locked=is_locked)
    with opened(with_table([*SKELETON, *loose])) as rest:
        refuse_acting(rest)


def read_as_it_says(packed: bytes, read: set[bytes]) -> tuple[list[bytes], bool]:
    """The objects that its table leaves out of the streams it names, and whether the document is locked."""
    with opened(packed) as document:
        refuse_acting(document)
        said_of = [each for _one, said in suspects(document) for each in actions.dictionaries(said)]
        refuse_begun(document, said_of)
        refuse_files(document, said_of)
        refuse_unpacking(document)
        return list(left_out(document, read)), document.is_encrypted


def read_apart(packed: bytes, read: set[bytes], *, is_locked: bool) -> list[bytes]:
    """The objects in streams that its table does not name; of a locked document nobody could unpack them."""
    with opened(taken_apart(packed)) as apart:
        refuse_acting(apart)
        return [] if is_locked else list(left_out(apart, read))


def opened(packed: bytes) -> Pdf:
    """A document as qpdf reads it, with every object as it stands there."""
    return Pdf.open(BytesIO(packed), conversion_mode="explicit", inherit_page_attributes=False)


def taken_apart(packed: bytes) -> bytes:
    """The objects of a file, each by a number of its own: none stands in for another, and none is left out."""
    found = list(DEFINITION.finditer(packed))
    ends = [*(one.start() for one in found[1:]), len(packed)]
    return with_table([*SKELETON, *(packed[one.end() : end] for one, end in zip(found, ends, strict=True))])


def with_table(objects: list[bytes]) -> bytes:
    """A PDF of these objects, with the table that says where each begins."""
    written, table = bytearray(b"%PDF-1.7\n"), bytearray(b"0000000000 65535 f \n")
    for number, body in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size, begins = len(objects) + 1, len(written)
    written += b"xref\n0 %d\n%strailer << /Size %d /Root 1 0 R >>\n" % (size, table, size)
    return bytes(written) + b"startxref\n%d\n%%%%EOF\n" % begins


def refuse_acting(document: Pdf) -> None:
    """Refuse what acts, and what cannot be told."""
    for one in objects_of(document):
        written = one.to_json(dereference=True)
        refuse(actions.ELSEWHERE.search(written), "PDF_ACTS")
        if PERHAPS.search(written):
            said = json.loads(written)
            # An action may name its kind by an object of its own.
            refuse(isinstance(said, str) and said[0] == "/" and actions.plain(said) in actions.ACTING, "PDF_ACTS")
            refuse(any(actions.acts(each) for each in actions.dictionaries(said)), "PDF_ACTS")
    refuse_unread(document)


def refuse_begun(document: Pdf, said_of: "list[dict[str, Said]]") -> None:
    """Refuse what opens a page of the web by itself; a link that somebody follows may."""
    for said in (said for each in said_of for said in actions.begun(each)):
        found = referred(document, said)
        refuse(actions.leads_out(said if found is None else json.loads(found.to_json(dereference=True))), "PDF_ACTS")


def objects_of(document: Pdf) -> list[Object]:
    """What is said at the end of a document, and every object of it; a null is none."""
    found: list[Object | None] = [document.trailer, *document.objects]
    return [one for one in found if one is not None]


def suspects(document: Pdf) -> Iterator[tuple[Object, "Said"]]:
    """The objects in which a name stands that might matter, and what is said of each."""
    for one in objects_of(document):
        said = one.to_json(dereference=True)
        if PERHAPS.search(said):
            yield one, json.loads(said)


def streams(document: Pdf, kind: str) -> Iterator[tuple[Stream, "dict[str, Said]"]]:
    """The streams of a kind, and what is said of each."""
    for one, said in suspects(document):
        if isinstance(one, Stream) and isinstance(said, dict) and said.get("/Type") == kind:
            yield one, said


def left_out(document: Pdf, read: set[bytes]) -> Iterator[bytes]:
    """The objects that are packed together in streams, but that the table of objects does not name there."""
    named = {(entry.obj_stream_number, number) for (number, _again), entry in document.get_xref_table().items()}
    for stream, said in streams(document, "/ObjStm"):
        content = unpacked(stream)
        mark = sha256(content).digest()
        if mark not in read:
            read.add(mark)
            for number, body in packed_in(content, int(str(said["/First"]))):
                if (stream.objgen[0], number) not in named:
                    yield body


def packed_in(content: bytes, first: int) -> Iterator[tuple[int, bytes]]:
    """The objects in an unpacked stream, by their numbers; one whose number comes again has none."""
    head = [int(figure) for figure in content[:first].split()]
    ends = dict(pairwise(sorted({*head[1::2], len(content) - first})))
    times = Counter(head[::2])
    for number, begin in zip(head[::2], head[1::2], strict=True):
        yield number if times[number] == 1 else -1, content[first + begin : first + ends[begin]]


def unpacked(stream: Stream) -> bytes:
    """What stands in a stream; RefusedPdf where that cannot be told."""
    try:
        return stream.read_bytes(StreamDecodeLevel.generalized)
    except DataDecodingError as error:
        raise RefusedPdf("PDF_UNPACKS" if UNPACKS in str(error) else "DAMAGED") from None


def refuse_unread(document: Pdf) -> None:
    """Refuse a document of which something could not be read, or in two ways, once all of it was looked at."""
    said = "\n".join(document.get_warnings())
    refuse(UNPACKS in said, "PDF_UNPACKS")
    refuse(UNPACKED_PARTLY in said or SAID_TWICE.search(said), "DAMAGED")
    # A table that names an object which is nowhere is a mistake that programs make; it hides nothing.
    spoilt = {(int(number), int(again)) for number, again in SPOILT.findall(said)} & document.get_xref_table().keys()
    refuse(any(document.get_object(number) is None for number in spoilt), "DAMAGED")


def refuse_files(document: Pdf, said_of: "list[dict[str, Said]]") -> None:
    """Refuse files in a document, whatever points to them; an electronic invoice is kept."""
    named = [each["/EF"] for each in said_of if "/EF" in each and not actions.is_place(each["/EF"])]
    held: list[Object | None] = [file for file, _said in streams(document, "/EmbeddedFile")]
    held += [file for where in named for file in files_at(document, where)]
    refuse(not all(is_invoice(file) for file in held), "PDF_HOLDS_OTHERS")


def files_at(document: Pdf, where: "Said") -> list[Object | None]:
    """The files that are named in one place; what names none is none that could be looked into."""
    found = referred(document, where)
    if found is not None:
        where = json.loads(found.to_json(dereference=True))
    return [referred(document, file) for file in where.values()] if isinstance(where, dict) and where else [None]


def referred(document: Pdf, said: object) -> Object | None:
    """The object that is referred to; nothing where it is no reference, or leads nowhere."""
    found = REFERENCE.fullmatch(said) if isinstance(said, str) else None
    return document.get_object(int(found[1]), int(found[2])) if found else None


def is_invoice(file: Object | None) -> bool:
    """Whether a file in a document is an electronic invoice or the like: XML that says what stands on the page."""
    if not isinstance(file, Stream):
        return False
    parser, roots = ParserCreate(namespace_separator=" "), list[str]()

    def refuse_part(*_found: object) -> None:
        raise ExpatError

    parser.StartElementHandler = lambda name, _attributes: roots.append(name) if not roots else None
    parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = refuse_part
    try:
        parser.Parse(unpacked(file), True)
    except ExpatError:
        return False
    return roots[0].rpartition(" ")[2].lower() not in PAGES_OF_THE_WEB


def refuse_unpacking(document: Pdf) -> None:
    """Refuse a document in which one stream unpacks to far more than any page or picture; painting would go on."""
    for one in objects_of(document):
        if isinstance(one, Stream):
            try:
                one.get_stream_buffer(StreamDecodeLevel.generalized)
            except DataDecodingError as error:
                refuse(UNPACKS in str(error), "PDF_UNPACKS")
            except PdfError:
                # Pictures of other kinds are read by PDFium alone.
                continue
