"""The files of papers: from an address of their own, never as a page of the portal, and nothing in them runs."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags, quote_etag
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.papers import store
from sop_portal.foundation.papers.looking import painted_page
from sop_portal.foundation.papers.models import Paper, PaperType, StoredFile
from sop_portal.foundation.papers.queries import find_paper
from sop_portal.foundation.papers.shown import PICTURES

MIME = {
    PaperType.PDF: "application/pdf",
    PaperType.JPEG: "image/jpeg",
    PaperType.PNG: "image/png",
    PaperType.WEBP: "image/webp",
}
# An office file is for a program, so a browser is told nothing of what is in it.
OTHER = "application/octet-stream"
# Nothing in it runs, loads, sends or is framed, whatever a browser makes of it.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# A browser keeps what it was shown, and asks each time whether it may still show it.
ASKED_EACH_TIME = "private, no-cache"


@page()
def download(request: Request, pk: int) -> HttpResponseBase:
    """The file, to keep."""
    found, stored = _file_of(request, pk)
    return _sent(found, stored, is_attachment=True)


@page()
def picture(request: Request, pk: int) -> HttpResponseBase:
    """A picture, to look at; every other file is only kept."""
    found, stored = _file_of(request, pk)
    if stored.type not in PICTURES:
        raise Http404
    return _kept_by_browser(request, stored, "picture") or _sent(found, stored, is_attachment=False)


@page()
def small(request: Request, pk: int) -> HttpResponse:
    """The small picture of a paper in a list."""
    found, stored = _file_of(request, pk)
    if not stored.small:
        raise Http404
    return _kept_by_browser(request, stored, "small") or _painted(bytes(stored.small), found, stored, "small")


@page()
def pdf_page(request: Request, pk: int, number: int) -> HttpResponse:
    """One page of a PDF, painted by the limited child process."""
    found, stored = _file_of(request, pk)
    if stored.type != PaperType.PDF or not 1 <= number <= stored.pages:
        raise Http404
    _refuse_gone(stored)
    if unchanged := _kept_by_browser(request, stored, f"page-{number}"):
        return unchanged
    with store.opened(stored.sha256) as file:
        painted = painted_page(file, number)
    if painted is None:
        raise Http404
    return _painted(painted, found, stored, f"page-{number}")


def _tag(stored: StoredFile, part: str) -> str:
    return quote_etag(f"{stored.sha256[:32]}-{part}")


def _kept_by_browser(request: Request, stored: StoredFile, part: str) -> HttpResponse | None:
    """The short answer to a browser that shows this already: it may go on, since the right was asked anew."""
    tag = _tag(stored, part)
    if tag not in parse_etags(request.headers.get("If-None-Match", "")):
        return None
    return HttpResponseNotModified(headers={"ETag": tag, "Cache-Control": ASKED_EACH_TIME})


def _file_of(request: Request, pk: int) -> tuple[Paper, StoredFile]:
    found = find_paper(request.actor, pk)
    if found.file is None:
        raise Http404
    return found, found.file


def _refuse_gone(stored: StoredFile) -> None:
    try:
        is_there = store.is_there(stored.sha256)
    except store.StorageFails:
        sentence = _("The storage of papers cannot be reached.")
        raise NotNow(sentence, _("Try again in a while. If it stays so, tell the administrator.")) from None
    if not is_there:
        sentence = _("The file of this paper is gone from the storage.")
        raise NotNow(sentence, _("Tell the administrator: it is in the backup."))


def _pieces(sha256: str) -> Iterator[bytes]:
    """The file piece by piece, opened when the first is asked for."""
    with store.opened(sha256) as file:
        yield from file.chunks()


def _sent(found: Paper, stored: StoredFile, *, is_attachment: bool) -> StreamingHttpResponse:
    _refuse_gone(stored)
    kind = MIME.get(PaperType(stored.type), OTHER)
    response = StreamingHttpResponse(_pieces(stored.sha256), content_type=kind)
    response["Content-Disposition"] = content_disposition_header(is_attachment, found.name) or "attachment"
    response["Content-Length"] = str(stored.size)
    response["Cache-Control"] = "private, no-store" if is_attachment else ASKED_EACH_TIME
    if not is_attachment:
        response["ETag"] = _tag(stored, "picture")
    _guard(response)
    return response


def _painted(picture_bytes: bytes, found: Paper, stored: StoredFile, part: str) -> HttpResponse:
    response = HttpResponse(picture_bytes, content_type="image/webp")
    response["Content-Disposition"] = content_disposition_header(False, f"{found.name}.webp") or "inline"
    response["Cache-Control"] = ASKED_EACH_TIME
    response["ETag"] = _tag(stored, part)
    _guard(response)
    return response


def _guard(response: HttpResponseBase) -> None:
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
