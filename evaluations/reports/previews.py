"""What is decided on a progress report, on a correction in it and on an issue: figures, warnings, what was written."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluations.reports.models import CountCorrection, Issue, ProgressReport
from evaluations.reports.queries import ProjectProgress, counted_in, issues_of
from evaluations.reports.workflow import CORRECTION_FIELDS, COUNT_CORRECTION, ISSUE, REPORT, REPORT_FIELDS
from planning.models import Project
from sop_portal.foundation.kit.components import Answer, Tile
from sop_portal.foundation.kit.formats import money, number, signed
from sop_portal.foundation.kit.sentences import StrOrPromise, typed
from sop_portal.foundation.workflow.preview import PreviewRow, Reader, StepPreview, person_and_day, table, written

TEXTS = {name: REPORT_FIELDS[name] for name in ("explanation", "problems", "outlook")}


@REPORT.preview("submit", "accept", "send-back")
def report(record: ProgressReport, reader: Reader) -> StepPreview:
    """The period and the total beside the plan, the warnings with their explanation, and the words of the writer."""
    progress = ProjectProgress(record, reader.actor.on)
    warnings = [PreviewRow((warning.sentence,), warning.note) for warning in progress.warnings]
    tables = [table(pgettext("report", "Warnings"), (pgettext("report", "Warning"),), warnings)] if warnings else []
    issues = [
        PreviewRow((typed(issue), issue.get_state_display()), url=issue.get_absolute_url())
        for issue in issues_of(record)
    ]
    if issues:
        tables.append(table(_("Issues"), (_("Issue"), _("State")), issues))
    return StepPreview(_figures(progress), written(TEXTS, record), tables, _of_report(record, reader))


def _figures(progress: ProjectProgress) -> list[Tile]:
    record, planned = progress.report, _("planned by now: %(figure)s")
    held = progress.activities_before + (record.activities_held or 0)
    reached = progress.participants_before + (record.participants_reached or 0)
    so_far = _("so far: %(figure)s")
    counts = (
        (_("Activities held"), record.activities_held, held, progress.activities.planned),
        (_("Participants reached"), record.participants_reached, reached, progress.participants.planned),
    )
    return [
        *(
            Tile(name, number(now), note=f"{so_far % {'figure': number(total)}} · {planned % {'figure': number(plan)}}")
            for name, now, total, plan in counts
        ),
        Tile(
            _("Spent in the period, %(currency)s") % {"currency": record.cycle.currency},
            money(progress.spent_in_period, 2),
            note=so_far % {"figure": money(progress.spent_total, 2)},
        ),
        Tile(_("Budgeted"), money(progress.budgeted, 2)),
    ]


def _of_report(record: ProgressReport, reader: Reader) -> list[StrOrPromise]:
    if reader.step == "send-back":
        return [_("Its figures do not count for the project until it is submitted again and accepted.")]
    if reader.step == "submit":
        return [_("Expenses posted later for this period appear in the next report.")]
    return []


@COUNT_CORRECTION.preview("confirm", "decline", "withdraw")
def correction(record: CountCorrection, reader: Reader) -> StepPreview:
    """What counts, what is said to be right, the sum of the project with it, and why."""
    measure, total = record.get_metric_display(), counted_in(record.project_id)[record.metric]
    becomes = _("with the correction: %(figure)s") % {"figure": number(total + record.change)}
    figures = [
        Tile(_("%(measure)s, counted so far") % {"measure": measure}, number(record.was)),
        Tile(CORRECTION_FIELDS["becomes"], number(record.becomes), note=signed(record.change)),
        Tile(_("The project so far"), number(total), note=becomes),
    ]
    by = person_and_day(record.asked_by, record.asked_at)
    answers = [
        Answer(_("Progress report"), str(record.report), url=record.report.get_absolute_url()),
        Answer(CORRECTION_FIELDS["reason"], "", by, record.reason),
    ]
    return StepPreview(figures, answers, effects=_of_correction(record, reader))


def _of_correction(record: CountCorrection, reader: Reader) -> list[StrOrPromise]:
    if reader.step == "decline":
        return [_("The count stays as it is; whoever asked reads why.")]
    if reader.step == "withdraw":
        return []
    effects: list[StrOrPromise] = [_("Every total uses the right figure; later reports stay as they were submitted.")]
    if record.project.state == Project.State.EVALUATED:
        year = {"year": record.cycle.year}
        effects.append(_("The evaluation stays as it was reviewed, and says what changed since."))
        effects.append(_("The history of %(year)s follows, and with it the proposals of open forecasts.") % year)
    return effects


@ISSUE.preview("resolve", "verify", "reopen")
def issue(record: Issue, reader: Reader) -> StepPreview:
    """What is the matter, and how it was solved."""
    figures = [Tile(_("Project"), typed(record.project)), Tile(_("Department"), typed(record.department))]
    answers = [Answer(_("What is the matter"), "", typed=record.text)]
    if record.solution:
        by = person_and_day(record.resolved_by, record.resolved_at)
        answers.append(Answer(_("How it was solved"), "", by, record.solution))
    again = [_("The department solves it again.")] if reader.step == "reopen" else []
    return StepPreview(figures, answers, effects=[*again, *_at_meeting(record, reader)])


def _at_meeting(record: Issue, reader: Reader) -> list[StrOrPromise]:
    """What becomes of an issue that was raised to the review meeting."""
    if record.is_raised and reader.step == "resolve":
        return [_("It leaves the agenda of the next review meeting, unless something is written on it there.")]
    if record.is_raised and reader.step == "reopen":
        return [_("It stands on the agenda of the next review meeting again.")]
    return []
