"""What is decided on an audit and on a finding: what was found, what was answered, what was done."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.audits.models import Audit, Finding
from budgets.audits.queries import money_audited
from budgets.audits.workflow import AUDIT, FINDING
from sop_portal.foundation.kit.components import Answer, Tile
from sop_portal.foundation.kit.formats import NOTHING, day_of_year, money, number
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.workflow.preview import PreviewRow, Reader, StepPreview, person_and_day, table


@AUDIT.preview("begin", "ask", "close")
def audit(record: Audit, reader: Reader) -> StepPreview:
    """What is audited, how much money that is, and every finding so far."""
    findings = list(record.findings.order_by("number"))
    concerned = [finding.amount for finding in findings if finding.amount is not None]
    currency = record.cycle.currency
    figures = [
        Tile(_("Audited, %(currency)s") % {"currency": currency}, money(money_audited(record), 2)),
        Tile(_("Findings"), number(len(findings))),
        Tile(_("Money concerned, %(currency)s") % {"currency": currency}, money(sum(concerned), 2)),
        Tile(_("Planned for"), day_of_year(record.planned_on)),
    ]
    rows = [
        PreviewRow(
            (str(finding.number), finding.get_state_display(), day_of_year(finding.due), money(finding.amount, 2)),
            typed(finding.what),
            finding.get_absolute_url(),
        )
        for finding in findings
    ]
    heads = (_("Finding"), _("State"), _("Answer due"), _("Amount"))
    tables = [table(_("Findings"), heads, rows)] if rows else []
    return StepPreview(figures, tables=tables, effects=_of_audit(record, reader))


def _of_audit(record: Audit, reader: Reader) -> list[StrOrPromise]:
    if reader.step == "ask":
        sentence = _("%(department)s reads the findings from then on, and its head gets a mail.")
        return [interpolate(sentence, {"department": record.department})]
    return []


@FINDING.preview("answer", "remedy", "verify", "reopen")
def finding(record: Finding, reader: Reader) -> StepPreview:
    """What was found, and what the department said and did about it."""
    figures = [
        Tile(_("Amount concerned, %(currency)s") % {"currency": record.audit.cycle.currency}, money(record.amount, 2)),
        Tile(_("Audited"), typed(record.audit.project or record.audit.department)),
        Tile(_("Answer due"), day_of_year(record.due)),
    ]
    answered, remedied = (
        person_and_day(by, at)
        for by, at in ((record.answered_by, record.answered_at), (record.remedied_by, record.remedied_at))
    )
    answers = [
        Answer(_("What was found"), "", typed=record.what),
        Answer(_("Answer"), "" if record.answer else NOTHING, answered, record.answer),
        Answer(_("What was done"), "" if record.remedy else NOTHING, remedied, record.remedy),
    ]
    return StepPreview(figures, answers, effects=_of_finding(record, reader))


def _of_finding(record: Finding, reader: Reader) -> list[StrOrPromise]:
    if reader.step == "verify":
        left = record.audit.findings.exclude(state=Finding.State.VERIFIED).exclude(pk=record.pk).count()
        return [
            ngettext(
                "%(count)s more finding of the audit is open.", "%(count)s more findings of the audit are open.", left
            )
            % {"count": number(left)}
            if left
            else _("It is the last open finding: the audit can be closed.")
        ]
    if reader.step == "reopen":
        return [_("The department answers again; what it wrote so far stays in the history.")]
    return [_("Finance reads it and checks it.")]
