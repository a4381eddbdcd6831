"""What somebody might do next, right or wrong: planning and asking."""

from datetime import timedelta
from decimal import Decimal

from sop_portal.tests.simulation.ledger.facts import METRICS, STAGES, Asked, Pool, Typed
from sop_portal.tests.simulation.walk import WORDS, Act, Idea, Pen

SOURCES = ("history", "trend", "feedback")
BITS = ("Reading", "Choir", "League", "Camp", "Fair", "Games", "Garden", "Radio")


def typed_figures(pen: Pen, metrics: tuple[str, ...] = METRICS) -> dict[str, Typed]:
    """Figures of about the size a small department needs."""
    sizes = {"activities": 40, "participants": 900, "people": 300, "materials": 1500, "money": 4000}
    words = (pen.one(SOURCES), WORDS)
    found = {}
    for metric in metrics:
        figure = Decimal(pen.rng.randint(1, sizes[metric]))
        if metric in ("materials", "money", "people") and pen.maybe(0.3):
            figure = pen.amount(sizes[metric])
        found[metric] = Typed(figure, *words)
    return found


def type_figures(pen: Pen, year: int) -> Act | None:
    """Some figures of a project, once in a while without a reason."""
    key = pen.one(k for k in pen.projects(year) if k[:2] in pen.ledger.forecasts)
    if key is None:
        return None
    typed = typed_figures(pen, tuple(pen.rng.sample(METRICS, pen.rng.randint(1, 5))))
    if pen.maybe(0.1):
        typed = {metric: Typed(said.override) for metric, said in typed.items()}
    lead = pen.ledger.projects[key].lead
    by = pen.who("write-plan", key[1], lead)
    return pen.act("type_figures", by, year=year, department=key[1], slug=key[2], typed=typed)


def add_project(pen: Pen, year: int) -> Act | None:
    """One more project, sometimes one that was there before."""
    department = pen.one(pen.departments(year))
    if department is None or len(pen.ledger.projects_of(year, department)) > 2:
        return None
    name = f"{pen.one(BITS)} {pen.rng.randint(1, 3)}"
    slug = name.lower().replace(" ", "-")
    slug = pen.ledger.later_names.get((department, slug), slug)
    leads = [m.person for m in pen.ledger.memberships if m.department == department and m.last >= pen.day]
    said = {"year": year, "department": department, "slug": slug, "name": name, "lead": pen.one(leads) or ""}
    return pen.act("add_project", pen.who("write-plan", department), **said)


def leave_out(pen: Pen, year: int) -> Act | None:
    """A project is left out, or taken in again."""
    key = pen.one(k for k in pen.projects(year) if k[:2] in pen.ledger.forecasts)
    if key is None:
        return None
    by = pen.who("write-plan", key[1], pen.ledger.projects[key].lead)
    where = {"year": year, "department": key[1], "slug": key[2]}
    if pen.ledger.forecasts[key[:2]].lines[key[2]].is_planned and pen.maybe(0.8):
        return pen.act("leave_out", by, **where, why=WORDS)
    return pen.act("take_in", by, **where)


def forecast_step(pen: Pen, year: int) -> Act | None:
    """A forecast moves on, or back."""
    department = pen.one(pen.departments(year))
    if department is None:
        return None
    forecast, where = pen.ledger.forecasts[year, department], {"year": year, "department": department}
    if forecast.state in ("draft", "returned"):
        if pen.maybe(0.04):
            return pen.act("waive_forecast", pen.who("waive", department, but=forecast.authors), **where, comment=WORDS)
        return pen.act("submit_forecast", pen.who("submit-forecast", department), **where)
    if forecast.state == "submitted":
        if pen.maybe(0.2):
            return pen.act("withdraw_forecast", pen.who("submit-forecast", department), **where)
        if pen.maybe(0.7):
            by = pen.who("review-forecast", department, but=forecast.authors)
            return pen.act("accept_forecast", by, **where)
    by = pen.who("review-forecast", department, but=forecast.authors)
    return pen.act("send_back_forecast", by, **where, comment=WORDS)


