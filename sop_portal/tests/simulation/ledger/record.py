"""What the portal itself holds of a project, what people say otherwise, and what moved since it was handed in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal

from sop_portal.tests.simulation.ledger.facts import CENT, METRICS, ZERO, Figure, ProjectKey, Refused
from sop_portal.tests.simulation.ledger.spending import Spending

COUNTED = ("activities", "participants")
ENDED = ("evaluated", "cancelled")
OFF, TIMES, SMALL = 20, 10, Decimal(1000)


@dataclass
class Recorded(Spending):
    """The history of projects that have ended, and the figures of those that are looked back on."""

    # By past key: the measures that somebody said otherwise.
    said: dict[tuple[str, str, int], set[str]] = field(default_factory=dict)

    def counted(self, key: ProjectKey) -> tuple[int, int]:
        """What the accepted reports add up to."""
        accepted = [report for report in self.reports.get(key, []) if report.state == "accepted"]
        return sum(r.counted("activities") for r in accepted), sum(r.counted("participants") for r in accepted)

    def result(self, key: ProjectKey) -> list[Figure]:
        """What a project did: counted in its reports, worked, and spent on materials and on all else."""
        held, reached = self.counted(key)
        own = [expense for expense in self.expenses.values() if expense.project == key]
        materials = sum((expense.amount for expense in own if expense.category == "materials"), ZERO)
        hours = self.evaluations[key].hours if key in self.evaluations else None
        return [Decimal(held), Decimal(reached), hours, materials, self.spent_by(key) - materials]

    def record(self, key: ProjectKey) -> None:
        """What it did is history."""
        past = (key[1], key[2], key[0])
        self.past[past] = dict(zip(METRICS, self.result(key), strict=True))
        self.said.pop(past, None)

    def follow_record(self, key: ProjectKey) -> None:
        """What is counted of a project that has ended is history, where nobody said otherwise."""
        past = (key[1], key[2], key[0])
        if self.projects[key].state not in ENDED:
            return
        if past in self.past:
            counted = dict(zip(COUNTED, map(Decimal, self.counted(key)), strict=True))
            self.past[past] |= {m: figure for m, figure in counted.items() if m not in self.said.get(past, set())}
        elif any(self.result(key)[:2]) or self.spent_by(key):
            self.record(key)

    def cancel(self, by: str, key: ProjectKey, why: str) -> None:
        """What it did until then is history."""
        super().cancel(by, key, why)
        self.follow_record(key)

    def correct_past(self, by: str, department: str, slug: str, year: int, figures: dict[str, Figure]) -> None:
        """A figure of a past year was wrong; of a project of the portal's own it stays of the size of its record."""
        past, key = (department, slug, year), (year, department, slug)
        before = dict(self.past.get(past, {}))
        project = self.projects.get(key)
        if before and project and project.state in ENDED and any(self._far(key, before | figures)):
            self.need(by, "correct-history", department)
            raise Refused("far from the record")
        super().correct_past(by, department, slug, year, figures)
        changed = {metric for metric, figure in figures.items() if before[metric] != figure}
        self.said.setdefault(past, set()).update(changed)

    def _far(self, key: ProjectKey, figures: dict[str, Figure]) -> Iterator[bool]:
        money = [figure for metric in ("materials", "money") if (figure := figures[metric]) is not None]
        said = [*(figures[metric] for metric in COUNTED), sum(money, ZERO) if money else None]
        held, reached = map(Decimal, self.counted(key))
        for figure, own, unit in zip(said, (held, reached, self.spent_by(key)), (1, 1, CENT), strict=True):
            least = (own / TIMES).quantize(Decimal(unit), ROUND_UP) if own > SMALL else ZERO
            yield figure is not None and not least <= figure <= max(own * TIMES, SMALL)

    # -- looking back -------------------------------------------------------------------------------------------------

    def complete(self, by: str, key: ProjectKey) -> None:
        """What was forecast is the target of its evaluation from then on."""
        super().complete(by, key)
        needed = self.needed(key)
        self.evaluations[key].targets = {metric: needed[metric] for metric in COUNTED}

    def results(self, key: ProjectKey) -> dict[str, Decimal]:
        """What an evaluation shows as reached and as spent."""
        found = dict(zip(COUNTED, map(Decimal, self.counted(key)), strict=True))
        for category, lines in self._by_category(key).items():
            found[category] = sum((self.spent(line) for line in lines), ZERO)
        return found

    def _by_category(self, key: ProjectKey) -> dict[str, list[tuple[int, str, str]]]:
        version, found = self.in_force(key[0]), dict[str, list[tuple[int, str, str]]]()
        for line in self.lines_of(key):
            if version:
                found.setdefault(version.lines[line].category, []).append(line)
        return found

    def shows(self, key: ProjectKey) -> tuple[object, ...]:
        """Everything an evaluation shows that others move: results, plan, and the year before."""
        planned = {c: sum(map(self.approved, lines), ZERO) for c, lines in self._by_category(key).items()}
        year, department, slug = key
        parts = [part for part in self.departments if self.planner(year, part) == department]
        before = [self.past[part, slug, year - 1] for part in parts if (part, slug, year - 1) in self.past]
        known = [[row[metric] for row in before] for metric in COUNTED]
        return self.results(key), planned, [None if None in row or not row else sum(row) for row in known]  # type: ignore[arg-type]

    def unexplained(self, key: ProjectKey) -> bool:
        """Whether something moved far from the plan after the evaluation was handed in."""
        found, now = self.evaluations[key], self.results(key)
        by = {name: figure - found.handed_in.get(name, ZERO) for name, figure in now.items()}
        planned: dict[str, Figure] = dict(found.targets)
        for category, lines in self._by_category(key).items():
            planned[category] = sum(map(self.approved, lines), ZERO)
        money = [name for name in now if name not in COUNTED]
        now["all"] = sum((now[name] for name in money), ZERO)
        by["all"] = sum((by[name] for name in money), ZERO)
        planned["all"] = sum((planned[name] or ZERO for name in money), ZERO)
        return any(_moved_far(planned[name], now[name], by[name]) for name in now)


def _moved_far(planned: Figure, now: Decimal, by: Decimal) -> bool:
    if not by or planned is None or not _is_far(planned, now):
        return False
    return not _is_far(planned, now - by) or _is_far(planned, planned + by)


def _is_far(planned: Decimal, actual: Decimal) -> bool:
    return abs(actual - planned) * 100 > abs(planned) * OFF if planned else actual != 0
