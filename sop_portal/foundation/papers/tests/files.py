"""Small real files of every kind, and hostile ones, made by code."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sop_portal.demo.papers import letter

MARKER = "<script>document.title='hacked'</script>"


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), colour: str = "steelblue", **more: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind, **more)
    return written.getvalue()


def photo_with_place() -> bytes:
    """A photo held sideways: taken at a place, red on its left edge as the camera saw it."""
    painted = Image.new("RGB", (60, 40), "white")
    painted.paste("red", (0, 0, 8, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Ben"
    exif.get_ifd(0x8825)[2] = (41.0, 18.0, 9.0)
    written = io.BytesIO()
    painted.save(written, "JPEG", exif=exif, comment=b"41.3025 N", quality=95)
    return written.getvalue()


def pdf(*lines: str, pages: int = 1) -> bytes:
    """A small PDF with a line of text on each page."""
    return letter(*(lines or ("Receipt 12.50",)), pages=pages)


def objects(said_of_all: bytes, *more: bytes, title: bytes = b"Invoice") -> list[bytes]:
    """The objects of a PDF of one page; what follows begins with number 5."""
    content = b"BT (" + title + b") Tj ET"
    return [
        b"<< /Type /Catalog /Pages 2 0 R " + said_of_all + b" >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *more,
    ]


def stream(content: bytes, said: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (said, len(content), content)


def package(parts: dict[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", f"{OFFICE}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OFFICE}presentationml.presentation.main+xml"),
}
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(*related: tuple[str, str], mode: str = "Internal") -> str:
    """The relations of a part: what to it is which part."""
    each = "".join(
        f'<Relationship Id="r{number}" Type="{RELATION}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        for number, (kind, target) in enumerate(related)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def office(
    kind: str,
    more: dict[str, str | bytes] | None = None,
    *,
    main: str = "",
    declared: str = "",
    types: dict[str, str] | None = None,
) -> bytes:
    """An office file as its program writes it: a main part, declared and related; `more` parts, `types` of them."""
    usual, usual_type = MAIN[kind]
    said = {main or usual: declared or usual_type} | (types or {})
    each = "".join(f'<Override PartName="/{name}" ContentType="{what}"/>' for name, what in said.items())
    ends = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    ends += '<Default Extension="xml" ContentType="application/xml"/>'
    return package(
        {
            "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f"{ends}{each}</Types>",
            "_rels/.rels": relations(("officeDocument", main or usual)),
            main or usual: '<w:document xmlns:w="urn:w"/>',
        }
        | (more or {})
    )


def docx(**more: str | bytes) -> bytes:
    return office("docx", {name.replace("__", "/"): content for name, content in more.items()})


def open_document(kind: str = "text", content: str = "", **more: str) -> bytes:
    """An open document, with what stands in it and further parts."""
    spaces = "".join(
        f' xmlns:{space}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for space in ("office", "script", "text", "table")
    )
    return package(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content{spaces}>{content}</office:document-content>",
        }
        | {name.replace("__", "/"): text for name, text in more.items()}
    )


def odt() -> bytes:
    return open_document()


def ofd() -> bytes:
    """An electronic invoice as tax offices send it."""
    return package(
        {"OFD.xml": '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1"/>', "Doc_0/a.xml": "<a/>"}
    )


def huge_png(side: int = 40_000) -> bytes:
    """A picture of 40,000 × 40,000 points in a few hundred kilobytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer, rows = zlib.compressobj(9), []
    row = b"\0" * (side // 8 + 1)
    rows = [packer.compress(row * 500) for _piece in range(side // 500)]
    packed = b"".join(rows) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def zip_bomb() -> bytes:
    return docx(**{"word__media__zeros.bin": b"\0" * 120_000_000})


# What nobody should be able to attach, by what it pretends to be.
HOSTILE: dict[str, bytes] = {
    "page.pdf": f"<!doctype html><title>x</title>{MARKER}".encode(),
    "late.pdf": f"<html>{MARKER}</html>\n".encode() + pdf(),
    "drawing.svg": f"<svg xmlns='http://www.w3.org/2000/svg'>{MARKER}</svg>".encode(),
    "drawing.png": f"<svg xmlns='http://www.w3.org/2000/svg'>{MARKER}</svg>".encode(),
    "macros.docx": office("docx", {"word/_rels/document.xml.rels": relations(("vbaProject", "vbaProject.bin"))}),
    "declared.docx": office("docx", declared="application/vnd.ms-word.document.macroEnabled.main+xml"),
    "sheet.xlsx": office(
        "xlsx",
        {"xl/sheets/sheet1.xml": "<m/>"},
        types={"xl/sheets/sheet1.xml": "application/vnd.ms-excel.macrosheet+xml"},
    ),
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "archive.zip": package({"readme.txt": "hello"}),
    "program.jpg": b"MZ\x90\0" + b"\0" * 500,
    "photo.heic": b"\0\0\0\x18ftypheic\0\0\0\0" + b"\0" * 100,
    "loop.gif": picture("GIF"),
    "broken.jpg": picture()[:60],
    "broken.pdf": b"%PDF-1.7\nnothing follows",
    "broken.docx": docx()[:80],
    "huge.png": huge_png(),
    "bomb.docx": zip_bomb(),
    "words.txt": b"just words",
}


def brought(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
