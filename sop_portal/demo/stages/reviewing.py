"""Stage 5 in the demonstration: evaluations, lessons, measures, feedback, and closing the year."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from budgets.models import Audit
from evaluations.feedback import actions as feedback
from evaluations.improvements import actions as improvements
from evaluations.models import Evaluation, Feedback, Measure, Meeting
from evaluations.reviews import actions as reviews
from evaluations.reviews.queries import facts_of
from planning.cycles import actions as cycles
from planning.projects.models import slug_of
from sop_portal.demo import papers, words
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.chinese import is_chinese, said
from sop_portal.demo.history import last_figures
from sop_portal.demo.stages.running import management, project_of
from sop_portal.demo.years import RUNNING_MONTHS, DemoProject, DemoYear, World
from sop_portal.foundation.kit.reasons import Explained

CLOSED_AFTER = timedelta(days=62)
# This year's finished projects: evaluations that wait for management, came back, or are not written yet.
SUBMITTED, RETURNED, NOT_WRITTEN = ("Bristol", "Chester"), "East Hampton", ("Ansonia Library", "Avon")
STAYED = ("Children who stay to the end, percent", Decimal(61), Decimal(75))


def plan(world: World, year: DemoYear) -> None:
    """Put down the end of every project of a year; what ends after today will not happen."""
    for project in world.projects(year):
        if not (year is world.running and project.kind.months > RUNNING_MONTHS):
            plan_evaluation(world, project)


def plan_evaluation(world: World, project: DemoProject) -> None:
    """Completed, written, submitted, reviewed; this year some are still open."""
    agenda, library, is_running = world.agenda, project.library.name, project.year is world.running
    ended = project.year.last_of_month(world.months(project.year, project.kind) - 1)
    agenda.on(ended, partial(complete, world, project))
    if is_running and library in NOT_WRITTEN:
        return
    agenda.on(ended + timedelta(days=16 + project.turn % 8), partial(write, world, project))
    if is_running and library in SUBMITTED:
        return
    decide = send_back if is_running and library == RETURNED else review
    agenda.on(ended + timedelta(days=28 + project.turn % 9), partial(decide, world, project))


def complete(world: World, planned: DemoProject, at: datetime) -> None:
    """The head completes the project."""
    project = project_of(world, planned.year, planned.library, planned.kind)
    reviews.complete(project, by=world.cast.head(planned.library), at=at, seen=project.version)


def evaluation_of(world: World, project: DemoProject) -> Evaluation:
    """An evaluation as it is now."""
    rows = Evaluation.objects.select_related("cycle", "department", "project__lead", "project__cycle")
    return rows.get(project=project_of(world, project.year, project.library, project.kind))


def write(world: World, project: DemoProject, at: datetime) -> None:
    """The lead writes, the head submits."""
    library, kind, turn = project.library, project.kind, project.turn
    evaluation, next_moment = evaluation_of(world, project), world.agenda.next
    lead = evaluation.project.lead or world.cast.head(library)
    if kind.name == "Story hours":
        indicator, baseline, target = STAYED
        figures = reviews.GoalFigures(baseline, target, Decimal(66 + turn % 11))
        reviews.add_goal(evaluation, said(indicator), figures, by=lead, at=at, seen=evaluation.version)
    hours = last_figures(library)[kind.name]["people"]
    # What is off the plan is asked of the hours too, so they are there before anything is explained.
    evaluation.people_used = hours
    answers: dict[str, Any] = answers_of(evaluation, library, turn)
    reviews.write(evaluation, by=lead, at=next_moment(), seen=evaluation.version, people_used=hours, **answers)
    if turn % 2 == 0:
        wording = turn // 2 + (2 if project.year is world.running else 0)
        text = words.of(library, words.LESSONS[kind.name], (words.LESSON_ZH,), wording)
        reviews.write_lesson(evaluation, text, by=lead, at=next_moment(), seen=evaluation.version)
    reviews.submit(evaluation, by=world.cast.head(library), at=next_moment(), seen=evaluation.version)


def answers_of(evaluation: Evaluation, library: Library, turn: int) -> dict[str, str]:
    """Three answers, and an explanation (hours are explained with the rest)."""
    if library.language != "en" and not is_chinese():
        return dict(zip(("reached", "problems", "better", "explanation"), words.EVALUATION_ZH, strict=True))
    answers = {
        "reached": said(words.REACHED[turn % 3]),
        "problems": said(words.PROBLEMS[turn % 3]),
        "better": said(words.BETTER[turn % 3]),
    }
    return answers | {"explanation": said(words.OFF_PLAN) if facts_of(evaluation).to_explain else ""}


def review(world: World, project: DemoProject, at: datetime) -> None:
    """Management reviews; the lessons are published as they were written."""
    evaluation = evaluation_of(world, project)
    reviews.review(evaluation, by=management(world, project.turn), at=at, seen=evaluation.version)


def send_back(world: World, project: DemoProject, at: datetime) -> None:
    """Management wants to know more."""
    evaluation, by = evaluation_of(world, project), management(world, project.turn)
    comment = said("Which groups were smaller, and since when? And what did the second story-teller change?")
    reviews.send_back(evaluation, by=by, at=at, seen=evaluation.version, comment=Explained(comment, "missing"))


def plan_measures(world: World) -> None:
    """What is done better, in every state; adopted measures of last year live on after it is closed."""
    agenda, last, year = world.agenda, world.last, world.running
    review_time = last.ends_on + timedelta(days=34)
    agenda.on(review_time, lambda at: propose_last(world, at))
    agenda.on(review_time + timedelta(days=5), lambda at: decide_last(world, at))
    agenda.on(agenda.today - timedelta(days=20), lambda at: finish_first(world, at))
    agenda.on(agenda.today - timedelta(days=12), lambda at: verify_first(world, at))
    agenda.on(year.month(2) + timedelta(days=9), lambda at: measure_for_ada(world, at))
    agenda.on(agenda.today - timedelta(days=5), lambda at: propose_now(world, at))


def measure(world: World, year: DemoYear, number: int) -> Measure:
    """A measure of a year by its number, as it is now."""
    rows = Measure.objects.select_related("cycle", "department", "owner")
    return rows.get(cycle=world.cycles[year.number], number=number)


def propose_last(world: World, at: datetime) -> None:
    """Four proposals from last year's evaluations."""
    cycle, departments = world.cycle(world.last), world.cast.departments
    for name, head, (what, origin) in (
        ("Ansonia Library", "Amina Diallo", words.MEASURES[0]),
        ("Ansonia Library", "Amina Diallo", words.MEASURES[1]),
        ("Avon", "Bao Nguyen", words.MEASURES[3]),
        ("Bristol", "Marta Kowalska", ("Buy a second van.", "evaluation")),
    ):
        slug = slug_of(said("Story hours")) if name != "Bristol" else ""
        came_from = evaluated_at(world, name)
        proposal = improvements.MeasureProposal(said(what), origin, came_from, project_slug=slug)
        improvements.propose(cycle, departments[name], proposal, by=world.cast[head], at=world.agenda.next())


