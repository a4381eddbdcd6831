"""A count of an accepted report was wrong: somebody asks for the right one, somebody else decides."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.spending.actions import record_stopped
from evaluations.reports.actions.counting import count_in
from evaluations.reports.models import COUNTERS, CountCorrection, ProgressReport
from evaluations.reports.workflow import CORRECTION_FIELDS, COUNT_CORRECTION, misfit_of_year
from planning.models import Project
from planning.projects.actions import FigureChange, after_reports, correct_recorded, history_locked
from sop_portal.foundation.kit.bounds import COUNT, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unknown, save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow import checks
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.engine import created, lock, step
from sop_portal.foundation.workflow.years import hold_open_year


def correct_count(
    report: ProgressReport, metric: str, becomes: int, *, reason: str, by: User, at: datetime
) -> CountCorrection:
    """Ask for the right count of an accepted report, saying why; it counts once somebody else has confirmed it."""
    with transaction.atomic():
        hold_open_year(COUNT_CORRECTION.kind, report, "create")
        locked = lock(report)
        grant = checks.authority(Can.WRITE_REPORT, locked, by, at)
        refuse_unknown(CORRECTION_FIELDS["metric"], metric, {metric.value: str(metric.label) for metric in COUNTERS})
        _refuse_uncorrectable(locked, metric)
        refuse_beyond(CORRECTION_FIELDS["becomes"], becomes, COUNT)
        correction = CountCorrection(
            cycle_id=locked.cycle_id,
            department_id=locked.department_id,
            project_id=locked.project_id,
            report=locked,
            metric=metric,
            was=locked.counted(metric) or 0,
            becomes=becomes,
            reason=reason.strip(),
            asked_at=at,
            asked_by=by,
        )
        if correction.was == becomes:
            raise NotReady(_("Nothing was changed."), [], _("Write the right count.")).about("becomes")
        if misfit := misfit_of_year(correction):
            raise NotReady(misfit.sentence, [], misfit.way_out).about("becomes")
        save_new(correction)
        add_contributor(COUNT_CORRECTION, correction, by, grant, at)
        created(COUNT_CORRECTION, correction, by=by, at=at, grant=grant, comment=correction.reason)
    return correction


def _refuse_uncorrectable(report: ProgressReport, metric: str) -> None:
    if report.state != ProgressReport.State.ACCEPTED:
        words = {"state": report.get_state_display()}
        sentence = _("Only counts of an accepted report are corrected; the state is “%(state)s”.") % words
        raise NotNow(sentence, _("Write the right count in the report; once submitted, let it be sent back first."))
    if report.corrections.filter(metric=metric, state=CountCorrection.State.ASKED).exists():
        sentence = _("A correction of this count waits for a decision already.")
        raise NotNow(sentence, _("Wait for the decision, or withdraw that one first."))


@COUNT_CORRECTION.act("confirm")
def confirm(correction: CountCorrection, *, by: User, at: datetime, seen: int, comment: str = "") -> CountCorrection:
    """Let the corrected count take the place of the one that was accepted, in every sum."""
    with (
        history_locked(),
        step(COUNT_CORRECTION, correction, "confirm", by=by, at=at, seen=seen, comment=comment) as locked,
    ):
        total = count_in(locked.project_id, {locked.metric: locked.change}, by=by, at=at)[locked.metric]
        locked.decided_at = after_reports([locked.project_id], at)
        project = Project.objects.select_related("cycle").get(pk=locked.project_id)
        if project.state == Project.State.EVALUATED:
            change = FigureChange(locked.metric, Decimal(total))
            correct_recorded(project, change, reason=locked.reason, by=by, at=at)
        elif project.state == Project.State.CANCELLED:
            record_stopped(project, because=locked.reason, by=by, at=at)
    return correction


@COUNT_CORRECTION.act("decline")
def decline(correction: CountCorrection, *, by: User, at: datetime, seen: int, comment: str = "") -> CountCorrection:
    """Let the count stand as it was accepted, with the reason."""
    with step(COUNT_CORRECTION, correction, "decline", by=by, at=at, seen=seen, comment=comment):
        pass
    return correction


@COUNT_CORRECTION.act("withdraw")
def withdraw(correction: CountCorrection, *, by: User, at: datetime, seen: int, comment: str = "") -> CountCorrection:
    """Ask for it no more, or for another count; nobody has decided yet."""
    with step(COUNT_CORRECTION, correction, "withdraw", by=by, at=at, seen=seen, comment=comment):
        pass
    return correction
