"""Training in the demonstration: what people need to know, a session held, one to come, and the handbook read."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, time, timedelta

from evaluations.models import ChangeProposal, TrainingNeed, TrainingSession
from evaluations.proposals import actions as proposals
from evaluations.proposals.actions import ProposedChange
from evaluations.training import actions as training
from evaluations.training.actions import NeedTerms, SessionTerms
from sop_portal.demo.cast import LIBRARIES
from sop_portal.demo.chinese import said
from sop_portal.demo.stages.reviewing import feedback_of
from sop_portal.demo.years import DemoYear, World
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.reasons import Reason
from sop_portal.foundation.organisation.models import User
from sop_portal.handbook.actions import acknowledge, publish_edition, write_edition
from sop_portal.handbook.models import Edition, Guide

FORECAST = NeedTerms("Write a forecast", "head", "forecast/submit", "forecast")
REQUEST = NeedTerms("Write a resource request", "head", "request/submit", "request")
REPORT = NeedTerms("Write a progress report", "lead", "report/submit", "execution", holds_years=3)
# Heads who were ill, or came to their office later: they have a gap.
MISSED = ("Tess Morgan", "Lin Xiaomei")
# Who is invited to the session about requests so far, and what they replied.
INVITED = (("Ansonia Library", True), ("Avon", True), ("Bristol", None), ("Chester", False))
# These have not read the handbook yet.
UNREAD = ("Ben Carter", "Tess Morgan", "Bao Nguyen")
AGAIN = "Bristol, room 3"


# What somebody wants to change: the first is in force since the second version of the handbook, the other waits.
PROPOSALS = (
    ProposedChange(
        "guide", "Say how participants are counted", "One sentence in “Demand forecast”: everybody once per project.",
        "A forecast came back because the same children were counted twice.",
    ),
    ProposedChange(
        "window", "Three working weeks for requests", "The window of requests stays open for 21 days instead of 14.",
        "Two weeks fall into the school holidays, and five departments filed on the last day.",
    ),
    ProposedChange(
        "form", "One column for volunteers’ hours", "The form of the forecast asks for volunteers’ hours apart.",
        "Volunteers carry half of the home delivery, and no figure says so.",
    ),
    ProposedChange(
        "rule", "Leads submit the forecast themselves", "A lead submits the own projects without the head.",
        "The head is away in the weeks of the forecast.",
    ),
)  # fmt: skip
COUNTED_EN = "Count every participant once per project, however often somebody comes."
COUNTED_ZH = "每位参与者在一个项目中只计一次，不论来几次。"


def plan(world: World) -> None:
    """Two sessions of the running year, and who read the handbook when."""
    agenda, year = world.agenda, world.running
    held_on = world.coming.forecast_from - timedelta(days=6)
    agenda.on(year.starts_on - timedelta(days=40), lambda at: say_what_is_needed(world, at))
    agenda.on(year.starts_on - timedelta(days=30), lambda at: plan_reports(world, year, at))
    agenda.on(year.starts_on - timedelta(days=9), lambda at: note_who_came(world, REPORT, ("Sofia Petrova",), at))
    agenda.on(held_on - timedelta(days=20), lambda at: plan_forecasts(world, year, at))
    agenda.on(held_on, lambda at: note_who_came(world, FORECAST, MISSED, at))
    agenda.on(agenda.today - timedelta(days=15), lambda at: plan_in_vain(world, year, at))
    agenda.on(agenda.today - timedelta(days=8), lambda at: cancel(world, at))
    agenda.on(agenda.today - timedelta(days=9), lambda at: decide(world, year, at))
    agenda.on(agenda.today - timedelta(days=4), lambda at: plan_requests(world, year, at))
    agenda.on(agenda.today - timedelta(days=3), lambda at: reply(world, at))
    agenda.on(agenda.today - timedelta(days=34), lambda at: change_the_handbook(world, year, at))
    agenda.on(agenda.today - timedelta(days=12), lambda at: read_the_handbook(world, at))
    agenda.on(agenda.today - timedelta(days=10), lambda at: propose_weeks(world, year, at))


def say_what_is_needed(world: World, at: datetime) -> None:
    """Ada says what a head and a lead need to know."""
    for terms in (FORECAST, REQUEST, REPORT):
        training.add_need(replace(terms, title=said(terms.title)), by=world.cast["Ada Moreno"], at=at)


def heads(world: World) -> list[User]:
    """The head of every library."""
    return [world.cast.head(library) for library in LIBRARIES]


def plan_forecasts(world: World, year: DemoYear, at: datetime) -> None:
    """Chidi shows all heads how a forecast is written."""
    need, chidi = TrainingNeed.objects.get(title=said(FORECAST.title)), world.cast["Chidi Okafor"]
    held_on = world.coming.forecast_from - timedelta(days=6)
    held_on -= timedelta(days=max(0, held_on.weekday() - 4))
    terms = SessionTerms(held_on, time(8), said("Avon, reading hall"), chidi, len(LIBRARIES), 75, said("Slides, form"))
    session = training.plan(world.cycle(year), need, terms, by=chidi, at=at)
    training.invite(session, heads(world), by=chidi, at=at, seen=session.version)


def plan_reports(world: World, year: DemoYear, at: datetime) -> None:
    """Dora shows all leads how a progress report is written, before the year begins."""
    need, dora = TrainingNeed.objects.get(title=said(REPORT.title)), world.cast["Dora Weiss"]
    held_on = year.starts_on - timedelta(days=10)
    held_on -= timedelta(days=max(0, held_on.weekday() - 4))
    leads = [world.cast[name] for library in LIBRARIES for name in library.leads]
    terms = SessionTerms(held_on, time(8), said("By video"), dora, len(leads), 45)
    session = training.plan(world.cycle(year), need, terms, by=dora, at=at)
    training.invite(session, leads, by=dora, at=at, seen=session.version)


def note_who_came(world: World, need: NeedTerms, missed: Collection[str], at: datetime) -> None:
    """All but those who missed it."""
    session = TrainingSession.objects.select_related("cycle", "need").get(need__title=said(need.title))
    people = session.trainees.select_related("person").order_by("pk")
    absent = {world.cast[name].pk for name in missed}
    came = [place.person_id for place in people if place.person_id not in absent]
    training.hold(session, came=came, by=world.cast["Chidi Okafor"], at=at, seen=session.version)


def plan_requests(world: World, year: DemoYear, at: datetime) -> None:
    """Chen's session about requests, a week before they open."""
    need, chen = TrainingNeed.objects.get(title=said(REQUEST.title)), world.cast["Chen Jing"]
    held_on = world.coming.report_on - timedelta(days=4)
    terms = SessionTerms(held_on, time(10), said("Bristol, room 2, or by video"), chen, 14, 60, said("Slides, form"))
    session = training.plan(world.cycle(year), need, terms, by=chen, at=at)
    people = [world.cast.head(library) for library in LIBRARIES if library.name in dict(INVITED)]
    training.invite(session, people, by=chen, at=at, seen=session.version)


