"""Who needs to know what, who learned it, and what is planned: the matrix of people and needs.

What is called "of everybody" is for those who keep the training and see everything anyway.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import ngettext

from evaluations.training.figures import NeedState, state_of_need
from evaluations.training.models import Trainee, TrainingNeed, TrainingSession
from planning.models import Cycle
from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import roles_that
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.workflow.table import Step, Workflow

Day = date
Days = dict[tuple[int, int], list[Day]]
Window = tuple[Day, Day]


@dataclass(frozen=True)
class PersonRow:
    """A person, the roles they hold, and where they stand with each need; None where their role does not ask it."""

    person: User
    memberships: tuple[Membership, ...]
    cells: tuple[NeedState | None, ...]

    @property
    def has_gap(self) -> bool:
        """Whether something is not known."""
        return any(cell is not None and cell.is_gap for cell in self.cells)


@dataclass(frozen=True)
class TrainingMatrix:
    """Needs, what is needed next first, and a row for everybody of whom something is asked."""

    needs: tuple[TrainingNeed, ...]
    windows: Mapping[int, Window]
    rows: tuple[PersonRow, ...]

    @property
    def met(self) -> tuple[int, int]:
        """How many of the needs that are asked of somebody are met; the handbook is not among them."""
        asked = [cell for row in self.rows for cell in row.cells if cell is not None]
        return sum(not cell.is_gap for cell in asked), len(asked)

    def untrained(self, need: TrainingNeed, *kinds: str) -> list[User]:
        """Who does not know what a need asks, in these standings."""
        place = self.needs.index(need)
        cells = [(row.person, row.cells[place]) for row in self.rows]
        return [person for person, cell in cells if cell is not None and cell.kind in kinds]


def find_session(request: Request, *, year: int, pk: int) -> TrainingSession:
    """The session of the address, if the person may see it."""
    visible = TrainingSession.objects.visible_to(request.actor).select_related("cycle", "need", "trainer")
    return get_object_or_404(visible, cycle__year=year, pk=pk)


def steps_to_learn() -> dict[str, tuple[Workflow[Any], Step[Any]]]:
    """Every step with a button that people wait for, by "kind/step": what a need may be about."""
    tables = [kind for kind in KINDS.values() if isinstance(kind, Workflow)]
    return {f"{w.kind}/{step.name}": (w, step) for w in tables for step in w.steps if step.main and step.awaited}


def roles_of_step(step: str) -> list[str]:
    """The roles that take a step; none for a step that does not exist."""
    found = steps_to_learn().get(step)
    return [str(role) for role in roles_that(found[1].by)] if found else []


def needs_asked() -> QuerySet[TrainingNeed]:
    """The needs that are asked of somebody."""
    return TrainingNeed.objects.filter(is_asked=True)


def next_windows(cycles: Iterable[Cycle], on: Day) -> dict[str, Window]:
    """Of each stage the window that is open or opens next, in the years under way."""
    found: dict[str, Window] = {}
    for cycle in cycles:
        for window in cycle.windows.all():
            span = (window.opens_on, window.due_on)
            if on <= span[1] and (window.stage not in found or span < found[window.stage]):
                found[window.stage] = span
    return found


def years_under_way() -> QuerySet[Cycle]:
    """The published years, with their windows."""
    return Cycle.objects.filter(state=Cycle.State.PUBLISHED).prefetch_related("windows")


def matrix_of(actor: Actor, on: Day) -> TrainingMatrix:
    """The matrix as far as somebody may see people: everybody, or the people of one's departments."""
    windows = next_windows(years_under_way(), on)
    # What is owed next stands first.
    needs = sorted(needs_asked(), key=lambda need: (windows.get(need.stage, (Day.max, Day.max))[1], need.title))
    held = Membership.objects.on(on).filter(person__is_active=True, role__in={need.role for need in needs})
    if not actor.sees_everything:
        held = held.filter(department_id__in=actor.department_ids)
    rows = person_rows(needs, held.select_related("person", "department").order_by("person__name", "pk"), windows, on)
    asked = {need.pk: windows[need.stage] for need in needs if need.stage in windows}
    return TrainingMatrix(tuple(needs), asked, tuple(rows))


