"""What somebody might do next, right or wrong: planning and asking."""

from datetime import timedelta
from decimal import Decimal

from sop_portal.tests.simulation.ledger.facts import METRICS, STAGES, Asked, Pool, Typed
from sop_portal.tests.simulation.walk import WORDS, Act, Idea, RandomActs

SOURCES = ("history", "trend", "feedback")
BITS = ("Reading", "Choir", "League", "Camp", "Fair", "Games", "Garden", "Radio")


def typed_figures(choice: RandomActs, metrics: tuple[str, ...] = METRICS) -> dict[str, Typed]:
    """Figures of about the size a small department needs."""
    sizes = {"activities": 40, "participants": 900, "people": 300, "materials": 1500, "money": 4000}
    words = (choice.one(SOURCES), WORDS)
    found = {}
    for metric in metrics:
        figure = Decimal(choice.rng.randint(1, sizes[metric]))
        if metric in ("materials", "money", "people") and choice.maybe(0.3):
            figure = choice.amount(sizes[metric])
        found[metric] = Typed(figure, *words)
    return found


def type_figures(choice: RandomActs, year: int) -> Act | None:
    """Some figures of a project, once in a while without a reason."""
    key = choice.one_open(choice.projects(year), choice.ledger.forecasts)
    if key is None:
        return None
    typed = typed_figures(choice, tuple(choice.rng.sample(METRICS, choice.rng.randint(1, 5))))
    if choice.maybe(0.1):
        typed = {metric: Typed(said.override) for metric, said in typed.items()}
    lead = choice.ledger.projects[key].lead
    by = choice.who("write-plan", key[1], lead)
    return choice.act("type_figures", by, year=year, department=key[1], slug=key[2], typed=typed)


def add_project(choice: RandomActs, year: int) -> Act | None:
    """One more project, sometimes one that was there before, or that was called so once."""
    department = choice.one(choice.departments(year))
    if department is None:
        return None
    name = f"{choice.one(BITS)} {choice.rng.randint(1, 3)}"
    called = {p.name.lower().replace(" ", "-") for k, p in choice.ledger.projects.items() if k[1] == department}
    former = [old for where, old in choice.ledger.later_names if where == department and old not in called]
    if former and choice.maybe(0.5):
        name = choice.one(former).replace("-", " ").title()
    elif len(choice.ledger.projects_of(year, department)) > 2:
        return None
    elif choice.maybe(0.4):
        # Whoever was there before has a past, and its figures are proposed.
        before = choice.one(key[1] for key in choice.ledger.past if key[0] == department)
        name = before.replace("-", " ").title() if before else name
    slug = name.lower().replace(" ", "-")
    slug = choice.ledger.later_names.get((department, slug), slug)
    leads = [m.person for m in choice.ledger.memberships if m.department == department and m.last >= choice.day]
    said = {"year": year, "department": department, "slug": slug, "name": name, "lead": choice.one(leads) or ""}
    return choice.act("add_project", choice.who("write-plan", department), **said)


def leave_out(choice: RandomActs, year: int) -> Act | None:
    """A project is left out, or taken in again."""
    key = choice.one_open(choice.projects(year), choice.ledger.forecasts)
    if key is None:
        return None
    by = choice.who("write-plan", key[1], choice.ledger.projects[key].lead)
    where = {"year": year, "department": key[1], "slug": key[2]}
    if choice.ledger.forecasts[key[:2]].lines[key[2]].is_planned and choice.maybe(0.8):
        return choice.act("leave_out", by, **where, why=WORDS)
    return choice.act("take_in", by, **where)


def stop_planned(choice: RandomActs, year: int) -> Act | None:
    """A project is given up before anybody has decided on it; what becomes of its line is another question."""
    planned = choice.projects(year, "planned")
    beside = [k for k in planned if sum(k[:2] == other[:2] for other in planned) > 1]
    key = choice.one_open(beside, choice.ledger.forecasts)
    return choice.act("cancel", choice.who("run-project", key[1]), key=key, why=WORDS) if key else None


