"""Putting a project on hold, cancelling it, taking it up again: what it has not used is free in the same moment."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Protocol

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from budgets.drafting.actions.amendment import close_lines
from budgets.drafting.actions.appropriation import take_from_fund
from budgets.drafting.actions.budget import lock_cycle
from budgets.drafting.actions.confirmation import lines_were_closed
from budgets.drafting.figures import ZERO, exact
from budgets.drafting.models import Appropriation, Budget, BudgetLine
from budgets.drafting.workflow import APPROVED_LINE, BUDGET
from budgets.spending.actions.releasing import Stop, hold_what_is_spent, release_grants
from budgets.spending.actions.stopped import record_stopped
from budgets.spending.actions.warnings import store_warnings
from budgets.spending.models import ReleasedGrant
from budgets.spending.workflow import RELEASE
from planning.models import Project, RequestLine
from planning.projects.actions import history_locked
from planning.projects.workflow import PROJECT
from planning.requests import actions as requests
from planning.requests.workflow import LINE as REQUEST_LINE
from sop_portal.foundation.kit.formats import listed, sentences
from sop_portal.foundation.kit.money import STORED_PLACES
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import contributors_of
from sop_portal.foundation.workflow.engine import note, step
from sop_portal.foundation.workflow.seals import seal_rows

Decision = RequestLine.Decision
# Who held something of the project: its department, the pools, the budget.
TOUCHED = (Can.SUBMIT_REQUEST, Can.POST_EXPENSE, Can.ALLOCATE, Can.COMPILE_BUDGET)


class EndsWithProject(Protocol):
    """What a later stage no longer asks of a project that was cancelled."""

    def __call__(self, project: Project, *, at: datetime) -> None:
        """Take it away, in the same transaction."""


# stages.py, which knows every stage, fills it.
AFTER_CANCELLING: list[EndsWithProject] = []


@PROJECT.act("hold")
def hold(project: Project, *, by: User, at: datetime, seen: int, comment: str = "") -> Project:
    """Stop a project for a while, saying why; what it has not used is free for others until it is resumed."""
    with transaction.atomic():
        with _step(project, "hold", by, at, seen, comment) as locked:
            freed = _release(locked, Decision.DEFERRED, comment.strip(), by, at)
        _notify(_concerned(project, by, at), project, "hold", partial(_held, project, freed, by), comment, at)
    return project


@PROJECT.act("cancel")
def cancel(project: Project, *, by: User, at: datetime, seen: int, comment: str = "") -> Project:
    """End a project before its time, saying why; what was spent stays spent, everything else is free."""
    with history_locked():
        with _step(project, "cancel", by, at, seen, comment) as locked:
            requests.take_out(locked, why=comment.strip(), by=by, at=at)
            freed = _release(locked, Decision.REFUSED, comment.strip(), by, at)
            _end_releases(locked, at)
            _close_in_the_making(locked, comment.strip(), by, at)
            for forget in AFTER_CANCELLING:
                forget(locked, at=at)
            record_stopped(locked, because=comment.strip(), by=by, at=at)
        _notify(_concerned(project, by, at), project, "cancel", partial(_cancelled, project, freed, by), comment, at)
    return project


@PROJECT.act("resume")
def resume(project: Project, *, by: User, at: datetime, seen: int, comment: str = "") -> Project:
    """Take a project up again with what is still free of what it gave back; what is not, is said."""
    with transaction.atomic():
        with _step(project, "resume", by, at, seen, comment) as locked:
            gone, lost = _take_back(locked, by, at)
            _cut_in_the_making(locked, gone, by, at)
        concerned = _concerned(project, by, at, is_told=bool(gone or lost))
        _notify(concerned, project, "resume", partial(_resumed, project, gone, lost, by), comment, at)
    return project


@contextmanager
def _step(project: Project, name: str, by: User, at: datetime, seen: int, comment: str) -> Iterator[Project]:
    """A step of the project; year, requests and the budget in the making are locked before it, as everywhere."""
    lock_cycle(project.cycle_id)
    requests.lock_requests_of(project)
    list(_in_the_making(project).select_for_update(of=("self",)))
    with step(PROJECT, project, name, by=by, at=at, seen=seen, comment=comment) as locked:
        yield locked
        # These were changed in the database; the step saves the whole row.
        locked.refresh_from_db(fields=["asked", "granted", "budgeted"])
        store_warnings(locked.cycle, Appropriation.objects.filter(project_id=locked.pk), at=at)


def _in_the_making(project: Project) -> QuerySet[Budget]:
    decided = [Budget.State.APPROVED, Budget.State.SUPERSEDED]
    return Budget.objects.filter(cycle_id=project.cycle_id).exclude(state__in=decided).select_related("cycle")


def _lines_of(project: Project) -> list[Appropriation]:
    lines = Appropriation.objects.filter(project=project).select_for_update(of=("self",)).order_by("pk")
    return list(lines.select_related("cycle", "line", "fund"))


def _release(project: Project, decision: str, why: str, by: User, at: datetime) -> Decimal:
    """Close the approved lines at what is spent, and give back to the pools what was not; how much money is free."""
    lines, freed, changes = _lines_of(project), ZERO, []
    for line in lines:
        before, line.closed_at = line.approved, line.closed_at or at
        freed += hold_what_is_spent(line, line.spent)
        changes.append(Change("approved", f"{before:f}", f"{line.approved:f}", where=str(line)))
    if changes:
        note(PROJECT.kind, project, "edit", by=by, at=at, changes=changes, comment=why)
    release_grants(project, lines, Stop(decision, why), by=by, at=at)
    return freed


def _end_releases(project: Project, at: datetime) -> None:
    """What the project gave back while it was on hold is not taken back any more."""
    lines = RequestLine.objects.filter(project=project, decision=Decision.DEFERRED)
    waiting = lines.filter(released__settled_at=None, released__isnull=False).values_list("pk", flat=True)
    given_up = list(waiting.distinct())
    RequestLine.objects.filter(pk__in=given_up).update(decision=Decision.REFUSED)
    seal_rows(REQUEST_LINE, given_up)
    _settle_releases(project, at)


def _settle_releases(project: Project, at: datetime) -> None:
    released = list(_releases(project).values_list("pk", flat=True))
    ReleasedGrant.objects.filter(pk__in=released).update(settled_at=at)
    seal_rows(RELEASE, released)


def _close_in_the_making(project: Project, why: str, by: User, at: datetime) -> None:
    """Take the lines of the project out of the version that is being worked on; what is spent stays on them."""
    for budget in _in_the_making(project):
        _note_closed(budget, BudgetLine.objects.filter(budget=budget, project=project), why, by, at)


def _cut_in_the_making(project: Project, gone: Sequence[Appropriation], by: User, at: datetime) -> None:
    """The version that is being worked on does not hold what the project did not get back."""
    numbers = [line.number for line in gone]
    for budget in _in_the_making(project):
        _note_closed(budget, BudgetLine.objects.filter(budget=budget, number__in=numbers), "", by, at)


def _note_closed(budget: Budget, lines: QuerySet[BudgetLine], why: str, by: User, at: datetime) -> None:
    before = dict(lines.values_list("number", "amount"))
    closed = close_lines(budget, lines, why=dict.fromkeys(lines.values_list("project_id", flat=True), why))
    if not closed:
        return
    changes = [
        Change("amount", f"{before[line.number]:f}", f"{sum(line.quarters, ZERO):f}", where=line.where)
        for line in closed
    ]
    Budget.objects.filter(pk=budget.pk).update(version=F("version") + 1)
    budget.refresh_from_db(fields=["version"])
    note(BUDGET.kind, budget, "edit", by=by, at=at, changes=changes, comment=why)
    lines_were_closed(budget, closed, changes, by, at)


def _take_back(project: Project, by: User, at: datetime) -> tuple[list[Appropriation], list[ReleasedGrant]]:
    """Open the lines again and take the grants back, each as a whole where it is still free; what did not come back."""
    gone, changes = [], []
    released = {given.allocation_id: given for given in _releases(project)}
    for line in _lines_of(project):
        given, before = released.pop(line.line.allocation_id or 0, None), line.approved
        try:
            with transaction.atomic():
                _open(line, given, by, at)
        except NotReady:
            gone.append(line)
        else:
            changes.append(Change("approved", f"{before:f}", f"{line.approved:f}", where=str(line)))
    lost = [given for given in released.values() if not _regrant(given, by, at)]
    _settle_releases(project, at)
    if changes:
        note(PROJECT.kind, project, "edit", by=by, at=at, changes=changes)
    return gone, lost


def _regrant(given: ReleasedGrant, by: User, at: datetime) -> bool:
    return requests.take_back(given.allocation, given.quantity, (given.decision, given.reason), by=by, at=at)


def _releases(project: Project) -> QuerySet[ReleasedGrant]:
    return (
        ReleasedGrant.objects.filter(project=project, settled_at=None).select_related("allocation__pool").order_by("pk")
    )


def _open(line: Appropriation, given: ReleasedGrant | None, by: User, at: datetime) -> None:
    """Let a line hold again what the version in force says; NotReady where its grant or its fund is not free."""
    if given and not _regrant(given, by, at):
        raise NotReady(_("The grant is not free any more."), [], _("Ask for it anew by an amendment."))
    more = line.line.amount - line.approved
    take_from_fund(line.fund_id, more)
    opened = Appropriation.objects.filter(pk=line.pk)
    opened.update(approved=Round(F("approved") + more, STORED_PLACES), closed_at=None)
    seal_rows(APPROVED_LINE, [line.pk])
    Project.objects.filter(pk=line.project_id).update(budgeted=Round(F("budgeted") + more, STORED_PLACES))
    line.refresh_from_db(fields=["approved", "closed_at"])


def _concerned(project: Project, by: User, at: datetime, *, is_told: bool = False) -> list[User]:
    """Everybody who held something of the project; whoever worked on it is told of the step itself."""
    on = project.cycle.day(at)
    people = {person.pk: person for can in TOUCHED for person in people_who_can(can, project, on)}
    known = {*contributors_of(PROJECT, project), by.pk} - ({by.pk} if is_told else set())
    also = [by] if is_told and by.pk not in people else []
    return [person for pk, person in people.items() if pk not in known] + also


def _notify(
    people: list[User], project: Project, verb: str, sentence: Callable[[], str], comment: str, at: datetime
) -> None:
    link = project.get_absolute_url()
    notify(people, sentence, kind=PROJECT.kind, record_id=project.pk, verb=verb, link=link, at=at, quote=comment)


def _held(project: Project, freed: Decimal, by: User) -> str:
    sentence = _(
        "%(person)s put “%(project)s” on hold. %(money)s %(currency)s of its lines and what it has not used of the "
        "pools are free until it is resumed."
    )
    return interpolate(sentence, _words(project, freed, by))


def _cancelled(project: Project, freed: Decimal, by: User) -> str:
    sentence = _(
        "%(person)s cancelled “%(project)s”. Its lines are closed at what was spent; %(money)s %(currency)s of them "
        "and what it has not used of the pools are free."
    )
    return interpolate(sentence, _words(project, freed, by))


def _words(project: Project, freed: Decimal, by: User) -> dict[str, object]:
    return {"person": by, "project": project, "money": exact(freed), "currency": project.cycle.currency}


def _resumed(project: Project, gone: Sequence[Appropriation], lost: Sequence[ReleasedGrant], by: User) -> str:
    words = {"person": by, "project": project, "lines": listed(str(line) for line in gone)}
    if not gone and not lost:
        return interpolate(_("%(person)s resumed “%(project)s” with the money it had given back."), words)
    said = [interpolate(_("%(person)s resumed “%(project)s”."), words)]
    if gone:
        sentence = _(
            "Other projects have the money of %(lines)s by now: these lines stay closed at what was spent, until an "
            "amendment gives them money again."
        )
        said.append(interpolate(sentence, words))
    if lost:
        grants = listed(_in_words(given) for given in lost)
        sentence = _("Other projects have what it had of the pools by now: %(grants)s. Ask for it again.")
        said.append(interpolate(sentence, {"grants": grants}))
    return sentences(said)


def _in_words(given: ReleasedGrant) -> str:
    """What did not come back: how much of which pool."""
    pool = given.allocation.pool
    words = {"pool": typed(pool.name), "quantity": pool.in_unit(given.quantity)}
    return interpolate(_("%(quantity)s of %(pool)s"), words)
