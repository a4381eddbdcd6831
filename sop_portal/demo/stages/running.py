"""Stage 4 in the demonstration, its work: projects start, report every month, and meet problems."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from budgets.spending import actions as spending
from evaluations.models import Issue, ProgressReport
from evaluations.reports import actions as reports
from evaluations.reports.workflow import missing_to_submit
from planning.models import Project
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.chinese import said
from sop_portal.demo.history import ProjectKind, in_months, kinds_of, last_figures
from sop_portal.demo.years import RUNNING_MONTHS, DemoProject, DemoYear, World
from sop_portal.foundation.kit.reasons import Explained
from sop_portal.foundation.organisation.models import User

# This year's reports that were not handed in, and those that wait for management or came back.
OWED = ("Ansonia Library", "Columbia Little", "East Lyme")
WAITING = ("Bristol", "Canterbury", "East Hampton")
WRITTEN_LATE, SENT_BACK = ("Canterbury", "Story hours"), ("Deep River", "Story hours")

# On this day of the month the reports of the month before have been due for a week.
SETTLED_AFTER = 17


def management(world: World, turn: int) -> User:
    """Emil and Elif take turns."""
    return world.cast[("Emil Novak", "Elif Aydin")[turn % 2]]


def project_of(world: World, year: DemoYear, library: Library, kind: ProjectKind) -> Project:
    """A project as it is now."""
    rows = Project.objects.select_related("cycle", "department", "lead")
    department = world.cast.departments[library.name]
    return rows.get(cycle=world.cycles[year.number], department=department, name=said(kind.name))


def plan(world: World, year: DemoYear) -> None:
    """Put down the start and the reports of every project of a year."""
    for project in world.projects(year):
        begins = year.starts_on + timedelta(days=LIBRARIES.index(project.library) % 3)
        world.agenda.on(begins, partial(start, world, project))
        for month in range(world.months(year, project.kind)):
            plan_report(world, project, month)


def start(world: World, planned: DemoProject, at: datetime) -> None:
    """The head starts the project."""
    project = project_of(world, planned.year, planned.library, planned.kind)
    reports.activate(project, by=world.cast.head(planned.library), at=at, seen=project.version)


def open_month(world: World) -> int:
    """The month of which some reports are late or undecided: the last one, once its due day is well past."""
    return RUNNING_MONTHS - (1 if world.agenda.today.day > SETTLED_AFTER else 2)


def plan_report(world: World, project: DemoProject, month: int) -> None:
    """One month of one project: written, submitted, accepted, unless it is one of the open ones."""
    agenda, is_open = world.agenda, project.year is world.running and month == open_month(world)
    library, kind, ended = project.library.name, project.kind.name, project.year.last_of_month(month)
    if is_open and library in OWED and kind in ("Job-seeker clinics", "Home delivery"):
        return
    writing = partial(write, world, project, month)
    if is_open and (library, kind) == WRITTEN_LATE:
        agenda.on(ended + timedelta(days=16), writing)
        return
    agenda.on(ended + timedelta(days=3 + project.turn % 6), writing)
    if is_open and library in WAITING and kind == "Home delivery":
        return
    decide = send_back if is_open and (library, kind) == SENT_BACK else accept
    agenda.on(ended + timedelta(days=11 + project.turn % 4), partial(decide, world, project, month))


def report_of(world: World, project: DemoProject, month: int) -> ProgressReport:
    """One report as it is now."""
    rows = ProgressReport.objects.select_related("cycle", "department", "project__lead")
    return rows.get(
        cycle=world.cycles[project.year.number],
        department=world.cast.departments[project.library.name],
        project__name=said(project.kind.name),
        period_first=project.year.month(month),
    )


def counts(world: World, project: DemoProject, month: int) -> tuple[int, int]:
    """What happened in a month: last year parts of the real figures, this year made up near the plan."""
    year, library, kind = project.year, project.library, project.kind
    if year is world.last:
        real = last_figures(library)[kind.name]
        held, reached = real["activities"] or Decimal(0), real["participants"] or Decimal(0)
    else:
        planned = project_of(world, year, library, kind)
        pace = Decimal(88 + (len(library.name) * 7 + kind.part) % 21) / 100
        held, reached = Decimal(planned.activities_planned), Decimal(planned.participants_planned) * pace
    held_by_month, reached_by_month = (
        in_months(figure.quantize(Decimal(1)), world.months(year, kind)) for figure in (held, reached)
    )
    return int(held_by_month[month]), int(reached_by_month[month])


def write(world: World, project: DemoProject, month: int, _at: datetime) -> None:
    """The lead writes the month down and submits; where the portal asks for an explanation, it is given."""
    report, at = report_of(world, project, month), world.agenda.next()
    if report.project.state == Project.State.CANCELLED:
        return
    library, turn = project.library, project.turn + month
    held, reached = counts(world, project, month)
    lead = report.project.lead or world.cast.head(library)
    written: dict[str, Any] = {
        "activities_held": held,
        "participants_reached": reached,
        "problems": words.of(library, words.REPORT_PROBLEMS, words.REPORT_PROBLEMS_ZH, turn),
        "outlook": words.of(library, words.OUTLOOK, words.OUTLOOK_ZH, turn),
    }
    # The figures decide whether the portal will ask for an explanation; last year's short projects were all ahead.
    report.activities_held, report.participants_reached = held, reached
    if project.year is world.last or missing_to_submit(report, at):
        written["explanation"] = words.of(library, (words.EXPLANATION,), (words.EXPLANATION_ZH,), turn)
    reports.write(report, reports.ReportContent(**written), by=lead, at=at, seen=report.version)
    reports.submit(report, by=lead, at=world.agenda.next(), seen=report.version)


def accept(world: World, project: DemoProject, month: int, at: datetime) -> None:
    """Management accepts."""
    report = report_of(world, project, month)
    if report.project.state == Project.State.CANCELLED and report.state == ProgressReport.State.DRAFT:
        return
    reports.accept(report, by=management(world, project.turn), at=at, seen=report.version)


def plan_corrections(world: World) -> None:
    """A count that was corrected, one that was not, one that waits, and one that was right after all."""
    agenda, year = world.agenda, world.running
    agenda.on(agenda.today - timedelta(days=14), lambda at: correct_count(world, year, "Avon", 0, at))
    agenda.on(agenda.today - timedelta(days=10), lambda at: correct_count(world, year, "Bristol", 1, at))
    agenda.on(agenda.today - timedelta(days=3), lambda at: correct_count(world, year, "Ansonia Library", 2, at))
    agenda.on(agenda.today - timedelta(days=7), lambda at: correct_count(world, year, "East Haddam", 3, at))


def correct_count(world: World, year: DemoYear, name: str, which: int, at: datetime) -> None:
    """Somebody counted again; Emil confirms the first, declines the second, and has yet to read the third.

    Whoever asked for the fourth finds that it was right, and withdraws.
    """
    library = next(found for found in LIBRARIES if found.name == name)
    kind = next(found for found in kinds_of(library) if found.name == "Story hours")
    project = project_of(world, year, library, kind)
    rows = ProgressReport.objects.filter(project=project, state=ProgressReport.State.ACCEPTED)
    report = rows.select_related("cycle", "department", "project").order_by("period_first")[0]
    lead = project.lead or world.cast.head(library)
    counted, reason = report.counted("participants") or 0, said(words.COUNTED_AGAIN[which])
    asked = reports.correct_count(report, "participants", counted + 14, reason=reason, by=lead, at=at)
    if which == 0:
        reports.confirm(asked, by=world.cast["Emil Novak"], at=world.agenda.next(), seen=asked.version)
    if which == 1:
        comment = said(words.COUNT_STAYS)
        reports.decline(asked, by=world.cast["Emil Novak"], at=world.agenda.next(), seen=asked.version, comment=comment)
    if which == 3:
        comment = said(words.COUNTED_RIGHT)
        reports.withdraw(asked, by=lead, at=world.agenda.next(), seen=asked.version, comment=comment)


def send_back(world: World, project: DemoProject, month: int, at: datetime) -> None:
    """Management asks back."""
    report, by = report_of(world, project, month), management(world, project.turn)
    reports.send_back(
        report, by=by, at=at, seen=report.version, comment=Explained(said(words.REPORT_SENT_BACK), "evidence")
    )


def plan_troubles(world: World) -> None:
    """Issues of this year, and a project on hold."""
    agenda, year = world.agenda, world.running
    agenda.on(year.month(3) + timedelta(days=6), lambda at: raise_issue(world, year, "Ansonia Library", 0, 0, at))
    agenda.on(agenda.today - timedelta(days=12), lambda at: raise_issue(world, year, "Columbia Little", -1, 1, at))
    agenda.on(agenda.today - timedelta(days=11), lambda at: hold(world, year, at))
    agenda.on(agenda.today - timedelta(days=5), lambda at: raise_issue(world, year, "Bristol", -1, 2, at))
    agenda.on(agenda.today - timedelta(days=4), lambda at: resolve(world, year, "Ansonia Library", "Amina Diallo", at))
    agenda.on(agenda.today - timedelta(days=16), lambda at: raise_issue(world, year, "East Haddam", 0, 3, at))
    agenda.on(agenda.today - timedelta(days=9), lambda at: cancel(world, year, at))
    agenda.on(agenda.today - timedelta(days=8), lambda at: resolve(world, year, "East Haddam", "Walter Finch", at))
    agenda.on(agenda.today - timedelta(days=6), lambda at: verify(world, year, "East Haddam", at))


def raise_issue(world: World, year: DemoYear, name: str, kind: int, which: int, at: datetime) -> None:
    """A lead says what has to be solved."""
    library = next(found for found in LIBRARIES if found.name == name)
    project = project_of(world, year, library, kinds_of(library)[kind])
    title, text, to_meeting = words.ISSUES[which]
    lead = project.lead or world.cast.head(library)
    reports.raise_issue(project, title=said(title), text=said(text), by=lead, at=at, to_meeting=to_meeting)


def issue_of(world: World, year: DemoYear, name: str) -> Issue:
    """The issue of a department, as it is now."""
    found: Issue = Issue.objects.get(cycle=world.cycles[year.number], department=world.cast.departments[name])
    return found


def resolve(world: World, year: DemoYear, name: str, head: str, at: datetime) -> None:
    """A head solves an issue; management has to verify it."""
    issue = issue_of(world, year, name)
    comment = said(words.ISSUES_SOLVED[name])
    reports.resolve(issue, by=world.cast[head], at=at, seen=issue.version, comment=comment)


def verify(world: World, year: DemoYear, name: str, at: datetime) -> None:
    """Elif has looked: it is solved."""
    issue = issue_of(world, year, name)
    reports.verify(issue, by=world.cast["Elif Aydin"], at=at, seen=issue.version)


def hold(world: World, year: DemoYear, at: datetime) -> None:
    """Columbia's van is in the garage."""
    library = next(found for found in LIBRARIES if found.name == "Columbia Little")
    project = project_of(world, year, library, kinds_of(library)[-1])
    comment = said("No van, no deliveries until it is back.")
    spending.hold(project, by=world.cast.head(library), at=at, seen=project.version, comment=comment)


def cancel(world: World, year: DemoYear, at: datetime) -> None:
    """East Haddam gives its deliveries up."""
    library = next(found for found in LIBRARIES if found.name == "East Haddam")
    project = project_of(world, year, library, kinds_of(library)[-1])
    spending.cancel(project, by=world.cast.head(library), at=at, seen=project.version, comment=said(words.GIVEN_UP))
