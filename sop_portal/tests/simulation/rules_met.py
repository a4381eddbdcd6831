"""What is owed to the rules: every year somebody meets them, mostly to be refused."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sop_portal.tests.simulation.ideas import outdated
from sop_portal.tests.simulation.ledger.facts import CENT, Fund, Version, evenly, like
from sop_portal.tests.simulation.walk import WORDS, Act, RandomActs

Acts = Iterator[Act | None]
# So many days into a year its last month has begun.
LAST_MONTH = 350


def correct_and_send_back(choice: RandomActs, year: int, department: str) -> Acts:
    """What was proposed rests on a figure that turns out to be another one: what was handed in on it comes back."""
    found = choice.ledger.forecasts[year, department]
    known = [key for key in choice.ledger.past if key[0] == department and key[1] in found.lines and key[2] < year]
    if known and not outdated(choice, year, department):
        _, slug, last = max(known, key=lambda key: key[2])
        said = {"slug": slug, "year": last, "figures": {"activities": Decimal(year % 100)}}
        yield choice.act("correct_past", choice.who("correct-history", department), department=department, **said)
    if outdated(choice, year, department):
        by = choice.who("review-forecast", department, but=found.authors)
        yield choice.act("send_back_forecast", by, year=year, department=department, comment=WORDS)


def call_by_former_name(choice: RandomActs, year: int, department: str) -> Acts:
    """A project gets another name, and its own back; what is called by the other one is this project all the same."""
    slug, own = f"first-{department}", f"First {department}"
    project, other = choice.ledger.projects.get((year, department, slug)), f"{own} anew"
    where, by, called = {"year": year, "department": department}, choice.who("run-project", department), f"{slug}-anew"
    is_known = (department, called) in choice.ledger.later_names
    if project and project.name == own and not is_known:
        yield choice.act("rename_project", by, **where, slug=slug, name=other, called=called)
    elif project and project.name == other:
        yield choice.act("rename_project", by, **where, slug=slug, name=own, called=slug)
    elif is_known:
        by = choice.who("write-plan", department)
        yield choice.act("add_project", by, **where, slug=slug, name=other, lead="")


def ask_too_much(choice: RandomActs, year: int, department: str) -> Act | None:
    """More than the forecast has left, and not a word about why."""
    for name, line in choice.ledger.requests[year, department].lines.items():
        key = (year, department, line.project)
        left = choice.ledger.left_of_forecast(*key, line, name) if line.is_forecast else None
        if left is not None and choice.ledger.projects[key].state in ("planned", "active"):
            by = choice.who("write-plan", department)
            return choice.act("change_asked", by, key=key, name=name, quantity=left + 1, why="")
    return None


def pay_from_wrong_funds(choice: RandomActs, year: int, version: Version) -> Acts:
    """A line from a fund that serves another purpose, that is over, or that holds next to nothing."""
    restricted = Fund(f"Restricted {year}", True, "Books", Decimal(90_000))
    over = Fund(f"Over {year}", starts=date(year, 1, 1), ends=date(year, 6, 30))
    for fund in (restricted, over, Fund(f"Small {year}", amount=Decimal("0.01"))):
        known, finance = choice.ledger.funds.get(fund.name), choice.who("compile")
        if known is None:
            yield choice.act("set_fund", finance, name=fund.name, fund=fund, is_new=True)
        free = [key for key, line in version.lines.items() if line.amount and not choice.ledger.spent(key)]
        if known == fund and free:
            given = {"quarters": version.lines[free[0]].quarters, "fund": fund.name, "more_reason": WORDS}
            yield choice.act("set_line", finance, key=free[0], given=given)


def more_than_allocated(choice: RandomActs, version: Version) -> Act | None:
    """A line above its allocation, and not a word about why."""
    for key, line in version.lines.items():
        if line.amount and not line.more_reason and choice.ledger.projects[line.project].state in ("planned", "active"):
            given = {"quarters": evenly(max(line.allocated, line.amount) + 1), "fund": line.fund}
            return choice.act("set_line", choice.who("compile"), key=key, given=given)
    return None


def cut_below_spent(choice: RandomActs, version: Version) -> Act | None:
    """A cent less than was paid from a line already, with every word that could be asked for."""
    for key, line in version.lines.items():
        least, state = choice.ledger.spent(key), choice.ledger.projects[line.project].state
        if least > CENT and state in ("active", "completed"):
            given = {"quarters": like(least - CENT, line.quarters), "more_reason": WORDS, "serves": WORDS}
            return choice.act("set_line", choice.who("compile"), key=key, given=given)
    return None


def ask_leave_twice(choice: RandomActs, year: int) -> Acts:
    """As the year ends leave is asked for, for a bill of before it; then for the same once more; and it is given."""
    name, known = f"Early {year}", choice.ledger.exceptions.get(f"Early {year}")
    if known is None and (choice.day - choice.ledger.years[year].starts).days > LAST_MONTH:
        yield _ask_leave(choice, year, name)
    if known and known.state == "asked":
        said = {"key": known.line, "amount": known.amount, "on": known.on, "why": WORDS}
        yield choice.act("ask_leave", choice.who("compile"), name=f"{name} again", **said)
        by = choice.who("decide-exception", known.line[1], but=known.asked_by)
        yield choice.act("decide_leave", by, name=name, granted=True, comment=WORDS)


def _ask_leave(choice: RandomActs, year: int, name: str) -> Act | None:
    version = choice.ledger.in_force(year)
    for key in choice.lines(year) if version else ():
        line, left = version.lines[key], choice.ledger.approved(key) - choice.ledger.spent(key)  # type: ignore[union-attr]
        project = choice.ledger.projects[line.project]
        if project.state == "active" and left >= 1 and line.fund == "General fund":
            said = {"amount": Decimal(1), "on": date(year, 6, 20), "why": WORDS}
            return choice.act("ask_leave", choice.who("spend", key[1], project.lead), key=key, name=name, **said)
    return None


def use_leave_late(choice: RandomActs, year: int) -> Acts:
    """Leave that was given and not used is used when it is over."""
    version = choice.ledger.in_force(year)
    for name, leave in list(choice.ledger.exceptions.items()):
        if version and leave.line[0] == year and leave.state == "granted" and not leave.is_used:
            by = choice.who("spend", leave.line[1], choice.ledger.projects[version.lines[leave.line].project].lead)
            said = {"key": leave.line, "amount": leave.amount, "on": leave.on, "leave": name}
            yield choice.act("post", by, name=f"Late {name}", **said)
