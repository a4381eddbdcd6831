"""Stage 4: what may happen to a progress report and to an issue, on one screen."""

from django.utils.translation import gettext_lazy as _

from evaluations.reports.models import Issue, ProgressReport
from sop_portal.organisation.roles import Can
from sop_portal.workflow.table import Step, Workflow

S = ProgressReport.State
I = Issue.State  # noqa: E741

REPORT = Workflow(
    kind="report",
    label=_("Progress report"),
    states=S,
    initial=S.DRAFT,
    closed=frozenset({S.ACCEPTED}),
    tones={S.DRAFT: "draft", S.SUBMITTED: "sent", S.RETURNED: "back", S.ACCEPTED: "ok"},
    editable=frozenset({S.DRAFT, S.RETURNED}),
    steps=(
        Step(
            "submit", _("Submit report"), [S.DRAFT, S.RETURNED], S.SUBMITTED, by=Can.WRITE_REPORT,
            done=_("%(person)s submitted the report"), stamps="submitted", authors=True,
            says=_("The figures are frozen as of the end of the period. Management accepts the report."),
        ),
        Step(
            "accept", _("Accept report"), [S.SUBMITTED], S.ACCEPTED, by=Can.ACCEPT_REPORT,
            done=_("%(person)s accepted the report"), stamps="accepted", four_eyes=True,
        ),
        Step(
            "send-back", _("Send back with a comment"), [S.SUBMITTED], S.RETURNED, by=Can.ACCEPT_REPORT,
            done=_("%(person)s sent the report back"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip

ISSUE = Workflow(
    kind="issue",
    label=_("Issue"),
    states=I,
    initial=I.OPEN,
    closed=frozenset({I.VERIFIED}),
    tones={I.OPEN: "review", I.RESOLVED: "sent", I.VERIFIED: "ok"},
    steps=(
        Step(
            "resolve", _("Resolve issue"), [I.OPEN], I.RESOLVED, by=Can.RAISE_ISSUE,
            done=_("%(person)s resolved the issue"), stamps="resolved", authors=True, comment=True,
        ),
        Step(
            "verify", _("Verify solution"), [I.RESOLVED], I.VERIFIED, by=Can.VERIFY_ISSUE,
            done=_("%(person)s verified that the issue is solved"), stamps="verified", four_eyes=True,
        ),
        Step(
            "reopen", _("Open again"), [I.RESOLVED], I.OPEN, by=Can.VERIFY_ISSUE,
            done=_("%(person)s opened the issue again"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
