"""The files that come with a form: looked into before its act begins, kept while the form is corrected."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import ngettext

from sop_portal.foundation.kit.refusals import NotReady, Refusal
from sop_portal.foundation.organisation.access import Request, View, is_anonymous, key_of
from sop_portal.foundation.papers.actions import NewPaper, attach, bring, leave_waiting
from sop_portal.foundation.papers.models import WaitingPaper
from sop_portal.foundation.papers.queries import kind_of, waiting_of
from sop_portal.foundation.papers.uploading import skipped_files
from sop_portal.foundation.workflow.models import Record

# The names of the fields of a form: files, those brought before, and those not wanted any more.
FILES, TOKENS, LEFT = "papers", "paper", "leave-paper"
Respond = Callable[[HttpRequest], HttpResponse]


@dataclass
class Brought:
    """What came with a form: files that wait for it, and why others were not taken.

    `arrived` are those that came now, `is_shown` says whether the answer carries what waits back to the form.
    """

    waiting: list[WaitingPaper] = field(default_factory=list)
    problems: list[Refusal] = field(default_factory=list)
    arrived: list[UUID] = field(default_factory=list)
    is_shown: bool = False


class BroughtPapersMiddleware:
    """Takes the papers of a form in before its act: looking into a file takes time, and an act holds locks."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request; what nobody can send again does not stay, for it would count against its sender."""
        answer, brought = self.respond(request), brought_by(request)
        for token in [] if brought.is_shown else brought.arrived:
            leave_waiting(token, by=request.user, at=request.moment)  # type: ignore[arg-type,attr-defined]
        return answer

    def process_view(self, request: Request, view: View, args: list[object], kwargs: dict[str, object]) -> None:
        """Bring what was sent; which form it belongs to is the view's own affair."""
        if request.method == "POST" and not is_anonymous(request) and getattr(view, "access", None):
            # A form without a key is not carried out, so nothing of it is looked into.
            request.brought = brought_with(request) if key_of(request) else Brought()  # type: ignore[attr-defined]


def brought_with(request: Request) -> Brought:
    """The files that were sent with a form, now or when it was sent before."""
    found, files = Brought(), request.FILES.getlist(FILES)
    tokens = [token for text in request.POST.getlist(TOKENS) if (token := token_of(text))]
    for token in {token for text in request.POST.getlist(LEFT) if (token := token_of(text))}:
        leave_waiting(token, by=request.user, at=request.moment)
    for file in files[: settings.PAPERS_AT_ONCE]:
        try:
            found.arrived.append(bring(file, by=request.user, at=request.moment).token)
        except Refusal as refusal:
            found.problems.append(refusal)
    count = len(files) + skipped_files(request)
    if count > settings.PAPERS_AT_ONCE:
        found.problems.append(too_many_at_once(count))
    if tokens or found.arrived:
        found.waiting = waiting_of(request.actor, list(dict.fromkeys([*tokens, *found.arrived])))
    return found


def asked_beside_papers(request: Request) -> QueryDict:
    """What an address asks for beside the papers it carries, which wait for the form of the page it leads to.

    A page that looks at what was typed before its form is sent is asked by its address: the papers go there and back.
    """
    asked = request.GET.copy()
    tokens = [token for text in asked.pop(TOKENS, []) if (token := token_of(text))]
    request.brought = Brought(waiting_of(request.actor, list(dict.fromkeys(tokens))))  # type: ignore[attr-defined]
    return asked


def too_many_at_once(count: int) -> Refusal:
    """The refusal of more files than one form takes."""
    sentence = ngettext("%(count)s file was sent at once.", "%(count)s files were sent at once.", count)
    way_out = ngettext("Attach at most %(most)s at once.", "Attach at most %(most)s at once.", settings.PAPERS_AT_ONCE)
    return NotReady(sentence % {"count": count}, [], way_out % {"most": settings.PAPERS_AT_ONCE})


def token_of(text: str) -> UUID | None:
    """The token a form sent, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def shown_by(request: HttpRequest) -> Brought:
    """What came with this request, for an answer that carries it back to the form."""
    found = brought_by(request)
    found.is_shown = True
    return found


def brought_by(request: HttpRequest) -> Brought:
    """What came with this request."""
    found: Brought = getattr(request, "brought", None) or Brought()
    return found


def is_refused(request: HttpRequest) -> bool:
    """Whether a file that came with a form was not taken; the form is shown again, with what was."""
    return bool(brought_by(request).problems)


def attach_brought(request: Request, record: Record, *, description: str = "", part: str = "") -> int:
    """Attach what came with a form to its record, in the transaction of its act; how many papers."""
    waiting = brought_by(request).waiting
    for one in waiting:
        attach(kind_of(record), record, NewPaper(one, description, part), by=request.user, at=request.moment)
    return len(waiting)
