"""Meetings as pages fetch them, who can come, and what is open in the year and so stands on the agenda."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Appropriation, Confirmation, Contest, Flag
from budgets.spending.figures import OVER_PERCENT, UNDER_PERCENT
from budgets.spending.queries import warned
from evaluations.feedback.models import Feedback
from evaluations.improvements.models import Measure
from evaluations.meetings.models import Attendance, Meeting, MeetingSeries
from evaluations.proposals.queries import waiting_proposals
from evaluations.reports.models import Issue
from planning.models import Cycle
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role

# How many projects a point of the agenda names.
MOST_NAMED = 3


class Matter(NamedTuple):
    """Something open: its title, its address, and the department that alone may read it, where that is so."""

    title: StrOrPromise
    url: str
    department_id: int | None = None


class OffPlan(NamedTuple):
    """Approved lines of a department that head over their plan, or under it, and their projects."""

    department: Department
    flag: Flag
    lines: int
    projects: tuple[str, ...]


def find_meeting(request: Request, *, year: int, pk: int) -> Meeting:
    """The meeting of the address, if the person may see it."""
    visible = Meeting.objects.visible_to(request.actor).select_related("cycle")
    return get_object_or_404(visible, cycle__year=year, pk=pk)


def find_series(request: Request, *, year: int, pk: int) -> MeetingSeries:
    """The series of the address, if the person may see it."""
    visible = MeetingSeries.objects.visible_to(request.actor).select_related("cycle")
    return get_object_or_404(visible, cycle__year=year, pk=pk)


def series_under_way(cycle: Cycle) -> QuerySet[MeetingSeries]:
    """The rules by which meetings of a year are planned."""
    return MeetingSeries.objects.filter(cycle=cycle, is_ended=False).select_related("cycle")


def people_by_department(meeting: Meeting, seats: list[Attendance]) -> dict[int, dict[int, User]]:
    """Who can stand for each department, read in one query."""
    departments = [seat.department_id for seat in seats if seat.department_id]
    members = Membership.objects.on(meeting.held_on).filter(department__in=departments, person__is_active=True)
    found: dict[int, dict[int, User]] = {}
    for member in members.select_related("person").order_by("person__name"):
        found.setdefault(member.department_id or 0, {})[member.person_id] = member.person
    for department, deputy in _deputies_of_heads(meeting):
        if department in found:
            found[department].setdefault(deputy.pk, deputy)
    return found


def _deputies_of_heads(meeting: Meeting) -> list[tuple[int, User]]:
    """Who stands in for a head on the day of the meeting, each with the department."""
    heads = heads_of(meeting)
    lent = Delegation.objects.on(meeting.held_on).filter(giver_id__in=heads.values(), role__in=["", Role.HEAD])
    lent = lent.filter(deputy__is_active=True).select_related("deputy").order_by("deputy__name", "pk")
    return [(department, row.deputy) for row in lent for department, head in heads.items() if head == row.giver_id]


def heads_of(meeting: Meeting) -> dict[int, int]:
    """The head of each department on the day of the meeting."""
    heads = Membership.objects.on(meeting.held_on).filter(role=Role.HEAD, person__is_active=True)
    return {department: person for department, person in heads.values_list("department_id", "person_id") if department}


def people_of_seat(seat: Attendance) -> QuerySet[User]:
    """Who can sit on a seat on the day of the meeting: its department or team, and who stands in for the head."""
    held = Membership.objects.on(seat.meeting.held_on)
    held = held.filter(department=seat.department) if seat.department_id else held.filter(role=seat.team)
    replying = held.filter(role=Role.HEAD) if seat.department_id else held
    found = {*held.values_list("person_id", flat=True), *_with_deputies(replying, seat.meeting.held_on)}
    return User.objects.filter(pk__in=found, is_active=True).order_by("name", "pk")


def seats_of(meeting: Meeting, person: User, on: date) -> QuerySet[Attendance]:
    """The seats this person replies for: of the department they head, of the team they belong to."""
    held = Actor.of(person, on).grants
    headed = [grant.department_id for grant in held if grant.role == Role.HEAD]
    seats = Attendance.objects.filter(meeting=meeting).select_related("department", "person", "meeting__cycle")
    return seats.filter(Q(department__in=headed) | Q(team__in=[grant.role for grant in held])).order_by("pk")


def heads_of_department(meeting: Meeting, department: Department, on: date) -> list[User]:
    """Who heads one department on the day of the meeting, and whoever stands in for them."""
    held = Membership.objects.on(meeting.held_on).filter(role=Role.HEAD, department=department)
    return _people(_with_deputies(held, on, meeting.held_on))


def invited_people(meeting: Meeting, on: date) -> list[User]:
    """Everybody who has a seat, or shares one: heads and teams, and who stands in for them now or on that day."""
    held = _seated(meeting, Attendance.objects.filter(meeting=meeting))
    return _people(_with_deputies(held, on, meeting.held_on))


def _people(found: Collection[int]) -> list[User]:
    return list(User.objects.filter(pk__in=found, is_active=True).order_by("pk"))


def _seated(meeting: Meeting, seats: QuerySet[Attendance]) -> QuerySet[Membership]:
    held = Membership.objects.on(meeting.held_on)
    heads = Q(role=Role.HEAD, department__in=seats.filter(team="").values("department_id"))
    return held.filter(heads | Q(role__in=seats.exclude(team="").values("team")))


def _with_deputies(held: QuerySet[Membership], *days: date) -> set[int]:
    """Those who hold a role, and whoever stands in for them in it on one of these days."""
    roles: dict[int, set[str]] = {}
    for person, role in held.values_list("person_id", "role"):
        roles.setdefault(person, set()).add(role)
    found = set(roles)
    for day in {*days}:
        lent = Delegation.objects.on(day).filter(giver_id__in=roles).values_list("giver_id", "role", "deputy_id")
        found |= {deputy for giver, role, deputy in lent if not role or role in roles[giver]}
    return found


def people_by_open_seat(meeting: Meeting, on: date) -> frozenset[int]:
    """Everybody who can reply today for a seat without a reply."""
    seats = Attendance.objects.filter(meeting=meeting, reply=Attendance.Reply.OPEN)
    return frozenset(_with_deputies(_seated(meeting, seats), on))


def open_seats(meeting: Meeting, person: User, on: date) -> QuerySet[Attendance]:
    """The seats without a reply that this person can reply for today."""
    return seats_of(meeting, person, on).filter(reply=Attendance.Reply.OPEN)


def to_confirm(meeting: Meeting) -> frozenset[int]:
    """Those who were there and have not confirmed the minutes."""
    there = Attendance.objects.filter(meeting=meeting, was_present=True, confirmed_at=None, person__isnull=False)
    return frozenset(pk for pk in there.values_list("person_id", flat=True) if pk)


def seats_coming(meeting: Meeting) -> tuple[int, int]:
    """How many departments come or send somebody, and how many there are."""
    seats = Attendance.objects.filter(meeting=meeting, department__isnull=False)
    coming = seats.filter(reply__in=[Attendance.Reply.COMES, Attendance.Reply.DEPUTY])
    return coming.count(), seats.count()


def open_matters(cycle: Cycle, on: date) -> list[Matter]:
    """Title and address of every open matter, from raised issues to proposed changes.

    Everybody reads the agenda, so it names the kind of matter and the department; an issue was raised to the meeting
    on purpose, and a proposal is for everybody, so both stand there with their own title. A link opens for those who
    may see the record.
    """
    return [
        *raised_issues(cycle),
        *overdue_measures(cycle, on),
        *unanswered_feedback(cycle),
        *contested_lines(cycle),
        *(Matter(str(proposal), proposal.get_absolute_url()) for proposal in waiting_proposals(cycle)),
    ]


def off_plan(cycle: Cycle, on: date) -> list[OffPlan]:
    """Which departments have lines that head over or under their plan, as the dashboard warns of them."""
    found: dict[tuple[int, Flag], list[str]] = {}
    for flag in (Flag.OVER, Flag.UNDER):
        lines = Appropriation.objects.filter(cycle_id=cycle.pk).filter(warned(cycle, on, flag))
        for department, project in lines.order_by("project__name", "pk").values_list("department_id", "project__name"):
            found.setdefault((department, flag), []).append(project)
    departments = Department.objects.in_bulk({department for department, _flag in found})
    rows = [
        OffPlan(departments[pk], flag, len(projects), tuple(dict.fromkeys(projects)))
        for (pk, flag), projects in found.items()
    ]
    return sorted(rows, key=lambda row: (row.department.name, row.flag))


def off_plan_matters(cycle: Cycle, rows: Iterable[OffPlan]) -> Iterator[Matter]:
    """A point for each, with the figures of one department: it alone reads them, and the whole organisation's roles."""
    for row in rows:
        percent = formats.percent(OVER_PERCENT if row.flag == Flag.OVER else UNDER_PERCENT)
        over = ngettext(
            "%(n)s line heads for more than %(percent)s of its plan",
            "%(n)s lines head for more than %(percent)s of their plan",
            row.lines,
        )
        under = ngettext(
            "%(n)s line heads for less than %(percent)s of its plan",
            "%(n)s lines head for less than %(percent)s of their plan",
            row.lines,
        )
        sentence = (over if row.flag == Flag.OVER else under) % {"n": row.lines, "percent": percent}
        named = [*row.projects[:MOST_NAMED], *(["…"] if len(row.projects) > MOST_NAMED else [])]
        url = f"{reverse('appropriations', args=[cycle.year])}?department={row.department.slug}&flag={row.flag}"
        yield Matter(formats.under(row.department, sentence, formats.listed(named)), url, row.department.pk)


