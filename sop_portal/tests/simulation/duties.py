"""What has to be done by now, one act after the other, so that a year comes to its end."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sop_portal.tests.simulation.corrections import decide_counts
from sop_portal.tests.simulation.ideas import typed_figures
from sop_portal.tests.simulation.ledger.facts import (
    METRICS,
    Asked,
    Pool,
    ProjectKey,
    Version,
    cents_down,
    evenly,
)
from sop_portal.tests.simulation.money_ideas import move
from sop_portal.tests.simulation.rules_met import (
    Acts,
    ask_leave_twice,
    ask_too_much,
    call_by_former_name,
    correct_and_send_back,
    cut_below_spent,
    more_than_allocated,
    pay_from_wrong_funds,
    use_leave_late,
)
from sop_portal.tests.simulation.walk import WORDS, Act, RandomActs

OPEN = ("draft", "returned")
# Where less money than this is free to share out, more is found.
SCARCE = Decimal(800)


def begin(choice: RandomActs, year: int) -> Acts:
    """The year is set up and published; every department begins with a project at least."""
    if year not in choice.ledger.years:
        limit = choice.one([None, Decimal(2000), Decimal(20_000)])
        small = choice.one([Decimal(0), Decimal(100), Decimal(500)])
        yield choice.act("create_year", choice.who("run-year"), year=year, limit=limit, small=small)
    elif choice.ledger.years[year].state == "draft":
        yield choice.act("publish_year", choice.who("run-year"), year=year)


def forecast(choice: RandomActs, year: int) -> Acts:
    """Every forecast is complete, handed in and accepted."""
    for department in choice.departments(year):
        if choice.is_late(year, department):
            continue
        found, where = choice.ledger.forecasts[year, department], {"year": year, "department": department}
        if found.state == "submitted":
            yield from correct_and_send_back(choice, year, department)
            yield choice.act("accept_forecast", choice.who("review-forecast", department, but=found.authors), **where)
        if found.state not in OPEN:
            continue
        for place in ("first", "second") if len(found.lines) < 2 else ():
            lead = choice.one(
                m.person for m in choice.ledger.memberships if m.department == department and m.role == "lead"
            )
            said = {"slug": f"{place}-{department}", "name": f"{place.title()} {department}", "lead": lead or ""}
            yield choice.act("add_project", choice.who("write-plan", department), **where, **said)
        for slug, line in found.lines.items():
            lacking = [m for m in METRICS if _lacks(choice, year, department, slug, m)]
            if line.is_planned and (lacking or not line.is_looked_at):
                by = choice.who("write-plan", department, choice.ledger.projects[year, department, slug].lead)
                state = choice.ledger.projects[year, department, slug].state
                if state in ("planned", "active"):
                    typed = typed_figures(choice, tuple(lacking)) if lacking else dict(line.typed)
                    yield choice.act("type_figures", by, **where, slug=slug, typed=typed)
                else:
                    yield choice.act("leave_out", by, **where, slug=slug, why=WORDS)
        yield from call_by_former_name(choice, year, department)
        yield from _in_time(choice, year, "forecast", department)
        yield from _hand_in(choice, "submit_forecast", choice.who("submit-forecast", department), **where)
        yield choice.act("waive_forecast", choice.who("waive", department, but=found.authors), **where, comment=WORDS)


def _hand_in(choice: RandomActs, act: str, by: str | None, **where: Any) -> Acts:
    """Handed in; with a word about it where it was sent back and nothing changed."""
    for comment in ("", WORDS):
        yield choice.act(act, by, **where, comment=comment)


def _lacks(choice: RandomActs, year: int, department: str, slug: str, metric: str) -> bool:
    typed = choice.ledger.forecasts[year, department].lines[slug].typed[metric]
    if typed.override is not None and not (typed.source and typed.reason):
        return True
    return choice.ledger.figure(year, department, slug, metric) is None


def _in_time(choice: RandomActs, year: int, stage: str, department: str) -> Acts:
    """Whoever is too late is given more time."""
    found = choice.ledger.years[year]
    _opens, due, grace = found.windows[stage]
    until = found.more_time.get((stage, department), due)
    if stage == "request":
        request = choice.ledger.requests[year, department]
        grace = max(grace, request.due)
    if choice.day > max(grace, until):
        by, wanted = choice.who("extend", department, but=set()), choice.day + timedelta(40)
        said = {"stage": stage, "department": department, "until": wanted, "reason": WORDS}
        yield choice.act("extend", by, year=year, **said)


def report(choice: RandomActs, year: int) -> Acts:
    """The demand report is published, before or after the first pool is there."""
    found = choice.ledger.years[year]
    if not found.reports:
        yield choice.act("start_report", choice.who("publish-report"), year=year, reason="")
    if found.reports and not found.reports[-1]:
        yield choice.act("publish_report", choice.who("publish-report"), year=year)


def request(choice: RandomActs, year: int) -> Acts:
    """Every request is handed in and decided, as far as there is something to share out."""
    yield from _pools(choice, year)
    for (number, department), found in list(choice.ledger.requests.items()):
        if number == year and found.state == "submitted":
            yield from _decide(choice, year, department)
        elif number == year and found.state in OPEN:
            yield from _ask(choice, year, department)


def _pools(choice: RandomActs, year: int) -> Acts:
    """There are money and people to share out, and more money where it runs out."""
    own = {name: pool for (number, name), pool in choice.ledger.pools.items() if number == year}
    money = [name for name, pool in own.items() if pool.kind == "money"]
    if not money:
        pool = Pool("Money", "money", Decimal(choice.rng.randint(6000, 30_000)), is_usual=True, takes_materials=True)
        yield choice.act("add_pool", choice.who("keep-pools"), year=year, pool=pool)
    elif not any(pool.kind == "people" for pool in own.values()):
        size = Decimal(choice.rng.randint(300, 2000))
        pool = Pool("Hours", "people", size, choice.amount(30), money[0], is_usual=True)
        yield choice.act("add_pool", choice.who("keep-pools"), year=year, pool=pool)
    for name in money:
        taken = choice.ledger.committed(year, name)
        if own[name].capacity - taken < SCARCE:
            said = {"name": name, "capacity": taken + 10 * SCARCE, "rate": None}
            yield choice.act("change_pool", choice.who("keep-pools"), year=year, **said)


def _decide(choice: RandomActs, year: int, department: str) -> Acts:
    found, where = choice.ledger.requests[year, department], {"year": year, "department": department}
    by = choice.who("allocate", department, but=found.authors)
    for name, line in found.lines.items():
        if line.decision == "open":
            said = {"key": (year, department, line.project), "name": name, "reason": WORDS}
            yield choice.act("grant", by, **said, decision="full", granted=Decimal(0))
            yield choice.act("grant", by, **said, decision="part", granted=_free(choice, year, line))
            yield choice.act("grant", by, **said, decision="deferred", granted=Decimal(0))
    yield choice.act("allocate", by, **where)
    yield choice.act("send_back_request", by, **where, comment=WORDS)


def _ask(choice: RandomActs, year: int, department: str) -> Acts:
    found, where = choice.ledger.requests[year, department], {"year": year, "department": department}
    yield from _in_time(choice, year, "request", department)
    if not found.lines:
        yield choice.act("fill_in", choice.who("write-plan", department), **where, chosen={})
        yield _ask_for_something(choice, year, department)
    yield ask_too_much(choice, year, department)
    yield from _hand_in(choice, "submit_request", choice.who("submit-request", department), **where)
    yield choice.act("waive_request", choice.who("waive", department, but=found.authors), **where, comment=WORDS)


def _free(choice: RandomActs, year: int, line: Asked) -> Decimal:
    """How much of what a line asks for its pool, and the money that pays for it, still hold."""
    pools, committed = choice.ledger.pools, choice.ledger.committed
    pool = pools[year, line.pool]
    free = pool.capacity - committed(year, line.pool)
    if pool.payer and line.unit_cost:
        free = min(free, (pools[year, pool.payer].capacity - committed(year, pool.payer)) / line.unit_cost)
    return cents_down(max(free, Decimal(0)))


def _ask_for_something(choice: RandomActs, year: int, department: str) -> Act | None:
    key = choice.one(k for k in choice.projects(year, "planned", "active") if k[1] == department)
    pool = next((n for (y, n), p in choice.ledger.pools.items() if y == year and p.kind == "money"), None)
    if key is None or pool is None:
        return None
    asked = Asked(key[2], pool, choice.amount(900), Decimal(0))
    by = choice.who("write-plan", department)
    return choice.act("ask", by, key=key, name=f"Something {department}", asked=asked, why=WORDS)


def _amounts_for_all(choice: RandomActs, version: Version, finance: str | None) -> Acts:
    """Every line of the draft gets an amount, at least what is spent from it."""
    for key, line in version.lines.items():
        if choice.ledger.spent(key) > line.amount or (not line.amount and not line.is_refused):
            amount = max(choice.ledger.spent(key), min(line.allocated, Decimal(10)), Decimal(1))
            given = {"quarters": evenly(amount), "more_reason": WORDS, "serves": WORDS}
            yield choice.act("set_line", finance, key=key, given=given)


def compile_budget(choice: RandomActs, year: int) -> Acts:
    """What was granted becomes a draft, and there is a month to work on it."""
    if not choice.ledger.versions.get(year):
        yield choice.act("compile_budget", choice.who("compile"), year=year)


def budget(choice: RandomActs, year: int) -> Acts:
    """The version that is worked on comes into force."""
    version, finance = choice.ledger.in_making(year), choice.who("compile")
    if version is None:
        yield from compile_budget(choice, year)
        return
    if version.state == "draft":
        if choice.ledger.not_taken_in(year, version):
            yield choice.act("take_in_new", finance, year=year)
        yield from _amounts_for_all(choice, version, finance)
        yield from pay_from_wrong_funds(choice, year, version)
        yield more_than_allocated(choice, version)
        yield cut_below_spent(choice, version)
        if version.is_amendment and not list(choice.ledger.changed(year, version)):
            yield move(choice, year)
        yield choice.act("share", finance, year=year)
        yield choice.act("drop", finance, year=year)
        yield from _mend_lines(choice, year)
    if version.state == "shared":
        yield from _answers(choice, year)
        yield choice.act("propose", finance, year=year)
        yield from _mend_lines(choice, year)
    manager = choice.who("approve", but=version.authors)
    if version.state == "proposed":
        yield choice.act("approve", manager, year=year)
        yield choice.act("endorse", manager, year=year)
    if version.state in ("proposed", "endorsed"):
        yield choice.act("approve", manager, year=year)
        yield choice.act("send_back_budget", manager, year=year, comment=WORDS)


def _answers(choice: RandomActs, year: int) -> Acts:
    version = choice.ledger.in_making(year)
    assert version is not None
    for department, found in list(version.answers.items()):
        where = {"year": year, "department": department}
        authors = version.authors | found.authors
        if found.state == "awaiting":
            # Mostly too early.
            yield choice.act("pass_over", choice.who("approve", department, but=authors), **where, comment=WORDS)
            yield choice.act("confirm", choice.who("confirm", department), **where)
        if found.state == "contested":
            yield choice.act("overrule", choice.who("approve", department, but=authors), **where, comment=WORDS)
            amounts = {key: version.lines[key].amount + 1 for key in found.contested}
            yield choice.act("settle", choice.who("compile"), **where, amounts=amounts)


def _mend_lines(choice: RandomActs, year: int) -> Acts:
    """Lines whose fund has become too small, or another one, go back to the general fund."""
    version, finance = choice.ledger.in_making(year), choice.who("compile")
    if version is None or not choice.ledger.broken(year, version):
        return
    for key, line in version.lines.items():
        labels = choice.ledger.spent_under(key) or ("General fund", line.category)
        if (line.fund, line.category) != labels:
            given = {"quarters": line.quarters, "fund": labels[0], "category": labels[1], "more_reason": WORDS}
            yield choice.act("set_line", finance, key=key, given=given | {"serves": WORDS})
        if choice.ledger.spent(key) > line.amount:
            given = {"quarters": evenly(choice.ledger.spent(key)), "more_reason": WORDS, "serves": WORDS}
            yield choice.act("set_line", finance, key=key, given=given)


def execution(choice: RandomActs, year: int) -> Acts:
    """What is budgeted runs, half a year mostly; what was two months ago is reported on; what ended is evaluated."""
    started = [key for key in choice.projects(year) if choice.ledger.projects[key].state != "planned"]
    for key in choice.projects(year, "planned"):
        if choice.ledger.projects[key].is_budgeted:
            yield choice.act("start", choice.who("run-project", key[1]), key=key)
    running = choice.projects(year, "active")
    if (choice.day - choice.ledger.years[year].starts).days > 100 and len(running) > 1:
        yield choice.act("complete", choice.who("run-project", running[-1][1]), key=running[-1])
    yield from ask_leave_twice(choice, year)
    for key in started:
        yield from _report(choice, key, choice.day - timedelta(62))
        yield from _evaluate(choice, key)


def _report(choice: RandomActs, key: ProjectKey, until: object) -> Acts:
    for found in choice.ledger.reports.get(key, []):
        where, lead = {"key": key, "month": found.first}, choice.ledger.projects[key].lead
        if found.last > until or found.state == "accepted":  # type: ignore[operator]
            continue
        by = choice.who("write-report", key[1], lead)
        if found.state == "submitted":
            by = choice.who("accept-report", key[1], but=found.authors)
            yield choice.act("decide_report", by, **where, accepted=True, comment="")
            continue
        if found.held is None or found.reached is None or not found.explanation:
            said = {"held": choice.rng.randint(0, 9), "reached": choice.rng.randint(0, 200), "said": WORDS}
            yield choice.act("write_report", by, **where, **said)
        yield from _hand_in(choice, "submit_report", by, **where)


def _evaluate(choice: RandomActs, key: ProjectKey) -> Acts:
    found = choice.ledger.evaluations.get(key)
    if found is None or found.state == "reviewed":
        return
    yield from _report(choice, key, choice.day - timedelta(1))
    if found.state == "submitted":
        by = choice.who("review-evaluation", key[1], but=found.authors)
        if any(report.asked for report in choice.ledger.reports[key]):
            # Too early: what was asked of its counts comes first.
            yield choice.act("decide_evaluation", by, key=key, reviewed=True, comment=WORDS)
        yield from decide_counts(choice, key)
        moved = choice.ledger.unexplained(key)
        yield choice.act("decide_evaluation", by, key=key, reviewed=not moved, comment=WORDS if moved else "")
        return
    if not found.said:
        by = choice.who("write-evaluation", key[1], choice.ledger.projects[key].lead)
        yield choice.act("write_evaluation", by, key=key, hours=choice.amount(300), said=WORDS)
    yield from _in_time(choice, key[0], "evaluation", key[1])
    yield from _hand_in(choice, "submit_evaluation", choice.who("submit-evaluation", key[1]), key=key)


def closing(choice: RandomActs, year: int) -> Acts:
    """The year is over: nothing is left open."""
    yield from use_leave_late(choice, year)
    yield from report(choice, year)
    for key in choice.projects(year, "planned", "on_hold"):
        yield choice.act("cancel", choice.who("run-project", key[1]), key=key, why=WORDS)
    for key in choice.projects(year, "active"):
        yield choice.act("complete", choice.who("run-project", key[1]), key=key)
    for name, leave in choice.ledger.exceptions.items():
        if leave.line[0] == year and leave.state == "asked":
            by = choice.who("decide-exception", leave.line[1], but=leave.asked_by)
            yield choice.act("decide_leave", by, name=name, granted=False, comment=WORDS)
    for key in [key for key in choice.ledger.reports if key[0] == year]:
        yield from decide_counts(choice, key)
    for key in choice.projects(year, "completed"):
        yield from _evaluate(choice, key)


def close(choice: RandomActs, year: int) -> Acts:
    """The year is closed."""
    if choice.ledger.years[year].state == "published":
        yield choice.act("close_year", choice.who("run-year"), year=year)


DUTIES = {
    "begin": begin,
    "forecast": forecast,
    "report": report,
    "request": request,
    "compile": compile_budget,
    "budget": budget,
    "execution": execution,
    "closing": closing,
    "close": close,
}