def reply(world: World, at: datetime) -> None:
    """Two come, one cannot, one has not said."""
    session = TrainingSession.objects.select_related("cycle", "need").get(need__title=said(REQUEST.title))
    for library in LIBRARIES:
        comes = dict(INVITED).get(library.name)
        if comes is not None:
            training.reply(session, comes=comes, by=world.cast.head(library), at=world.agenda.next())


def plan_in_vain(world: World, year: DemoYear, at: datetime) -> None:
    """Dora offers a second session about reports."""
    need, dora = TrainingNeed.objects.get(title=said(REPORT.title)), world.cast["Dora Weiss"]
    held_on = world.agenda.today + timedelta(days=7)
    held_on -= timedelta(days=max(0, held_on.weekday() - 4))
    session = training.plan(
        world.cycle(year), need, SessionTerms(held_on, time(9), said(AGAIN), dora, 8, 45), by=dora, at=at
    )
    leads = [world.cast[name] for name in ("Sofia Petrova", "Marco Bianchi")]
    training.invite(session, leads, by=dora, at=at, seen=session.version)


def cancel(world: World, at: datetime) -> None:
    """Too few came forward."""
    session = TrainingSession.objects.select_related("cycle", "need").get(place=said(AGAIN))
    why = said("Only one of two can come; Dora shows it to both by telephone.")
    training.cancel(session, by=world.cast["Dora Weiss"], at=at, seen=session.version, comment=why)


def decide(world: World, year: DemoYear, at: datetime) -> None:
    """Emil adopts one proposal, which waits for Ada, and declines another."""
    emil, next_moment = world.cast["Emil Novak"], world.agenda.next
    form = replace(PROPOSALS[2], origin_url=address("handbook-stage", "forecast"))
    adopted = propose(world, year, form, "Lin Xiaomei", at)
    proposals.adopt(adopted, by=emil, at=next_moment(), seen=adopted.version)
    declined = propose(world, year, PROPOSALS[3], "Grace Liu", next_moment())
    why = said("The head answers for the whole department; a deputy can be named for those weeks.")
    proposals.decline(declined, by=emil, at=next_moment(), seen=declined.version, comment=why)


def read_the_handbook(world: World, at: datetime) -> None:
    """Most have read it."""
    newest = Edition.objects.order_by("-number")[0]
    for name, person in world.cast.people.items():
        if name not in UNREAD and person.memberships.exists():
            acknowledge(newest, by=person, at=at)


def propose(world: World, year: DemoYear, change: ProposedChange, who: str, at: datetime) -> ChangeProposal:
    """Somebody proposes a change of the process."""
    typed = replace(change, title=said(change.title), what=said(change.what), because=said(change.because))
    return proposals.propose_change(world.cycle(year), typed, by=world.cast[who], at=at)


def propose_weeks(world: World, year: DemoYear, at: datetime) -> None:
    """Chen proposes what the feedback of a department led to."""
    found = feedback_of(world, year, "East Lyme")
    propose(world, year, replace(PROPOSALS[1], origin_url=found.get_absolute_url()), "Chen Jing", at)


def change_the_handbook(world: World, year: DemoYear, at: datetime) -> None:
    """Amina proposes, Emil adopts, Ada carries it out and writes the version that tells of it."""
    ada, next_moment = world.cast["Ada Moreno"], world.agenda.next
    # What the review of the process counts as sent back for this reason led her there.
    review = f"{address('process-records', year.number)}?what=back&reason={Reason.FIGURE}"
    found = propose(world, year, replace(PROPOSALS[0], origin_url=review), "Amina Diallo", at)
    proposals.adopt(found, by=world.cast["Emil Novak"], at=next_moment(), seen=found.version)
    proposals.carry_out(found, by=ada, at=next_moment(), seen=found.version)
    guide = Guide.objects.get(page="forecast", edition__number=1)
    texts = {"forecast": (f"{guide.text_en}\n\n{COUNTED_EN}", f"{guide.text_zh}\n\n{COUNTED_ZH}")}
    written = write_edition(texts, note=said("How participants are counted"), by=ada, at=next_moment(), seen=1)
    publish_edition(written, by=world.cast["Emil Novak"], at=next_moment(), seen=written.written_at)
