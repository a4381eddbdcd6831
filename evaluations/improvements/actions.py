"""Improvement measures: proposed, decided, carried out, verified by somebody else, shown to next year's planners."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from evaluations.improvements.models import Measure
from evaluations.improvements.queries import LIKE_ANOTHER, open_measure_like, who_may_own
from evaluations.improvements.workflow import MEASURE
from planning.cycles.calendar import days_to_carry_out
from planning.cycles.queries import due_in
from planning.models import Cycle, Hindsight, Project, Stage
from planning.projects.workflow import HINDSIGHT
from sop_portal.foundation.kit.dates import day_again, refuse_outside
from sop_portal.foundation.kit.fitting import give, refuse_unfit, refuse_unknown, save_new
from sop_portal.foundation.kit.likely_duplicates import refuse_duplicate
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority, contributors_of, takes_part
from sop_portal.foundation.workflow.contributors import add_contributor, remember
from sop_portal.foundation.workflow.engine import created, step
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.foundation.workflow.years import open_year


@dataclass(frozen=True)
class MeasureProposal:
    """What is to be done, where the idea came from, and the project it is about, if it is about one.

    `is_another` says that it is another one than the open measure it looks like. Where somebody is to carry it out
    by a day already, whoever adopts it is asked about them first.
    """

    what: str
    origin: str
    origin_url: str = ""
    project_slug: str = ""
    is_another: bool = False
    way: str = Measure.Way.WORK
    stage: str = ""
    owner: User | None = None
    due: date | None = None


@dataclass(frozen=True)
class Assignment:
    """Who carries a measure out, until when, and how much depends on it: of high priority, it is shown by a paper."""

    owner: User
    due: date
    priority: str = Measure.Priority.NORMAL


def propose(cycle: Cycle, department: Department, proposal: MeasureProposal, *, by: User, at: datetime) -> Measure:
    """Propose that something is done better; whoever proposes does not decide."""
    if not proposal.what.strip():
        raise NotReady(_("Say what is to be done."), [_("The measure is empty.")])
    with transaction.atomic():
        year = Cycle.objects.select_for_update().get(pk=cycle.pk)
        open_year(MEASURE.kind, year, "create")
        takes_part(department)
        project = _project_of(year, department, proposal)
        role = authority(Can.PROPOSE_MEASURE, project or department, by, at)
        refuse_duplicate(open_measure_like(department, proposal.what), LIKE_ANOTHER, is_another=proposal.is_another)
        _refuse_unwanted(department, proposal, at)
        last = Measure.objects.filter(cycle=year).aggregate(last=Max("number"))["last"] or 0
        measure = save_new(
            Measure(
                cycle=year,
                department=department,
                project_slug=proposal.project_slug,
                number=last + 1,
                origin=proposal.origin,
                origin_url=proposal.origin_url,
                what=proposal.what.strip(),
                way=proposal.way,
                stage=proposal.stage,
                owner=proposal.owner,
                due=proposal.due,
            )
        )
        add_contributor(MEASURE, measure, by, role, at)
        created(MEASURE, measure, by=by, at=at, grant=role)
    return measure


def _project_of(year: Cycle, department: Department, proposal: MeasureProposal) -> Project | None:
    """What an idea is about is a project of the same department, and where it came from a page of this portal."""
    said = {name: getattr(proposal, name) for name in ("what", "origin_url", "project_slug")}
    refuse_unfit(Measure(**said), said)
    project = Project.objects.filter(cycle=year, department=department, slug=proposal.project_slug).first()
    is_ours = proposal.origin_url.startswith("/") or not proposal.origin_url
    if proposal.origin not in Measure.Origin.values or not is_ours:
        raise NotReady(_("Where the idea came from is not known."), [_("Propose it on the page it came up on.")])
    if proposal.project_slug and project is None:
        raise NotReady(_("The department has no such project in this year."), [_("Propose it without a project.")])
    return project


def _refuse_unwanted(department: Department, proposal: MeasureProposal, at: datetime) -> None:
    """More time is for a stage, and an owner who is named already is one who can be adopted."""
    refuse_unknown(_("Carried out as"), proposal.way, dict(Measure.Way.choices))
    if proposal.way == Measure.Way.EXTENSION:
        refuse_unknown(_("Stage"), proposal.stage, dict(Stage.choices))
    elif proposal.stage:
        raise NotReady(_("Only more time is for a stage."), [_("Leave the stage empty.")]).about("stage")
    if proposal.due is not None:
        refuse_outside(_("Due"), proposal.due, days_to_carry_out(localdate(at)))
    if proposal.owner is not None:
        refuse_owner(department, proposal.owner, at)


def refuse_owner(department: Department, owner: User, at: datetime) -> None:
    """Refuse an owner who can have no measure of this department."""
    if not who_may_own(department, localdate(at)).filter(pk=owner.pk).exists():
        sentence = interpolate(_("%(person)s cannot own this measure."), {"person": owner})
        raise NotReady(sentence, [_("Choose somebody of the department or of the whole organisation.")]).about("owner")


@MEASURE.act("adopt")
def adopt(measure: Measure, assignment: Assignment, *, by: User, at: datetime, seen: int, comment: str = "") -> Measure:
    """Decide that a measure is carried out, by whom and until when; it stands on next year's forecast from now on."""
    with step(MEASURE, measure, "adopt", by=by, at=at, seen=seen, comment=comment) as locked:
        _refuse_impossible(locked, assignment, at)
        due = due_in(locked.cycle, assignment.due)
        give(locked, priority=assignment.priority)
        locked.owner, locked.due, locked.moved_from = assignment.owner, due.on, due.moved_from
        # The owner answers for the measure, so somebody else verifies it, whoever reports it as done.
        remember(MEASURE, locked, [assignment.owner.pk], at)
        notify_planners(locked)
    return measure


