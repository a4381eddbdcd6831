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


def package(parts: dict[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def docx(**more: str | bytes) -> bytes:
    return package(
        {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"}
        | {name.replace("__", "/"): content for name, content in more.items()}
    )


def odt() -> bytes:
    return package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<office/>"})


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
    "macros.docx": docx(**{"word__vbaProject.bin": b"Sub AutoOpen()"}),
    "declared.docx": package(
        {
            "[Content_Types].xml": "<Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>",
            "word/document.xml": "<w:document/>",
        }
    ),
    "sheet.xlsx": package(
        {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w/>", "xl/macrosheets/sheet1.xml": "<m/>"}
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
