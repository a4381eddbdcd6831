"""What projects report and reach, what becomes history, and how a year ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sop_portal.tests.simulation.ledger.facts import (
    MOST_COUNTED,
    ZERO,
    Correction,
    Evaluation,
    Figure,
    ProjectKey,
    Refused,
    Report,
)
from sop_portal.tests.simulation.ledger.record import COUNTED, Recorded
from sop_portal.tests.simulation.ledger.series import EDITABLE

DECIDED = ("approved", "superseded")


@dataclass
class Results(Recorded):
    """From the first report until the figures of a project are history."""

    def owes(self, year: int, stage: str, department: str) -> bool:
        """Whether a department has a request, lines or projects left for which more time would help."""
        request, versions = self.requests.get((year, department)), self.versions.get(year, [])
        own = {key: project for key, project in self.projects.items() if key[0] == year and key[1] == department}
        is_running = any(project.state in ("planned", "active", "on_hold") for project in own.values())
        written = (self.evaluations[key].state for key in own if key in self.evaluations)
        left = {
            "request": request.state in EDITABLE if request else self.departments[department].is_active,
            "budget": not versions or any(version.state not in DECIDED for version in versions),
            "execution": is_running,
            "evaluation": is_running or any(state in EDITABLE for state in written),
        }
        return left.get(stage, True) and super().owes(year, stage, department)

    def report(self, key: ProjectKey, month: date) -> Report:
        """The report of a month of a project."""
        self.open_year(key[0])
        for report in self.reports.get(key, []):
            if report.first == month:
                return report
        raise Refused("no such report")

    def write_report(
        self, by: str, key: ProjectKey, month: date, held: int, reached: int, said: str, stale: bool = False
    ) -> None:
        """The counts of a month, and why it differs from the plan."""
        report = self.report(key, month)
        if report.state not in ("draft", "returned") or stale:
            raise Refused("handed in, or changed")
        acting = self.need(by, "write-report", key[1], self.projects[key].lead)
        if (report.held, report.reached, report.explanation) != (held, reached, said):
            report.authors |= acting
        report.held, report.reached, report.explanation = held, reached, said

    def submit_report(self, by: str, key: ProjectKey, month: date, comment: str = "") -> None:
        """Handed in after the month; what was booked for months already reported is carried, so all add up."""
        report = self.report(key, month)
        if report.state not in ("draft", "returned") or self.day <= report.last:
            raise Refused("handed in, or the month is not over")
        acting = self.need(by, "write-report", key[1], self.projects[key].lead)
        if report.held is None or report.reached is None or not report.explanation:
            raise Refused("counts or words are missing")
        self.need_answered(("report", (*key, month)), comment)
        booked = self.booked(key)
        others = [r for r in self.reports[key] if r.spent is not None and r is not report]
        known = sum((booked[r.first] for r in [*others, report]), ZERO)
        spent = [e.amount for e in self.expenses.values() if e.project == key and report.first <= e.on <= report.last]
        report.spent = sum(spent, ZERO)
        report.earlier = known - report.spent - sum(((r.spent or ZERO) + (r.earlier or ZERO) for r in others), ZERO)
        report.state, report.submitted, report.authors = "submitted", self.clock, report.authors | acting

    def booked(self, key: ProjectKey) -> dict[date, Decimal]:
        """What is booked for each month; what was spent before the start counts with the first one."""
        found = {report.first: ZERO for report in self.reports[key]}
        for expense in self.expenses.values():
            month = next((r.first for r in self.reports[key] if r.last >= expense.on), None)
            if expense.project == key and month:
                found[month] += expense.amount
        return found

    def decide_report(self, by: str, key: ProjectKey, month: date, accepted: bool, comment: str) -> None:
        """Accepted, or sent back with a comment."""
        report = self.report(key, month)
        if report.state != "submitted":
            raise Refused("not handed in")
        self.need_untouched(by, "accept-report", report.authors, key[1])
        if not accepted and not comment:
            raise Refused("a comment is required")
        own = (report.held or 0, report.reached or 0)
        if accepted and any(map(self.beyond, zip(self.counted(key), own, strict=True))):
            raise Refused("more than a year holds")
        report.state = "accepted" if accepted else "returned"
        if self.projects[key].state == "cancelled":
            self.follow_record(key)

    @staticmethod
    def beyond(counts: tuple[int, int]) -> bool:
        """Whether a count added to those of the year is more than a year holds."""
        return sum(counts) > MOST_COUNTED

    def correct_count(self, by: str, key: ProjectKey, month: date, metric: str, becomes: int, why: str) -> None:
        """A count of an accepted report was wrong; one question about it at a time."""
        report = self.report(key, month)
        acting = self.need(by, "write-report", key[1], self.projects[key].lead)
        if report.state != "accepted" or any(asked.metric == metric for asked in report.asked):
            raise Refused("not accepted, or asked already")
        if not why or becomes < 0 or becomes == report.counted(metric):
            raise Refused("no reason, or no other count")
        if self.beyond((self.counted_of(key, metric), becomes - report.counted(metric))):
            raise Refused("more than a year holds")
        report.corrections.append(Correction(metric, report.counted(metric), becomes, acting))

    def decide_count(self, by: str, key: ProjectKey, month: date, metric: str, confirmed: bool, comment: str) -> None:
        """Somebody else confirms it, then it counts, also in a history that says what was counted; or declines it."""
        found = self._asked(key, month, metric)
        self.need_untouched(by, "accept-report", found.asked_by, key[1])
        if not confirmed and not comment:
            raise Refused("a comment is required")
        before = self.counted_of(key, metric)
        if confirmed and self.beyond((before, found.becomes - found.was)):
            raise Refused("more than a year holds")
        found.state = "in_force" if confirmed else "declined"
        if confirmed:
            self.follow_record(key)

    def withdraw_count(self, by: str, key: ProjectKey, month: date, metric: str) -> None:
        """Whoever writes the report asks for it no more, while nobody has decided."""
        found = self._asked(key, month, metric)
        self.need(by, "write-report", key[1], self.projects[key].lead)
        found.state = "withdrawn"

    def _asked(self, key: ProjectKey, month: date, metric: str) -> Correction:
        for asked in self.report(key, month).asked:
            if asked.metric == metric:
                return asked
        raise Refused("not asked")

    def counted_of(self, key: ProjectKey, metric: str) -> int:
        """What the accepted reports add up to in one measure."""
        return self.counted(key)[COUNTED.index(metric)]

    # -- evaluation ---------------------------------------------------------------------------------------------------

    def _evaluation(self, key: ProjectKey, *states: str) -> Evaluation:
        self.open_year(key[0])
        found = self.evaluations.get(key)
        if found is None or found.state not in states:
            raise Refused("not in that state")
        return found

    def write_evaluation(self, by: str, key: ProjectKey, hours: Figure, said: str, stale: bool = False) -> None:
        """The answers of a department, and the hours worked."""
        found = self._evaluation(key, "draft", "returned")
        acting = self.need(by, "write-evaluation", key[1], self.projects[key].lead)
        if stale:
            raise Refused("changed")
        if (found.hours, found.said) != (hours, said):
            found.authors |= acting
        found.hours, found.said = hours, said

    def submit_evaluation(self, by: str, key: ProjectKey, comment: str = "") -> None:
        """Handed in, with every answer, and after the reports of all months that are over."""
        found = self._evaluation(key, "draft", "returned")
        self.in_window(key[0], "evaluation", key[1])
        acting = self.need(by, "submit-evaluation", key[1])
        if not found.said:
            raise Refused("not answered")
        if any(report.state in ("draft", "returned") and report.last < self.day for report in self.reports[key]):
            raise Refused("a report is not handed in")
        self.need_answered(("evaluation", key), comment)
        found.state, found.authors, found.handed_in = "submitted", found.authors | acting, self.results(key)

    def decide_evaluation(self, by: str, key: ProjectKey, reviewed: bool, comment: str) -> None:
        """Reviewed: what the project did is history now; or sent back with a comment."""
        found = self._evaluation(key, "submitted")
        self.need_untouched(by, "review-evaluation", found.authors, key[1])
        if not reviewed and not comment:
            raise Refused("a comment is required")
        if reviewed and any(report.state != "accepted" for report in self.reports[key]):
            raise Refused("a report is not accepted")
        asked = [leave.line for leave in self.exceptions.values() if leave.state == "asked"]
        if reviewed and set(asked) & set(self.lines_of(key)):
            raise Refused("leave that was asked for waits for a decision")
        if reviewed and any(report.asked for report in self.reports[key]):
            raise Refused("a correction waits for a decision")
        if reviewed and self.unexplained(key):
            raise Refused("what moved is not explained")
        found.state = "reviewed" if reviewed else "returned"
        if reviewed:
            self.projects[key].state = "evaluated"
            self.record(key)

    # -- the year ends ------------------------------------------------------------------------------------------------

    def close_year(self, by: str, year: int, stale: bool = False) -> None:
        """Nothing of a closed year changes; while anything is open it is not closed."""
        found = self.open_year(year)
        self.need(by, "run-year")
        if found.state != "published" or stale or any(self.still_open(year)):
            raise Refused("something is open")
        found.state = "closed"

    def still_open(self, year: int) -> Iterator[str]:
        """What keeps a year open."""
        done = {
            "forecast": [(f.state, ("accepted", "waived")) for k, f in self.forecasts.items() if k[0] == year],
            "request": [(r.state, ("allocated", "waived")) for k, r in self.requests.items() if k[0] == year],
            "version": [(v.state, ("approved", "superseded")) for v in self.versions.get(year, [])],
            "project": [(p.state, ("evaluated", "cancelled")) for k, p in self.projects.items() if k[0] == year],
            "leave": [(e.state, ("granted", "refused")) for e in self.exceptions.values() if e.line[0] == year],
            "correction": [
                (correction.state, ("in_force", "declined", "withdrawn"))
                for key, reports in self.reports.items()
                for report in reports
                for correction in report.corrections
                if key[0] == year
            ],
            "evaluation": [(e.state, ("reviewed",)) for k, e in self.evaluations.items() if k[0] == year],
            "report": [
                (report.state, ("accepted",))
                for key, reports in self.reports.items()
                if key[0] == year and self.projects[key].state != "cancelled"
                for report in reports
            ],
        }
        for what, states in done.items():
            yield from (f"{what} is {state}" for state, closed in states if state not in closed)
        if not all(self.years[year].reports):
            yield "demand report is compiling"