def new_report(pen: Pen, year: int) -> Act | None:
    """Another version of the demand report is begun, or published."""
    by = pen.who("publish-report")
    if pen.ledger.years[year].reports and pen.ledger.years[year].reports[-1]:
        return pen.act("start_report", by, year=year, reason=WORDS)
    return pen.act("publish_report", by, year=year)


def rename_project(pen: Pen, year: int) -> Act | None:
    """A project is called otherwise."""
    key = pen.one(pen.projects(year))
    if key is None:
        return None
    name = f"{pen.one(BITS)} {pen.rng.randint(1, 9)}"
    where = {"year": year, "department": key[1], "slug": key[2]}
    called = name.lower().replace(" ", "-")
    return pen.act("rename_project", pen.who("run-project", key[1]), **where, name=name, called=called)


def correct_past(pen: Pen, year: int) -> Act | None:
    """A figure of a past year is corrected."""
    key = pen.one(pen.ledger.past)
    if key is None:
        return None
    figures = {pen.one(METRICS): pen.one([None, Decimal(pen.rng.randint(0, 500))])}
    said = {"department": key[0], "slug": key[1], "year": key[2], "figures": figures}
    return pen.act("correct_past", pen.who("correct-history", key[0]), **said)


def add_pool(pen: Pen, year: int) -> Act | None:
    """Money, hours or things to share out."""
    own = {name: pool for (number, name), pool in pen.ledger.pools.items() if number == year}
    money = [name for name, pool in own.items() if pool.kind == "money"]
    kind = pen.one(("people", "materials", "money")) if money else "money"
    has_usual = any(pool.is_usual and pool.kind == kind for pool in own.values())
    pool = Pool(pen.name(kind.title()), kind, Decimal(pen.rng.randint(500, 9000)), is_usual=not has_usual)
    if kind != "money" and (kind == "materials" or pen.maybe(0.7)):
        pool.rate, pool.payer = pen.amount(40), pen.one(money)
    elif kind == "money":
        pool.takes_materials = not any(
            p.takes_materials or (p.is_usual and p.kind == "materials") for p in own.values()
        )
    if kind == "materials":
        pool.is_usual = False
    return pen.act("add_pool", pen.who("keep-pools"), year=year, pool=pool)


def change_pool(pen: Pen, year: int) -> Act | None:
    """More or less of it, sometimes at another rate."""
    name = pen.one(n for (number, n) in pen.ledger.pools if number == year)
    if name is None:
        return None
    pool, taken = pen.ledger.pools[year, name], pen.ledger.committed(year, name)
    capacity = pen.one([pool.capacity, pool.capacity + 500, taken, max(taken - 1, Decimal(0)), taken + pen.amount(500)])
    rate = pen.amount(40) if pool.rate and pen.maybe(0.3) else pool.rate
    return pen.act("change_pool", pen.who("keep-pools"), year=year, name=name, capacity=capacity, rate=rate)


def ask(pen: Pen, year: int) -> Act | None:
    """A line for a project, with or without a forecast behind it."""
    key = pen.one(k for k in pen.projects(year) if k[:2] in pen.ledger.requests)
    pool = pen.one(n for (number, n) in pen.ledger.pools if number == year)
    if key is None or pool is None:
        return None
    most = 150 if pen.ledger.pools[year, pool].kind == "people" else 1500
    asked = Asked(key[2], pool, pen.amount(most), Decimal(0), is_forecast=pen.maybe(0.5))
    by = pen.who("write-plan", key[1], pen.ledger.projects[key].lead)
    why = WORDS if pen.maybe(0.5) else ""
    asked.why = why
    return pen.act("ask", by, key=key, name=pen.name("Line"), asked=asked, why=why)


