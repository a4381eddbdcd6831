"""What a PDF or an office file would do by itself, or fetch, is refused with a way out; the unusual is taken."""

import struct
import zlib
from types import SimpleNamespace

import pytest

from sop_portal.demo.papers import with_table
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.models import StoredFile, WaitingPaper
from sop_portal.foundation.papers.tests.files import (
    brought,
    objects,
    office,
    open_document,
    package,
    pdf,
    relations,
    stream,
)

SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ACTS = "a PDF with a program or a form that runs or sends something"
HOLDS = "a PDF with another file inside it"
ARCHIVE_TOO = "a PDF and an archive at once"
FETCHES, HELD = "takes a template or data from elsewhere", "holds another file or a control"
INVOICE = b'\xef\xbb\xbf<?xml version="1.0"?>\n<rsm:CrossIndustryInvoice xmlns:rsm="urn:un"/>'
MARK_OF_ORDER = b"\xef\xbb\xbf"


def with_action(action: bytes) -> bytes:
    """A PDF that does something when it is opened."""
    return with_table(objects(b"/OpenAction 5 0 R", action))


def with_file(content: bytes, said: bytes = b"/Type /EmbeddedFile") -> bytes:
    """A PDF with a file in it, as invoices are written: named in the document, and beside it."""
    held = b"<< /Type /Filespec /F (factur-x.xml) /AFRelationship /Data /EF << /F 6 0 R /UF 6 0 R >> >>"
    named = b"/Names << /EmbeddedFiles << /Names [(factur-x.xml) 5 0 R] >> >> /AF [5 0 R]"
    return with_table(objects(named, held, stream(content, said)))


