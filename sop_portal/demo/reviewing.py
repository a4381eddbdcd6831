"""Stage 5 in the demonstration: evaluations, lessons, measures, feedback, meetings, and closing the year."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from evaluations.feedback import actions as feedback
from evaluations.improvements import actions as improvements
from evaluations.meetings import actions as meetings
from evaluations.models import Evaluation, Measure, Meeting
from evaluations.reviews import actions as reviews
from evaluations.reviews.queries import facts_of
from planning.cycles import actions as cycles
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.history import Kind, kinds_of, last_figures
from sop_portal.demo.running import manager, project_of
from sop_portal.demo.years import RUNNING_MONTHS, World, Year

CLOSED_AFTER = timedelta(days=62)
# This year's finished projects: evaluations that wait for management, came back, or are not written yet.
SUBMITTED, RETURNED, NOT_WRITTEN = ("Bristol", "Chester"), "East Hampton", ("Ansonia Library", "Avon")
STAYED = ("Children who stay to the end, percent", Decimal(61), Decimal(75))


def plan(world: World, year: Year) -> None:
    """Put down the end of every project of a year; what ends after today will not happen."""
    for turn, library in enumerate(LIBRARIES):
        for number, kind in enumerate(kinds_of(library)):
            if not (year is world.running and kind.months > RUNNING_MONTHS):
                plan_evaluation(world, year, library, kind, turn + number)


def plan_evaluation(world: World, year: Year, library: Library, kind: Kind, turn: int) -> None:
    """Completed, written, submitted, reviewed; this year some are still open."""
    agenda, ended, is_running = world.agenda, year.last_of_month(world.months(year, kind) - 1), year is world.running
    agenda.on(ended, completing(world, year, library, kind))
    if is_running and library.name in NOT_WRITTEN:
        return
    agenda.on(ended + timedelta(days=16 + turn % 8), writing(world, year, library, kind, turn))
    if is_running and library.name in SUBMITTED:
        return
    decided_on = ended + timedelta(days=28 + turn % 9)
    if is_running and library.name == RETURNED:
        agenda.on(decided_on, lambda at: send_back(world, year, library, kind, turn, at))
        return
    agenda.on(decided_on, lambda at: review(world, year, library, kind, turn, at))


def completing(world: World, year: Year, library: Library, kind: Kind) -> Callable[[datetime], None]:
    """The head completes the project."""

    def act(at: datetime) -> None:
        project = project_of(world, year, library, kind)
        reviews.complete(project, by=world.cast.head(library), at=at, seen=project.version)

    return act


def evaluation_of(world: World, year: Year, library: Library, kind: Kind) -> Evaluation:
    """An evaluation as it is now."""
    rows = Evaluation.objects.select_related("cycle", "department", "project__lead", "project__cycle")
    project = project_of(world, year, library, kind)
    return rows.get(project=project)


def writing(world: World, year: Year, library: Library, kind: Kind, turn: int) -> Callable[[datetime], None]:
    """The lead writes, the head submits."""
    is_running = year is world.running

    def act(at: datetime) -> None:
        evaluation, next_moment = evaluation_of(world, year, library, kind), world.agenda.next
        lead = evaluation.project.lead or world.cast.head(library)
        if kind.name == "Story hours":
            indicator, baseline, target = STAYED
            figures = reviews.GoalFigures(baseline, target, Decimal(66 + turn % 11))
            reviews.add_goal(evaluation, indicator, figures, by=lead, at=at, seen=evaluation.version)
        hours = last_figures(library)[kind.name]["people"]
        answers: dict[str, Any] = answers_of(evaluation, library, turn)
        reviews.write(evaluation, by=lead, at=next_moment(), seen=evaluation.version, people_used=hours, **answers)
        if turn % 2 == 0:
            text = words.of(library, words.LESSONS[kind.name], (words.LESSON_ZH,), turn // 2 + 2 * is_running)
            reviews.write_lesson(evaluation, text, by=lead, at=next_moment(), seen=evaluation.version)
        reviews.submit(evaluation, by=world.cast.head(library), at=next_moment(), seen=evaluation.version)

    return act


def answers_of(evaluation: Evaluation, library: Library, turn: int) -> dict[str, str]:
    """Three answers, and an explanation (hours are explained with the rest)."""
    if library.language != "en":
        return dict(zip(("reached", "problems", "better", "explanation"), words.EVALUATION_ZH, strict=True))
    answers = {
        "reached": words.REACHED[turn % 3], "problems": words.PROBLEMS[turn % 3], "better": words.BETTER[turn % 3],
    }  # fmt: skip
    return answers | {"explanation": words.OFF_PLAN if facts_of(evaluation).to_explain else ""}


def review(world: World, year: Year, library: Library, kind: Kind, turn: int, at: datetime) -> None:
    """Management reviews; the lessons are published as they were written."""
    evaluation = evaluation_of(world, year, library, kind)
    reviews.review(evaluation, by=manager(world, turn), at=at, seen=evaluation.version)


def send_back(world: World, year: Year, library: Library, kind: Kind, turn: int, at: datetime) -> None:
    """Management wants to know more."""
    evaluation = evaluation_of(world, year, library, kind)
    comment = "Which groups were smaller, and since when? And what did the second story-teller change?"
    reviews.send_back(evaluation, by=manager(world, turn), at=at, seen=evaluation.version, comment=comment)


def plan_measures(world: World) -> None:
    """What is done better, in every state; adopted measures of last year live on after it is closed."""
    agenda, last, year = world.agenda, world.last, world.running
    review_time = last.ends_on + timedelta(days=34)
    agenda.on(review_time, lambda at: propose_last(world, at))
    agenda.on(review_time + timedelta(days=5), lambda at: decide_last(world, at))
    agenda.on(agenda.today - timedelta(days=20), lambda at: finish_first(world, at))
    agenda.on(agenda.today - timedelta(days=12), lambda at: verify_first(world, at))
    agenda.on(year.month(3) + timedelta(days=12), lambda at: measure_for_ada(world, at))
    agenda.on(agenda.today - timedelta(days=5), lambda at: propose_now(world, at))


def measure(world: World, year: Year, number: int) -> Measure:
    """A measure of a year by its number, as it is now."""
    rows = Measure.objects.select_related("cycle", "department", "owner")
    return rows.get(cycle=world.cycles[year.number], number=number)


def propose_last(world: World, at: datetime) -> None:
    """Four proposals from last year's evaluations, audits and meetings."""
    cycle, departments = world.cycle(world.last), world.cast.departments
    for name, head, (what, origin) in (
        ("Ansonia Library", "Amina Diallo", words.MEASURES[0]),
        ("Ansonia Library", "Amina Diallo", words.MEASURES[1]),
        ("Avon", "Bao Nguyen", words.MEASURES[3]),
        ("Bristol", "Marta Kowalska", ("Buy a second van.", "evaluation")),
    ):
        slug = "story-hours" if origin == "evaluation" and name != "Bristol" else ""
        proposal = improvements.MeasureProposal(what, origin, project_slug=slug)
        improvements.propose(cycle, departments[name], proposal, by=world.cast[head], at=world.agenda.next())