def change_asked(pen: Pen, year: int) -> Act | None:
    """A line asks for more, for less, or goes."""
    key = pen.one(k for k in pen.ledger.requests if k[0] == year and pen.ledger.requests[k].lines)
    if key is None:
        return None
    name = pen.one(pen.ledger.requests[key].lines)
    line = pen.ledger.requests[key].lines[name]
    project = (*key, line.project)
    by = pen.who("write-plan", key[1], pen.ledger.projects[project].lead)
    if pen.maybe(0.25):
        return pen.act("remove_asked", by, key=project, name=name)
    return pen.act("change_asked", by, key=project, name=name, quantity=pen.amount(600), why=pen.one([WORDS, ""]))


def fill_in(pen: Pen, year: int) -> Act | None:
    """What the forecast says and nobody asked for yet."""
    department = pen.one(k[1] for k in pen.ledger.requests if k[0] == year)
    if department is None:
        return None
    chosen = {}
    for metric, kinds in (("people", ["people"]), ("materials", ["materials", "money"]), ("money", ["money"])):
        fitting = [n for (y, n), p in pen.ledger.pools.items() if y == year and p.kind in kinds]
        if fitting and pen.maybe(0.6):
            chosen[metric] = pen.one(fitting)
    return pen.act("fill_in", pen.who("write-plan", department), year=year, department=department, chosen=chosen)


def grant(pen: Pen, year: int) -> Act | None:
    """A line is decided, as far as the pools hold it, or farther."""
    submitted = [k for k, request in pen.ledger.requests.items() if k[0] == year and request.state == "submitted"]
    key = pen.one(submitted)
    if key is None:
        return None
    request = pen.ledger.requests[key]
    name = pen.one(request.lines)
    line = request.lines[name]
    decision = pen.one(["full"] * 5 + ["part", "part", "deferred", "refused", "open"])
    granted = pen.one([line.quantity / 2, line.quantity, Decimal(1)]).quantize(Decimal("0.01"))
    said = {"key": (*key, line.project), "name": name, "decision": decision, "granted": granted, "reason": WORDS}
    return pen.act("grant", pen.who("allocate", key[1], but=request.authors), **said)


def request_step(pen: Pen, year: int) -> Act | None:
    """A request moves on, or back."""
    key = pen.one(k for k in pen.ledger.requests if k[0] == year)
    if key is None:
        return None
    request, where = pen.ledger.requests[key], {"year": year, "department": key[1]}
    if request.state in ("draft", "returned"):
        if pen.maybe(0.04):
            return pen.act("waive_request", pen.who("waive", key[1], but=request.authors), **where, comment=WORDS)
        return pen.act("submit_request", pen.who("submit-request", key[1]), **where)
    by = pen.who("allocate", key[1], but=request.authors)
    if pen.maybe(0.2):
        return pen.act("withdraw_request", pen.who("submit-request", key[1]), **where)
    if pen.maybe(0.2):
        return pen.act("send_back_request", by, **where, comment=WORDS)
    return pen.act("allocate", by, **where)


def extend(pen: Pen, year: int) -> Act | None:
    """More time for one department."""
    department, stage = pen.one(pen.departments(year)), pen.one(STAGES)
    due = pen.ledger.years[year].windows[stage][1]
    until = max(due, pen.day) + timedelta(pen.rng.randint(-5, 40))
    said = {"year": year, "stage": stage, "department": department, "until": until, "reason": WORDS}
    return pen.act("extend", pen.who("extend"), **said) if department else None


FORECAST: dict[Idea, float] = {
    type_figures: 6,
    add_project: 3,
    leave_out: 1,
    forecast_step: 4,
    correct_past: 2,
    extend: 0.5,
    new_report: 0.3,
}
REQUEST: dict[Idea, float] = {
    add_pool: 1.5,
    change_pool: 1.5,
    ask: 4,
    change_asked: 2,
    fill_in: 1,
    grant: 6,
    request_step: 3,
    forecast_step: 0.7,
    new_report: 0.4,
}
