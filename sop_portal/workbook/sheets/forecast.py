"""A department's own forecast: it goes out to be filled in, and comes back; what others wrote meanwhile is asked."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from planning.forecasts import actions
from planning.forecasts.figures import Typed
from planning.forecasts.workflow import FORECAST
from planning.models import Cycle, Forecast, ForecastFigure, ForecastLine, Metric
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.bounds import MONEY
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.conflicts import known_at
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.lines import VersionNumber
from sop_portal.workbook.cells.values import Choice, LongText, Name, Number, PlanYear
from sop_portal.workbook.list_sheet import ListSheet, ReadRow, Wrong, settle_department, settle_year
from sop_portal.workbook.merging import Ask, merge_cell
from sop_portal.workbook.sheet import WAS_CHANGED, Acting, Done, Kept, RowAct
from sop_portal.workbook.taking_back import as_figure, gone, refuse_later_change

KIND = "forecast-figure"
# What comes back of a row, and how the trail calls it behind the measure.
FILLED_IN = {"figure": "", "source": "-source", "reason": "-reason"}
ONLY_SHOWN = ("proposal", "version")

NOT_THERE = Wording(
    "no-figure",
    _(
        "Row %(row)s: the forecast of %(department)s has no such project or measure, or you may not see it. Take the "
        "workbook away anew; a new project is added on the page of the forecast."
    ),
)
MEASURES = Choice.of(dict(Metric.choices))
SOURCES = Choice.of(dict(ForecastFigure.Source.choices))


class ForecastSheet(ListSheet):
    """One row a project and measure."""

    key = "forecast"
    title = _("Forecast figures")
    says = _("The forecast of a department, to be filled in elsewhere. Figure, source and reason come back.")
    can = (Can.EDIT_DRAFTS,)
    named = ("department", "project", "measure")
    columns = (
        Column(
            "department",
            _("Department"),
            _("Whose forecast it is."),
            _("Arts"),
            Name(),
            is_required=True,
            is_locked=True,
        ),
        Column("project", _("Project"), _("The project."), _("Story hours"), Name(), is_required=True, is_locked=True),
        Column(
            "measure",
            _("Measure"),
            _("What is forecast."),
            _("Participants"),
            MEASURES,
            is_required=True,
            is_locked=True,
        ),
        Column(
            "proposal",
            _("Proposal"),
            _("What the portal proposes from the years before."),
            "1200",
            Number(MONEY),
            is_locked=True,
        ),
        Column("figure", _("Figure"), _("What you expect; the proposal, where you agree."), "1350", Number(MONEY)),
        Column("source", _("Source"), _("What your figure is based on, if it differs from the proposal."), "", SOURCES),
        Column(
            "reason",
            _("Reason"),
            _("Why it is another figure than the proposal."),
            _("A waiting list"),
            LongText(),
        ),
        Column("year", _("Plan year"), _("The year of the forecast."), "2027", PlanYear(), is_locked=True),
        Column(
            "version",
            _("Version"),
            _("The forecast as you took it away: by it the portal knows what others wrote since. It stays as it is."),
            "3",
            VersionNumber(),
            is_required=True,
            is_locked=True,
        ),
    )

    def there(self, year: int | None = None) -> list[Kept]:
        """The figures of forecasts in years that are published."""
        found = _figures()
        return _kept(found if year is None else found.filter(line__forecast__cycle__year=year))

    def index(self, known: Known) -> dict[Hashable, Kept]:
        """The figures this person may see."""
        found = {}
        for kept in _kept(_figures().visible_to(known.actor)):
            kept.values["department"] = known.department(kept.values["department"])
            found[self.identity(kept.values, known)] = kept
        return found

    def identity(self, values: Row, known: Known) -> Hashable:
        """The year, the department, the project and the measure."""
        return values["year"], values["department"], same_name(values["project"]), values["measure"]

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """The year and the department."""
        yield from [*settle_year(values, known), *settle_department(values, known)]

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """It is filled in what was taken away, nothing new."""
        if row.there is None:
            yield Wrong("project", NOT_THERE, {"department": row.values["department"]})

    def merge(self, row: ReadRow, ask: Ask) -> bool:
        """What others wrote since it was taken away is laid beside what the row says."""
        seen = row.values.get("version", 0)
        for name in ONLY_SHOWN:
            row.values.pop(name, None)
        if row.there is None:
            return True
        there = row.there.values
        before = known_at(FORECAST.kind, there["forecast"], seen)
        about = f"“{there['project']}”, {Metric(there['measure']).label}"
        decided = []
        for column in self.columns:
            if column.key in FILLED_IN and column.key in row.values:
                base = before.get((there["project"], f"{there['measure']}{FILLED_IN[column.key]}"))
                decided.append(merge_cell(row.values, column, there.get(column.key), base, about, ask))
        return all(decided)

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Nothing is added with it."""
        return []

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """One measure alone."""
        return _write([ReadRow(acting.row, {**changes}, kept)], acting)

    def acts(self, rows: Sequence[ReadRow], letters: str, acting: Acting) -> Iterator[RowAct]:
        """The measures of a project are written together."""
        for _line, of_line in groupby(sorted(rows, key=_line_of), key=_line_of):
            measures = list(of_line)
            yield RowAct(measures[0].number, letters, partial(_write, measures, acting), len(measures))

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Give the measure back what it said before."""
        found = _kept(_figures().filter(pk=done["pk"]))
        if not found:
            raise gone(done)
        refuse_later_change(done, {key: found[0].values.get(key) for key in done["after"]})
        before = dict(done["before"])
        if "figure" in before:
            before["figure"] = as_figure(before["figure"])
        _write([ReadRow(0, before, found[0])], acting)


def _figures() -> Any:
    found = ForecastFigure.objects.filter(line__forecast__cycle__state=Cycle.State.PUBLISHED, line__is_planned=True)
    related = ("line__forecast__cycle", "line__forecast__department", "line__project")
    order = ("line__forecast__cycle__year", "line__forecast__department__name", "line__project__name", "line_id", "pk")
    return found.select_related(*related).order_by(*order)


def _kept(figures: Iterable[ForecastFigure]) -> list[Kept]:
    """The figures as the sheet has them; what is blank is left out."""
    found = []
    for one in figures:
        forecast: Forecast = one.line.forecast
        said = {
            "department": forecast.department.name,
            "project": one.line.project.name,
            "measure": one.metric,
            "proposal": one.proposal,
            "figure": one.figure,
            "source": one.source,
            "reason": one.reason,
            "year": forecast.cycle.year,
            "version": forecast.version,
            "forecast": forecast.pk,
        }
        values = {key: value for key, value in said.items() if value not in (None, "")}
        found.append(Kept(one.pk, values, one.line_id))
    return found


def forecast_rows(forecast: Forecast) -> list[Row]:
    """The rows of one forecast as they go out."""
    return [kept.values for kept in _kept(_figures().filter(line__forecast=forecast))]


def _line_of(row: ReadRow) -> int:
    return (row.there.second if row.there else None) or 0


def _write(rows: Sequence[ReadRow], acting: Acting) -> list[Done]:
    """Write the measures of one project, as far as they are otherwise."""
    line = ForecastLine.objects.select_related("forecast__cycle", "forecast__department", "project").get(
        pk=_line_of(rows[0])
    )
    typed, done, seen = {}, [], line.forecast.version
    for row in rows:
        there = row.there.values if row.there else {}
        seen = min(seen, there["version"])
        said = {**there, **row.values}
        typed[there["measure"]] = Typed(said.get("figure"), said.get("source") or "", said.get("reason") or "")
        changes = {key: value for key, value in row.values.items() if value != there.get(key)}
        called = f"{there['project']}: {Metric(there['measure']).label}"
        before = {key: there.get(key) for key in changes}
        done.append(Done(KIND, row.there.pk if row.there else 0, WAS_CHANGED, before, changes, called))
    actions.set_figures(line, typed, by=acting.by, at=acting.at, seen=seen)
    return done