def raised_issues(cycle: Cycle) -> Iterator[Matter]:
    """Issues that a project raised to the meeting and that are not solved."""
    raised = Issue.objects.filter(cycle=cycle, is_raised=True, state=Issue.State.OPEN)
    for issue in raised.select_related("cycle", "department", "project").order_by("pk"):
        yield matter_of(issue)


def matter_of(issue: Issue) -> Matter:
    """Title and address of one issue as it stands on an agenda."""
    words = {"department": issue.department, "issue": issue.title}
    return Matter(interpolate(_("Issue of %(department)s: %(issue)s"), words), issue.get_absolute_url())


def overdue_measures(cycle: Cycle, on: date) -> Iterator[Matter]:
    """Adopted measures that should have been done by now."""
    overdue = Measure.objects.filter(cycle=cycle).overdue(on)
    for measure in overdue.select_related("cycle", "department").order_by("due", "pk"):
        words = {"measure": measure, "department": measure.department}
        yield Matter(interpolate(_("%(measure)s of %(department)s is overdue"), words), measure.get_absolute_url())


def unanswered_feedback(cycle: Cycle) -> Iterator[Matter]:
    """Feedback nobody answered yet, one point per department."""
    rows = Feedback.objects.filter(cycle=cycle, state=Feedback.State.OPEN)
    counted = rows.values_list("department__name", "department__slug").annotate(count=Count("pk"))
    for name, slug, count in counted.order_by("department__name"):
        sentence = ngettext(
            "%(count)s piece of feedback of %(department)s is not answered",
            "%(count)s pieces of feedback of %(department)s are not answered",
            count,
        )
        address = f"{reverse('feedback', args=[cycle.year])}?department={slug}&state=open"
        yield Matter(interpolate(sentence, {"count": count, "department": name}), address)


def contested_lines(cycle: Cycle) -> Iterator[Matter]:
    """Departments whose contested budget lines are not settled."""
    open_lines = Contest.objects.filter(settled=Contest.Settled.OPEN).values("confirmation_id")
    found = Confirmation.objects.filter(budget__cycle=cycle, pk__in=open_lines)
    for confirmation in found.select_related("budget__cycle", "department").order_by("department__name"):
        title = interpolate(_("%(department)s contests its budget lines"), {"department": confirmation.department})
        yield Matter(title, confirmation.get_absolute_url())


def departments_raising(actor: Actor) -> QuerySet[Department]:
    """The departments for which somebody may put a point on the agenda."""
    mine = {grant.department_id for grant in actor.authorities(Can.RAISE_POINT) if grant.department_id}
    return Department.objects.filter(is_active=True, pk__in=mine).order_by("name")
