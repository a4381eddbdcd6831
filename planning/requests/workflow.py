"""Stage 2: what may happen to a resource request, on one screen."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from planning.cycles.calendar import GRACE_DAYS
from planning.cycles.models import Stage
from planning.cycles.queries import dates_of
from planning.cycles.workflow import window_for
from planning.requests.models import Pool, RequestLine, ResourceRequest
from sop_portal.foundation.kit.dates import add_civil_days
from sop_portal.foundation.kit.formats import joined
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.places import LINES, PARTS, part_of
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, WindowCheck, Workflow

State = ResourceRequest.State
NAMED = 6
LINE = "request-line"
keep_rows("pool", Pool, "committed")
keep_rows(LINE, RequestLine)
DECISION_VERBS = ("grant", "score", "refused-grant", "refused-score")


def unallocated() -> QuerySet[ResourceRequest]:
    """Requests that are not allocated: until then what the resource team does on them is its draft."""
    return ResourceRequest.objects.exclude(state=State.ALLOCATED)


def unallocated_decisions() -> Q:
    """Decisions and scores of requests that are not allocated."""
    return Q(kind="request", verb__in=DECISION_VERBS, record_id__in=unallocated().values("pk"))


def window_of(request: ResourceRequest, at: datetime) -> WindowCheck:
    """Two weeks from the demand report, or from the planned day; then grace, then only what was extended.

    A request of a department that was accepted later has its two weeks, and the grace after them, from then.
    """
    day, window = request.cycle.day(at), dates_of(request.cycle, Stage.REQUEST)
    if day <= request.due and (window is None or window.opens_on <= day):
        return WindowCheck(is_open=True)
    if window and request.due > window.due_on and day <= add_civil_days(request.due, GRACE_DAYS):
        return WindowCheck(is_open=True, is_late=True)
    return window_for(request.cycle, "request", request.department_id, at)


def until_review_begins(request: ResourceRequest, at: datetime) -> WindowCheck:
    """A request can be taken back until its first line is decided."""
    if request.lines.exclude(decision="open").exists():
        return WindowCheck(
            False,
            sentence=gettext("The resource team has begun to decide on this request."),
            way_out=gettext("Ask the resource team to send it back."),
        )
    return window_of(request, at)


def missing_to_submit(request: ResourceRequest, at: datetime) -> list[Missing]:
    """List what keeps the request from being submitted: it asks for nothing yet."""
    if request.lines.exists():
        return []
    add = reverse("request-line-new", args=[request.cycle.year, request.department.slug])
    return [
        Missing(gettext("The request has no line yet. Add one, or ask the administrator to waive the request."), add)
    ]


def missing_to_allocate(request: ResourceRequest, at: datetime) -> list[Missing]:
    """Every line is decided, with a reason where it is not granted in full."""
    undecided = request.lines.filter(decision="open").order_by("pk")
    lines = list(undecided.select_related("project")[: NAMED + 1])
    year = request.cycle.year
    missing = [Missing(_undecided(line), reverse("grant", args=[year, line.pk])) for line in lines[:NAMED]]
    rest = undecided.count() - NAMED if len(lines) > NAMED else 0
    if rest:
        more = ngettext("%(rest)s more line is not decided.", "%(rest)s more lines are not decided.", rest)
        board = f"{reverse('allocation', args=[year])}?department={request.department.slug}"
        missing.append(Missing(more % {"rest": rest}, board))
    return missing


def _undecided(line: RequestLine) -> str:
    return interpolate(
        gettext("%(project)s: “%(what)s” is not decided."), {"project": line.project, "what": line.called}
    )


def lines_called(record: ResourceRequest) -> dict[str, str]:
    """What the lines of a request are called, for the papers that are about one of them."""
    lines = record.lines.select_related("project", "pool").order_by("pk")
    return {part_of(line): joined([line.project, line]) for line in lines}


PARTS["request"] = lines_called
LINES["request"] = lambda record: record.lines
REQUEST = Workflow(
    kind="request",
    model=ResourceRequest,
    label=_("Resource request"),
    states=State,
    initial=State.DRAFT,
    closed=frozenset({State.ALLOCATED, State.WAIVED}),
    still_moves=frozenset({"granted_cost", "version"}),
    sealed_with=(
        SealedRows(
            "planning_requestline", "request", frozenset({"granted", "granted_cost", "decision", "reason"}),
            beside=frozenset({"pool__name", "pool__kind", "pool__unit"}),
        ),
    ),
    tones={
        State.DRAFT: "draft", State.SUBMITTED: "sent", State.RETURNED: "back", State.ALLOCATED: "ok",
        State.WAIVED: "shut",
    },
    editable=frozenset({State.DRAFT, State.RETURNED}),
    editable_in=window_of,
    fields={
        "line": _("line"),
        "resource": _("resource"),
        "what": _("what"),
        "quantity": _("quantity"),
        "unit_cost": _("unit cost"),
        "needed_on": _("needed on"),
        "why": _("why"),
        "why_not_forecast": _("why it was not forecast"),
        "decision": pgettext_lazy("line", "decision"),
        "granted": _("granted"),
        "reason": _("reason"),
        "score": _("score"),
        "due": _("due"),
    },
    values={"decision": dict(RequestLine.Decision.choices)},
    withheld=unallocated_decisions,
    withheld_while=unallocated,
    steps=(
        Step(
            "submit", _("Submit request"), [State.DRAFT, State.RETURNED], State.SUBMITTED, by=Can.SUBMIT_REQUEST,
            done=_("%(person)s submitted the request"), stamps="submitted", authors=True,
            missing=missing_to_submit, window=window_of,
            says=_("The resource team decides line by line. You can withdraw it until the review begins."),
            task=_("Submit the %(year)s request of %(department)s"),
        ),
        Step(
            "allocate", _("Allocate request"), [State.SUBMITTED], State.ALLOCATED, by=Can.ALLOCATE,
            done=_("%(person)s allocated the request"), stamps="allocated", four_eyes=True,
            missing=missing_to_allocate,
            says=_("The department reads every decision and its reason."),
            task=_("Allocate the %(year)s request of %(department)s"),
        ),
        Step(
            "send-back", _("Send back with a comment"), [State.SUBMITTED], State.RETURNED, by=Can.ALLOCATE,
            done=_("%(person)s sent the request back"), four_eyes=True, comment=True, awaited=False,
            says=_("What was granted on it so far is released; the department changes the request and submits again."),
        ),
        Step(
            "withdraw", _("Withdraw request"), [State.SUBMITTED], State.DRAFT, by=Can.SUBMIT_REQUEST,
            done=_("%(person)s withdrew the request"), awaited=False, window=until_review_begins,
        ),
        Step(
            "waive", _("Waive request"), [State.DRAFT, State.RETURNED], State.WAIVED, by=Can.WAIVE,
            done=_("%(person)s waived the request"), stamps="waived", four_eyes=True, comment=True,
            awaited=False,
        ),
    ),
)  # fmt: skip
