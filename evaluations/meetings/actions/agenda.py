"""The agenda of a review meeting: drawn from what is open until it starts, raised by heads, ordered, carried on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from evaluations.meetings.models import AgendaPoint, Meeting
from evaluations.meetings.queries import Matter, matter_of, off_plan, off_plan_matters, open_matters
from evaluations.meetings.workflow import MEETING, PRIVATE
from evaluations.reports.models import Issue
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.notices.actions import LANGUAGES
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority, takes_part
from sop_portal.foundation.workflow.engine import edit, lock, note
from sop_portal.foundation.workflow.years import hold_open_year

LONGEST_TITLE = 200
CALLED = Meeting.State.CALLED


@dataclass(frozen=True)
class PointTerms:
    """What a department wants to talk about; a private point is read by itself and the whole organisation's roles."""

    title: str
    is_private: bool = False


def drafted_points(meeting: Meeting, on: date) -> list[AgendaPoint]:
    """A point for every open matter, behind what is on the agenda already."""
    year, off = meeting.cycle, off_plan(meeting.cycle, on)

    def matters() -> list[Matter]:
        return [*open_matters(year, on), *off_plan_matters(year, off)]

    return _points(meeting, matters, last_position(meeting) if meeting.pk else 0)


def _points(meeting: Meeting, matters_now: Callable[[], list[Matter]], after: int) -> list[AgendaPoint]:
    """Points of the agenda, named in every language: who reads them is not who put them there."""
    in_each = {}
    for language in LANGUAGES:
        with override(language):
            in_each[language] = matters_now()
    points = []
    for place, matter in enumerate(in_each["en"], after):
        titles = {language: str(matters[place - after].title) for language, matters in in_each.items()}
        points.append(
            AgendaPoint(
                meeting=meeting,
                position=place + 1,
                title=titles["en"][:LONGEST_TITLE],
                titles=titles,
                source_url=matter.url,
                department_id=matter.department_id,
                is_private=matter.department_id is not None,
            )
        )
    return points


def last_position(meeting: Meeting) -> int:
    """The place of the last point; nought on an empty agenda."""
    return meeting.points.aggregate(last=Max("position"))["last"] or 0


def next_called(issue: Issue, at: datetime) -> Meeting | None:
    """The next meeting that is called in the year of an issue, locked."""
    upcoming = Meeting.objects.filter(cycle_id=issue.cycle_id, state=CALLED)
    upcoming = upcoming.filter(held_on__gte=issue.cycle.day(at)).order_by("held_on", "pk")
    return upcoming.select_for_update(of=("self",)).select_related("cycle").first()


def take_up(issue: Issue, *, by: User, at: datetime) -> None:
    """An issue that is raised once the next meeting is called stands on its agenda too."""
    meeting = next_called(issue, at)
    if meeting is None or meeting.points.filter(source_url=issue.get_absolute_url()).exists():
        return
    [point] = _points(meeting, lambda: [matter_of(issue)], last_position(meeting))
    point.save()
    _changed(meeting, by, at, [Change("point", "", point.kept)])


def follow_open_matters(*, at: datetime) -> int:
    """Bring the agendas of meetings to come up to date with what is open now; how many changed."""
    called = Meeting.objects.filter(state=CALLED, cycle__state="published").order_by("pk")
    return sum(_follow(pk, at) for pk in called.values_list("pk", flat=True))


