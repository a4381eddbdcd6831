"""An autumn in which nobody does anything, and who is told what then: written by hand, from the table of moments."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils.timezone import localdate

from budgets.models import SpendingException
from evaluations.models import (
    ChangeProposal,
    CountCorrection,
    Evaluation,
    Feedback,
    Issue,
    Measure,
    Meeting,
    ProgressReport,
    TrainingSession,
)
from sop_portal.reminders.audience import Directory
from sop_portal.reminders.ledger import due_now
from sop_portal.reminders.models import Reminder
from sop_portal.reminders.queries import last_reminded
from sop_portal.stages import everything_owed

Rows = set[tuple[str, str, str]]
BEGINS, ENDS = datetime(2027, 8, 7, 13, 7, tzinfo=UTC), datetime(2027, 9, 21, 22, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MANAGEMENT = ("Emil Novak", "Elif Aydin")
ADA = ("Ada Moreno",)

# The report of July is due on 10 August, the one of August on 10 September; nobody writes them until 21 September.
JULY_EARLY = ["opens 2027-08-01", "2027-08-10 -7", "2027-08-10 -3", "2027-08-10 -1", "2027-08-10 +0", "2027-08-10 +1"]
JULY_FROM_3 = ["2027-08-10 +3"]
JULY_FROM_5 = [f"2027-08-10 +{days}" for days in (5, 10, 15, 20, 25, 30, 35, 40)]
AUGUST_EARLY = ["opens 2027-09-01", "2027-09-10 -7", "2027-09-10 -3", "2027-09-10 -1", "2027-09-10 +0", "2027-09-10 +1"]
AUGUST_FROM_3 = ["2027-09-10 +3"]
AUGUST_FROM_5 = ["2027-09-10 +5", "2027-09-10 +10"]
# The meeting of 15 September: those who may hold it are told that day, and again because its minutes stay open.
MEETING = ["opens 2027-09-15", "2027-09-15 +0", "2027-09-15 +1", "2027-09-15 +3", "2027-09-15 +5"]


# Feedback of 6 August is answered within two weeks: the department's head gave it, and cannot help when it is late.
ANSWER = (
    [f"2027-08-20 {days:+d}" for days in (-14, -7, -3, -1, 0, 1)],
    ["2027-08-20 +3"],
    [f"2027-08-20 +{days}" for days in (5, 10, 15, 20, 25, 30)],
)
# Nobody replies: to the meeting of 15 September until the day before, to the training of the 22nd until the 21st.
REPLY = ["2027-09-14 -14", "2027-09-14 -7", "2027-09-14 -3", "2027-09-14 -1", "2027-09-14 +0", "2027-09-14 +1"]
TRAINING = ["2027-09-21 -14", "2027-09-21 -7", "2027-09-21 -3", "2027-09-21 -1", "2027-09-21 +0"]


def late(early: list[str], third: list[str], fifth: list[str], owner: str, above: Iterable[str]) -> Rows:
    """Who owes it hears everything, who stands above from three days on, the administrator from five."""
    rows = {(owner, moment, "") for moment in (*early, *third, *fifth)}
    rows |= {(person, moment, "") for person in above for moment in (*third, *fifth)}
    return rows | {(person, moment, "") for person in ADA for moment in fifth}


def on(record: Any, kind: str, step: str, rows: Rows) -> Rows:
    """The rows of one deadline."""
    return {(person, moment, f"{kind}/{record.pk}/{step}") for person, moment, _blank in rows}


def waits(since: str, people: Iterable[str]) -> Rows:
    """A decision nobody takes."""
    return {(person, f"since {since} +{days}", "") for person in people for days in (3, 5)}


def corrections_that_wait() -> Rows:
    """Counts that somebody asked to correct on 5 August."""
    found: Rows = set()
    for correction in CountCorrection.objects.filter(state="asked"):
        found |= on(correction, "count-correction", "confirm", waits("2027-08-05", MANAGEMENT))
    return found


def expected_rows() -> Rows:
    """Every row: person, moment, deadline. Ben leads in Arts under Amina; in Sports nobody leads but Bao."""
    found: Rows = set()
    july, august = (JULY_EARLY, JULY_FROM_3, JULY_FROM_5), (AUGUST_EARLY, AUGUST_FROM_3, AUGUST_FROM_5)
    for department, owner, above in (("arts", "Ben Carter", ["Amina Diallo"]), ("sports", "Bao Nguyen", MANAGEMENT)):
        reports = ProgressReport.objects.filter(department__slug=department, state="draft")
        for report in reports.filter(period_first="2027-07-01"):
            found |= on(report, "report", "submit", late(*july, owner, above))
        for report in reports.filter(period_first="2027-08-01"):
            found |= on(report, "report", "submit", late(*august, owner, above))
    for department, head in (("arts", "Amina Diallo"), ("sports", "Bao Nguyen")):
        measure = Measure.objects.get(department__slug=department)
        found |= {(head, "opens 2027-08-06", f"measure/{measure.pk}/finish")}
    for issue in Issue.objects.all():
        found |= on(issue, "issue", "verify", waits("2027-08-05", MANAGEMENT))
    found |= corrections_that_wait()
    for evaluation in Evaluation.objects.filter(state="submitted"):
        found |= on(evaluation, "evaluation", "review", waits("2027-08-06", MANAGEMENT))
    for feedback in Feedback.objects.all():
        found |= on(feedback, "feedback", "answer", late(*ANSWER, "Emil Novak", []) | late(*ANSWER, "Elif Aydin", []))
    for exception in SpendingException.objects.all():
        # Dora asked for both, so Dev decides.
        found |= on(exception, "exception", "grant", waits("2027-07-05", ["Dev Patel"]))
    meeting = {(person, moment, "") for person in (*MANAGEMENT, *ADA) for moment in MEETING}
    for proposal in ChangeProposal.objects.all():
        found |= on(proposal, "proposal", "adopt", waits("2027-08-05", MANAGEMENT))
    found |= on(Meeting.objects.get(), "meeting", "send", meeting)
    seated = ("Amina Diallo", "Bao Nguyen", "Chidi Okafor", "Chen Jing", "Dora Weiss", "Dev Patel", *MANAGEMENT)
    found |= on(Meeting.objects.get(), "meeting", "reply", {(one, moment, "") for one in seated for moment in REPLY})
    trained = {(one, moment, "") for one in ("Amina Diallo", "Bao Nguyen") for moment in TRAINING}
    return found | on(TrainingSession.objects.get(), "training", "reply", trained)


def ledger_rows() -> Rows:
    """Every row there is."""
    return set(Reminder.objects.values_list("person__name", "occurrence", "deadline"))


def every(step: timedelta) -> list[datetime]:
    """From the beginning to the end, which is always swept."""
    found, at = [], BEGINS
    while at < ENDS:
        found.append(at)
        at += step
    return [*found, ENDS]


def minutes(first: datetime, last: datetime) -> Iterator[datetime]:
    """Every minute of a span."""
    at = first
    while at < last:
        yield at
        at += MINUTE


def minute_by_minute(first: datetime, last: datetime, sweep: Callable[..., Any]) -> SimpleNamespace:
    """Ask the ledger at every minute what is missing; where something is, sweep. What is owed is read once a day."""
    asked, sweeps, owing, day, reminded, directory = 0, [], [], None, {}, Directory()
    for at in minutes(first, last):
        if localdate(at) != day:
            day, owing, directory = localdate(at), list(everything_owed(at)), Directory.on(localdate(at))
            reminded = last_reminded(owing)
        asked += 1
        if due_now(owing, {}, directory, reminded, by=at):
            sweep(at=at)
            sweeps.append(at)
            reminded = last_reminded(owing)
    return SimpleNamespace(asked=asked, sweeps=sweeps)
