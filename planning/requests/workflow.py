"""Stage 2: what may happen to a resource request, on one screen."""

from django.utils.translation import gettext_lazy as _

from planning.requests.models import ResourceRequest
from sop_portal.organisation.roles import Can
from sop_portal.workflow.table import Step, Workflow

S = ResourceRequest.State

REQUEST = Workflow(
    kind="request",
    label=_("Resource request"),
    states=S,
    initial=S.DRAFT,
    closed=frozenset({S.ALLOCATED, S.WAIVED}),
    tones={S.DRAFT: "draft", S.SUBMITTED: "sent", S.RETURNED: "back", S.ALLOCATED: "ok", S.WAIVED: "shut"},
    editable=frozenset({S.DRAFT, S.RETURNED}),
    steps=(
        Step(
            "submit", _("Submit request"), [S.DRAFT, S.RETURNED], S.SUBMITTED, by=Can.SUBMIT_REQUEST,
            done=_("%(person)s submitted the request"), stamps="submitted", authors=True,
            says=_("The resource team decides line by line. You can withdraw it until the review begins."),
        ),
        Step(
            "allocate", _("Allocate request"), [S.SUBMITTED], S.ALLOCATED, by=Can.ALLOCATE,
            done=_("%(person)s allocated the request"), stamps="allocated", four_eyes=True,
            says=_("The department reads every decision and its reason."),
        ),
        Step(
            "send-back", _("Send back with a comment"), [S.SUBMITTED], S.RETURNED, by=Can.ALLOCATE,
            done=_("%(person)s sent the request back"), four_eyes=True, comment=True, awaited=False,
        ),
        Step(
            "withdraw", _("Withdraw request"), [S.SUBMITTED], S.DRAFT, by=Can.SUBMIT_REQUEST,
            done=_("%(person)s withdrew the request"), awaited=False,
        ),
        Step(
            "waive", _("Waive request"), [S.DRAFT, S.RETURNED], S.WAIVED, by=Can.WAIVE,
            done=_("%(person)s waived the request"), stamps="waived", comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
