"""Hostile files are refused with a sentence, or harmless: whatever they pretend to be."""

import io
from types import SimpleNamespace

import pytest
from PIL import Image

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.papers import actions, store
from sop_portal.foundation.papers.models import PaperSpace, StoredFile, WaitingPaper
from sop_portal.foundation.papers.names import safe_name
from sop_portal.foundation.papers.tests.files import (
    HOSTILE,
    MARKER,
    brought,
    docx,
    odt,
    ofd,
    office,
    package,
    pdf,
    photo_with_place,
    picture,
)


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_with_a_way_out_and_nothing_of_it_stays(name: str, cast: SimpleNamespace) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.bring(brought(name, HOSTILE[name]), by=cast.ben, at=clock.now())
    assert (name in str(refusal.value.sentence), bool(refusal.value.way_out)) == (True, True)
    assert (StoredFile.objects.count(), WaitingPaper.objects.count()) == (0, 0)
    assert PaperSpace.objects.get().used == 0


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("receipt.pdf", pdf(), "pdf"),
        ("photo.jpg", picture(), "jpeg"),
        ("photo.png", picture("PNG"), "png"),
        ("photo.webp", picture("WEBP"), "webp"),
        ("offer.docx", docx(), "docx"),
        ("list.xlsx", office("xlsx"), "xlsx"),
        ("talk.pptx", office("pptx"), "pptx"),
        ("offer.odt", odt(), "odt"),
        ("invoice.ofd", ofd(), "ofd"),
    ],
)
def test_what_people_bring_is_taken_for_what_it_is(name: str, content: bytes, kind: str, cast: SimpleNamespace) -> None:
    waiting = actions.bring(brought(name, content), by=cast.ben, at=clock.now())
    assert (waiting.file.type, waiting.name, bool(waiting.file.small)) == (
        kind,
        name,
        kind in ("pdf", "jpeg", "png", "webp"),
    )


def stored_picture(waiting: WaitingPaper) -> Image.Image:
    with store.opened(waiting.file.sha256) as file:
        return Image.open(io.BytesIO(file.read()))


def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken(cast: SimpleNamespace) -> None:
    waiting = actions.bring(brought("photo.jpg", photo_with_place()), by=cast.ben, at=clock.now())
    kept = stored_picture(waiting)
    assert (kept.size, len(kept.getexif()), "comment" in kept.info, "exif" in kept.info) == ((40, 60), 0, False, False)
    red, _green, blue = kept.convert("RGB").getpixel((20, 2))  # type: ignore[misc]
    assert (red > 200, blue < 60) == (True, True)
    with store.opened(waiting.file.sha256) as file:
        assert b"41.3025" not in file.read()


def test_a_photo_with_a_second_picture_in_it_is_kept_as_the_first(cast: SimpleNamespace) -> None:
    written = io.BytesIO()
    first, second = (Image.new("RGB", (40, 60), colour) for colour in ("red", "black"))
    first.save(written, "MPO", save_all=True, append_images=[second])
    waiting = actions.bring(brought("photo.jpg", written.getvalue()), by=cast.ben, at=clock.now())
    kept = stored_picture(waiting)
    assert (waiting.file.type, kept.format, getattr(kept, "n_frames", 1)) == ("jpeg", "JPEG", 1)
    assert kept.convert("RGB").getpixel((20, 30))[0] > 200  # type: ignore[index]


def test_a_scan_in_many_shades_of_grey_keeps_its_shades(cast: SimpleNamespace) -> None:
    shades = [0, 16_384, 32_768, 65_535]
    scan, written = Image.new("I;16", (4, 1)), io.BytesIO()
    scan.putdata(shades)
    scan.save(written, "PNG")
    waiting = actions.bring(brought("scan.png", written.getvalue()), by=cast.ben, at=clock.now())
    kept = stored_picture(waiting)
    assert (kept.mode, list(kept.tobytes())) == ("L", [shade // 256 for shade in shades])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_on_a_picture_behind_its_end_is_gone(kind: str, cast: SimpleNamespace) -> None:
    content = picture(kind) + MARKER.encode() + package({"evil.html": MARKER})
    waiting = actions.bring(brought("photo.html", content), by=cast.ben, at=clock.now())
    with store.opened(waiting.file.sha256) as file:
        kept = file.read()
    assert (MARKER.encode() in kept, b"evil.html" in kept, waiting.name.endswith(".html")) == (False, False, False)


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\Users\\ben\\Receipt March.PDF", "pdf", "Receipt March.pdf"),
        ("invoice\u202efdp.exe", "pdf", "invoicefdp.pdf"),
        ("a\x00b\nc\u200b.jpg", "jpeg", "abc.jpg"),
        ("收据 三月.jpeg", "jpeg", "收据 三月.jpg"),
        (".htaccess", "png", "htaccess.png"),
        ("", "pdf", "paper.pdf"),
        ('a"b<c>:|?*.pdf', "pdf", "a b c.pdf"),
        ("x" * 400 + ".pdf", "pdf", "x" * 116 + ".pdf"),
        ("v1.2 of the offer", "docx", "v1.2 of the offer.docx"),
    ],
)
def test_a_name_is_one_line_without_a_path_or_anything_hidden(typed: str, kind: str, name: str) -> None:
    assert safe_name(typed, kind) == name