def _refuse_impossible(measure: Measure, assignment: Assignment, at: datetime) -> None:
    owner, due, on = assignment.owner, assignment.due, localdate(at)
    refuse_outside(_("Due"), due, days_to_carry_out(on))
    refuse_owner(measure.department, owner, at)
    barred = {*contributors_of(MEASURE, measure), owner.pk}
    if not people_who_can(Can.VERIFY_MEASURE, measure, on).exclude(pk__in=barred).exists():
        raise NotReady(_("Nobody would be left to verify the measure."), [_("Choose another owner.")])


def notify_planners(measure: Measure) -> None:
    """Write an adopted measure down for those who plan the next year."""
    defaults: dict[str, Any] = {
        "department": measure.department,
        "slug": measure.project_slug,
        "year": measure.cycle.year,
        "text": measure.what,
        "source_url": measure.get_absolute_url(),
        "due_on": measure.due,
        "is_open": True,
        "owner_name": measure.owner.name if measure.owner else "",
    }
    written, _is_new = Hindsight.objects.update_or_create(
        kind=Hindsight.Kind.MEASURE, source_id=measure.pk, defaults=defaults
    )
    seal_rows(HINDSIGHT, [written.pk])


def follow_owner_name(owner: User) -> None:
    """Call the owner of measures by today's name, after a correction or when nobody may know it any more."""
    owned = Measure.objects.filter(owner=owner).values("pk")
    written = Hindsight.objects.filter(kind=Hindsight.Kind.MEASURE, source_id__in=owned).exclude(owner_name=owner.name)
    rows = list(written.order_by("pk").values_list("pk", flat=True))
    Hindsight.objects.filter(pk__in=rows).update(owner_name=owner.name)
    seal_rows(HINDSIGHT, rows)


@MEASURE.act("decline")
def decline(measure: Measure, *, by: User, at: datetime, seen: int, comment: str = "") -> Measure:
    """Decide that a measure is not carried out, and why."""
    with step(MEASURE, measure, "decline", by=by, at=at, seen=seen, comment=comment):
        pass
    return measure


@MEASURE.act("finish")
def finish(measure: Measure, *, evidence: str, by: User, at: datetime, seen: int, comment: str = "") -> Measure:
    """Report a measure as done and say what shows it. The owner can, whatever their role, and the department's head."""
    with step(MEASURE, measure, "finish", by=by, at=at, seen=seen, comment=comment) as locked:
        if not evidence.strip():
            raise NotReady(_("Say what shows that it was done."), [_("The evidence is missing.")])
        give(locked, evidence=evidence.strip())
    return measure


@MEASURE.act("verify")
def verify(measure: Measure, *, by: User, at: datetime, seen: int, comment: str = "") -> Measure:
    """Confirm that a measure was carried out; it no longer stands open on next year's forecast."""
    with step(MEASURE, measure, "verify", by=by, at=at, seen=seen, comment=comment) as locked:
        known = Hindsight.objects.filter(kind=Hindsight.Kind.MEASURE, source_id=locked.pk)
        known.update(is_open=False)
        seal_rows(HINDSIGHT, known.values_list("pk", flat=True))
    return measure


@MEASURE.act("reopen")
def reopen(
    measure: Measure, *, by: User, at: datetime, seen: int, comment: str = "", due: date | None = None
) -> Measure:
    """Give a measure back to its owner: it is not done yet, why, and until when it is to be; a past day is none."""
    with step(MEASURE, measure, "reopen", by=by, at=at, seen=seen, comment=comment) as locked:
        again = day_again(_("Due"), locked.due, due, days_to_carry_out(localdate(at)))
        if again != locked.due:
            found = due_in(locked.cycle, again)
            locked.due, locked.moved_from = found.on, found.moved_from
            notify_planners(locked)
    return measure