def plan_stopped(choice: RandomActs, year: int) -> Act | None:
    """What has stopped is planned or asked for all the same."""
    key = choice.one_open(choice.projects(year, "cancelled", "on_hold", "completed"), choice.ledger.forecasts)
    if key is None:
        return None
    by = choice.who("write-plan", key[1], choice.ledger.projects[key].lead)
    where = {"year": year, "department": key[1], "slug": key[2]}
    if choice.maybe(0.3):
        return choice.act("take_in", by, **where)
    pool = choice.one(n for (number, n) in choice.ledger.pools if number == year)
    if pool and choice.maybe(0.5):
        asked = Asked(key[2], pool, choice.amount(100), Decimal(0), why=WORDS)
        return choice.act("ask", by, key=key, name=choice.name("Line"), asked=asked, why=WORDS)
    return choice.act("type_figures", by, **where, typed=typed_figures(choice))


def outdated(choice: RandomActs, year: int, department: str) -> bool:
    """Whether a forecast that was handed in holds another proposal than the history would make now."""
    forecast = choice.ledger.forecasts[year, department]
    if forecast.state not in ("submitted", "accepted"):
        return False
    kept = ((slug, metric, figure) for slug, line in forecast.lines.items() for metric, figure in line.kept.items())
    return any(choice.ledger.proposal(year, department, slug, metric) != figure for slug, metric, figure in kept)


def forecast_step(choice: RandomActs, year: int) -> Act | None:
    """A forecast moves on, or back; back above all where the past has become another one meanwhile."""
    department = choice.one(choice.departments(year))
    if department is None:
        return None
    behind = [key for key in choice.departments(year) if outdated(choice, year, key)]
    if behind and choice.maybe(0.5):
        department = choice.one(behind)
        by = choice.who("review-forecast", department, but=choice.ledger.forecasts[year, department].authors)
        return choice.act("send_back_forecast", by, year=year, department=department, comment=WORDS)
    forecast, where = choice.ledger.forecasts[year, department], {"year": year, "department": department}
    if forecast.state in ("draft", "returned"):
        if choice.maybe(0.04):
            return choice.act(
                "waive_forecast", choice.who("waive", department, but=forecast.authors), **where, comment=WORDS
            )
        by = choice.who("submit-forecast", department)
        return choice.act("submit_forecast", by, **where, comment=choice.one(["", "", WORDS]))
    if forecast.state == "submitted":
        if choice.maybe(0.2):
            return choice.act("withdraw_forecast", choice.who("submit-forecast", department), **where)
        if choice.maybe(0.7):
            by = choice.who("review-forecast", department, but=forecast.authors)
            return choice.act("accept_forecast", by, **where)
    by = choice.who("review-forecast", department, but=forecast.authors)
    return choice.act("send_back_forecast", by, **where, comment=WORDS)


def new_report(choice: RandomActs, year: int) -> Act | None:
    """Another version of the demand report is begun, or published."""
    by = choice.who("publish-report")
    if choice.ledger.years[year].reports and choice.ledger.years[year].reports[-1]:
        return choice.act("start_report", by, year=year, reason=WORDS)
    return choice.act("publish_report", by, year=year)


def rename_project(choice: RandomActs, year: int) -> Act | None:
    """A project is called otherwise."""
    key = choice.one(choice.projects(year))
    if key is None:
        return None
    name = f"{choice.one(BITS)} {choice.rng.randint(1, 9)}"
    where = {"year": year, "department": key[1], "slug": key[2]}
    called = name.lower().replace(" ", "-")
    return choice.act("rename_project", choice.who("run-project", key[1]), **where, name=name, called=called)