def evaluated_at(world: World, name: str) -> str:
    """The page of the evaluation in which a library wrote of last year's story hours, or of its first project."""
    rows = Evaluation.objects.select_related("cycle", "department", "project")
    rows = rows.filter(cycle=world.cycles[world.last.number], department=world.cast.departments[name]).order_by("pk")
    story = rows.filter(project__slug=slug_of(said("Story hours"))).first()
    return (story or rows[0]).get_absolute_url()


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
        priority = Measure.Priority.HIGH if number == 1 else Measure.Priority.NORMAL
        assignment = improvements.Assignment(cast[owner], due, priority)
        improvements.adopt(found, assignment, by=emil, at=moment, seen=found.version)
    found = measure(world, world.last, 4)
    improvements.decline(found, by=emil, at=world.agenda.next(), seen=found.version, comment=said(words.DECLINED))


def finish_first(world: World, at: datetime) -> None:
    """Ben has done what was asked."""
    found, ben = measure(world, world.last, 1), world.cast["Ben Carter"]
    waiting = papers.brought(said("Shared sheet.jpg"), papers.sheet(*map(said, words.EVIDENCE_SHOWN)), by=ben, at=at)
    papers.attached(found, waiting, said("The shared sheet on the wall"), by=ben, at=at)
    improvements.finish(found, evidence=said(words.EVIDENCE), by=ben, at=world.agenda.next(), seen=found.version)


def verify_first(world: World, at: datetime) -> None:
    """Elif looks, and it is so."""
    found = measure(world, world.last, 1)
    improvements.verify(found, by=world.cast["Elif Aydin"], at=at, seen=found.version)


