"""What somebody might do next, right or wrong: the budget, and the year that it pays for."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sop_portal.tests.simulation.corrections import correct_count
from sop_portal.tests.simulation.ideas import extend, plan_stopped, rename_project
from sop_portal.tests.simulation.ledger.facts import ZERO, Fund, LineKey, ProjectKey, evenly
from sop_portal.tests.simulation.walk import WORDS, Act, Idea, RandomActs


def set_line(choice: RandomActs, year: int) -> Act | None:
    """Another amount, another fund, another category."""
    version = choice.ledger.in_making(year)
    used = [key for key in version.lines if choice.ledger.spent(key)] if version else []
    key = choice.one(used if used and choice.maybe(0.7) else version.lines) if version else None
    if version is None or key is None:
        return None
    line = version.lines[key]
    least = choice.ledger.spent(key)
    amount = choice.one(
        [line.amount, line.allocated, line.amount + 100, least, max(least - 1, ZERO), choice.amount(3000)]
    )
    quarters = evenly(amount)
    if choice.maybe(0.4):
        quarters = [amount, ZERO, ZERO, ZERO]
    given: dict[str, Any] = {"quarters": quarters}
    if choice.maybe(0.3):
        given["fund"] = choice.one(choice.ledger.funds)
    if choice.maybe(0.2):
        given["category"] = choice.one(["people", "materials", "services", "travel"])
    if choice.maybe(0.7):
        given["more_reason"] = WORDS
    if choice.maybe(0.7):
        given["serves"] = WORDS
    by = choice.who("compile") if choice.maybe(0.85) else choice.who("amend", line.project[1])
    return choice.act("set_line", by, key=key, given=given)


def give_fund(choice: RandomActs, year: int) -> Act | None:
    """A line as it is, from another fund: with words about its purpose, or without."""
    version = choice.ledger.in_making(year)
    unspent = [key for key in version.lines if not choice.ledger.spent(key)] if version else []
    key = choice.one(unspent if choice.maybe(0.9) else version.lines) if version else None
    if version is None or key is None:
        return None
    restricted = [name for name, fund in choice.ledger.funds.items() if fund.is_restricted]
    fund = choice.one(restricted if restricted and choice.maybe(0.7) else choice.ledger.funds)
    given = {"quarters": version.lines[key].quarters, "fund": fund, "more_reason": WORDS}
    if choice.maybe(0.5):
        given["serves"] = WORDS
    return choice.act("set_line", choice.who("compile"), key=key, given=given)


def move(choice: RandomActs, year: int) -> Act | None:
    """A small amount more or less on a line."""
    version = choice.ledger.in_making(year)
    key = choice.one(version.lines) if version else None
    if version is None or key is None:
        return None
    amount = max(version.lines[key].amount + choice.one([50, -50, 20, -20]), Decimal(1))
    given = {"quarters": evenly(amount), "more_reason": WORDS}
    return choice.act("set_line", choice.who("compile"), key=key, given=given)


def refuse_line(choice: RandomActs, year: int) -> Act | None:
    """A line is not budgeted."""
    version = choice.ledger.in_making(year)
    key = choice.one(version.lines) if version else None
    return choice.act("refuse_line", choice.who("compile"), key=key, why=WORDS) if key else None


def set_fund(choice: RandomActs, year: int) -> Act | None:
    """A fund comes, or becomes another one."""
    start = choice.one([None, date(year, 7, 1), date(year, 10, 1), date(year, 1, 1)])
    end = choice.one([None, date(year + 1, 6, 30), date(year + 1, 3, 31), date(year + 3, 1, 1)])
    is_restricted = choice.maybe(0.4 if any(fund.is_restricted for fund in choice.ledger.funds.values()) else 0.8)
    amount = choice.one([None, Decimal(3000), Decimal(50_000)])
    name = choice.one(choice.ledger.funds) if choice.maybe(0.5) else ""
    if name:
        taken = choice.ledger.taken_from(name)
        amount = choice.one([amount, taken, taken + 200, max(taken - 1, ZERO)])
    fund = Fund(name or choice.name("Fund"), is_restricted, "Books" if is_restricted else "", amount, start, end)
    if is_restricted and amount is None:
        fund.amount = Decimal(3000)
    return choice.act("set_fund", choice.who("compile"), name=fund.name, fund=fund, is_new=not name)


def budget_step(choice: RandomActs, year: int) -> Act | None:
    """A version moves on, or back."""
    version = choice.ledger.in_making(year)
    if version is None:
        return (
            choice.act("compile_budget", choice.who("compile"), year=year) if not choice.ledger.in_force(year) else None
        )
    finance, manager = choice.who("compile"), choice.who("approve", but=version.authors)
    if version.state == "draft":
        has_new = choice.ledger.not_taken_in(year, version) or choice.maybe(0.1)
        return choice.act("take_in_new" if has_new else "share", finance, year=year)
    if version.state == "shared":
        if choice.maybe(0.3):
            return choice.act("put_in_force", choice.who("compile", but=version.authors), year=year)
        return choice.act("propose", finance, year=year)
    if choice.maybe(0.2):
        return choice.act("send_back_budget", manager, year=year, comment=WORDS)
    return choice.act(choice.one(["approve", "approve", "endorse"]), manager, year=year)


def answer(choice: RandomActs, year: int) -> Act | None:
    """A department confirms or contests, finance settles, management overrules."""
    version = choice.ledger.in_making(year)
    department = choice.one(version.answers) if version else None
    if version is None or department is None:
        return None
    found, where = version.answers[department], {"year": year, "department": department}
    own = [key for key, line in version.lines.items() if line.project[1] == department]
    if found.contested and choice.maybe(0.5):
        amounts = {k: choice.one([version.lines[k].amount - 1, choice.ledger.spent(k), ZERO]) for k in found.contested}
        return choice.act("settle", choice.who("compile"), **where, amounts=amounts)
    if found.contested:
        authors = version.authors | found.authors
        return choice.act("overrule", choice.who("approve", department, but=authors), **where, comment=WORDS)
    if own and choice.maybe(0.35):
        key = choice.one(own)
        wanted = choice.one([version.lines[key].amount + 50, choice.ledger.spent(key), choice.amount(500)])
        by = choice.who("confirm", department)
        return choice.act("contest", by, **where, key=key, wanted=wanted, reason=WORDS)
    if choice.maybe(0.3):
        by = choice.who("approve", department, but=version.authors | found.authors)
        return choice.act("pass_over", by, **where, comment=WORDS)
    return choice.act("confirm", choice.who("confirm", department), **where)


def amend(choice: RandomActs, year: int) -> Act | None:
    """A new version is begun, or given up."""
    if choice.ledger.in_making(year):
        return choice.act("drop", choice.who("compile"), year=year) if choice.maybe(0.15) else None
    department = choice.one(choice.departments(year))
    by = choice.who("compile") if choice.maybe(0.8) or not department else choice.who("amend", department)
    return choice.act("amend", by, year=year, reason=WORDS)


def _spender(choice: RandomActs, project: ProjectKey) -> str | None:
    return choice.who("spend", project[1], choice.ledger.projects[project].lead)


def _project_of(choice: RandomActs, key: LineKey) -> ProjectKey:
    version = choice.ledger.in_force(key[0])
    assert version is not None
    return version.lines[key].project


def post(choice: RandomActs, year: int) -> Act | None:
    """Something is paid: within the line or not, on time or late, on a day that fits or not."""
    running = [
        k for k in choice.lines(year) if choice.ledger.projects[_project_of(choice, k)].state in ("active", "completed")
    ]
    key = choice.one(running) if choice.maybe(0.85) else choice.one(choice.lines(year))
    if key is None:
        return None
    left = choice.ledger.approved(key) - choice.ledger.spent(key)
    some = [choice.amount(max(left / 4, Decimal(1))) for _ in range(4)]
    amount = choice.one([*some, choice.amount(max(left, Decimal(1))), choice.amount(300), left])
    days = choice.one([0, 0, 1, 3, 3, 10, 20, 45, 70, choice.rng.choice([400, -1])])
    said = {"key": key, "name": choice.name("Bill"), "amount": amount, "on": choice.day - timedelta(days)}
    granted = [
        name for name, leave in choice.ledger.exceptions.items() if leave.state == "granted" and not leave.is_used
    ]
    if granted and choice.maybe(0.6):
        leave = choice.ledger.exceptions[choice.one(granted)]
        name = next(n for n, other in choice.ledger.exceptions.items() if other is leave)
        said |= {"key": leave.line, "amount": leave.amount, "on": leave.on, "leave": name}
    return choice.act("post", _spender(choice, _project_of(choice, said["key"])), **said)


def undo_expense(choice: RandomActs, year: int) -> Act | None:
    """A counter-entry, sometimes a second one, or one of a counter-entry."""
    own = [name for name, expense in choice.ledger.expenses.items() if expense.line[0] == year]
    undone = {expense.corrects for expense in choice.ledger.expenses.values()}
    name = choice.one(n for n in own if n not in undone and n[0] != "-") if choice.maybe(0.85) else choice.one(own)
    if name is None:
        return None
    by = _spender(choice, choice.ledger.expenses[name].project)
    return choice.act("undo_expense", by, name=name, why=WORDS)


def ask_leave(choice: RandomActs, year: int) -> Act | None:
    """Leave to spend before the year, or after it."""
    key = choice.one(choice.lines(year))
    if key is None:
        return None
    on = choice.one([choice.day, date(year, 6, 20), min(date(year + 1, 7, 10), choice.day)])
    said = {"key": key, "name": choice.name("Leave"), "amount": choice.amount(100), "on": on, "why": WORDS}
    return choice.act("ask_leave", _spender(choice, _project_of(choice, key)), **said)


def decide_leave(choice: RandomActs, year: int) -> Act | None:
    """Leave is given, or not."""
    name = choice.one(n for n, leave in choice.ledger.exceptions.items() if leave.line[0] == year)
    if name is None:
        return None
    leave = choice.ledger.exceptions[name]
    by = choice.who("decide-exception", leave.line[1], but=leave.asked_by)
    return choice.act("decide_leave", by, name=name, granted=choice.maybe(0.8), comment=WORDS)


def run_project(choice: RandomActs, year: int) -> Act | None:
    """A project starts, stops, goes on, or ends."""
    key = choice.one(choice.projects(year))
    if key is None:
        return None
    state, by = choice.ledger.projects[key].state, choice.who("run-project", key[1])
    if state == "planned":
        return choice.act("cancel", by, key=key, why=WORDS) if choice.maybe(0.05) else choice.act("start", by, key=key)
    if state == "on_hold":
        return choice.act("resume", by, key=key) if choice.maybe(0.85) else choice.act("cancel", by, key=key, why=WORDS)
    what = choice.one(["hold", "hold", "cancel", "complete", "resume"]) if choice.maybe(0.8) else "start"
    if what == "cancel" and choice.maybe(0.6):
        return None
    more = {"why": WORDS} if what in ("hold", "cancel") else {}
    return choice.act(what, by, key=key, **more)


def report_step(choice: RandomActs, year: int) -> Act | None:
    """A month is reported on, early or late, accepted or sent back."""
    key = choice.one(k for k in choice.ledger.reports if k[0] == year and choice.ledger.reports[k])
    if key is None:
        return None
    begun = [r for r in choice.ledger.reports[key] if r.first <= choice.day] or choice.ledger.reports[key][:1]
    report = choice.one(begun[-3:]) if choice.maybe(0.7) else choice.one(begun)
    where, lead = {"key": key, "month": report.first}, choice.ledger.projects[key].lead
    if report.state == "submitted":
        by = choice.who("accept-report", key[1], but=report.authors)
        return choice.act("decide_report", by, **where, accepted=choice.maybe(0.7), comment=WORDS)
    by = choice.who("write-report", key[1], lead)
    if report.held is None or choice.maybe(0.3):
        said = {"held": choice.rng.randint(0, 12), "reached": choice.rng.randint(0, 300), "said": WORDS}
        return choice.act("write_report", by, **where, **said)
    return choice.act("submit_report", by, **where, comment=choice.one(["", "", WORDS]))


def evaluate_projects(choice: RandomActs, year: int) -> Act | None:
    """An evaluation is written, handed in, reviewed, or sent back."""
    key = choice.one(k for k in choice.ledger.evaluations if k[0] == year)
    if key is None:
        return None
    found, lead = choice.ledger.evaluations[key], choice.ledger.projects[key].lead
    if found.state == "submitted":
        by = choice.who("review-evaluation", key[1], but=found.authors)
        return choice.act("decide_evaluation", by, key=key, reviewed=choice.maybe(0.8), comment=WORDS)
    if not found.said or choice.maybe(0.3):
        hours = choice.one([None, choice.amount(400), Decimal(choice.rng.randint(1, 400))])
        return choice.act(
            "write_evaluation", choice.who("write-evaluation", key[1], lead), key=key, hours=hours, said=WORDS
        )
    by = choice.who("submit-evaluation", key[1])
    return choice.act("submit_evaluation", by, key=key, comment=choice.one(["", "", WORDS]))


def close_early(choice: RandomActs, year: int) -> Act | None:
    """The year is closed before it is over."""
    return choice.act("close_year", choice.who("run-year"), year=year)


def rename_department(choice: RandomActs, year: int) -> Act | None:
    """A department is called otherwise, sometimes as another one was before."""
    department = choice.one(key for key, d in choice.ledger.departments.items() if d.is_active)
    name = choice.one([choice.name("Department"), *choice.ledger.former_names])
    taken = {d.name.casefold() for d in choice.ledger.departments.values()}
    if name.casefold() in taken:
        return None
    return choice.act("rename_department", choice.who("keep-people"), department=department, name=name)


def merge(choice: RandomActs, year: int) -> Act | None:
    """A department becomes part of another; two at least are left."""
    active = [key for key, department in choice.ledger.departments.items() if department.is_active]
    if len(active) < 3:
        return None
    department, into = choice.rng.sample(sorted(choice.ledger.departments), 2)
    return choice.act("merge", choice.who("keep-people"), department=department, into=into)


def add_department(choice: RandomActs, year: int) -> Act | None:
    """A new department with its head."""
    if sum(department.is_active for department in choice.ledger.departments.values()) > 3:
        return None
    key = choice.name("new").replace(" ", "-")
    name = choice.one([key.title(), *choice.ledger.former_names])
    if name.casefold() in {d.name.casefold() for d in choice.ledger.departments.values()}:
        return None
    head = choice.one(["Hugo", "Ines", "Jonas", "Karla"])
    return choice.act("add_department", choice.who("keep-people"), key=key, name=name, head=head)


def newcomer(choice: RandomActs, year: int) -> Act | None:
    """A department that joined owes a forecast as long as they are taken."""
    missing = [
        key for key, d in choice.ledger.departments.items() if d.is_active and key not in choice.departments(year)
    ]
    department = choice.one(missing)
    return choice.act("owe_newcomer", choice.who("keep-people"), department=department) if department else None


def delegate(choice: RandomActs, year: int) -> Act | None:
    """Somebody is away, and somebody else stands in, whoever that is."""
    people = sorted({m.person for m in choice.ledger.memberships})
    giver, deputy = choice.rng.sample(people, 2)
    role = choice.one(["", choice.one([m.role for m in choice.ledger.memberships if m.person == giver])])
    until = choice.day + timedelta(choice.rng.randint(1, 60))
    return choice.act("delegate", giver, giver=giver, deputy=deputy, role=role, until=until)


PEOPLE: dict[Idea, float] = {
    delegate: 0.6, rename_department: 0.4, merge: 0.25, add_department: 0.15, newcomer: 0.5, rename_project: 0.4,
    close_early: 0.2, extend: 0.2,
}  # fmt: skip
BUDGET: dict[Idea, float] = {
    set_line: 4,
    give_fund: 3,
    move: 1,
    refuse_line: 0.5,
    set_fund: 3,
    budget_step: 3,
    answer: 4,
}
EXECUTION: dict[Idea, float] = {
    post: 8, undo_expense: 1.5, ask_leave: 0.7, decide_leave: 0.8, run_project: 1.5, amend: 2.5, set_line: 5, move: 1.5,
    budget_step: 1.5, answer: 1.5, report_step: 5, correct_count: 6, evaluate_projects: 1.5, set_fund: 0.4, extend: 0.1,
    give_fund: 1, plan_stopped: 0.4,
}  # fmt: skip