def decide_last(world: World, at: datetime) -> None:
    """Emil adopts three and declines one."""
    emil, cast, today = world.cast["Emil Novak"], world.cast, world.agenda.today
    for number, owner, due in (
        (1, "Ben Carter", today - timedelta(days=16)),
        (2, "Amina Diallo", today + timedelta(days=40)),
        (3, "Grace Liu", today - timedelta(days=6)),
    ):
        found = measure(world, world.last, number)
        moment = world.agenda.next()
        assignment = improvements.Assignment(cast[owner], due)
        improvements.adopt(found, assignment, by=emil, at=moment, seen=found.version)
    found = measure(world, world.last, 4)
    improvements.decline(found, by=emil, at=world.agenda.next(), seen=found.version, comment=words.DECLINED)


def finish_first(world: World, at: datetime) -> None:
    """Ben has done what was asked."""
    found = measure(world, world.last, 1)
    improvements.finish(found, evidence=words.EVIDENCE, by=world.cast["Ben Carter"], at=at, seen=found.version)


def verify_first(world: World, at: datetime) -> None:
    """Elif looks, and it is so."""
    found = measure(world, world.last, 1)
    improvements.verify(found, by=world.cast["Elif Aydin"], at=at, seen=found.version)


def measure_for_ada(world: World, at: datetime) -> None:
    """Feedback becomes a measure the administrator owns."""
    what, origin = words.MEASURES[4]
    cycle, department = world.cycle(world.running), world.cast.departments["East Lyme"]
    proposal = improvements.MeasureProposal(what, origin)
    found = improvements.propose(cycle, department, proposal, by=world.cast["Lin Xiaomei"], at=at)
    due, emil = world.agenda.today + timedelta(days=10), world.cast["Emil Novak"]
    moment = world.agenda.next()
    assignment = improvements.Assignment(world.cast["Ada Moreno"], due)
    improvements.adopt(found, assignment, by=emil, at=moment, seen=found.version)


