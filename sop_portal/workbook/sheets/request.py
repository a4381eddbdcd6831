"""A department's own resource request: it goes out to be filled in and comes back, with lines of its own."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from planning.models import Cycle, Pool, Project, RequestLine, ResourceRequest
from planning.projects.workflow import Wording
from planning.requests import actions
from planning.requests.actions import AskedLine
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.bounds import MONEY
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.conflicts import known_at
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.days import Day
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.lines import PlainNumber, VersionNumber
from sop_portal.workbook.cells.values import LongText, Name, Number, PlanYear
from sop_portal.workbook.list_sheet import ListSheet, ReadRow, Wrong, settle_department, settle_year
from sop_portal.workbook.merging import Ask, merge_cell
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept
from sop_portal.workbook.taking_back import as_day, as_figure, gone, refuse_later_change

KIND = "request-line"
Named = TypeVar("Named", Project, Pool)
FILLED_IN = ("what", "quantity", "needed_on", "why", "why_not_forecast")
ONLY_SHOWN = ("unit", "version")

NOT_THERE = Wording(
    "no-line",
    _(
        "Row %(row)s: the request of %(department)s has no such line any more, or you may not see it. Take the "
        "workbook away anew; a line of your own has no number."
    ),
)
NO_SUCH = Wording(
    "no-such",
    _("Row %(row)s, column %(column)s: “%(value)s” is not there in %(year)s. Write it as the portal calls it."),
)
STAYS = Wording(
    "stays",
    _("Row %(row)s, column %(column)s: a line keeps its project and resource. Write a line of its own instead."),
)


class RequestLinesSheet(ListSheet):
    """One row a line."""

    key = "request"
    title = _("Request lines")
    says = _("The resource request of a department, to be filled in elsewhere. A row without a number is a new line.")
    can = (Can.EDIT_DRAFTS,)
    named = ("department", "project", "resource", "what")
    columns = (
        Column("department", _("Department"), _("Who asks."), _("Arts"), Name(), is_required=True),
        Column("project", _("Project"), _("What it is for."), _("Story hours"), Name(), is_required=True),
        Column("resource", _("Resource"), _("The pool it is asked of."), _("Staff hours"), Name(), is_required=True),
        Column("what", _("What"), _("What is asked for."), _("Reading hall"), Name()),
        Column("quantity", _("Quantity"), _("How much of it."), "240", Number(MONEY), is_required=True),
        Column("unit", _("Unit"), _("What it is counted in."), _("hours"), Name(), is_locked=True),
        Column("needed_on", _("Needed on"), _("The day, where there is one."), "2027-09-01", Day()),
        Column("why", _("Why"), _("Why more is asked for than was forecast."), _("A waiting list"), LongText()),
        Column(
            "why_not_forecast",
            _("Why it was not forecast"),
            _("Where no figure of the forecast leads to it."),
            _("It came up later"),
            LongText(),
        ),
        Column("year", _("Plan year"), _("The year of the request."), "2027", PlanYear(), is_locked=True),
        Column(
            "number",
            _("Number of the line"),
            _("The line as the portal knows it; blank for a new one."),
            "118",
            PlainNumber(),
            is_locked=True,
        ),
        Column(
            "version",
            _("Version"),
            _("The request as you took it away: by it the portal knows what others wrote since. It stays as it is."),
            "3",
            VersionNumber(),
            is_locked=True,
        ),
    )

    def there(self, year: int | None = None) -> list[Kept]:
        """The lines of requests in years that are published."""
        found = _lines()
        return _kept(found if year is None else found.filter(request__cycle__year=year))

    def index(self, known: Known) -> dict[Hashable, Kept]:
        """The lines this person may see, by their numbers."""
        found: dict[Hashable, Kept] = {}
        for kept in _kept(_lines().visible_to(known.actor)):
            kept.values["department"] = known.department(kept.values["department"])
            found[kept.pk] = kept
        return found

    def identity(self, values: Row, known: Known) -> Hashable:
        """The number of the line; of a new one what it asks for."""
        about = (same_name(values["project"]), same_name(values["resource"]), same_name(values.get("what", "")))
        return values.get("number") or (values["year"], values["department"], *about)

    def find(self, values: Row, there: Mapping[Hashable, Kept], known: Known) -> Kept | None:
        """The line of this number; what a file adds a second time is the line that it added before."""
        if "number" in values:
            return there.get(values["number"])
        wanted = self.identity(values, known)
        same = (kept for kept in there.values() if self.identity(_without_number(kept), known) == wanted)
        return next(same, None)

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """The year and the department."""
        yield from [*settle_year(values, known), *settle_department(values, known)]

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """A line that has a number is there, and stays with its project and resource; a new one names its own."""
        values = row.values
        if "number" in values and row.there is None:
            yield Wrong("number", NOT_THERE, {"department": values["department"]})
        elif row.there is not None:
            for name in ("project", "resource"):
                if same_name(values[name]) != same_name(row.there.values[name]):
                    yield Wrong(name, STAYS)
        else:
            yield from _unknown(values, known)

    def merge(self, row: ReadRow, ask: Ask) -> bool:
        """What others wrote since it was taken away is laid beside what the row says."""
        seen = row.values.get("version")
        for name in ONLY_SHOWN:
            row.values.pop(name, None)
        if row.there is None or seen is None:
            return True
        there = row.there.values
        before = known_at(REQUEST.kind, there["request"], seen)
        about = f"“{there['project']}”, {there['what']}"
        decided = []
        for column in self.columns:
            if column.key in FILLED_IN and column.key in row.values:
                base = before.get((f"{there['project']}, {there['what']}", column.key))
                decided.append(merge_cell(row.values, column, there.get(column.key), base, about, ask))
        return all(decided)

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Ask for one resource more."""
        request = ResourceRequest.objects.select_related("cycle", "department").get(
            cycle__year=values["year"], department__name=values["department"]
        )
        project = _named(Project.objects.filter(cycle=request.cycle, department=request.department), values["project"])
        asked = _asked(values, request.cycle)
        line = actions.add_line(request, project, asked, by=acting.by, at=acting.at, seen=request.version)
        return [Done(KIND, line.pk, ADDED, called=f"{project.name}, {line.called}")]

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Ask for something else, or for more or less of it."""
        line = _lines().get(pk=kept.pk)
        asked = _asked({**kept.values, **changes}, line.request.cycle, line)
        actions.change_line(line, asked, by=acting.by, at=acting.at, seen=line.request.version)
        before = {key: kept.values.get(key) for key in changes}
        return [Done(KIND, line.pk, WAS_CHANGED, before, changes, f"{line.project.name}, {line.called}")]

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Take the line out again, or let it ask for what it asked before."""
        line = _lines().filter(pk=done["pk"]).first()
        if line is None:
            raise gone(done)
        [now] = _kept([line])
        if done["did"] == ADDED:
            actions.remove_line(line, by=acting.by, at=acting.at, seen=line.request.version)
            return
        refuse_later_change(done, {key: now.values.get(key) for key in done["after"]})
        before = dict(done["before"])
        before |= {"quantity": as_figure(before["quantity"])} if "quantity" in before else {}
        before |= {"needed_on": as_day(before["needed_on"])} if "needed_on" in before else {}
        self.change(now, before, acting)


