"""Review meetings in the demonstration: one held, one whose minutes are being confirmed, one cancelled, one to come."""

from datetime import date, datetime, time, timedelta

from evaluations.improvements import actions as improvements
from evaluations.improvements.actions import MeasureProposal
from evaluations.meetings import actions as meetings
from evaluations.models import Measure, Meeting
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES
from sop_portal.demo.chinese import said
from sop_portal.demo.years import DemoYear, World

FRIDAY = 4
# Before the first act of a day: what is put down for the day after may fall on the day itself.
BEGINS = time(8, 30)
HELD, MINUTED, CANCELLED, TO_COME = words.MEETING_PLACES
REPLIES = (
    ("Ashford Babcock", "comes"),
    ("Avon", "comes"),
    ("Bristol", "deputy"),
    ("Canterbury", "comes"),
    ("Chester", "away"),
    ("Columbia Little", "comes"),
    ("Deep River", "comes"),
    ("East Hampton", "comes"),
)
# Who has confirmed the newest minutes so far.
CONFIRMED = ("Avon", "Bristol", "Canterbury", "East Haddam")


def plan(world: World) -> None:
    """Put down the review meetings of this year."""
    agenda, year, today = world.agenda, world.running, world.agenda.today
    held, minuted = on_working_day(year.month(2) + timedelta(days=24)), on_working_day(today - timedelta(days=6))
    called_off = on_working_day(today + timedelta(days=7))
    agenda.on(held - timedelta(days=14), lambda at: call(world, year, HELD, held, at))
    agenda.on(held + timedelta(days=1), lambda at: hold_meeting(world, year, HELD, at))
    agenda.on(held + timedelta(days=2), lambda at: act_on_decision(world, year, at))
    agenda.on(held + timedelta(days=16), lambda at: finish_decided(world, year, at))
    agenda.on(held + timedelta(days=22), lambda at: verify_decided(world, year, at))
    agenda.on(held + timedelta(days=4), lambda at: confirm_minutes(world, year, at))
    agenda.on(held + timedelta(days=12), lambda at: close_minutes(world, year, at))
    agenda.on(minuted - timedelta(days=9), lambda at: call(world, year, MINUTED, minuted, at))
    agenda.on(today - timedelta(days=5), lambda at: hold_meeting(world, year, MINUTED, at))
    agenda.on(today - timedelta(days=1), lambda at: confirm_some(world, year, at))
    agenda.on(today - timedelta(days=4), lambda at: call(world, year, CANCELLED, called_off, at))
    agenda.on(today - timedelta(days=3), lambda at: cancel(world, year, at))
    agenda.on(today - timedelta(days=2), lambda at: call(world, year, TO_COME, today + timedelta(days=8), at))
    agenda.on(today - timedelta(days=1), lambda at: reply_to_meeting(world, year, at))