def measure_for_ada(world: World, at: datetime) -> None:
    """Feedback becomes a measure the administrator owns."""
    what, origin = words.MEASURES[4]
    cycle, given = world.cycle(world.running), feedback_of(world, world.running, "East Hampton")
    proposal = improvements.MeasureProposal(said(what), origin, given.get_absolute_url())
    found = improvements.propose(cycle, given.department, proposal, by=given.given_by, at=at)
    due, emil = world.agenda.today + timedelta(days=10), world.cast["Emil Novak"]
    moment = world.agenda.next()
    assignment = improvements.Assignment(world.cast["Ada Moreno"], due)
    improvements.adopt(found, assignment, by=emil, at=moment, seen=found.version)


def propose_now(world: World, at: datetime) -> None:
    """Two proposals wait for management; one measure is reported as done and waits to be verified."""
    cycle, departments, cast = world.cycle(world.running), world.cast.departments, world.cast
    what, origin = words.MEASURES[2]
    audit = Audit.objects.filter(cycle=cycle).select_related("cycle").order_by("pk").first()
    first = improvements.MeasureProposal(said(what), origin, audit.get_absolute_url() if audit else "")
    improvements.propose(cycle, departments["Bristol"], first, by=cast["Marta Kowalska"], at=at)
    text = said("Tell the schools the dates of the groups before the summer, not after.")
    met = Meeting.objects.filter(cycle=cycle, held_on__lt=at.date()).exclude(state="cancelled").order_by("-held_on")[0]
    second, moment = improvements.MeasureProposal(text, "meeting", met.get_absolute_url()), world.agenda.next()
    improvements.propose(cycle, departments["Ansonia Library"], second, by=cast["Amina Diallo"], at=moment)
    found = measure(world, world.last, 3)
    moment = world.agenda.next()
    evidence = said("Six boxes went both ways so far.")
    improvements.finish(found, evidence=evidence, by=cast["Grace Liu"], at=moment, seen=found.version)


def plan_feedback(world: World) -> None:
    """What departments say of this year, of every kind; what management answers, and whether that helped."""
    agenda, year, today = world.agenda, world.running, world.agenda.today
    for name, day in (
        ("Chester", year.month(1)),
        ("East Hampton", year.month(2)),
        ("Deep River", today - timedelta(days=25)),
        ("East Lyme", today - timedelta(days=9)),
        ("Avon", today),
    ):
        agenda.on(day - timedelta(days=2), partial(give_feedback, world, year, name))
    for name, day, helped in (
        ("Chester", year.month(1) + timedelta(days=8), True),
        ("East Hampton", year.month(2) + timedelta(days=12), True),
        ("Deep River", today - timedelta(days=18), False),
    ):
        agenda.on(day, partial(answer_feedback, world, year, name))
        agenda.on(day + timedelta(days=3), partial(say_if_it_helped, world, year, name, helped))


def give_feedback(world: World, year: DemoYear, name: str, at: datetime) -> None:
    """A head says what the department experienced."""
    department, (kind, title, text, _answer) = world.cast.departments[name], words.FEEDBACK[name]
    by = world.cast.head(next(library for library in LIBRARIES if library.name == name))
    feedback.give(world.cycle(year), department, kind=kind, title=said(title), text=said(text), by=by, at=at)


def feedback_of(world: World, year: DemoYear, name: str) -> Feedback:
    """What a department said, as it is now."""
    return Feedback.objects.select_related("cycle").get(
        cycle=world.cycles[year.number], department=world.cast.departments[name]
    )


def answer_feedback(world: World, year: DemoYear, name: str, at: datetime) -> None:
    """Elif answers."""
    found, answer = feedback_of(world, year, name), said(words.FEEDBACK[name][3])
    feedback.answer(found, by=world.cast["Elif Aydin"], at=at, seen=found.version, comment=answer)


def say_if_it_helped(world: World, year: DemoYear, name: str, helped: bool, at: datetime) -> None:
    """Whoever gave it says whether the answer helped."""
    found = feedback_of(world, year, name)
    feedback.say_if_it_helped(found, helped=helped, by=found.given_by, at=at)


def close(world: World, year: DemoYear, at: datetime) -> None:
    """Ada closes the year; the portal would refuse while anything is open."""
    cycle = world.cycle(year)
    cycles.close_year(cycle, by=world.cast["Ada Moreno"], at=at, seen=cycle.version)