def _lines() -> Any:
    found = RequestLine.objects.filter(request__cycle__state=Cycle.State.PUBLISHED)
    related = ("request__cycle", "request__department", "project", "pool", "forecast_line")
    return found.select_related(*related).order_by("request_id", "project__name", "pk")


def _kept(lines: Iterable[RequestLine]) -> list[Kept]:
    """The lines as the sheet has them; what is blank is left out."""
    found = []
    for one in lines:
        said = {
            "department": one.request.department.name,
            "project": one.project.name,
            "resource": one.pool.name,
            "what": str(one.called),
            "quantity": one.quantity,
            "unit": one.pool.unit,
            "needed_on": one.needed_on,
            "why": one.why,
            "why_not_forecast": one.why_not_forecast,
            "year": one.request.cycle.year,
            "number": one.pk,
            "version": one.request.version,
            "request": one.request_id,
        }
        found.append(Kept(one.pk, {key: value for key, value in said.items() if value not in (None, "")}))
    return found


def request_rows(request: ResourceRequest) -> list[Row]:
    """The rows of one request as they go out."""
    return [kept.values for kept in _kept(_lines().filter(request=request))]


def _without_number(kept: Kept) -> Row:
    return {key: value for key, value in kept.values.items() if key != "number"}


def _unknown(values: Row, known: Known) -> Iterator[Wrong]:
    """Whether a new line names a project and a resource of its year."""
    year = values["year"]
    if (year, values["department"], same_name(values["project"])) not in known.projects:
        yield Wrong("project", NO_SUCH, {"year": year})
    if same_name(values["resource"]) not in {same_name(pool.name) for pool in Pool.objects.filter(cycle__year=year)}:
        yield Wrong("resource", NO_SUCH, {"year": year})


def _named(rows: Iterable[Named], name: str) -> Named:
    return next(row for row in rows if same_name(row.name) == same_name(name))


def _asked(values: Row, cycle: Cycle, line: RequestLine | None = None) -> AskedLine:
    return AskedLine(
        line.pool if line else _named(Pool.objects.filter(cycle=cycle), values["resource"]),
        values.get("what") or "",
        values["quantity"],
        values.get("why") or "",
        values.get("needed_on"),
        line.forecast_line if line else None,
        values.get("why_not_forecast") or "",
    )