def on_working_day(day: date) -> date:
    """The day itself, or the Friday before where that is a weekend."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def meeting_at(world: World, year: DemoYear, place: str) -> Meeting:
    """A meeting of a year by where it is held, as it is now."""
    return Meeting.objects.select_related("cycle").get(cycle=world.cycles[year.number], place=said(place))


def call(world: World, year: DemoYear, place: str, held_on: date, at: datetime) -> None:
    """Emil calls a review meeting; its agenda is what is open."""
    terms = meetings.MeetingTerms(held_on, said(place), BEGINS, quorum=8)
    meetings.call(world.cycle(year), terms, by=world.cast["Emil Novak"], at=at)


def hold_meeting(world: World, year: DemoYear, place: str, at: datetime) -> None:
    """Who came, what was said, what was decided."""
    emil, found = world.cast["Emil Novak"], meeting_at(world, year, place)
    came = {
        world.cast.departments[library.name].pk: (world.cast.head(library), library.name != "Deep River")
        for library in LIBRARIES
    }
    meetings.note_attendance(found, came, by=emil, at=at, seen=found.version)
    if place == HELD:
        title = said("Rooms that are promised twice")
        meetings.add_point(found, title=title, by=emil, at=world.agenda.next(), seen=found.version)
    meetings.minute(found, minutes_of(found), by=emil, at=world.agenda.next(), seen=found.version)
    meetings.send(found, by=emil, at=world.agenda.next(), seen=found.version)


def minutes_of(meeting: Meeting) -> dict[int, tuple[str, str]]:
    """What was said on each point, by what it is about; what there was no time for is left."""
    left = {matter: list(said_of_it) for matter, said_of_it in words.MINUTES.items()}
    minutes = {}
    for point in meeting.points.order_by("position", "pk"):
        matter = next((name for name in left if name and name in point.source_url), "")
        if left[matter] and bool(matter) == bool(point.source_url):
            talk, decision = left[matter].pop(0)
            minutes[point.pk] = (said(talk), said(decision))
    return minutes


def act_on_decision(world: World, year: DemoYear, at: datetime) -> None:
    """What the meeting decided becomes a measure: Amina proposes it there, Emil adopts it for Ben."""
    cycle, cast, found = world.cycle(year), world.cast, meeting_at(world, year, HELD)
    proposal = MeasureProposal(said(words.CALENDAR), Measure.Origin.MEETING, found.get_absolute_url())
    ansonia = cast.departments["Ansonia Library"]
    made = improvements.propose(cycle, ansonia, proposal, by=cast["Amina Diallo"], at=at)
    assignment = improvements.Assignment(cast["Ben Carter"], at.date() + timedelta(days=21))
    improvements.adopt(made, assignment, by=cast["Emil Novak"], at=world.agenda.next(), seen=made.version)


def decided(world: World, year: DemoYear) -> Measure:
    """The measure that the meeting decided on, as it is now."""
    rows = Measure.objects.select_related("cycle", "department", "owner")
    return rows.get(cycle=world.cycles[year.number], what=said(words.CALENDAR))


def finish_decided(world: World, year: DemoYear, at: datetime) -> None:
    """Ben has done it."""
    made, evidence = decided(world, year), said(words.CALENDAR_SHOWN)
    improvements.finish(made, evidence=evidence, by=world.cast["Ben Carter"], at=at, seen=made.version)


def verify_decided(world: World, year: DemoYear, at: datetime) -> None:
    """Elif looks, and it is so."""
    made = decided(world, year)
    improvements.verify(made, by=world.cast["Elif Aydin"], at=at, seen=made.version)


def confirm_minutes(world: World, year: DemoYear, at: datetime) -> None:
    """Everybody who was there confirms, but for one who forgets."""
    found = meeting_at(world, year, HELD)
    for seat in found.attendance.filter(was_present=True).select_related("person", "department").order_by("pk"):
        if seat.person is not None and seat.department != world.cast.departments["Chester"]:
            meetings.confirm(found, by=seat.person, at=world.agenda.next(), seen=found.version)


def confirm_some(world: World, year: DemoYear, at: datetime) -> None:
    """Of the newest minutes, the first have confirmed; the others have some days left."""
    found = meeting_at(world, year, MINUTED)
    for library in LIBRARIES:
        if library.name in CONFIRMED:
            meetings.confirm(found, by=world.cast.head(library), at=world.agenda.next(), seen=found.version)


def close_minutes(world: World, year: DemoYear, at: datetime) -> None:
    """A week later the minutes are frozen."""
    found = meeting_at(world, year, HELD)
    meetings.hold(found, by=world.cast["Emil Novak"], at=at, seen=found.version)


def cancel(world: World, year: DemoYear, at: datetime) -> None:
    """Emil cancels a meeting: its day is taken."""
    found = meeting_at(world, year, CANCELLED)
    meetings.cancel(
        found, by=world.cast["Emil Novak"], at=at, seen=found.version, comment=said(words.MEETING_CANCELLED)
    )


def reply_to_meeting(world: World, year: DemoYear, at: datetime) -> None:
    """Some heads and finance have replied to the meeting to come; one sends a deputy, one cannot come."""
    found = meeting_at(world, year, TO_COME)
    for name, answer in REPLIES:
        library = next(library for library in LIBRARIES if library.name == name)
        seat, head = found.attendance.get(department=world.cast.departments[name]), world.cast.head(library)
        deputy = world.cast[library.leads[0]] if answer == "deputy" else None
        meetings.reply(found, seat, answer=answer, deputy=deputy, by=head, at=world.agenda.next())
    finance = found.attendance.get(team="finance")
    meetings.reply(found, finance, answer="comes", by=world.cast["Dora Weiss"], at=world.agenda.next())
    point = meetings.PointTerms(said("Volunteer insurance: who pays it from January on?"))
    meetings.raise_point(
        found, world.cast.departments["Avon"], point, by=world.cast["Bao Nguyen"], at=world.agenda.next()
    )