def person_rows(
    needs: Sequence[TrainingNeed], held: Iterable[Membership], windows: Mapping[str, Window], on: Day
) -> list[PersonRow]:
    """A row for each person, with what their roles ask; learned and booked days are read at once."""
    roles: dict[int, list[Membership]] = defaultdict(list)
    for membership in held:
        roles[membership.person_id].append(membership)
    learned, booked = days_of(roles, on)
    return [
        PersonRow(
            theirs[0].person,
            tuple(theirs),
            tuple(
                state_of_need(learned[pk, need.pk], booked[pk, need.pk], need.holds_years, windows.get(need.stage), on)
                if need.role in {membership.role for membership in theirs}
                else None
                for need in needs
            ),
        )
        for pk, theirs in roles.items()
    ]


def days_of(people: Collection[int], on: Day) -> tuple[Days, Days]:
    """On which days these people learned what a need asks, and for which they are booked."""
    learned: Days = defaultdict(list)
    booked: Days = defaultdict(list)
    rows = Trainee.objects.filter(person_id__in=people).exclude(reply=Trainee.Reply.STAYS_AWAY)
    fields = ("person_id", "session__need_id", "session__held_on", "session__state", "came")
    for person, need, day, state, came in rows.values_list(*fields):
        if state == TrainingSession.State.HELD and came:
            learned[person, need].append(day)
        elif state == TrainingSession.State.PLANNED and day >= on:
            booked[person, need].append(day)
    return learned, booked


def untrained_of_everybody(need: TrainingNeed, on: Day) -> list[int]:
    """Everybody in the role who neither knows what a need asks nor has a place in a session."""
    windows = next_windows(years_under_way(), on)
    held = Membership.objects.on(on).filter(person__is_active=True, role=need.role).select_related("person")
    rows = person_rows([need], held.order_by("pk"), windows, on)
    return [
        row.person.pk for row in rows if row.cells[0] is not None and row.cells[0].kind in ("now", "open", "expired")
    ]


def who_can_be_invited(session: TrainingSession, on: Day) -> QuerySet[User]:
    """Everybody with a role who is not invited yet, those of the need's role among them."""
    holders = Membership.objects.on(on).values("person_id")
    invited = session.trainees.values("person_id")
    return User.objects.filter(pk__in=holders, is_active=True).exclude(pk__in=invited).order_by("name", "pk")


def who_can_train(on: Day) -> QuerySet[User]:
    """Everybody with a role: whoever knows it may teach it."""
    holders = Membership.objects.on(on).values("person_id")
    return User.objects.filter(pk__in=holders, is_active=True).order_by("name", "pk")


def departments_owing(need: TrainingNeed, cycle_ids: Collection[int]) -> set[int] | None:
    """The departments in which somebody still owes the step a need is for; None before there are any such records."""
    workflow, step = steps_to_learn()[need.step]
    rows = workflow.model._default_manager.filter(**{f"{workflow.year}__in": list(cycle_ids)})
    if not any(field.name == "department" for field in workflow.model._meta.fields) or not rows.exists():
        return None
    open_rows = rows.filter(state__in=list(step.sources))
    return set(open_rows.values_list("department_id", flat=True))


def sessions_with_places(need: TrainingNeed, on: Day, due_on: Day) -> QuerySet[TrainingSession]:
    """Planned sessions with free places that come in time for what is due, the soonest first."""
    rows = TrainingSession.objects.filter(need=need, state=TrainingSession.State.PLANNED)
    rows = rows.filter(held_on__gte=on, held_on__lte=due_on)
    return rows.filter(taken__lt=F("places")).select_related("cycle", "need").order_by("held_on", "begins", "pk")


def untrained_for(cycle: Cycle, stage: str, on: Day) -> list[Missing]:
    """A sentence for each need of a stage that people do not meet who owe its step in this year."""
    found = []
    for need in needs_asked().filter(stage=stage).order_by("title", "pk"):
        count = len(who_owes(need, untrained_of_everybody(need, on), cycle, on))
        if count:
            sentence = ngettext(
                "%(count)s person who owes something in this stage is not trained for it: %(need)s",
                "%(count)s people who owe something in this stage are not trained for it: %(need)s",
                count,
            )
            words = {"count": count, "need": typed(need.title)}
            found.append(Missing(interpolate(sentence, words), reverse("training", args=[cycle.year])))
    return found


def who_owes(need: TrainingNeed, people: Collection[int], cycle: Cycle, on: Day) -> set[int]:
    """Those of these people whose department still owes the step a need is for; all before there are such records."""
    owing = departments_owing(need, [cycle.pk])
    held = Membership.objects.on(on).filter(person_id__in=people, role=need.role)
    if owing is not None:
        held = held.filter(Q(department_id__in=owing) | Q(department_id__isnull=True))
    return set(held.values_list("person_id", flat=True))