def correct_past(choice: RandomActs, year: int) -> Act | None:
    """A figure of a past year is corrected, mostly one that is proposed again, also after that was handed in."""
    planned = [key for key in choice.ledger.past if (year, *key[:2]) in choice.ledger.projects]
    handed_in = [key for key in planned if choice.ledger.forecasts[year, key[0]].state in ("submitted", "accepted")]
    last = {key[:2]: key for key in sorted(handed_in or planned, key=lambda key: key[2])}
    key = choice.one(last.values() if last and choice.maybe(0.6) else choice.ledger.past)
    if key is None:
        return None
    figures = {choice.one(METRICS): choice.one([None, Decimal(choice.rng.randint(0, 500))])}
    said = {"department": key[0], "slug": key[1], "year": key[2], "figures": figures}
    return choice.act("correct_past", choice.who("correct-history", key[0]), **said)


def _serves_materials(pools: dict[str, Pool]) -> bool:
    """Whether materials go to one of these pools where nobody says otherwise."""
    return any(pool.takes_materials or (pool.is_usual and pool.kind == "materials") for pool in pools.values())


def add_pool(choice: RandomActs, year: int) -> Act | None:
    """Money, hours or things to share out."""
    own = {name: pool for (number, name), pool in choice.ledger.pools.items() if number == year}
    money = [name for name, pool in own.items() if pool.kind == "money"]
    kind = choice.one(("people", "materials", "money")) if money else "money"
    has_usual = any(pool.is_usual and pool.kind == kind for pool in own.values())
    most = 30_000 if kind == "money" else 9000
    pool = Pool(choice.name(kind.title()), kind, Decimal(choice.rng.randint(500, most)), is_usual=not has_usual)
    if kind != "money" and (kind == "materials" or choice.maybe(0.7)):
        pool.rate, pool.payer = choice.amount(40), choice.one(money)
    elif kind == "money":
        pool.takes_materials = not _serves_materials(own) and choice.maybe(0.6)
    if kind == "materials":
        pool.is_usual = not _serves_materials(own) and choice.maybe(0.5)
    return choice.act("add_pool", choice.who("keep-pools"), year=year, pool=pool)


def change_pool(choice: RandomActs, year: int) -> Act | None:
    """More or less of it, sometimes at another rate."""
    name = choice.one(n for (number, n) in choice.ledger.pools if number == year)
    if name is None:
        return None
    pool, taken = choice.ledger.pools[year, name], choice.ledger.committed(year, name)
    capacity = choice.one(
        [pool.capacity, pool.capacity + 500, taken, max(taken - 1, Decimal(0)), taken + choice.amount(500)]
    )
    rate = choice.amount(40) if pool.rate and choice.maybe(0.3) else pool.rate
    return choice.act("change_pool", choice.who("keep-pools"), year=year, name=name, capacity=capacity, rate=rate)


def ask(choice: RandomActs, year: int) -> Act | None:
    """A line for a project, with or without a forecast behind it."""
    key = choice.one_open(choice.projects(year), choice.ledger.requests)
    pool = choice.one(n for (number, n) in choice.ledger.pools if number == year)
    if key is None or pool is None:
        return None
    most = 150 if choice.ledger.pools[year, pool].kind == "people" else 1500
    asked = Asked(key[2], pool, choice.amount(most), Decimal(0), is_forecast=choice.maybe(0.6))
    left = choice.ledger.left_of_forecast(*key, asked) if asked.is_forecast else None
    if left is not None and choice.maybe(0.5):
        # As much as the forecast has left, or a little more.
        asked.quantity = choice.one([left, left + Decimal("0.01"), left + 1])
    by = choice.who("write-plan", key[1], choice.ledger.projects[key].lead)
    why = WORDS if choice.maybe(0.4) else ""
    asked.why = why
    return choice.act("ask", by, key=key, name=choice.name("Line"), asked=asked, why=why)