def propose_now(world: World, at: datetime) -> None:
    """Two proposals wait for management; one measure is reported as done and waits to be verified."""
    cycle, departments, cast = world.cycle(world.running), world.cast.departments, world.cast
    what, origin = words.MEASURES[2]
    first = improvements.MeasureProposal(what, origin)
    improvements.propose(cycle, departments["Bristol"], first, by=cast["Marta Kowalska"], at=at)
    text = "Tell the schools the dates of the groups before the summer, not after."
    second, moment = improvements.MeasureProposal(text, "meeting"), world.agenda.next()
    improvements.propose(cycle, departments["Ansonia Library"], second, by=cast["Amina Diallo"], at=moment)
    found = measure(world, world.last, 3)
    moment = world.agenda.next()
    evidence = "Six boxes went both ways so far."
    improvements.finish(found, evidence=evidence, by=cast["Grace Liu"], at=moment, seen=found.version)


def plan_talks(world: World) -> None:
    """Feedback and review meetings of this year."""
    agenda, year = world.agenda, world.running
    for number, (library, day) in enumerate(
        (("Chester", year.month(1)), ("East Lyme", agenda.today - timedelta(days=9)), ("Avon", agenda.today))
    ):
        act = giving(world, year, library, number)
        agenda.on(day - timedelta(days=2), act)
    agenda.on(year.month(1) + timedelta(days=20), lambda at: answer_first(world, year, at))
    first, second = year.month(3) + timedelta(days=24), agenda.today + timedelta(days=8)
    agenda.on(first - timedelta(days=14), lambda at: call(world, year, 0, first, at))
    agenda.on(first + timedelta(days=1), lambda at: hold_meeting(world, year, at))
    agenda.on(agenda.today - timedelta(days=2), lambda at: call(world, year, 1, second, at))


def giving(world: World, year: Year, name: str, number: int) -> Callable[[datetime], None]:
    """A head says what the department experienced."""

    def act(at: datetime) -> None:
        library = next(found for found in LIBRARIES if found.name == name)
        title, text, _answer = words.FEEDBACK[number]
        feedback.give(
            world.cycle(year), world.cast.departments[name], title=title, text=text, by=world.cast.head(library), at=at
        )

    return act


def answer_first(world: World, year: Year, at: datetime) -> None:
    """Elif answers."""
    found = world.cycle(year).feedback.order_by("pk")[0]
    feedback.answer(found, by=world.cast["Elif Aydin"], at=at, seen=found.version, comment=words.FEEDBACK[0][2])


def call(world: World, year: Year, place: int, held_on: date, at: datetime) -> None:
    """Emil calls a review meeting; its agenda is what is open."""
    emil = world.cast["Emil Novak"]
    meetings.call(world.cycle(year), held_on=held_on, place=words.MEETING_PLACES[place], by=emil, at=at)


def hold_meeting(world: World, year: Year, at: datetime) -> None:
    """Who came, what was said, what was decided."""
    emil, found = world.cast["Emil Novak"], Meeting.objects.select_related("cycle").get(cycle=world.cycles[year.number])
    came = {
        world.cast.departments[library.name].pk: (world.cast.head(library), library.name != "Deep River")
        for library in LIBRARIES
    }
    meetings.note_attendance(found, came, by=emil, at=at, seen=found.version)
    if not found.points.exists():
        title = "Rooms that are promised twice"
        meetings.add_point(found, title=title, by=emil, at=world.agenda.next(), seen=found.version)
    said = {point.pk: words.MINUTES for point in found.points.all()[:1]}
    meetings.minute(found, said, by=emil, at=world.agenda.next(), seen=found.version)
    meetings.hold(found, by=emil, at=world.agenda.next(), seen=found.version)


def close(world: World, year: Year, at: datetime) -> None:
    """Ada closes the year; the portal would refuse while anything is open."""
    cycle = world.cycle(year)
    cycles.close_year(cycle, by=world.cast["Ada Moreno"], at=at, seen=cycle.version)
