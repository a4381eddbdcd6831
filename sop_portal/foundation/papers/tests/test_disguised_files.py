"""What an office file or a picture is stands in it, whatever its parts are called; the refusal says what is true."""

import io
import struct
import zlib
from types import SimpleNamespace

import pytest
from PIL import Image
from xlsxwriter import Workbook

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.tests.files import (
    brought,
    office,
    open_document,
    package,
    pdf,
    picture,
    relations,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
VBA = "application/vnd.ms-office.vbaProject"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
LINK = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
MACROS, HELD, FETCHES = "holds macros", "holds another file or a control", "takes a template or data from elsewhere"
DAMAGED, PASSWORD = "may be damaged", "protected by a password"
OTHER_OFFICE = "an office file of another kind"


def text(body: str) -> str:
    return f'<w:document xmlns:w="urn:w">{body}</w:document>'


def workbook() -> bytes:
    """A workbook with a chart, as a library writes it."""
    written = io.BytesIO()
    with Workbook(written) as made:
        sheet, chart = made.add_worksheet(), made.add_chart({"type": "column"})
        sheet.write_row(0, 0, [1, 2])
        chart.add_series({"values": "=Sheet1!$A$1:$B$1"})
        sheet.insert_chart("C3", chart)
    return written.getvalue()


def frames(kind: str) -> bytes:
    written = io.BytesIO()
    first, second = (Image.new("RGB", (40, 60), colour) for colour in ("red", "black"))
    first.save(written, kind, save_all=True, append_images=[second])
    return written.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG whose beginning says how large it is, and nothing else."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body)) + b"\0" * 40


def related(kind: str, target: str, **more: str) -> dict[str, str | bytes]:
    return {"word/_rels/document.xml.rels": relations((kind, target), **more)}


LOCKED = '<m:manifest xmlns:m="urn:m"><m:encryption-data/></m:manifest>'
SPLIT = '<w:fldChar w:fldCharType="begin"/><w:instrText> DD</w:instrText><w:instrText>EAUTO c:\\\\x</w:instrText>'
REFUSED: dict[str, tuple[bytes, str]] = {
    "renamed.docx": (office("docx", {"word/notes.xml": b"x"}, types={"word/notes.xml": VBA}), MACROS),
    "related.docx": (office("docx", related("vbaProject", "notes.xml")), MACROS),
    "sheet.xlsx": (office("xlsx", {"xl/_rels/workbook.xml.rels": relations(("xlMacrosheet", "a.xml"))}), MACROS),
    "ole.docx": (office("docx", {"word/media/image1.png": OLE + b"\0" * 600}), HELD),
    "object.docx": (office("docx", related("oleObject", "embeddings/a.bin")), HELD),
    "control.docx": (office("docx", related("control", "activeX1.xml")), HELD),
    "template.docx": (office("docx", related("attachedTemplate", "http://a.example/x.dotm", mode="External")), FETCHES),
    "linked.docx": (office("docx", related("oleObject", "http://a.example/x.xls", mode="External")), FETCHES),
    "field.docx": (office("docx", {"word/document.xml": text(SPLIT)}), FETCHES),
    "simple.docx": (
        office("docx", {"word/document.xml": text('<w:fldSimple w:instr=" dde excel a b"/>')}),
        FETCHES,
    ),
    "dde.xlsx": (
        office(
            "xlsx",
            {"xl/links/a.xml": '<externalLink xmlns="urn:x"><ddeLink ddeService="cmd"/></externalLink>'},
            types={"xl/links/a.xml": LINK},
        ),
        FETCHES,
    ),
    "within.pptx": (
        office(
            "pptx",
            {"ppt/embeddings/a.xlsx": office("xlsx", {"xl/a.bin": b"x"}, types={"xl/a.bin": VBA})},
        ),
        MACROS,
    ),
    "archive.docx": (office("docx", {"word/media/a.bin": package({"a.exe": "x"})}), HELD),
    "binary.xlsb": (office("xlsx", declared="application/vnd.ms-excel.sheet.binary.macroEnabled.main"), OTHER_OFFICE),
    "drawing.vsdx": (office("xlsx", declared="application/vnd.ms-visio.drawing.main+xml"), OTHER_OFFICE),
    "entities.docx": (office("docx", {"_rels/.rels": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), DAMAGED),
    "basic.odt": (open_document(Basic__Standard__Module1="Sub Main"), MACROS),
    "listener.odt": (open_document(content='<script:event-listener script:event-name="dom:load"/>'), MACROS),
    "script.ods": (open_document("spreadsheet", "<office:script/>"), MACROS),
    "dde.ods": (open_document("spreadsheet", "<table:dde-link/>"), FETCHES),
    "locked.odt": (
        open_document(**{"META-INF__manifest.xml": '<m xmlns:n="urn:n"><n:encryption-data/></m>'}),
        PASSWORD,
    ),
    "drawing.odg": (open_document("graphics"), OTHER_OFFICE),
    "locked.docx": (OLE + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"), PASSWORD),
    "old.xls": (OLE + b"\0" * 500 + "Workbook".encode("utf-16-le"), "of the old kind"),
    "mail.msg": (OLE + b"\0" * 600, "no kind of file that can be attached"),
    "parts.docx": (office("docx", {f"word/{one}.xml": b"" for one in range(5_001)}), "too many parts"),
    "photo.avif": (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + b"\0" * 99, "a picture of another kind"),
    "other.avif": (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif" + b"\0" * 99, "a picture of another kind"),
    "film.mp4": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 99, "no kind of file that can be attached"),
    "moving.webp": (frames("WEBP"), "a moving picture"),
    "moving.png": (frames("PNG"), "a moving picture"),
    "broken.png": (picture("PNG")[:20] + b"\xff" * 60, DAMAGED),
    "claims.png": (png_of(2_000_000_000, 2_000_000_000), DAMAGED),
    "broken.webp": (picture("WEBP")[:14] + b"\xff" * 60, DAMAGED),
    "strip.png": (picture("PNG", (30_000, 20)), "more than 20,000 pixels in one direction"),
    "large.png": (picture("PNG", (9_000, 9_000)), "more than 64 million pixels"),
    "wide.pdf": (pdf().replace(b"595", b"59500"), "has a size that cannot be shown"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refusal_says_what_is_true_whatever_the_parts_are_called(name: str, cast: SimpleNamespace) -> None:
    content, said = REFUSED[name]
    with pytest.raises(NotReady) as refusal:
        actions.bring(brought(name, content), by=cast.ben, at=clock.now())
    assert said in str(refusal.value.sentence)


TAKEN: dict[str, bytes] = {
    "renamed.docx": office("docx", main="word/document2.xml"),
    "loose.docx": office("docx", main="main.part"),
    "chart.xlsx": workbook(),
    "chart.pptx": office("pptx", {"ppt/embeddings/a.xlsx": workbook()}),
    "words.docx": office("docx", {"word/document.xml": text("<w:t>DDEAUTO is a field</w:t>")}),
    "hyperlink.docx": office("docx", related("hyperlink", "http://a.example/", mode="External")),
    "linked.xlsx": office("xlsx", {"xl/links/a.xml": "<externalLink/>"}, types={"xl/links/a.xml": LINK}),
    "clicks.odp": open_document("presentation", "<office:scripts/>"),
}


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_what_is_unusual_and_harmless_is_taken(name: str, cast: SimpleNamespace) -> None:
    waiting = actions.bring(brought(name, TAKEN[name]), by=cast.ben, at=clock.now())
    assert waiting.file.type == name.rpartition(".")[2]
