"""What somebody might do next, right or wrong: the budget, and the year that it pays for."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sop_portal.tests.simulation.ideas import extend, rename_project
from sop_portal.tests.simulation.ledger.facts import ZERO, Fund, LineKey, ProjectKey, evenly
from sop_portal.tests.simulation.walk import WORDS, Act, Idea, Pen


def set_line(pen: Pen, year: int) -> Act | None:
    """Another amount, another fund, another category."""
    version = pen.ledger.in_making(year)
    used = [key for key in version.lines if pen.ledger.spent(key)] if version else []
    key = pen.one(used if used and pen.maybe(0.7) else version.lines) if version else None
    if version is None or key is None:
        return None
    line = version.lines[key]
    least = pen.ledger.spent(key)
    amount = pen.one([line.amount, line.allocated, line.amount + 100, least, max(least - 1, ZERO), pen.amount(3000)])
    quarters = evenly(amount)
    if pen.maybe(0.4):
        quarters = [amount, ZERO, ZERO, ZERO]
    given: dict[str, Any] = {"quarters": quarters}
    if pen.maybe(0.3):
        given["fund"] = pen.one(pen.ledger.funds)
    if pen.maybe(0.2):
        given["category"] = pen.one(["people", "materials", "services", "travel"])
    if pen.maybe(0.7):
        given["more_reason"] = WORDS
    if pen.maybe(0.7):
        given["serves"] = WORDS
    by = pen.who("compile") if pen.maybe(0.85) else pen.who("amend", line.project[1])
    return pen.act("set_line", by, key=key, given=given)


def move(pen: Pen, year: int) -> Act | None:
    """A small amount more or less on a line."""
    version = pen.ledger.in_making(year)
    key = pen.one(version.lines) if version else None
    if version is None or key is None:
        return None
    amount = max(version.lines[key].amount + pen.one([50, -50, 20, -20]), Decimal(1))
    given = {"quarters": evenly(amount), "more_reason": WORDS}
    return pen.act("set_line", pen.who("compile"), key=key, given=given)


def refuse_line(pen: Pen, year: int) -> Act | None:
    """A line is not budgeted."""
    version = pen.ledger.in_making(year)
    key = pen.one(version.lines) if version else None
    return pen.act("refuse_line", pen.who("compile"), key=key, why=WORDS) if key else None


def set_fund(pen: Pen, year: int) -> Act | None:
    """A fund comes, or becomes another one."""
    start = pen.one([None, date(year, 7, 1), date(year, 10, 1), date(year, 1, 1)])
    end = pen.one([None, date(year + 1, 6, 30), date(year + 1, 3, 31), date(year + 3, 1, 1)])
    is_restricted = pen.maybe(0.4)
    amount = pen.one([None, Decimal(3000), Decimal(50_000)])
    name = pen.one(pen.ledger.funds) if pen.maybe(0.5) else ""
    if name:
        taken = pen.ledger.taken_from(name)
        amount = pen.one([amount, taken, taken + 200, max(taken - 1, ZERO)])
    fund = Fund(name or pen.name("Fund"), is_restricted, "Books" if is_restricted else "", amount, start, end)
    if is_restricted and amount is None:
        fund.amount = Decimal(3000)
    return pen.act("set_fund", pen.who("compile"), name=fund.name, fund=fund, is_new=not name)


def budget_step(pen: Pen, year: int) -> Act | None:
    """A version moves on, or back."""
    version = pen.ledger.in_making(year)
    if version is None:
        return pen.act("compile_budget", pen.who("compile"), year=year) if not pen.ledger.in_force(year) else None
    finance, manager = pen.who("compile"), pen.who("approve", but=version.authors)
    if version.state == "draft":
        has_new = pen.ledger.not_taken_in(year, version) or pen.maybe(0.1)
        return pen.act("take_in_new" if has_new else "share", finance, year=year)
    if version.state == "shared":
        if pen.maybe(0.3):
            return pen.act("put_in_force", pen.who("compile", but=version.authors), year=year)
        return pen.act("propose", finance, year=year)
    if pen.maybe(0.2):
        return pen.act("send_back_budget", manager, year=year, comment=WORDS)
    return pen.act(pen.one(["approve", "approve", "endorse"]), manager, year=year)


def answer(pen: Pen, year: int) -> Act | None:
    """A department confirms or contests, finance settles, management overrules."""
    version = pen.ledger.in_making(year)
    department = pen.one(version.answers) if version else None
    if version is None or department is None:
        return None
    found, where = version.answers[department], {"year": year, "department": department}
    own = [key for key, line in version.lines.items() if line.project[1] == department]
    if found.contested and pen.maybe(0.5):
        amounts = {k: pen.one([version.lines[k].amount - 1, pen.ledger.spent(k), ZERO]) for k in found.contested}
        return pen.act("settle", pen.who("compile"), **where, amounts=amounts)
    if found.contested:
        authors = version.authors | found.authors
        return pen.act("overrule", pen.who("approve", department, but=authors), **where, comment=WORDS)
    if own and pen.maybe(0.35):
        key = pen.one(own)
        wanted = pen.one([version.lines[key].amount + 50, pen.ledger.spent(key), pen.amount(500)])
        by = pen.who("confirm", department)
        return pen.act("contest", by, **where, key=key, wanted=wanted, reason=WORDS)
    return pen.act("confirm", pen.who("confirm", department), **where)


def amend(pen: Pen, year: int) -> Act | None:
    """A new version is begun, or given up."""
    if pen.ledger.in_making(year):
        return pen.act("drop", pen.who("compile"), year=year) if pen.maybe(0.15) else None
    department = pen.one(pen.departments(year))
    by = pen.who("compile") if pen.maybe(0.8) or not department else pen.who("amend", department)
    return pen.act("amend", by, year=year, reason=WORDS)


def _spender(pen: Pen, project: ProjectKey) -> str | None:
    return pen.who("spend", project[1], pen.ledger.projects[project].lead)


def _project_of(pen: Pen, key: LineKey) -> ProjectKey:
    version = pen.ledger.in_force(key[0])
    assert version is not None
    return version.lines[key].project


def post(pen: Pen, year: int) -> Act | None:
    """Something is paid: within the line or not, on time or late, on a day that fits or not."""
    running = [k for k in pen.lines(year) if pen.ledger.projects[_project_of(pen, k)].state in ("active", "completed")]
    key = pen.one(running) if pen.maybe(0.85) else pen.one(pen.lines(year))
    if key is None:
        return None
    left = pen.ledger.approved(key) - pen.ledger.spent(key)
    some = [pen.amount(max(left / 4, Decimal(1))) for _ in range(4)]
    amount = pen.one([*some, pen.amount(max(left, Decimal(1))), pen.amount(300), left])
    days = pen.one([0, 0, 1, 3, 3, 10, 20, 45, 70, pen.rng.choice([400, -1])])
    said = {"key": key, "name": pen.name("Bill"), "amount": amount, "on": pen.day - timedelta(days)}
    granted = [name for name, leave in pen.ledger.exceptions.items() if leave.state == "granted" and not leave.is_used]
    if granted and pen.maybe(0.6):
        leave = pen.ledger.exceptions[pen.one(granted)]
        name = next(n for n, other in pen.ledger.exceptions.items() if other is leave)
        said |= {"key": leave.line, "amount": leave.amount, "on": leave.on, "leave": name}
    return pen.act("post", _spender(pen, _project_of(pen, said["key"])), **said)


def undo_expense(pen: Pen, year: int) -> Act | None:
    """A counter-entry, sometimes a second one, or one of a counter-entry."""
    own = [name for name, expense in pen.ledger.expenses.items() if expense.line[0] == year]
    undone = {expense.corrects for expense in pen.ledger.expenses.values()}
    name = pen.one(n for n in own if n not in undone and n[0] != "-") if pen.maybe(0.85) else pen.one(own)
    if name is None:
        return None
    by = _spender(pen, pen.ledger.expenses[name].project)
    return pen.act("undo_expense", by, name=name, why=WORDS)


def ask_leave(pen: Pen, year: int) -> Act | None:
    """Leave to spend before the year, or after it."""
    key = pen.one(pen.lines(year))
    if key is None:
        return None
    on = pen.one([pen.day, date(year, 6, 20), min(date(year + 1, 7, 10), pen.day)])
    said = {"key": key, "name": pen.name("Leave"), "amount": pen.amount(100), "on": on, "why": WORDS}
    return pen.act("ask_leave", _spender(pen, _project_of(pen, key)), **said)


def decide_leave(pen: Pen, year: int) -> Act | None:
    """Leave is given, or not."""
    name = pen.one(n for n, leave in pen.ledger.exceptions.items() if leave.line[0] == year)
    if name is None:
        return None
    leave = pen.ledger.exceptions[name]
    by = pen.who("decide-exception", leave.line[1], but=leave.asked_by)
    return pen.act("decide_leave", by, name=name, granted=pen.maybe(0.8), comment=WORDS)


def run_project(pen: Pen, year: int) -> Act | None:
    """A project starts, stops, goes on, or ends."""
    key = pen.one(pen.projects(year))
    if key is None:
        return None
    state, by = pen.ledger.projects[key].state, pen.who("run-project", key[1])
    if state == "planned":
        return pen.act("cancel", by, key=key, why=WORDS) if pen.maybe(0.05) else pen.act("start", by, key=key)
    if state == "on_hold":
        return pen.act("resume", by, key=key) if pen.maybe(0.85) else pen.act("cancel", by, key=key, why=WORDS)
    what = pen.one(["hold", "hold", "cancel", "complete", "resume"]) if pen.maybe(0.8) else "start"
    if what == "cancel" and pen.maybe(0.6):
        return None
    more = {"why": WORDS} if what in ("hold", "cancel") else {}
    return pen.act(what, by, key=key, **more)


def report_step(pen: Pen, year: int) -> Act | None:
    """A month is reported on, early or late, accepted or sent back."""
    key = pen.one(k for k in pen.ledger.reports if k[0] == year and pen.ledger.reports[k])
    if key is None:
        return None
    begun = [r for r in pen.ledger.reports[key] if r.first <= pen.day] or pen.ledger.reports[key][:1]
    report = pen.one(begun[-3:]) if pen.maybe(0.7) else pen.one(begun)
    where, lead = {"key": key, "month": report.first}, pen.ledger.projects[key].lead
    if report.state == "submitted":
        by = pen.who("accept-report", key[1], but=report.authors)
        return pen.act("decide_report", by, **where, accepted=pen.maybe(0.7), comment=WORDS)
    by = pen.who("write-report", key[1], lead)
    if report.held is None or pen.maybe(0.3):
        said = {"held": pen.rng.randint(0, 12), "reached": pen.rng.randint(0, 300), "said": WORDS}
        return pen.act("write_report", by, **where, **said)
    return pen.act("submit_report", by, **where)


def look_back(pen: Pen, year: int) -> Act | None:
    """An evaluation is written, handed in, reviewed, or sent back."""
    key = pen.one(k for k in pen.ledger.evaluations if k[0] == year)
    if key is None:
        return None
    found, lead = pen.ledger.evaluations[key], pen.ledger.projects[key].lead
    if found.state == "submitted":
        by = pen.who("review-evaluation", key[1], but=found.authors)
        return pen.act("decide_evaluation", by, key=key, reviewed=pen.maybe(0.8), comment=WORDS)
    if not found.said or pen.maybe(0.3):
        hours = pen.one([None, pen.amount(400), Decimal(pen.rng.randint(1, 400))])
        return pen.act("write_evaluation", pen.who("write-evaluation", key[1], lead), key=key, hours=hours, said=WORDS)
    return pen.act("submit_evaluation", pen.who("submit-evaluation", key[1]), key=key)


def close_early(pen: Pen, year: int) -> Act | None:
    """The year is closed before it is over."""
    return pen.act("close_year", pen.who("run-year"), year=year)


def rename_department(pen: Pen, year: int) -> Act | None:
    """A department is called otherwise, sometimes as another one was before."""
    department = pen.one(key for key, d in pen.ledger.departments.items() if d.is_active)
    name = pen.one([pen.name("Department"), *pen.ledger.former_names])
    taken = {d.name.casefold() for d in pen.ledger.departments.values()}
    if name.casefold() in taken:
        return None
    return pen.act("rename_department", pen.who("keep-people"), department=department, name=name)


def merge(pen: Pen, year: int) -> Act | None:
    """A department becomes part of another; two at least are left."""
    active = [key for key, department in pen.ledger.departments.items() if department.is_active]
    if len(active) < 3:
        return None
    department, into = pen.rng.sample(sorted(pen.ledger.departments), 2)
    return pen.act("merge", pen.who("keep-people"), department=department, into=into)


def add_department(pen: Pen, year: int) -> Act | None:
    """A new department with its head."""
    if sum(department.is_active for department in pen.ledger.departments.values()) > 3:
        return None
    key = pen.name("new").replace(" ", "-")
    name = pen.one([key.title(), *pen.ledger.former_names])
    if name.casefold() in {d.name.casefold() for d in pen.ledger.departments.values()}:
        return None
    head = pen.one(["Hugo", "Ines", "Jonas", "Karla"])
    return pen.act("add_department", pen.who("keep-people"), key=key, name=name, head=head)


def newcomer(pen: Pen, year: int) -> Act | None:
    """A department that joined owes a forecast as long as they are taken."""
    missing = [key for key, d in pen.ledger.departments.items() if d.is_active and key not in pen.departments(year)]
    department = pen.one(missing)
    return pen.act("owe_newcomer", pen.who("keep-people"), department=department) if department else None


def delegate(pen: Pen, year: int) -> Act | None:
    """Somebody is away, and somebody else stands in, whoever that is."""
    people = sorted({m.person for m in pen.ledger.memberships})
    giver, deputy = pen.rng.sample(people, 2)
    role = pen.one(["", pen.one([m.role for m in pen.ledger.memberships if m.person == giver])])
    until = pen.day + timedelta(pen.rng.randint(1, 60))
    return pen.act("delegate", giver, giver=giver, deputy=deputy, role=role, until=until)


PEOPLE: dict[Idea, float] = {
    delegate: 0.6, rename_department: 0.4, merge: 0.25, add_department: 0.15, newcomer: 0.5, rename_project: 0.4,
    close_early: 0.2, extend: 0.2,
}  # fmt: skip
BUDGET: dict[Idea, float] = {set_line: 5, move: 1, refuse_line: 0.5, set_fund: 2, budget_step: 3, answer: 4}
EXECUTION: dict[Idea, float] = {
    post: 8, undo_expense: 1.5, ask_leave: 0.7, decide_leave: 0.8, run_project: 1.5, amend: 2.5, set_line: 5, move: 1.5,
    budget_step: 1.5, answer: 1.5, report_step: 5, look_back: 1.5, set_fund: 0.4, extend: 0.1,
}  # fmt: skip
