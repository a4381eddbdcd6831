"""Stage 2 in the demonstration: the demand report, requests, and what the pools could give."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_UP, Decimal

from django.db.models import Sum

from planning.forecasts import actions as forecasts
from planning.models import Pool, Project, RequestLine, ResourceKind, ResourceRequest
from planning.requests import actions as requests
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES, Library
from sop_portal.demo.chinese import currency, is_chinese, said
from sop_portal.demo.history import kind_of, last_figures
from sop_portal.demo.stages.forecasting import reviewer
from sop_portal.demo.years import DemoYear, World

MONEY, HOURS, BOOKMOBILE = "Programme money", "Staff hours for programmes", "Bookmobile"
ONE, THOUSAND = Decimal(1), Decimal("1E3")
USES_BOOKMOBILE = ("Ashford Babcock", "Beacon Falls", "Columbia Little", "East Haddam")


def plan(world: World, year: DemoYear) -> None:
    """Put down everything stage 2 of a year consists of."""
    agenda = world.agenda
    agenda.on(year.report_on - timedelta(days=2), lambda at: add_pools(world, year, at))
    agenda.on(year.report_on, lambda at: publish(world, year, at))
    for turn, library in enumerate(LIBRARIES):
        plan_department(world, year, library, turn)


def plan_department(world: World, year: DemoYear, library: Library, turn: int) -> None:
    """One department asks; the resource team decides line by line."""
    asks_on = year.report_on + timedelta(days=3 + turn % 9)
    decides_on = year.request_due + timedelta(days=2 + turn)
    world.agenda.on(asks_on, lambda at: ask(world, year, library, turn))
    world.agenda.on(decides_on, lambda at: decide(world, year, library, turn))


def add_pools(world: World, year: DemoYear, at: datetime) -> None:
    """The resource team writes down what there is: in the last year for all, in this one a little less than needed."""
    cycle, chidi = world.cycle(year), world.cast["Chidi Okafor"]
    needed = Project.objects.filter(cycle=cycle).aggregate(sum=Sum("needed"))["sum"]
    money = (needed * (ONE if year is world.last else Decimal("0.98"))).quantize(THOUSAND, ROUND_UP).quantize(ONE)
    terms = requests.PoolTerms(said(MONEY), currency(), money + 12_000, takes_materials=True)
    fund = requests.add_pool(cycle, ResourceKind.MONEY, terms, by=chidi, at=world.agenda.next())
    hours = requests.PoolTerms(said(HOURS), said("hours"), Decimal(16_000), is_paid_for=True)
    requests.add_pool(cycle, ResourceKind.PEOPLE, hours, by=chidi, at=world.agenda.next())
    days = requests.PoolTerms(said(BOOKMOBILE), said("days"), Decimal(130), rate=Decimal(45), paid_from=fund)
    requests.add_pool(cycle, ResourceKind.MATERIALS, days, by=chidi, at=world.agenda.next())


def publish(world: World, year: DemoYear, at: datetime) -> None:
    """The demand report is compiled and published; the requests open."""
    chidi = world.cast["Chidi Okafor"]
    report = forecasts.start_report(world.cycle(year), by=chidi, at=at)
    requests.publish_report(report, by=chidi, at=world.agenda.next(), seen=report.version)


def request_of(world: World, year: DemoYear, library: Library) -> ResourceRequest:
    """A department's request as it is now."""
    cycle, department = world.cycles[year.number], world.cast.departments[library.name]
    return ResourceRequest.objects.select_related("cycle", "department").get(cycle=cycle, department=department)


def ask(world: World, year: DemoYear, library: Library, turn: int) -> None:
    """The head adds what the forecast does not know, and submits."""
    request, head = request_of(world, year, library), world.cast.head(library)
    if library.name in USES_BOOKMOBILE:
        what, why = map(said, words.BOOKMOBILE)
        pool = pool_of(request, BOOKMOBILE)
        add(world, request, "Home delivery", requests.AskedLine(pool, what, Decimal(20 + turn), why))
    if year is world.running and library.name == "Bristol":
        what, why = map(said, words.SECOND_PRINTER)
        add(world, request, "Makerspace", requests.AskedLine(pool_of(request, MONEY), what, Decimal(4_800), why))
    requests.submit(request, by=head, at=world.agenda.next(), seen=request.version)


def pool_of(request: ResourceRequest, name: str) -> Pool:
    """A pool of the request's year."""
    return Pool.objects.get(cycle=request.cycle_id, name=said(name))


def add(world: World, request: ResourceRequest, project_name: str, asked: requests.AskedLine) -> None:
    """One more line of a request, needed in time for its project."""
    project = Project.objects.select_related("forecast_line").get(
        cycle=request.cycle_id, department=request.department_id, name=said(project_name)
    )
    in_time = replace(asked, needed_on=project.starts_on + timedelta(days=40), forecast_line=project.forecast_line)
    by = project.lead or request.department.memberships.get(role="head").person
    requests.add_line(request, project, in_time, by=by, at=world.agenda.next(), seen=request.version)


def lines_of(request: ResourceRequest) -> list[RequestLine]:
    """The lines of a request, in the same order whatever language its projects are named in."""
    lines = RequestLine.objects.filter(request=request).select_related("project", "pool").order_by("pk")
    for line in lines:
        line.request = request
    return sorted(lines, key=lambda line: kind_of(line.project).name)


def decide(world: World, year: DemoYear, library: Library, turn: int) -> None:
    """The resource team decides every line and closes the request."""
    request, by = request_of(world, year, library), reviewer(world, turn)
    for number, line in enumerate(lines_of(request)):
        decided = decision_on(world, year, library, line, turn + number)
        requests.grant(line, decided, by=by, at=world.agenda.next(), seen=request.version)
    requests.allocate(request, by=by, at=world.agenda.next(), seen=request.version)


def decision_on(world: World, year: DemoYear, library: Library, line: RequestLine, turn: int) -> requests.LineDecision:
    """In full, in part, deferred or refused, with the reason."""
    is_chen = reviewer(world, LIBRARIES.index(library)) == world.cast["Chen Jing"]
    wordings = words.IN_PART_ZH if is_chen and not is_chinese() else words.IN_PART
    if line.what == said(words.SECOND_PRINTER[0]):
        return requests.LineDecision("refused", reason=said(words.REFUSED))
    if line.pool.kind != ResourceKind.MONEY:
        return requests.LineDecision("full", line.quantity, words.IN_FULL_ZH if is_chen else "")
    granted = enough(year is world.last, library, line, turn)
    if granted >= line.quantity:
        return requests.LineDecision("full", line.quantity)
    return requests.LineDecision("part", granted, said(wordings[turn % len(wordings)]))


def enough(is_last: bool, library: Library, line: RequestLine, turn: int) -> Decimal:
    """What is granted: in the last year what was really spent and a little more; now every fifth line is cut."""
    if is_last:
        real = last_figures(library)[kind_of(line.project).name][line.metric] or Decimal(0)
        return (real * Decimal("1.03") + 4).quantize(Decimal("1E1"), ROUND_UP).quantize(ONE)
    return (line.quantity * (Decimal("0.88") if turn % 5 == 2 else ONE)).quantize(ONE, ROUND_UP)