def change_asked(choice: RandomActs, year: int) -> Act | None:
    """A line asks for more, for less, or goes."""
    written = [k for k in choice.ledger.requests if k[0] == year and choice.ledger.requests[k].lines]
    key = choice.one_open(written, choice.ledger.requests)
    if key is None:
        return None
    name = choice.one(choice.ledger.requests[key].lines)
    line = choice.ledger.requests[key].lines[name]
    project = (*key, line.project)
    by = choice.who("write-plan", key[1], choice.ledger.projects[project].lead)
    if choice.maybe(0.25):
        return choice.act("remove_asked", by, key=project, name=name)
    left = choice.ledger.left_of_forecast(*project, line, name) if line.is_forecast else None
    quantity = choice.amount(600) if left is None else choice.one([choice.amount(600), left, left + Decimal("0.01")])
    return choice.act("change_asked", by, key=project, name=name, quantity=quantity, why=choice.one([WORDS, ""]))


def fill_in(choice: RandomActs, year: int) -> Act | None:
    """What the forecast says and nobody asked for yet."""
    department = choice.one(k[1] for k in choice.ledger.requests if k[0] == year)
    if department is None:
        return None
    chosen = {}
    for metric, kinds in (("people", ["people"]), ("materials", ["materials", "money"]), ("money", ["money"])):
        fitting = [n for (y, n), p in choice.ledger.pools.items() if y == year and p.kind in kinds]
        if fitting and choice.maybe(0.6):
            chosen[metric] = choice.one(fitting)
    return choice.act("fill_in", choice.who("write-plan", department), year=year, department=department, chosen=chosen)


def grant(choice: RandomActs, year: int) -> Act | None:
    """A line is decided, as far as the pools hold it, or farther."""
    submitted = [k for k, request in choice.ledger.requests.items() if k[0] == year and request.state == "submitted"]
    key = choice.one(submitted)
    if key is None:
        return None
    request = choice.ledger.requests[key]
    name = choice.one(request.lines)
    line = request.lines[name]
    decision = choice.one(["full"] * 5 + ["part", "part", "deferred", "refused", "open"])
    granted = choice.one([line.quantity / 2, line.quantity, Decimal(1)]).quantize(Decimal("0.01"))
    said = {"key": (*key, line.project), "name": name, "decision": decision, "granted": granted, "reason": WORDS}
    return choice.act("grant", choice.who("allocate", key[1], but=request.authors), **said)


def request_step(choice: RandomActs, year: int) -> Act | None:
    """A request moves on, or back."""
    key = choice.one(k for k in choice.ledger.requests if k[0] == year)
    if key is None:
        return None
    request, where = choice.ledger.requests[key], {"year": year, "department": key[1]}
    if request.state in ("draft", "returned"):
        if choice.maybe(0.04):
            return choice.act("waive_request", choice.who("waive", key[1], but=request.authors), **where, comment=WORDS)
        by = choice.who("submit-request", key[1])
        return choice.act("submit_request", by, **where, comment=choice.one(["", "", WORDS]))
    by = choice.who("allocate", key[1], but=request.authors)
    if choice.maybe(0.2):
        return choice.act("withdraw_request", choice.who("submit-request", key[1]), **where)
    if choice.maybe(0.2):
        return choice.act("send_back_request", by, **where, comment=WORDS)
    return choice.act("allocate", by, **where)


def extend(choice: RandomActs, year: int) -> Act | None:
    """More time for one department."""
    department, stage = choice.one(choice.departments(year)), choice.one(STAGES)
    due = choice.ledger.years[year].windows[stage][1]
    until = max(due, choice.day) + timedelta(choice.rng.randint(-5, 40))
    said = {"year": year, "stage": stage, "department": department, "until": until, "reason": WORDS}
    return choice.act("extend", choice.who("extend"), **said) if department else None


FORECAST: dict[Idea, float] = {
    type_figures: 6,
    add_project: 3,
    leave_out: 1,
    forecast_step: 4,
    correct_past: 2,
    extend: 0.5,
    new_report: 0.3,
    stop_planned: 0.7,
    plan_stopped: 0.7,
    add_pool: 0.7,
}
REQUEST: dict[Idea, float] = {
    add_pool: 1.5,
    change_pool: 1.5,
    ask: 5,
    change_asked: 3,
    fill_in: 1,
    grant: 6,
    request_step: 3,
    forecast_step: 0.7,
    new_report: 0.4,
    plan_stopped: 0.4,
}
