"""Stage 4 in the demonstration, its work: projects start, report every month, and meet problems."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from evaluations.models import Issue, ProgressReport
from evaluations.reports import actions as reports
from evaluations.reports.workflow import missing_to_submit
from planning.models import Project
from planning.projects import actions as projects
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.history import Kind, in_months, kinds_of, last_figures
from sop_portal.demo.years import RUNNING_MONTHS, World, Year
from sop_portal.foundation.organisation.models import User

# This year's reports that were not handed in, and those that wait for management or came back.
OWED = ("Ansonia Library", "Columbia Little", "East Lyme")
WAITING, SENT_BACK = ("Bristol", "Canterbury", "East Hampton"), "Deep River"


# On this day of the month the reports of the month before have been due for a week.
SETTLED_AFTER = 17


def manager(world: World, turn: int) -> User:
    """Emil and Elif take turns."""
    return world.cast[("Emil Novak", "Elif Aydin")[turn % 2]]


def project_of(world: World, year: Year, library: Library, kind: Kind) -> Project:
    """A project as it is now."""
    rows = Project.objects.select_related("cycle", "department", "lead")
    return rows.get(cycle=world.cycles[year.number], department__name=library.name, name=kind.name)


def plan(world: World, year: Year) -> None:
    """Put down the start and the reports of every project of a year."""
    for turn, library in enumerate(LIBRARIES):
        for number, kind in enumerate(kinds_of(library)):
            begins = year.starts_on + timedelta(days=turn % 3)
            world.agenda.on(begins, starting(world, year, library, kind))
            for month in range(world.months(year, kind)):
                plan_report(world, year, library, kind, month, turn + number)


def starting(world: World, year: Year, library: Library, kind: Kind) -> Callable[[datetime], None]:
    """The head starts the project."""

    def act(at: datetime) -> None:
        project = project_of(world, year, library, kind)
        reports.activate(project, by=world.cast.head(library), at=at, seen=project.version)

    return act


def open_month(world: World) -> int:
    """The month of which some reports are late or undecided: the last one, once its due day is well past."""
    return RUNNING_MONTHS - (1 if world.agenda.today.day > SETTLED_AFTER else 2)


def plan_report(world: World, year: Year, library: Library, kind: Kind, month: int, turn: int) -> None:
    """One month of one project: written, submitted, accepted, unless it is one of the open ones."""
    agenda, is_open = world.agenda, year is world.running and month == open_month(world)
    ended = year.last_of_month(month)
    if is_open and library.name in OWED and kind.name in ("Job-seeker clinics", "Home delivery"):
        return
    if is_open and library.name == "Canterbury" and kind.name == "Story hours":
        agenda.on(ended + timedelta(days=16), lambda at: hand_in(world, year, library, kind, month, turn))
        return
    agenda.on(ended + timedelta(days=3 + turn % 6), lambda at: hand_in(world, year, library, kind, month, turn))
    if is_open and library.name in WAITING and kind.name == "Home delivery":
        return
    decided_on = ended + timedelta(days=11 + turn % 4)
    if is_open and library.name == SENT_BACK and kind.name == "Story hours":
        agenda.on(decided_on, lambda at: send_back(world, year, library, kind, month, turn, at))
        return
    agenda.on(decided_on, lambda at: accept(world, year, library, kind, month, turn, at))


def report_of(world: World, year: Year, library: Library, kind: Kind, month: int) -> ProgressReport:
    """One report as it is now."""
    rows = ProgressReport.objects.select_related("cycle", "department", "project__lead")
    return rows.get(
        cycle=world.cycles[year.number], department__name=library.name, project__name=kind.name,
        period_first=year.month(month),
    )  # fmt: skip


def counts(world: World, year: Year, library: Library, kind: Kind, month: int) -> tuple[int, int]:
    """What happened in a month: last year parts of the real figures, this year made up near the plan."""
    if year is world.last:
        real = last_figures(library)[kind.name]
        held, reached = real["activities"] or Decimal(0), real["participants"] or Decimal(0)
    else:
        project = project_of(world, year, library, kind)
        pace = Decimal(88 + (len(library.name) * 7 + kind.part) % 21) / 100
        held, reached = Decimal(project.activities_planned), Decimal(project.participants_planned) * pace
    held_by_month, reached_by_month = (
        in_months(figure.quantize(Decimal(1)), world.months(year, kind)) for figure in (held, reached)
    )
    return int(held_by_month[month]), int(reached_by_month[month])


def hand_in(world: World, year: Year, library: Library, kind: Kind, month: int, turn: int) -> None:
    """The lead writes the month down and submits; where the portal asks for an explanation, it is given."""
    report, at = report_of(world, year, library, kind, month), world.agenda.next()
    held, reached = counts(world, year, library, kind, month)
    lead, turn = report.project.lead or world.cast.head(library), turn + month
    said: dict[str, Any] = {
        "activities_held": held, "participants_reached": reached,
        "problems": words.of(library, words.REPORT_PROBLEMS, words.REPORT_PROBLEMS_ZH, turn),
        "outlook": words.of(library, words.OUTLOOK, words.OUTLOOK_ZH, turn),
    }  # fmt: skip
    # The figures decide whether the portal will ask for an explanation; last year's short projects were all ahead.
    report.activities_held, report.participants_reached = held, reached
    if year is world.last or missing_to_submit(report, at):
        said["explanation"] = words.EXPLANATION if library.language == "en" else words.EXPLANATION_ZH
    reports.write(report, reports.ReportContent(**said), by=lead, at=at, seen=report.version)
    reports.submit(report, by=lead, at=world.agenda.next(), seen=report.version)


def accept(world: World, year: Year, library: Library, kind: Kind, month: int, turn: int, at: datetime) -> None:
    """Management accepts."""
    report = report_of(world, year, library, kind, month)
    reports.accept(report, by=manager(world, turn), at=at, seen=report.version)


def send_back(world: World, year: Year, library: Library, kind: Kind, month: int, turn: int, at: datetime) -> None:
    """Management asks back."""
    report = report_of(world, year, library, kind, month)
    comment = words.REPORT_SENT_BACK
    reports.send_back(report, by=manager(world, turn), at=at, seen=report.version, comment=comment)


def plan_troubles(world: World) -> None:
    """Issues of this year, and a project on hold."""
    agenda, year = world.agenda, world.running
    agenda.on(year.month(3) + timedelta(days=6), lambda at: raise_issue(world, year, "Ansonia Library", 0, 0, at))
    agenda.on(agenda.today - timedelta(days=12), lambda at: raise_issue(world, year, "Columbia Little", -1, 1, at))
    agenda.on(agenda.today - timedelta(days=11), lambda at: hold(world, year, at))
    agenda.on(agenda.today - timedelta(days=5), lambda at: raise_issue(world, year, "Bristol", -1, 2, at))
    agenda.on(agenda.today - timedelta(days=4), lambda at: resolve(world, year, at))


def raise_issue(world: World, year: Year, name: str, kind: int, which: int, at: datetime) -> None:
    """A lead says what has to be solved."""
    library = next(found for found in LIBRARIES if found.name == name)
    project = project_of(world, year, library, kinds_of(library)[kind])
    title, text, to_meeting = words.ISSUES[which]
    reports.raise_issue(
        project, title=title, text=text, by=project.lead or world.cast.head(library), at=at, to_meeting=to_meeting
    )


def resolve(world: World, year: Year, at: datetime) -> None:
    """Amina solves the first issue; management has to verify it."""
    issue = Issue.objects.get(cycle=world.cycles[year.number], department__name="Ansonia Library")
    reports.resolve(issue, by=world.cast["Amina Diallo"], at=at, seen=issue.version, comment=words.ISSUE_SOLVED)


def hold(world: World, year: Year, at: datetime) -> None:
    """Columbia's van is in the garage."""
    library = next(found for found in LIBRARIES if found.name == "Columbia Little")
    project = project_of(world, year, library, kinds_of(library)[-1])
    comment = "No van, no deliveries until it is back."
    projects.hold(project, by=world.cast.head(library), at=at, seen=project.version, comment=comment)
