"""What acts is found wherever it lies in a PDF, and what programs write every day is taken."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pikepdf import Encryption, ObjectStreamMode, Pdf

from sop_portal.demo.papers import with_table
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.child.look import PaperProblem
from sop_portal.foundation.papers.looking import COMMAND, look_at
from sop_portal.foundation.papers.models import StoredFile, WaitingPaper
from sop_portal.foundation.papers.tests.files import brought, objects, pdf, stream

# One page of each program, with headings, links, names and fields called JavaScript, JS, Launch, XFA, Sound …
SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.pdf"))
ACTS = "a PDF with a program or a form that runs or sends something"
DAMAGED, PASSWORD, UNPACKS = "may be damaged", "protected by a password", "a PDF that unpacks to far more"
SCRIPT = b"<< /S /JavaScript /JS (app.alert) >>"
SHOWS = b"<< /S /GoTo /D [3 0 R /Fit] >>"
WEB = b"/S /URI /URI (https://a.example)"
SHARE = rb"\\\\host\\share\\a.pdf"
SHARE_IN_TWO_BYTES = b"FEFF" + r"\\host\a.pdf".encode("utf-16-be").hex().encode()
MEGABYTE, PEAK = 1_000_000, 500
STARTS_AND_MEASURES = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_pid, status, used = os.wait4(child.pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_maxrss)
"""
MIXED_UP = b"<< /S /Launch /F (a.exe) /Next [ ] ] ] ] ] ] ] ] ] ] ] ] ] ] ] ] ] ] ] >>"


def on_page(said: bytes, *more: bytes) -> bytes:
    """A PDF of which something more is said of the page."""
    made = objects(b"", *more)
    made[2] = made[2].removesuffix(b">>") + said + b" >>"
    return with_table(made)


def marked(said: bytes, *more: bytes) -> bytes:
    """A PDF with a mark on its page."""
    return on_page(b"/Annots [<< /Type /Annot /Rect [0 0 9 9] %s >>]" % said, *more)


def linked(said: bytes, *more: bytes) -> bytes:
    """A PDF with a link on its page, which does what is said."""
    return marked(b"/Subtype /Link /A << %s >>" % said, *more)


def in_form(field: bytes) -> bytes:
    """A PDF with a field to fill in."""
    return with_table(objects(b"/AcroForm << /Fields [5 0 R] >>", field))


