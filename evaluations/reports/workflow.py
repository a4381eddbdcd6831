"""Stage 4: what may happen to a progress report, to a correction in it, and to an issue, on one screen."""

from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from evaluations.reports.models import CountCorrection, Issue, ProgressReport
from evaluations.reports.queries import ProjectProgress, counted_in
from sop_portal.foundation.kit.bounds import COUNT, Misfit, misfit_of
from sop_portal.foundation.kit.dates import add_civil_days
from sop_portal.foundation.kit.formats import day, sentences
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Missing, Step, WindowCheck, Workflow

State = ProgressReport.State
REPORT_FIELDS = {
    "activities_held": _("Activities held in the period"),
    "participants_reached": _("Participants reached in the period"),
    "problems": _("Problems"),
    "outlook": _("What comes next"),
    "explanation": _("Explanation of the warnings"),
}

CORRECTION_FIELDS = {"metric": _("Measure"), "becomes": _("Right count"), "reason": _("Why the count is corrected")}


def missing_to_submit(report: ProgressReport, at: datetime) -> list[Missing]:
    """The two counts have to be given, and the warnings explained."""
    url = report.get_absolute_url()
    missing = [
        Missing(gettext("Missing: %(field)s.") % {"field": REPORT_FIELDS[name]}, f"{url}#id_{name}")
        for name in ("activities_held", "participants_reached")
        if getattr(report, name) is None
    ]
    warned = len(ProjectProgress(report, report.cycle.day(at)).warnings)
    if warned and not report.explanation.strip():
        sentence = ngettext("One warning is not explained yet.", "%(count)s warnings are not explained yet.", warned)
        missing.append(Missing(sentence % {"count": warned}, f"{url}#id_explanation"))
    return missing


def window_to_submit(report: ProgressReport, at: datetime) -> WindowCheck:
    """From the day after the period on; late is always taken and marked, measured by the first time it came."""
    today = report.cycle.day(at)
    if today <= report.period_last:
        sentence = gettext("The period ends on %(day)s; its report can be submitted after that.")
        opens = gettext("Submit it from %(day)s on.") % {"day": day(add_civil_days(report.period_last, 1), today)}
        return WindowCheck(False, sentence=sentence % {"day": day(report.period_last, today)}, way_out=opens)
    return WindowCheck(True, is_late=report.cycle.day(report.submitted_at or at) > report.due)


def misfit_of_year(correction: CountCorrection) -> Misfit | None:
    """Why the year cannot hold a corrected count with all others: it holds no more than one of its periods can."""
    total = counted_in(correction.project_id)[correction.metric] + correction.change
    label = interpolate(gettext("%(measure)s of the year"), {"measure": correction.get_metric_display()})
    return misfit_of(label, total, COUNT)


def missing_to_confirm(correction: CountCorrection, at: datetime) -> list[Missing]:
    """The sum of the year can be, with what else was counted meanwhile."""
    misfit = misfit_of_year(correction)
    return [Missing(sentences(misfit))] if misfit else []


