"""What has to be done by now, one act after the other, so that a year comes to its end."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from sop_portal.tests.simulation.ideas import typed_figures
from sop_portal.tests.simulation.ledger.facts import METRICS, Asked, Pool, ProjectKey, Version, evenly
from sop_portal.tests.simulation.money_ideas import move
from sop_portal.tests.simulation.walk import WORDS, Act, Pen

OPEN = ("draft", "returned")
Acts = Iterator[Act | None]


def begin(pen: Pen, year: int) -> Acts:
    """The year is set up and published; every department begins with a project at least."""
    if year not in pen.ledger.years:
        limit = pen.one([None, Decimal(2000), Decimal(20_000)])
        small = pen.one([Decimal(0), Decimal(100), Decimal(500)])
        yield pen.act("create_year", pen.who("run-year"), year=year, limit=limit, small=small)
    elif pen.ledger.years[year].state == "draft":
        yield pen.act("publish_year", pen.who("run-year"), year=year)


def forecast(pen: Pen, year: int) -> Acts:
    """Every forecast is complete, handed in and accepted."""
    for department in pen.departments(year):
        found, where = pen.ledger.forecasts[year, department], {"year": year, "department": department}
        if found.state == "submitted":
            yield pen.act("accept_forecast", pen.who("review-forecast", department, but=found.authors), **where)
        if found.state not in OPEN:
            continue
        for place in ("first", "second") if len(found.lines) < 2 else ():
            lead = pen.one(m.person for m in pen.ledger.memberships if m.department == department and m.role == "lead")
            said = {"slug": f"{place}-{department}", "name": f"{place.title()} {department}", "lead": lead or ""}
            yield pen.act("add_project", pen.who("write-plan", department), **where, **said)
        for slug, line in found.lines.items():
            lacking = [m for m in METRICS if _lacks(pen, year, department, slug, m)]
            if line.is_planned and lacking:
                by = pen.who("write-plan", department, pen.ledger.projects[year, department, slug].lead)
                state = pen.ledger.projects[year, department, slug].state
                if state in ("planned", "active"):
                    typed = typed_figures(pen, tuple(lacking))
                    yield pen.act("type_figures", by, **where, slug=slug, typed=typed)
                else:
                    yield pen.act("leave_out", by, **where, slug=slug, why=WORDS)
        yield from _in_time(pen, year, "forecast", department)
        yield pen.act("submit_forecast", pen.who("submit-forecast", department), **where)
        yield pen.act("waive_forecast", pen.who("waive", department, but=found.authors), **where, comment=WORDS)


def _lacks(pen: Pen, year: int, department: str, slug: str, metric: str) -> bool:
    typed = pen.ledger.forecasts[year, department].lines[slug].typed[metric]
    if typed.override is not None and not (typed.source and typed.reason):
        return True
    return pen.ledger.figure(year, department, slug, metric) is None


def _in_time(pen: Pen, year: int, stage: str, department: str) -> Acts:
    """Whoever is too late is given more time."""
    found = pen.ledger.years[year]
    _opens, due, grace = found.windows[stage]
    until = found.more_time.get((stage, department), due)
    if stage == "request":
        request = pen.ledger.requests[year, department]
        grace = max(grace, request.due)
    if pen.day > max(grace, until) and pen.ledger.departments[department].is_active:
        by, wanted = pen.who("extend", department, but=set()), pen.day + timedelta(40)
        said = {"stage": stage, "department": department, "until": wanted, "reason": WORDS}
        yield pen.act("extend", by, year=year, **said)


def report(pen: Pen, year: int) -> Acts:
    """The demand report is published, before or after the first pool is there."""
    found = pen.ledger.years[year]
    if not found.reports:
        yield pen.act("start_report", pen.who("publish-report"), year=year, reason="")
    if found.reports and not found.reports[-1]:
        yield pen.act("publish_report", pen.who("publish-report"), year=year)


def request(pen: Pen, year: int) -> Acts:
    """Every request is handed in and decided, as far as there is something to share out."""
    if not any(pool.kind == "money" for (number, _), pool in pen.ledger.pools.items() if number == year):
        pool = Pool("Money", "money", Decimal(pen.rng.randint(6000, 30_000)), is_usual=True, takes_materials=True)
        yield pen.act("add_pool", pen.who("keep-pools"), year=year, pool=pool)
    if not any(pool.kind == "people" for (number, _), pool in pen.ledger.pools.items() if number == year):
        payer = next((n for (y, n), p in pen.ledger.pools.items() if y == year and p.kind == "money"), "")
        pool = Pool("Hours", "people", Decimal(pen.rng.randint(300, 2000)), pen.amount(30), payer, is_usual=True)
        yield pen.act("add_pool", pen.who("keep-pools"), year=year, pool=pool)
    if not any(number == year for number, _ in pen.ledger.requests):
        return
    for (number, department), found in list(pen.ledger.requests.items()):
        where = {"year": year, "department": department}
        if number != year or found.state not in (*OPEN, "submitted"):
            continue
        by = pen.who("allocate", department, but=found.authors)
        for name, line in found.lines.items() if found.state == "submitted" else ():
            if line.decision == "open":
                said = {"key": (year, department, line.project), "name": name, "reason": WORDS}
                yield pen.act("grant", by, **said, decision="full", granted=Decimal(0))
                yield pen.act("grant", by, **said, decision="deferred", granted=Decimal(0))
        if found.state == "submitted":
            yield pen.act("allocate", by, **where)
            yield pen.act("send_back_request", by, **where, comment=WORDS)
            continue
        yield from _in_time(pen, year, "request", department)
        if not found.lines:
            yield pen.act("fill_in", pen.who("write-plan", department), **where, chosen={})
            yield _ask_for_something(pen, year, department)
        yield pen.act("submit_request", pen.who("submit-request", department), **where)
        yield pen.act("waive_request", pen.who("waive", department, but=found.authors), **where, comment=WORDS)


def _ask_for_something(pen: Pen, year: int, department: str) -> Act | None:
    key = pen.one(k for k in pen.projects(year, "planned", "active") if k[1] == department)
    pool = next((n for (y, n), p in pen.ledger.pools.items() if y == year and p.kind == "money"), None)
    if key is None or pool is None:
        return None
    asked = Asked(key[2], pool, pen.amount(900), Decimal(0))
    by = pen.who("write-plan", department)
    return pen.act("ask", by, key=key, name=f"Something {department}", asked=asked, why=WORDS)


def _amounts_for_all(pen: Pen, version: Version, finance: str | None) -> Acts:
    """Every line of the draft gets an amount, at least what is spent from it."""
    for key, line in version.lines.items():
        if pen.ledger.spent(key) > line.amount or (not line.amount and not line.is_refused):
            amount = max(pen.ledger.spent(key), min(line.allocated, Decimal(10)), Decimal(1))
            given = {"quarters": evenly(amount), "more_reason": WORDS, "serves": WORDS}
            yield pen.act("set_line", finance, key=key, given=given)


def budget(pen: Pen, year: int) -> Acts:
    """The version that is worked on comes into force."""
    version, finance = pen.ledger.in_making(year), pen.who("compile")
    if version is None:
        if pen.ledger.in_force(year) is None:
            yield pen.act("compile_budget", finance, year=year)
        return
    if version.state == "draft":
        if pen.ledger.not_taken_in(year, version):
            yield pen.act("take_in_new", finance, year=year)
        yield from _amounts_for_all(pen, version, finance)
        if version.is_amendment and not list(pen.ledger.changed(year, version)):
            yield move(pen, year)
        yield pen.act("share", finance, year=year)
        yield pen.act("drop", finance, year=year)
        yield from _mend_lines(pen, year)
    if version.state == "shared":
        yield from _answers(pen, year)
        yield pen.act("propose", finance, year=year)
        yield from _mend_lines(pen, year)
    manager = pen.who("approve", but=version.authors)
    if version.state == "proposed":
        yield pen.act("approve", manager, year=year)
        yield pen.act("endorse", manager, year=year)
    if version.state in ("proposed", "endorsed"):
        yield pen.act("approve", manager, year=year)
        yield pen.act("send_back_budget", manager, year=year, comment=WORDS)


def _answers(pen: Pen, year: int) -> Acts:
    version = pen.ledger.in_making(year)
    assert version is not None
    for department, found in list(version.answers.items()):
        where = {"year": year, "department": department}
        if found.state == "awaiting":
            yield pen.act("confirm", pen.who("confirm", department), **where)
        if found.state == "contested":
            authors = version.authors | found.authors
            yield pen.act("overrule", pen.who("approve", department, but=authors), **where, comment=WORDS)
            amounts = {key: version.lines[key].amount + 1 for key in found.contested}
            yield pen.act("settle", pen.who("compile"), **where, amounts=amounts)


def _mend_lines(pen: Pen, year: int) -> Acts:
    """Lines whose fund has become too small, or another one, go back to the general fund."""
    version, finance = pen.ledger.in_making(year), pen.who("compile")
    if version is None or not pen.ledger.broken(year, version):
        return
    for key, line in version.lines.items():
        labels = pen.ledger.spent_under(key) or ("General fund", line.category)
        if (line.fund, line.category) != labels:
            given = {"quarters": line.quarters, "fund": labels[0], "category": labels[1], "more_reason": WORDS}
            yield pen.act("set_line", finance, key=key, given=given | {"serves": WORDS})
        if pen.ledger.spent(key) > line.amount:
            given = {"quarters": evenly(pen.ledger.spent(key)), "more_reason": WORDS, "serves": WORDS}
            yield pen.act("set_line", finance, key=key, given=given)


def execution(pen: Pen, year: int) -> Acts:
    """What is budgeted runs, half a year mostly; what was two months ago is reported on; what ended is evaluated."""
    started = [key for key in pen.projects(year) if pen.ledger.projects[key].state != "planned"]
    for key in pen.projects(year, "planned"):
        if pen.ledger.projects[key].is_budgeted:
            yield pen.act("start", pen.who("run-project", key[1]), key=key)
    running = pen.projects(year, "active")
    if (pen.day - pen.ledger.years[year].starts).days > 100 and len(running) > 1:
        yield pen.act("complete", pen.who("run-project", running[-1][1]), key=running[-1])
    for key in started:
        yield from _report(pen, key, pen.day - timedelta(62))
        yield from _evaluate(pen, key)


def _report(pen: Pen, key: ProjectKey, until: object) -> Acts:
    for found in pen.ledger.reports.get(key, []):
        where, lead = {"key": key, "month": found.first}, pen.ledger.projects[key].lead
        if found.last > until or found.state == "accepted":  # type: ignore[operator]
            continue
        by = pen.who("write-report", key[1], lead)
        if found.state == "submitted":
            by = pen.who("accept-report", key[1], but=found.authors)
            yield pen.act("decide_report", by, **where, accepted=True, comment="")
            continue
        if found.held is None or found.reached is None or not found.explanation:
            said = {"held": pen.rng.randint(0, 9), "reached": pen.rng.randint(0, 200), "said": WORDS}
            yield pen.act("write_report", by, **where, **said)
        yield pen.act("submit_report", by, **where)


def _evaluate(pen: Pen, key: ProjectKey) -> Acts:
    found = pen.ledger.evaluations.get(key)
    if found is None or found.state == "reviewed":
        return
    yield from _report(pen, key, pen.day - timedelta(1))
    if found.state == "submitted":
        by = pen.who("review-evaluation", key[1], but=found.authors)
        yield pen.act("decide_evaluation", by, key=key, reviewed=True, comment="")
        return
    if not found.said:
        by = pen.who("write-evaluation", key[1], pen.ledger.projects[key].lead)
        yield pen.act("write_evaluation", by, key=key, hours=pen.amount(300), said=WORDS)
    yield from _in_time(pen, key[0], "evaluation", key[1])
    yield pen.act("submit_evaluation", pen.who("submit-evaluation", key[1]), key=key)


def closing(pen: Pen, year: int) -> Acts:
    """The year is over: nothing is left open."""
    yield from report(pen, year)
    for key in pen.projects(year, "planned", "on_hold"):
        yield pen.act("cancel", pen.who("run-project", key[1]), key=key, why=WORDS)
    for key in pen.projects(year, "active"):
        yield pen.act("complete", pen.who("run-project", key[1]), key=key)
    for name, leave in pen.ledger.exceptions.items():
        if leave.line[0] == year and leave.state == "asked":
            by = pen.who("decide-exception", leave.line[1], but=leave.asked_by)
            yield pen.act("decide_leave", by, name=name, granted=False, comment=WORDS)
    for key in pen.projects(year, "completed"):
        yield from _evaluate(pen, key)


def close(pen: Pen, year: int) -> Acts:
    """The year is closed."""
    if pen.ledger.years[year].state == "published":
        yield pen.act("close_year", pen.who("run-year"), year=year)


DUTIES = {
    "begin": begin,
    "forecast": forecast,
    "report": report,
    "request": request,
    "budget": budget,
    "execution": execution,
    "closing": closing,
    "close": close,
}