def with_packed_action() -> bytes:
    """A PDF whose action lies within a stream of packed objects, and is not read by looking at the file."""
    written, places = b"%PDF-1.7\n", []
    packed = zlib.compress(b"6 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>")
    last = objects(b"/OpenAction 6 0 R", stream(packed, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"))
    for number, body in enumerate(last, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = [struct.pack(">BHB", 0, 0, 255), *(struct.pack(">BHB", 1, place, 0) for place in places)]
    rows += [struct.pack(">BHB", 2, 5, 0), struct.pack(">BHB", 1, len(written), 0)]
    table = stream(b"".join(rows), b"/Type /XRef /Size 8 /W [1 2 1] /Root 1 0 R")
    return written + b"7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(written))


def with_note(content: bytes) -> bytes:
    """A PDF with a file behind a mark on its page."""
    note = b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS << /F (a) /EF 6 0 R >> >>"
    made = objects(b"", note, b"<< /F 7 0 R >>", stream(content))
    made[2] = made[2].replace(b" >>", b" /Annots [5 0 R] >>")
    return with_table(made)


def sheet(body: str) -> bytes:
    part = f'<worksheet xmlns="urn:x"><sheetData><row><c r="A1">{body}</c></row></sheetData></worksheet>'
    return office("xlsx", {"xl/a.xml": part}, types={"xl/a.xml": f"{SHEETS}.worksheet+xml"})


def text(body: str) -> bytes:
    return office("docx", {"word/document.xml": f'<w:document xmlns:w="urn:w">{body}</w:document>'})


def field(instruction: str) -> bytes:
    return text(f"<w:fldSimple w:instr='{instruction}'/>")


def related(kind: str, target: str, **more: str) -> bytes:
    return office("docx", {"word/_rels/document.xml.rels": relations((kind, target), **more)})


def drawn(href: str) -> bytes:
    image = f'<d:image xmlns:d="urn:oasis:drawing:1.0" xmlns:l="urn:l" l:href="{href}"/>'
    return open_document(content=image)


NESTED = (
    '<w:fldChar w:fldCharType="begin"/><w:instrText> IF 1=1 </w:instrText><w:fldChar w:fldCharType="begin"/>'
    "<w:instrText>DDEAUTO cmd</w:instrText>"
)
CONNECTION = '<connections xmlns="urn:x"><connection id="1"><webPr url="http://a.example"/></connection></connections>'
REFUSED: dict[str, tuple[bytes, str]] = {
    "script.pdf": (with_action(b"<< /S /JavaScript /JS (app.alert) >>"), ACTS),
    "disguised.pdf": (with_action(b"<< /S /J#61vaScript /JS (app.alert) >>"), ACTS),
    "packed.pdf": (with_packed_action(), ACTS),
    "launch.pdf": (with_action(b"<< /S /Launch /Win << /F (cmd.exe) >> >>"), ACTS),
    "submit.pdf": (with_action(b"<< /S /SubmitForm /F (http://a.example) >>"), ACTS),
    "named.pdf": (with_table(objects(b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>", b"<< /JS (a) >>")), ACTS),
    "unseen.pdf": (pdf() + b"9 0 obj\n<< /S /JavaScript /JS (a) >>\nendobj\n", ACTS),
    "form.pdf": (with_table(objects(b"/AcroForm << /Fields [] /XFA 5 0 R >>", stream(b"<a/>"))), ACTS),
    "program.pdf": (with_file(b"MZ" + b"\0" * 300), HOLDS),
    "web.pdf": (with_file(b"<html><script>alert(1)</script></html>"), HOLDS),
    "drawing.pdf": (with_file(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), HOLDS),
    "entities.pdf": (with_file(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), HOLDS),
    "note.pdf": (with_note(b"MZ" + b"\0" * 300), HOLDS),
    "archive.pdf": (pdf() + package({"evil.js": "alert(1)"}), ARCHIVE_TOO),
    "page-before.pdf": (b"<html></html>" + pdf(), "no kind of file that can be attached"),
    "far-before.pdf": (b"\n" * 2000 + pdf(), "no kind of file that can be attached"),
    "connections.xlsx": (
        office("xlsx", {"xl/c.xml": CONNECTION}, types={"xl/c.xml": f"{SHEETS}.connections+xml"}),
        FETCHES,
    ),
    "formula.xlsx": (sheet("<f>cmd|'/c calc'!A1</f>"), FETCHES),
    "numbered.xlsx": (sheet("<f>cmd&#124;'/c calc'!A1</f>"), FETCHES),
    "service.xlsx": (sheet('<f>_xlfn.WEBSERVICE("http://a.example")</f>'), FETCHES),
    "picture.docx": (related("image", "http://a.example/a.png", mode="External"), FETCHES),
    "chunk.docx": (related("aFChunk", "evil.html"), HELD),
    "chunk-elsewhere.docx": (related("aFChunk", "http://a.example/a.html", mode="External"), FETCHES),
    "include-picture.docx": (field('INCLUDEPICTURE "http://a.example/a.png" \\d'), FETCHES),
    "include-text.docx": (field('INCLUDETEXT "file://a/b.docx"'), FETCHES),
    "nested.docx": (text(NESTED), FETCHES),
    "one-field.docx": (field(" IF 1=1 DDEAUTO cmd"), FETCHES),
    "spelled.docx": (field("QUOTE 68 68 69"), FETCHES),
    "program.docx": (office("docx", {"word/media/a.png": b"MZ" + b"\0" * 300}), HELD),
    "picture.odt": (drawn("http://a.example/a.png"), FETCHES),
    "share.odt": (drawn("\\\\a\\b.png"), FETCHES),
    "formula.ods": (
        open_document("spreadsheet", "<table:table-cell table:formula=\"of:=DDE('a';'b';'c')\"/>"),
        FETCHES,
    ),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_acts_or_fetches_is_refused_with_a_way_out(name: str, cast: SimpleNamespace) -> None:
    content, said = REFUSED[name]
    with pytest.raises(NotReady) as refusal:
        actions.bring(brought(name, content), by=cast.ben, at=clock.now())
    assert said in str(refusal.value.sentence)
    assert (StoredFile.objects.count(), WaitingPaper.objects.count()) == (0, 0)


TAKEN: dict[str, bytes] = {
    "invoice.pdf": with_file(INVOICE),
    "packed-invoice.pdf": with_file(zlib.compress(INVOICE), b"/Subtype /text#2Fxml /Filter /FlateDecode"),
    "marked.pdf": MARK_OF_ORDER + b"\r\n" + pdf(),
    "blank-lines.pdf": b"\r\n\r\n" + pdf(),
    "about.pdf": with_table(objects(b"/Lang (/S /JavaScript in words, /Launch)", title=b"HTML/JavaScript, /S/Launch"))
    .replace(b"/S /JavaScript in", b"HTML/JavaScript in")
    .replace(b"/S/Launch", b"our/Launch"),
    "link.pdf": with_table(objects(b"/OpenAction [3 0 R /Fit]", b"<< /S /URI /URI (http://a.example) >>")),
    "bar.xlsx": sheet("<f>IF('a|b'!A1=\"c|d\",Table[e|f],1)</f>"),
    "words.xlsx": sheet("<is><t>a|b, RTD (nothing)</t></is>"),
    "no-connections.xlsx": office(
        "xlsx", {"xl/c.xml": '<connections xmlns="urn:x"/>'}, types={"xl/c.xml": f"{SHEETS}.connections+xml"}
    ),
    "hyperlink.docx": related("hyperlink", "http://a.example/", mode="External"),
    "field.docx": field('HYPERLINK "http://a.example/dde includetext"'),
    "reference.docx": field("REF Link \\h"),
    "picture.odt": drawn("Pictures/a.png"),
    "formula.ods": open_document("spreadsheet", '<table:table-cell table:formula="of:=SUM([.A1])"/>'),
}


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_what_only_looks_like_it_is_taken(name: str, cast: SimpleNamespace) -> None:
    waiting = actions.bring(brought(name, TAKEN[name]), by=cast.ben, at=clock.now())
    assert waiting.file.type == name.rpartition(".")[2]