REPORT = Workflow(
    kind="report",
    model=ProgressReport,
    label=_("Progress report"),
    states=State,
    initial=State.DRAFT,
    closed=frozenset({State.ACCEPTED}),
    # Its figures are frozen when it is handed in.
    sealed_in=frozenset({State.SUBMITTED, State.ACCEPTED}),
    still_moves=frozenset({"accepted_at", "accepted_by_id"}),
    tones={State.DRAFT: "draft", State.SUBMITTED: "sent", State.RETURNED: "back", State.ACCEPTED: "ok"},
    editable=frozenset({State.DRAFT, State.RETURNED}),
    fields=REPORT_FIELDS,
    steps=(
        Step(
            "submit", _("Submit report"), [State.DRAFT, State.RETURNED], State.SUBMITTED, by=Can.WRITE_REPORT,
            done=_("%(person)s submitted the report"), stamps="submitted", authors=True,
            missing=missing_to_submit, window=window_to_submit,
            says=_(
                "The figures are frozen as of the end of the period. Management accepts the report, or the division’s "
                "programme manager."
            ),
            task=_("Submit the %(month)s report for %(project)s"),
        ),
        Step(
            "accept", _("Accept report"), [State.SUBMITTED], State.ACCEPTED, by=Can.ACCEPT_REPORT,
            done=_("%(person)s accepted the report"), stamps="accepted", four_eyes=True,
            says=_("Its figures count for the project from then on."),
            task=_("Review the %(month)s report for %(project)s"),
        ),
        Step(
            "send-back", _("Send back with a comment"), [State.SUBMITTED], State.RETURNED, by=Can.ACCEPT_REPORT,
            done=_("%(person)s sent the report back"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip

Corrected = CountCorrection.State
COUNT_CORRECTION = Workflow(
    kind="count-correction",
    model=CountCorrection,
    open_text=_("The correction “%(record)s” is open: %(state)s."),
    created=_("asked for the correction"),
    label=_("Correction of a count"),
    fields=CORRECTION_FIELDS,
    states=Corrected,
    initial=Corrected.ASKED,
    closed=frozenset({Corrected.IN_FORCE, Corrected.DECLINED, Corrected.WITHDRAWN}),
    tones={
        Corrected.ASKED: "sent",
        Corrected.IN_FORCE: "ok",
        Corrected.DECLINED: "no",
        Corrected.WITHDRAWN: "shut",
    },
    instead=_("It stays as it is; where it was wrong, the count is corrected again."),
    steps=(
        Step(
            "confirm",
            _("Confirm correction"),
            [Corrected.ASKED],
            Corrected.IN_FORCE,
            by=Can.ACCEPT_REPORT,
            done=_("%(person)s confirmed the correction"),
            stamps="decided",
            four_eyes=True,
            missing=missing_to_confirm,
            says=_("From then on the corrected count is used; the report shows both, and why."),
        ),
        Step(
            "decline",
            _("Decline correction"),
            [Corrected.ASKED],
            Corrected.DECLINED,
            by=Can.ACCEPT_REPORT,
            done=_("%(person)s declined the correction"),
            stamps="decided",
            four_eyes=True,
            comment=True,
            awaited=False,
        ),
        Step(
            "withdraw",
            _("Withdraw correction"),
            [Corrected.ASKED],
            Corrected.WITHDRAWN,
            by=Can.WRITE_REPORT,
            done=_("%(person)s withdrew the correction"),
            stamps="withdrawn",
            awaited=False,
            says=_("The count stays as it is; nobody has to decide on it any more. It can be corrected anew."),
        ),
    ),
)

ISSUE = Workflow(
    kind="issue",
    model=Issue,
    open_text=_("Issue “%(record)s” is open: %(state)s."),
    created=_("raised the issue"),
    label=_("Issue"),
    states=Issue.State,
    initial=Issue.State.OPEN,
    closed=frozenset({Issue.State.VERIFIED}),
    tones={Issue.State.OPEN: "review", Issue.State.RESOLVED: "sent", Issue.State.VERIFIED: "ok"},
    editable=frozenset({Issue.State.OPEN, Issue.State.RESOLVED}),
    fields={"is_raised": _("for the next review meeting")},
    values={"is_raised": {"True": _("yes"), "False": _("no")}},
    steps=(
        Step(
            "resolve", _("Resolve issue"), [Issue.State.OPEN], Issue.State.RESOLVED, by=Can.RAISE_ISSUE,
            done=_("%(person)s resolved the issue"), stamps="resolved", authors=True, comment=True,
            says=_("Say how it was solved. Management verifies it."), asks=_("How it was solved"),
        ),
        Step(
            "verify", _("Verify solution"), [Issue.State.RESOLVED], Issue.State.VERIFIED, by=Can.VERIFY_ISSUE,
            done=_("%(person)s verified that the issue is solved"), stamps="verified", four_eyes=True,
            says=_("Check that it is solved. Verifying it closes the issue."),
        ),
        Step(
            "reopen", _("Open again"), [Issue.State.RESOLVED], Issue.State.OPEN, by=Can.VERIFY_ISSUE,
            done=_("%(person)s opened the issue again"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
