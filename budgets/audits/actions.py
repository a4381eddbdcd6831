"""What people do in an audit, one function per verb; the only place of this stage that writes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from budgets.audits.models import Audit, Finding
from budgets.audits.queries import LIKE_ANOTHER, open_audit_like
from budgets.audits.workflow import AUDIT, FINDING, too_much_concerned
from planning.cycles.calendar import days_of_work, days_to_answer
from planning.cycles.queries import due_in
from planning.models import Cycle, Project
from sop_portal.foundation.kit.bounds import refuse_beyond
from sop_portal.foundation.kit.dates import day_again, refuse_outside
from sop_portal.foundation.kit.fitting import give, save_new
from sop_portal.foundation.kit.likely_duplicates import refuse_duplicate
from sop_portal.foundation.kit.money import money_in
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor, Grant
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority, takes_part, who_instead
from sop_portal.foundation.workflow.engine import created, edit, step
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.foundation.workflow.years import hold_open_year


@dataclass(frozen=True)
class AuditPlan:
    """What is audited and when: a department, or one of its projects; another than the open one it looks like."""

    title: str
    department: Department
    planned_on: date
    project: Project | None = None
    is_another: bool = False


@dataclass(frozen=True)
class Observation:
    """What an audit found, until when it is answered, and how much money it concerns."""

    what: str
    due: date
    amount: Decimal | None = None


def plan(cycle: Cycle, planned: AuditPlan, *, by: User, at: datetime) -> Audit:
    """Plan an audit of a department, or of one of its projects, for a day."""
    department, project = planned.department, planned.project
    with transaction.atomic():
        role = _auditor(department, by, at)
        hold_open_year(AUDIT.kind, cycle, "create")
        takes_part(department)
        if not planned.title.strip():
            raise NotReady(_("Say what is audited."), [_("The title is missing.")])
        refuse_outside(_("Planned for"), planned.planned_on, days_of_work(cycle, cycle.day(at)))
        if project is not None and (project.department_id, project.cycle_id) != (department.pk, cycle.pk):
            sentence = _("The project belongs to another department or year.")
            raise NotReady(sentence, [], _("Choose a project of the department, or audit the whole department."))
        refuse_duplicate(open_audit_like(cycle, department, planned.title), LIKE_ANOTHER, is_another=planned.is_another)
        audit = save_new(
            Audit(
                cycle=cycle,
                department=department,
                project=project,
                title=planned.title.strip(),
                planned_on=planned.planned_on,
            )
        )
        created(AUDIT, audit, by=by, at=at, grant=role)
    return audit


def _auditor(on: Department | Audit, by: User, at: datetime) -> Grant:
    """The role in which somebody audits; whoever belongs to the audited department does not."""
    role = authority(Can.AUDIT, None, by, at)
    if on.department_id in Actor.of(by, at).department_ids:
        raise NotYours(
            _("You belong to the audited department, so somebody else audits it."), who_instead(Can.AUDIT, None, at)[1]
        )
    return role


@AUDIT.act("begin")
def begin(audit: Audit, *, by: User, at: datetime, seen: int, comment: str = "") -> Audit:
    """Begin the audit."""
    _auditor(audit, by, at)
    with step(AUDIT, audit, "begin", by=by, at=at, seen=seen, comment=comment):
        pass
    return audit


def find(audit: Audit, observed: Observation, *, by: User, at: datetime, seen: int) -> Finding:
    """Record something the audit found."""
    what, amount = observed.what.strip(), observed.amount
    _auditor(audit, by, at)
    with edit(AUDIT, audit, by=by, at=at, can=Can.AUDIT, seen=seen) as editing:
        if editing.record.state != Audit.State.IN_PROGRESS:
            raise NotNow(_("Findings are recorded while the audit is in progress."), _("Begin the audit first."))
        if not what:
            raise NotReady(_("A finding says what was found."), [], _("Write it down."))
        refuse_beyond(_("Amount concerned"), amount, money_in(editing.record.cycle.currency))
        if problem := too_much_concerned(editing.record, amount):
            raise NotReady(_("The finding concerns more money than there is."), [problem])
        refuse_outside(_("Answer due"), observed.due, days_to_answer(editing.record.cycle.day(at)))
        due = due_in(editing.record.cycle, observed.due)
        last = Finding.objects.filter(audit=editing.record).aggregate(last=Max("number"))["last"] or 0
        finding = save_new(
            Finding(
                audit=editing.record,
                number=last + 1,
                what=what,
                amount=amount,
                due=due.on,
                moved_from=due.moved_from,
            )
        )
        # Its own trail begins when the department is asked; until then the audit's tells of it.
        seal_rows(FINDING.kind, [finding.pk])
        editing.change("finding", None, what, where=str(finding.number))
    return finding


@AUDIT.act("ask")
def ask(audit: Audit, *, by: User, at: datetime, seen: int, comment: str = "") -> Audit:
    """Hand the findings to the department, which answers each of them."""
    role = _auditor(audit, by, at)
    with step(AUDIT, audit, "ask", by=by, at=at, seen=seen, comment=comment) as locked:
        for finding in Finding.objects.filter(audit=locked).select_related("audit__cycle").order_by("number"):
            created(FINDING, finding, by=by, at=at, grant=role)
    return audit


@AUDIT.act("close")
def close(audit: Audit, *, by: User, at: datetime, seen: int, comment: str = "") -> Audit:
    """Close the audit, every finding being verified."""
    _auditor(audit, by, at)
    with step(AUDIT, audit, "close", by=by, at=at, seen=seen, comment=comment):
        pass
    return audit


@FINDING.act("answer")
def answer(finding: Finding, *, by: User, at: datetime, seen: int, comment: str = "") -> Finding:
    """Say what the department thinks of a finding and what it will do."""
    with step(FINDING, finding, "answer", by=by, at=at, seen=seen, comment=comment) as locked:
        give(locked, answer=comment.strip())
    return finding


@FINDING.act("remedy")
def remedy(finding: Finding, *, by: User, at: datetime, seen: int, comment: str = "") -> Finding:
    """Say what was done about a finding."""
    with step(FINDING, finding, "remedy", by=by, at=at, seen=seen, comment=comment) as locked:
        give(locked, remedy=comment.strip())
    return finding


@FINDING.act("verify")
def verify(finding: Finding, *, by: User, at: datetime, seen: int, comment: str = "") -> Finding:
    """Confirm that the remedy works; never by who answered or remedied it."""
    _auditor(finding.audit, by, at)
    with step(FINDING, finding, "verify", by=by, at=at, seen=seen, comment=comment):
        pass
    return finding


@FINDING.act("reopen")
def reopen(
    finding: Finding, *, by: User, at: datetime, seen: int, comment: str = "", due: date | None = None
) -> Finding:
    """Give a finding back to the department, with the reason and until when it answers; a past day is none."""
    _auditor(finding.audit, by, at)
    with step(FINDING, finding, "reopen", by=by, at=at, seen=seen, comment=comment) as locked:
        cycle = locked.audit.cycle
        again = day_again(_("Answer due"), locked.due, due, days_to_answer(cycle.day(at)))
        if again != locked.due:
            found = due_in(cycle, again)
            locked.due, locked.moved_from = found.on, found.moved_from
    return finding