@transaction.atomic
def _follow(pk: int, at: datetime) -> bool:
    """New matters are added at the end; what is settled meanwhile leaves, unless something is written on it."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=pk)
    if meeting.state != CALLED or at >= meeting.starts_at:
        return False
    drafted = {point.source_url: point for point in meeting.points.exclude(source_url="")}
    now = {point.source_url: point for point in drafted_points(meeting, meeting.cycle.day(at))}
    gone = [p for url, p in drafted.items() if url not in now and not p.is_written and p.carried_from_id is None]
    new = [point for url, point in now.items() if url not in drafted]
    renamed = [(p, now[url]) for url, p in drafted.items() if url in now and p.titles != now[url].titles]
    if not (gone or new or renamed):
        return False
    AgendaPoint.objects.filter(pk__in=[point.pk for point in gone]).delete()
    for place, point in enumerate(new, last_position(meeting) + 1):
        point.position = place
        point.save()
    for point, new_point in renamed:
        AgendaPoint.objects.filter(pk=point.pk).update(title=new_point.title, titles=new_point.titles)
    changes = [_in_trail(p, old=p) for p in gone] + [_in_trail(p, new=p) for p in new]
    changes += [_in_trail(new_point, old=None if p.is_private else p, new=new_point) for p, new_point in renamed]
    _changed(meeting, None, at, changes)
    return True


def _in_trail(point: AgendaPoint, *, old: AgendaPoint | None = None, new: AgendaPoint | None = None) -> Change:
    """The trail of a meeting is read by everybody; what is private stands in the point alone."""
    before, after = (("" if end is None else PRIVATE if end.is_private else end.kept) for end in (old, new))
    return Change("point", before, after, where=str(point.department) if point.is_private else "")


def _changed(meeting: Meeting, by: User | None, at: datetime, changes: list[Change]) -> None:
    meeting.version += 1
    meeting.save(update_fields=["version"])
    note(MEETING.kind, meeting, "edit", by=by, at=at, changes=changes)


def carry_on(meeting: Meeting, at: datetime) -> set[int]:
    """Let what a meeting did not deal with stand on the next one that is called; which agenda changed."""
    called = Meeting.objects.filter(state=CALLED, held_on__gte=meeting.cycle.day(at)).exclude(pk=meeting.pk)
    own, later = called.filter(cycle=meeting.cycle_id), called.filter(cycle__year__gt=meeting.cycle.year)
    # What a year leaves crosses into the next one, once it has no meeting of its own to come.
    candidates = own if _to_come(meeting).exists() else later
    for following in candidates.select_related("cycle").order_by("held_on", "begins", "pk"):
        if at < following.starts_at:
            carry_over(following, meeting)
            return {following.pk}
    return set()


def _to_come(meeting: Meeting) -> QuerySet[Meeting]:
    """The other meetings of the year that are planned or called."""
    ahead = Meeting.objects.filter(cycle=meeting.cycle_id, state__in=[Meeting.State.DRAFT, CALLED])
    return ahead.exclude(cycle__state="closed").exclude(pk=meeting.pk)


def agenda_to_come(meeting: Meeting, on: date) -> list[AgendaPoint]:
    """What stands on the agenda once a meeting is called: what is open, and what earlier meetings left."""
    drafted = drafted_points(meeting, on)
    known = {point.source_url for point in drafted}
    return [*drafted, *(point for point in _left_over(meeting) if point.source_url not in known)]


def _left_over(meeting: Meeting, leaving: Meeting | None = None) -> QuerySet[AgendaPoint]:
    """What earlier meetings left, and cancelled ones whenever they were to be; of earlier years, once they are over.

    `leaving` is a meeting that is about to end with this very step.
    """
    over = Q(meeting__held_on__lte=meeting.held_on) | Q(meeting__state=Meeting.State.CANCELLED) | Q(meeting=leaving)
    ahead = Meeting.objects.filter(state__in=[Meeting.State.DRAFT, CALLED]).exclude(cycle__state="closed")
    ahead = ahead.exclude(pk=leaving.pk) if leaving else ahead
    of_year = Q(meeting__cycle=meeting.cycle_id)
    of_year |= Q(meeting__cycle__year__lt=meeting.cycle.year) & ~Q(meeting__cycle__in=ahead.values("cycle"))
    left = AgendaPoint.objects.filter(over, of_year, is_moved=True, carried_to__isnull=True)
    return left.exclude(meeting=meeting.pk).order_by("meeting__held_on", "position", "pk")


def carry_over(meeting: Meeting, leaving: Meeting | None = None) -> None:
    """What earlier meetings did not deal with stands on this one, each point once."""
    known = {url: pk for pk, url in meeting.points.exclude(source_url="").values_list("pk", "source_url")}
    place = last_position(meeting)
    for point in _left_over(meeting, leaving):
        if point.source_url in known:
            AgendaPoint.objects.filter(pk=known[point.source_url]).update(carried_from=point)
            continue
        place += 1
        AgendaPoint.objects.create(
            meeting=meeting,
            position=place,
            title=point.title,
            titles=point.titles,
            source_url=point.source_url,
            department=point.department,
            raised_by=point.raised_by,
            is_private=point.is_private,
            carried_from=point,
        )


def add_point(meeting: Meeting, *, title: str, by: User, at: datetime, seen: int) -> AgendaPoint:
    """Put one more point on the agenda."""
    if not title.strip():
        raise NotReady(_("Name the point."), [_("The title is missing.")])
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        position = last_position(editing.record) + 1
        point = save_new(AgendaPoint(meeting=editing.record, position=position, title=title.strip()))
        editing.change("point", "", point.title)
    return point


@transaction.atomic
def raise_point(meeting: Meeting, department: Department, terms: PointTerms, *, by: User, at: datetime) -> AgendaPoint:
    """Put what a department wants to talk about on the agenda, until the meeting starts."""
    hold_open_year(MEETING.kind, meeting, "edit")
    takes_part(department)
    locked = lock(meeting)
    point = AgendaPoint(
        meeting=locked, department=department, raised_by=by, title=terms.title.strip(), is_private=terms.is_private
    )
    authority(Can.RAISE_POINT, point, by, at)
    if locked.state != CALLED or at >= locked.starts_at:
        raise NotNow(_("The agenda is closed: the meeting has begun."), _("Put it on the agenda of the next meeting."))
    if not point.title:
        raise NotReady(_("Name the point."), [_("The title is missing.")])
    point.position = last_position(locked) + 1
    save_new(point)
    _changed(locked, by, at, [_in_trail(point, new=point)])
    return point


def order_point(meeting: Meeting, point: AgendaPoint, *, is_up: bool, by: User, at: datetime, seen: int) -> Meeting:
    """Move a point one place up or down."""
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        points = list(editing.record.points.all())
        place = next((n for n, each in enumerate(points) if each.pk == point.pk), None)
        other = place - 1 if is_up and place is not None else (place or 0) + 1
        if place is None or not 0 <= other < len(points):
            raise NotReady(_("The point has no place to move to."), [_("Open the page again.")])
        _swap(points[place], points[other])
        editing.change("position", points[place].position, points[other].position, where=str(place + 1))
    return meeting


def _swap(one: AgendaPoint, other: AgendaPoint) -> None:
    """Let two points change places; no two may stand on one, not even for a moment."""
    first, second = one.position, other.position
    rows = AgendaPoint.objects
    rows.filter(pk=one.pk).update(position=0)
    rows.filter(pk=other.pk).update(position=first)
    rows.filter(pk=one.pk).update(position=second)


def drop_point(meeting: Meeting, point: AgendaPoint, *, by: User, at: datetime, seen: int) -> Meeting:
    """Take a point off the agenda that somebody put there by mistake; nothing may be written on it."""
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        found = editing.record.points.filter(pk=point.pk).first()
        if found is None or found.is_written or found.source_url:
            way_out = _("Say in the minutes that it was dropped.")
            raise NotReady(_("This point stays on the agenda."), [], way_out)
        editing.change("point", PRIVATE if found.is_private else found.kept, "")
        found.delete()
    return meeting
