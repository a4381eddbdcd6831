"""Papers of the demonstration: photos of receipts and short letters, drawn and written by code."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from PIL import Image, ImageDraw, ImageFont

from sop_portal.demo.chinese import currency, is_chinese, said
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.models import Paper, WaitingPaper
from sop_portal.foundation.papers.queries import kind_of

TABLE, SHEET, INK = (122, 98, 74), (250, 249, 244), (38, 38, 44)
# The Chinese font that readers of PDFs bring along, so that the file needs none.
CHINESE_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [<< "
    b"/Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor << "
    b"/Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>] >>"
)
# What a camera writes beside a photo that was held sideways.
ORIENTATION, SIDEWAYS = 0x0112, 6


def letter(*lines: str, pages: int = 1) -> bytes:
    """A PDF with these lines on every page, and the page's number; Chinese in the font every reader of PDFs has."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    objects.append(f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode())
    chinese = not all(line.replace("’", "'").isascii() for line in lines)
    objects.append(CHINESE_FONT if chinese else b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number in range(pages):
        shown = [(in_hex(line) if chinese else f"({plain_ascii(line)})") for line in (*lines, str(number + 1))]
        content = f"BT /F1 14 Tf 64 770 Td {' Tj 0 -26 Td '.join(shown)} Tj ET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return with_table(objects)


def with_table(objects: list[bytes]) -> bytes:
    """A PDF of these objects, with the table that says where each begins."""
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    ending += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + ending


def in_hex(line: str) -> str:
    """A line as the Chinese font of a PDF reads it."""
    return f"<{line.encode('utf-16-be').hex()}>"


def plain_ascii(line: str) -> str:
    """A line as the simplest font of a PDF writes it."""
    quoted = line.replace("’", "'").encode("ascii", "replace").decode()
    return quoted.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def receipt_photo(*lines: str) -> bytes:
    """A photo of a receipt on a table, taken with the camera held sideways."""
    sheet = Image.new("RGB", (620, 160 + 56 * len(lines)), SHEET)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        font = ImageFont.load_default(40 if number == 0 else 28)
        draw.text((48, 56 + 56 * number), plain_ascii(line), fill=INK, font=font)
    photo = Image.new("RGB", (900, 1200), TABLE)
    tilted = sheet.rotate(2, expand=True, fillcolor=TABLE)
    photo.paste(tilted, ((900 - tilted.width) // 2, 120))
    exif, written = Image.Exif(), BytesIO()
    exif[ORIENTATION] = SIDEWAYS
    photo.rotate(90, expand=True).save(written, "JPEG", quality=85, exif=exif)
    return written.getvalue()


def receipt(shop: str, what: str, amount: Decimal, on: date) -> bytes:
    """The receipt of an expense."""
    total = said("Total  %s") % f"{currency()} {amount:,.2f}"
    return sheet(
        said("%s Supplies") % said(shop), "", what, f"{on:%Y-%m-%d}", total, "", said("Paid by card. Thank you.")
    )


def sheet(*lines: str) -> bytes:
    """A sheet of paper: photographed, or, as nothing that draws has Chinese letters, written."""
    return letter(*lines) if is_chinese() else receipt_photo(*lines)


def brought(name: str, content: bytes, *, by: User, at: datetime) -> WaitingPaper:
    """A file that somebody brought."""
    return actions.bring(UploadedFile(ContentFile(content), name, size=len(content)), by=by, at=at)


def attached(record: Model, waiting: WaitingPaper, description: str, *, by: User, at: datetime) -> Paper:
    """A paper beside a record."""
    return actions.attach(kind_of(record), record, actions.NewPaper(waiting, description), by=by, at=at)
