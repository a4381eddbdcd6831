"""The whole ledger: one act after the other, accepted or refused, and nothing changed by a refused one."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sop_portal.tests.simulation.ledger.facts import METRICS, ForecastLine, RecordKey, Refused
from sop_portal.tests.simulation.ledger.outlook import Outlook


@dataclass
class Ledger(Outlook):
    """What the organisation did, and what must have come of it."""

    def judge(self, name: str, day: date, by: str, args: dict[str, Any]) -> str:
        """Carry an act out; the rule that refuses it, or nothing where it was accepted."""
        self.day, self.clock = day, self.clock + 1
        try:
            getattr(self, name)(by, **deepcopy(args))
        except Refused as refused:
            return str(refused) or "refused"
        self._follow_sent_back()
        return ""

    def _follow_sent_back(self) -> None:
        """Keep what every record said when it was sent back, until it says something else."""
        now = dict(self._returned())
        before, self.sent_back = self.sent_back, {}
        for record, content in now.items():
            is_changed = record in before and before[record] != content
            self.sent_back[record] = None if is_changed else content

    def _returned(self) -> Iterator[tuple[RecordKey, Any]]:
        for key, forecast in self.forecasts.items():
            if forecast.state == "returned":
                yield ("forecast", key), [self._said(key, slug, line) for slug, line in forecast.lines.items()]
        for key, request in self.requests.items():
            if request.state == "returned":
                yield ("request", key), {name: replace(line) for name, line in request.lines.items()}
        for project, reports in self.reports.items():
            for report in (report for report in reports if report.state == "returned"):
                yield ("report", (*project, report.first)), (report.held, report.reached, report.explanation)
        for project, evaluation in self.evaluations.items():
            if evaluation.state == "returned":
                yield ("evaluation", project), (evaluation.hours, evaluation.said, self.shows(project))

    def _said(self, key: tuple[int, str], slug: str, line: ForecastLine) -> tuple[Any, ...]:
        words = [(line.typed[metric].source, line.typed[metric].reason) for metric in METRICS]
        return slug, line.why_not, words, [self.figure(*key, slug, metric) for metric in METRICS]
