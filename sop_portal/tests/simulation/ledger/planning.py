"""Forecasts, the demand report, extensions: what departments say they need, until when."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sop_portal.tests.simulation.ledger.facts import METRICS, STAGES, Forecast, ProjectKey, Refused, Typed, Year
from sop_portal.tests.simulation.ledger.series import EDITABLE, Series

GRACE, TWO_WEEKS, FOUR_WEEKS = timedelta(7), timedelta(14), timedelta(28)


def calendar_of(year: int) -> Year:
    """The usual calendar: forecasts until March, the budget until June, execution from July."""
    starts, ends = date(year, 7, 1), date(year + 1, 6, 30)
    windows = {
        "forecast": (date(year, 1, 1), date(year, 3, 31), date(year, 4, 7)),
        "request": (date(year, 4, 1), date(year, 4, 14), date(year, 4, 21)),
        "budget": (date(year, 4, 1), date(year, 6, 30), date(year, 7, 7)),
        "execution": (starts, ends, ends + FOUR_WEEKS),
        "evaluation": (starts, ends + FOUR_WEEKS, ends + FOUR_WEEKS + GRACE),
    }
    return Year(year, starts, ends, windows)


def _a_year_after(day: date) -> date:
    last_of_february = (day.month, day.day) == (2, 29)
    return date(day.year + 1, day.month, 28 if last_of_february else day.day)


@dataclass
class Planning(Series):
    """What happens from January until the demand report."""

    def create_year(self, by: str, year: int, limit: Decimal | None, small: Decimal) -> None:
        """A year is set up with the usual calendar."""
        self.need(by, "run-year")
        if year in self.years:
            raise Refused("set up already")
        self.years[year] = calendar_of(year)
        self.years[year].limit_of_one, self.years[year].small_transfers = limit, small

    def in_window(self, year: int, stage: str, department: str) -> None:
        """Refuse outside of a stage's window, its grace, and what was given to the department."""
        opens, _due, grace = self.years[year].windows[stage]
        until = self.years[year].more_time.get((stage, department), grace)
        if not opens <= self.day <= max(grace, until):
            raise Refused(f"the window of {stage} is shut")

    def extend(self, by: str, year: int, stage: str, department: str, until: date, reason: str) -> None:
        """More time for one department in one stage."""
        found = self.open_year(year)
        self.need(by, "extend")
        headed = {where for role, where, _ in self.roles_of(by) if role == "head"}
        due = max(found.windows[stage][1], found.more_time.get((stage, department), found.windows[stage][1]))
        last = min(_a_year_after(due), found.ends if stage in STAGES[:3] else _a_year_after(found.ends))
        if until <= due or until < self.day or until > last or not reason or stage not in STAGES:
            raise Refused("later than now, not in the past, within a year and what the stage is for, with a reason")
        takes_part = self.departments[department].is_active
        if department in headed or not (takes_part or (year, department) in self.forecasts):
            raise Refused("not for the own department, nor for one that took no part in the year")
        if found.state != "published" or not self.owes(year, stage, department):
            raise Refused("nobody owes anything yet, or any more")
        found.more_time[stage, department] = until

    def owes(self, year: int, stage: str, department: str) -> bool:
        """Whether more time in a stage would help a department."""
        forecast = self.forecasts.get((year, department))
        return stage != "forecast" or forecast is None or forecast.state in EDITABLE

    # -- forecasts ----------------------------------------------------------------------------------------------------

    def open_forecast(self, year: int, department: str) -> Forecast:
        """The forecast that can be written in."""
        self.open_year(year)
        forecast = self.forecasts.get((year, department))
        if forecast is None or forecast.state not in EDITABLE:
            raise Refused("the forecast is not open")
        return forecast

    def add_project(self, by: str, year: int, department: str, slug: str, name: str, lead: str) -> None:
        """One more project; whoever leads it works there."""
        forecast = self.open_forecast(year, department)
        acting = self.need(by, "write-plan", department)
        leads = {m.person for m in self._held(lead) if m.department == department} if lead else {lead}
        is_there = (year, department, slug) in self.projects or self.is_called(name, year, department)
        if is_there or not name or lead not in leads or not self.departments[department].is_active:
            raise Refused("a name, once, and a lead who works there")
        self.new_project((year, department, slug), name, lead)
        forecast.authors |= acting

    def is_called(self, name: str, year: int, department: str, beside: str = "") -> bool:
        """Whether a project of the year is called so already, beside one that is asked for: a merger brings names."""
        there = {key[2]: project.name for key, project in self.projects.items() if key[:2] == (year, department)}
        return name.casefold() in (called.casefold() for slug, called in there.items() if slug != beside)

    def type_figures(
        self, by: str, year: int, department: str, slug: str, typed: dict[str, Typed], stale: bool = False
    ) -> None:
        """What a person types; a figure equal to the proposal is the proposal, its words are kept."""
        forecast = self.open_forecast(year, department)
        line, project = forecast.lines.get(slug), self.projects.get((year, department, slug))
        if line is None or project is None:
            raise Refused("no such line")
        acting = self.need(by, "write-plan", department, project.lead)
        if project.state not in ("planned", "active"):
            raise Refused("the project has stopped")
        kept = {m: self._settled(year, department, slug, m, said) for m, said in typed.items()}
        if any(line.typed[metric] != said for metric, said in kept.items()):
            if stale:
                raise Refused("somebody else typed here a moment ago")
            line.typed |= kept
            forecast.authors |= acting
        line.is_looked_at = True

    def _settled(self, year: int, department: str, slug: str, metric: str, said: Typed) -> Typed:
        same = said.override == self.proposal(year, department, slug, metric)
        return Typed(None if same else said.override, said.source, said.reason)

    def leave_out(self, by: str, year: int, department: str, slug: str, why: str, stale: bool = False) -> None:
        """A project is not planned this year, with the reason."""
        if not why:
            raise Refused("a reason is required")
        self._plan(by, (year, department, slug), why, stale)

    def take_in(self, by: str, year: int, department: str, slug: str, stale: bool = False) -> None:
        """A project is planned again."""
        project = self.projects.get((year, department, slug))
        if project is None or project.state not in ("planned", "active"):
            raise Refused("the project has stopped")
        self._plan(by, (year, department, slug), "", stale)

    def _plan(self, by: str, key: ProjectKey, why: str, stale: bool) -> None:
        forecast = self.open_forecast(*key[:2])
        line = forecast.lines.get(key[2])
        if line is None or stale:
            raise Refused("changed, or not there")
        acting = self.need(by, "write-plan", key[1], self.projects[key].lead)
        if line.why_not != why:
            line.why_not = why
            forecast.authors |= acting

    def submit_forecast(self, by: str, year: int, department: str, comment: str = "", stale: bool = False) -> None:
        """Handed in, complete, looked at, in time."""
        forecast = self.open_forecast(year, department)
        self.in_window(year, "forecast", department)
        acting = self.need(by, "submit-forecast", department)
        if stale or not forecast.lines:
            raise Refused("changed, or empty")
        self.need_answered(("forecast", (year, department)), comment)
        for slug, line in forecast.lines.items():
            if line.is_planned and not line.is_looked_at:
                raise Refused(f"{slug}: nobody saved its figures")
            for metric in METRICS if line.is_planned else ():
                said = line.typed[metric]
                if self.figure(year, department, slug, metric) is None:
                    raise Refused(f"{slug}: {metric} has no figure")
                if said.override is not None and not (said.source and said.reason):
                    raise Refused(f"{slug}: {metric} lacks source or reason")
        self.keep_proposals(year, department)
        forecast.state, forecast.authors = "submitted", forecast.authors | acting

    def withdraw_forecast(self, by: str, year: int, department: str) -> None:
        """Taken back before anybody decided."""
        forecast = self._decided(year, department, "submitted")
        self.in_window(year, "forecast", department)
        self.need(by, "submit-forecast", department)
        self._open_again(year, department, forecast, "draft")

    def _decided(self, year: int, department: str, *states: str) -> Forecast:
        self.open_year(year)
        forecast = self.forecasts.get((year, department))
        if forecast is None or forecast.state not in states:
            raise Refused("not in that state")
        return forecast

    def _open_again(self, year: int, department: str, forecast: Forecast, state: str) -> None:
        forecast.state = state
        self.take_over(department)

    def send_back_forecast(self, by: str, year: int, department: str, comment: str) -> None:
        """Sent back with a comment; from accepted only until the report is published."""
        forecast = self._decided(year, department, "submitted", "accepted")
        reports = self.years[year].reports
        if forecast.state == "accepted" and reports and reports[-1]:
            raise Refused("the report is published")
        self.need_untouched(by, "review-forecast", forecast.authors, department)
        if not comment:
            raise Refused("a comment is required")
        self._open_again(year, department, forecast, "returned")

    def waive_forecast(self, by: str, year: int, department: str, comment: str) -> None:
        """Excused, with a reason; where it became part of another, that one plans for it from now on."""
        forecast = self._decided(year, department, *EDITABLE)
        self.need_untouched(by, "waive", forecast.authors, department)
        if not comment:
            raise Refused("a comment is required")
        self.keep_proposals(year, department)
        forecast.state = "waived"
        for heir in self.heirs(department):
            self.take_over(heir)

    # -- the demand report --------------------------------------------------------------------------------------------

    def start_report(self, by: str, year: int, reason: str) -> None:
        """A version of the report is begun; a second one with a reason."""
        self.need(by, "publish-report")
        found = self.open_year(year)
        if found.state != "published" or (found.reports and (not found.reports[-1] or not reason)):
            raise Refused("one version at a time, a new one with a reason")
        found.reports.append(False)

    def rename_project(self, by: str, year: int, department: str, slug: str, name: str, called: str) -> None:
        """Another name; the short name and the series stay."""
        self.open_year(year)
        project = self.projects.get((year, department, slug))
        if project is None or project.state not in ("planned", "active", "on_hold"):
            raise Refused("closed, or not there")
        self.need(by, "run-project", department)
        known = {key[2] for key in self.projects if key[1] == department} | {
            key[1] for key in self.past if key[0] == department
        }
        is_anothers = called in known or self.later_names.get((department, called), slug) != slug
        if not name or (called != slug and is_anothers) or self.is_called(name, year, department, beside=slug):
            raise Refused("the name of another project")
        project.name = name
        if called != slug:
            self.later_names[department, called] = slug