def with_packed(
    within: bytes, *, is_named: bool = True, more: bytes = b"/OpenAction 6 0 R", kind: bytes = b"ObjStm", first: int = 4
) -> bytes:
    """A PDF with a stream in which object 6 is packed; its table names that, or leaves it out."""
    written, places = b"%PDF-1.7\n", []
    said = b"/Type /%s /N %d /First %d /Filter /FlateDecode" % (kind, first // 4, first)
    for number, body in enumerate(objects(more, stream(within, said)), 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = [struct.pack(">BIB", 0, 0, 255), *(struct.pack(">BIB", 1, place, 0) for place in places)]
    rows += [struct.pack(">BIB", 2, 5, 0) if is_named else rows[0], struct.pack(">BIB", 1, len(written), 0)]
    table = stream(b"".join(rows), b"/Type /XRef /Size 8 /W [1 4 1] /Root 1 0 R")
    return written + b"7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(written))


def packed(body: bytes) -> bytes:
    return zlib.compress(b"6 0 " + body)


def packed_twice(first: bytes, last: bytes) -> bytes:
    """Two objects of one number in a stream: one reader takes the first, another the last."""
    return zlib.compress(b"6 0 6 %-3d%s %s" % (len(first) + 1, first, last))


def changed(before: bytes, after: bytes) -> bytes:
    """A PDF whose fifth object was replaced later: a second part follows the first, as programs save a change."""
    first = with_table(objects(b"/OpenAction 5 0 R", before))
    written = first + b"5 0 obj\n%s\nendobj\n" % after
    table = b"xref\n5 1\n%010d 00000 n \n" % len(first)
    trailer = b"trailer << /Size 6 /Root 1 0 R /Prev %d >>\n" % first.rindex(b"xref\n0")
    return written + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(written)


def structured(element: bytes, *more: bytes, root: bytes = b"/K 6 0 R") -> bytes:
    """A PDF with a structure for whoever has it read aloud; object 6 is its one element."""
    said = b"/MarkInfo << /Marked true >> /StructTreeRoot 5 0 R"
    return with_table(objects(said, b"<< /Type /StructTreeRoot %s >>" % root, element, *more))


def element(said: bytes, called: bytes = b"Launch") -> bytes:
    """An element of a structure that its author called as an action is called."""
    return b"<< /Type /StructElem /S /%s /P 5 0 R /Pg 3 0 R %s >>" % (called, said)


def locked(content: bytes, user: str) -> bytes:
    written = io.BytesIO()
    with Pdf.open(io.BytesIO(content)) as document:
        document.save(
            written, encryption=Encryption(owner="secret", user=user), object_stream_mode=ObjectStreamMode.generate
        )
    return written.getvalue()


def without_table(content: bytes) -> bytes:
    """A PDF whose table of objects points nowhere."""
    return content.replace(b" 00000 n", b" 99999 n").replace(b"\nstartxref\n", b"\nstartxref\n9")


def looped(action: bytes) -> bytes:
    """A PDF whose pages are among their own pages."""
    made = objects(b"/OpenAction 5 0 R", action)
    made[1] = b"<< /Type /Pages /Count 2 /Kids [3 0 R 2 0 R] >>"
    return with_table(made)


def bomb(megabytes: int, begins: bytes = b"") -> bytes:
    """A stream that unpacks to as much, written in no time: one packed piece, again and again."""
    packer = zlib.compressobj(9)
    first = packer.compress(begins) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + (packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)) * megabytes + packer.flush()


def large_page(megabytes: int) -> bytes:
    made = objects(b"")
    made[3] = stream(bomb(megabytes), b"/Filter /FlateDecode")
    return with_table(made)


def large_invoice(megabytes: int) -> bytes:
    return with_table(objects(b"", stream(zlib.compress(bomb(megabytes)), b"/Filter [/FlateDecode /FlateDecode]")))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "mark.pdf": (lambda: marked(b"/Subtype /Text /A 5 0 R", SCRIPT), ACTS),
    "mark-within.pdf": (
        lambda: marked(b"/Subtype /Link /A << /S /GoTo /D [3 0 R /Fit] /Next " + SCRIPT + b" >>"),
        ACTS,
    ),
    "page.pdf": (lambda: on_page(b"/AA << /O 5 0 R >>", SCRIPT), ACTS),
    "names.pdf": (
        lambda: with_table(
            objects(b"/Names << /JavaScript << /Kids [5 0 R] >> >>", b"<< /Names [(a) 6 0 R] >>", SCRIPT)
        ),
        ACTS,
    ),
    "field.pdf": (lambda: in_form(b"<< /FT /Tx /T (a) /AA << /K " + SCRIPT + b" >> >>"), ACTS),
    "script-stream.pdf": (lambda: in_form(b"<< /FT /Tx /T (a) /AA << /K << /JS 4 0 R >> >> >>"), ACTS),
    "by-reference.pdf": (lambda: marked(b"/A << /S 5 0 R /F (a.exe) >>", b"/Launch"), ACTS),
    "movie.pdf": (lambda: marked(b"/Subtype /Movie /Movie << /F (a.mov) >>"), ACTS),
    "sound.pdf": (lambda: marked(b"/Subtype /Link /A << /S /Sound >>"), ACTS),
    "rendition.pdf": (lambda: marked(b"/Subtype /Screen /A << /S /Rendition >>"), ACTS),
    "space.pdf": (lambda: marked(b"/Subtype /3D /3DD 5 0 R", stream(b"U3D", b"/Type /3D /Subtype /U3D")), ACTS),
    "rich.pdf": (lambda: marked(b"/Subtype /RichMedia"), ACTS),
    "end.pdf": (lambda: with_table(objects(b"")).replace(b"/Root", b"/A " + SCRIPT + b" /Root"), ACTS),
    "packed.pdf": (lambda: with_packed(packed(SCRIPT)), ACTS),
    "packed-unnamed.pdf": (lambda: with_packed(packed(SCRIPT), is_named=False, more=b""), ACTS),
    "packed-broken.pdf": (lambda: with_packed(packed(b"<< /A %s " % SCRIPT)), DAMAGED),
    "packed-first.pdf": (lambda: with_packed(packed_twice(SCRIPT, SHOWS), first=9), ACTS),
    "packed-last.pdf": (lambda: with_packed(packed_twice(SHOWS, SCRIPT), first=9), ACTS),
    "packed-otherwise.pdf": (lambda: with_packed(b"no such stream", kind=b"Other"), DAMAGED),
    "packed-spoilt.pdf": (lambda: with_packed(b"no such stream"), DAMAGED),
    "import.pdf": (lambda: marked(b"/Subtype /Link /A << /S /ImportData /F (a.fdf) >>"), ACTS),
    "locked-script.pdf": (lambda: locked(marked(b"/A " + SCRIPT), ""), ACTS),
    "secret.pdf": (lambda: locked(pdf(), "secret"), PASSWORD),
    "added.pdf": (lambda: changed(SHOWS, SCRIPT), ACTS),
    "taken-away.pdf": (lambda: changed(SCRIPT, SHOWS), ACTS),
    "no-table.pdf": (lambda: without_table(with_table(objects(b"/OpenAction 5 0 R", SCRIPT))), ACTS),
    "loop.pdf": (lambda: looped(SCRIPT), ACTS),
    "twice.pdf": (lambda: with_table(objects(b"/OpenAction << /S /Launch >> /OpenAction [3 0 R /Fit]")), DAMAGED),
    "started.pdf": (lambda: structured(element(b"/F (a.exe)")), ACTS),
    "started-on-one-system.pdf": (lambda: structured(element(b"/Win << /F (a.exe) >>")), ACTS),
    "script-of-structure.pdf": (lambda: structured(element(b"/JS (app.alert)", b"JavaScript")), ACTS),
    "played.pdf": (lambda: structured(element(b"/R << /S /MR >>", b"Rendition")), ACTS),
    "within-structure.pdf": (lambda: structured(element(b"/A << /S /Launch /F (a.exe) >>")), ACTS),
    "beside-structure.pdf": (lambda: structured(element(b"/K 7 0 R", b"P"), b"<< /S /Launch >>"), ACTS),
    "no-element.pdf": (lambda: structured(element(b"").replace(b"StructElem", b"Action")), ACTS),
    "marked-structure.pdf": (lambda: structured(element(b"/Subtype /RichMedia")), ACTS),
    "said-twice.pdf": (lambda: structured(element(b"/F (a.exe) /F null")), DAMAGED),
    "share.pdf": (lambda: linked(b"/S /GoToR /F (%s) /D [0 /Fit]" % SHARE), ACTS),
    "share-named.pdf": (lambda: linked(b"/S /GoToE /F 5 0 R", b"<< /UF (%s) >>" % SHARE), ACTS),
    "share-apart.pdf": (lambda: linked(b"/S /GoToR /F 5 0 R", b"(%s)" % SHARE), ACTS),
    "share-in-two-bytes.pdf": (lambda: linked(b"/S /GoToR /F <%s>" % SHARE_IN_TWO_BYTES), ACTS),
    "host.pdf": (lambda: linked(b"/S /GoToR /F (//host/a.pdf) /D [0 /Fit]"), ACTS),
    "fetched.pdf": (lambda: linked(b"/S /GoToR /F << /FS /URL /F (https://a.example/a.pdf) >>"), ACTS),
    "stream-elsewhere.pdf": (lambda: with_table(objects(b"", stream(b"", b"/F (https://a.example/a)"))), ACTS),
    "opens-web.pdf": (lambda: with_table(objects(b"/OpenAction << %s >>" % WEB)), ACTS),
    "opens-web-apart.pdf": (lambda: with_table(objects(b"/OpenAction 5 0 R", b"<< %s >>" % WEB)), ACTS),
    "opens-web-next.pdf": (
        lambda: with_table(objects(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << %s >> >>" % WEB)),
        ACTS,
    ),
    "page-opens-web.pdf": (lambda: on_page(b"/AA << /O << %s >> >>" % WEB), ACTS),
    "page-opens-web-apart.pdf": (lambda: on_page(b"/AA 5 0 R", b"<< /O << %s >> >>" % WEB), ACTS),
    "mixed-up.pdf": (lambda: with_table(objects(b"/OpenAction 5 0 R", MIXED_UP)), DAMAGED),
    "deep.pdf": (lambda: with_table(objects(b"/OpenAction 5 0 R", b"[" * 600 + SCRIPT + b"]" * 600)), DAMAGED),
    "large-page.pdf": (lambda: large_page(3_000), UNPACKS),
    "large-invoice.pdf": (lambda: large_invoice(3_000), UNPACKS),
    "large-packed.pdf": (lambda: with_packed(bomb(3_000, b"6 0 " + SCRIPT)), UNPACKS),
}


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_acts_is_refused_wherever_it_lies(name: str, cast: SimpleNamespace) -> None:
    made, said = REFUSED[name]
    with pytest.raises(NotReady) as refusal:
        actions.bring(brought(name, made()), by=cast.ben, at=clock.now())
    assert (said in str(refusal.value.sentence), bool(refusal.value.way_out)) == (True, True)
    assert (StoredFile.objects.count(), WaitingPaper.objects.count()) == (0, 0)


TAKEN: dict[str, Callable[[], bytes]] = {
    "words.pdf": lambda: with_table(objects(b"/Lang (/S /JavaScript /JS)", title=b"<< /S /JavaScript /JS (a) >>")),
    "heading.pdf": lambda: with_table(objects(b"/Dests << /JavaScript [3 0 R /XYZ 0 0 0] /JS [3 0 R /Fit] >>")),
    "elsewhere.pdf": lambda: marked(b"/Subtype /Link /A << /S /GoToR /F (other.pdf) /D [0 /Fit] >>"),
    "folder.pdf": lambda: linked(b"/S /GoToR /F (../C:/other.pdf) /D [0 /Fit]"),
    "opens-at-a-page.pdf": lambda: with_table(objects(b"/OpenAction [3 0 R /Fit]")),
    "link-apart.pdf": lambda: linked(b"/S /URI /URI 5 0 R", b"(https://a.example)"),
    "link.pdf": lambda: marked(b"/Subtype /Link /A << /S /URI /URI (https://a.example) >>"),
    "filled.pdf": lambda: in_form(b"<< /FT /Tx /T (JavaScript) /V (Launch) >>"),
    "structure.pdf": lambda: structured(
        element(b"/K [0 1] /T (How to launch) /R 2 /A << /O /Layout /Placement /Block >>"),
        root=b"/K 6 0 R /RoleMap << /Launch /H1 /JavaScript /P >> /ClassMap << /Launch << /O /Layout >> >>",
    ),
    "structure-of-scripts.pdf": lambda: structured(element(b"/K 0 /C /Launch", b"JavaScript")),
    "structure-untold.pdf": lambda: structured(element(b"/K 0").replace(b"/Type /StructElem ", b"")),
    "no-table.pdf": lambda: without_table(pdf()),
    "changed.pdf": lambda: changed(SHOWS, SHOWS),
    "loop.pdf": lambda: looped(SHOWS),
    "packed.pdf": lambda: with_packed(packed(SHOWS)),
    "locked.pdf": lambda: locked(pdf(), ""),
    "white.pdf": lambda: large_page(100),
}


def looked_at(content: bytes) -> tuple[str, int]:
    """What a file is, and how many pages it has."""
    found = look_at(brought("a.pdf", content))
    found.stream.close()
    return found.type, found.pages


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(TAKEN))
def test_what_acts_in_no_way_is_taken(name: str) -> None:
    assert looked_at(TAKEN[name]())[0] == "pdf"


@pytest.mark.once
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_what_programs_write_every_day_is_taken(sample: Path) -> None:
    assert looked_at(sample.read_bytes())[0] == "pdf"


@pytest.mark.once
def test_two_thousand_pages_are_looked_into_in_time() -> None:
    assert looked_at(pdf("JavaScript", pages=2_000)) == ("pdf", 2_000)


def looked_into(content: bytes) -> tuple[int, int]:
    """How the child ended, and how many megabytes it took at most.

    A small process starts the child: until it has become its program, a child is as large as who started it, and the
    tests may have grown beyond the bound.
    """
    asked = [sys.executable, "-c", STARTS_AND_MEASURES, *COMMAND, "{}"]
    ended, used = subprocess.run(asked, input=content, stdout=subprocess.PIPE, check=True).stdout.split()
    return int(ended), int(used) * (1 if sys.platform == "darwin" else 1024) // MEGABYTE


@pytest.mark.once
@pytest.mark.parametrize("made", [large_page, large_invoice, lambda size: with_packed(bomb(size, b"6 0 " + SCRIPT))])
def test_what_unpacks_without_end_takes_no_more_memory_than_what_is_too_large(made: Callable[[int], bytes]) -> None:
    (ended, least), (ended_too, most) = looked_into(made(400)), looked_into(made(8_000))
    assert (ended, ended_too) == (PaperProblem.PDF_UNPACKS, PaperProblem.PDF_UNPACKS)
    assert (most < PEAK, most - least < 50) == (True, True)


@pytest.mark.once
def test_how_large_the_tests_have_grown_is_not_counted() -> None:
    grown = bytearray(b"1") * ((PEAK + 100) * MEGABYTE)
    ended, most = looked_into(pdf())
    assert (len(grown) > PEAK * MEGABYTE, ended, most < PEAK) == (True, 0, True)
