"""What stands on the pages and in the spreadsheets beside what the ledger says: lists, totals, exports, dashboard."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import Any

from django.test import Client
from python_calamine import CalamineWorkbook

from sop_portal.foundation.kit import clock
from sop_portal.tests.simulation import records
from sop_portal.tests.simulation.ledger import Ledger
from sop_portal.tests.simulation.ledger.facts import METRICS, ZERO, LineKey

HALF = Decimal("0.5")
READER = "Omar"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Row = list[str]


class Wrong(Exception):
    """A page or a spreadsheet does not say what the ledger says."""


class Tables(HTMLParser):
    """The tables of a page, as rows of the words in their cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[Row]] = []
        self.words: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.rows.append([])
        elif tag == "tr" and self.rows:
            self.rows[-1].append([])
        elif tag in ("td", "th"):
            self.words = []

    def handle_data(self, data: str) -> None:
        if self.words is not None:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.words is not None and self.rows and self.rows[-1]:
            self.rows[-1][-1].append(" ".join(" ".join(self.words).split()))
            self.words = None


def figure(text: str) -> Decimal | None:
    """The figure a cell begins with; None for a dash or a blank."""
    first = text.replace("\N{NO-BREAK SPACE}", " ").split(" ")[0].replace(",", "").replace("−", "-")
    try:
        return Decimal(first)
    except ArithmeticError:
        return None


@dataclass
class Pages:
    """A reader who sees everything, on one day, looking at one year."""

    ledger: Ledger
    year: int
    at: datetime
    client: Client

    @property
    def today(self) -> date:
        """The day on the pages."""
        return self.at.date()

    def check(self) -> None:
        """Look at every page; Wrong where one says otherwise than the ledger."""
        with clock.at(self.at):
            checks = (self.lines, self.expenses, self.budget, self.requests, self.pools, self.funds, self.projects)
            for look in (*checks, self.forecasts, self.report, self.dashboard):
                look()

    def get(self, path: str) -> Any:
        """A page that is there."""
        answer = self.client.get(f"/{self.year}/{path}", follow=True)
        if answer.status_code != 200:
            raise Wrong(f"/{self.year}/{path} answers {answer.status_code}")
        return answer

    def rows(self, path: str, head: str) -> list[Row]:
        """The rows under the table whose first heading is `head`; none where there is no such table."""
        for table in Tables(self.get(path).content.decode()).rows:
            if table and table[0] and table[0][0].startswith(head):
                return [row for row in table[1:] if len(row) > 2]
        return []

    def sheet(self, path: str) -> list[Row]:
        """The rows of a spreadsheet, without its header."""
        answer = self.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if content.startswith(b"PK"):
            book = CalamineWorkbook.from_filelike(BytesIO(content))
            return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()[1:]]
        return list(csv.reader(StringIO(content.decode("utf-8-sig"))))[1:]

    def same(self, where: str, shown: Any, expected: Any) -> None:
        """Refuse a page that says otherwise; a figure shown without its cents may be half a unit off."""
        if isinstance(shown, Decimal) and isinstance(expected, Decimal):
            off = ZERO if shown % 1 else HALF
            if abs(shown - expected) <= off:
                return
        if shown != expected:
            raise Wrong(f"/{self.year}/{where} shows {shown}, the ledger says {expected}")

    # -- execution ----------------------------------------------------------------------------------------------------

    def _own(self) -> dict[str, LineKey]:
        version = self.ledger.in_force(self.year)
        own = [key for key in self.ledger.opened if key[0] == self.year]
        return {f"{self.year}-{version.lines[key].number}": key for key in own if version}

    def lines(self) -> None:
        """Approved lines: spent, left, projected and warned of; their total, their spreadsheet, and those warned of."""
        own, ledger = self._own(), self.ledger
        rows = self.rows("lines/", "Line")
        for row in rows[:-1]:
            key = own[row[0]]
            approved, spent = ledger.approved(key), ledger.spent(key)
            shown = [figure(cell) for cell in row[3:6]]
            self.same(f"lines/ {row[0]}", shown, [approved, spent, approved - spent])
            self.same(f"lines/ {row[0]} projection", figure(row[7]), ledger.end_of(key, self.today))
        if own:
            sums = [sum((f(key) for key in own.values()), ZERO) for f in (ledger.approved, ledger.spent)]
            self.same("lines/ total", [figure(cell) for cell in rows[-1][1:4]], [*sums, sums[0] - sums[1]])
        exported = {row[0]: [figure(cell) for cell in row[5:7]] for row in self.sheet("lines/export/csv/")}
        expected = {name: [ledger.approved(key), ledger.spent(key)] for name, key in own.items()}
        self.same("lines/export", exported, expected)
        for flag in ("over", "under"):
            shown_rows = {row[0] for row in self.rows(f"lines/?flag={flag}", "Line")[:-1]}
            flagged = {name for name, key in own.items() if ledger.flag_of(key, self.today) == flag}
            self.same(f"lines/?flag={flag}", shown_rows, flagged)

    def expenses(self) -> None:
        """What was spent: its total and its spreadsheet."""
        own = [expense.amount for expense in self.ledger.expenses.values() if expense.line[0] == self.year]
        rows = self.rows("expenses/", "Date")
        if rows:
            self.same("expenses/ total", figure(rows[-1][1]), sum(own, ZERO))
        exported = [figure(row[6]) or ZERO for row in self.sheet("expenses/export/csv/")]
        self.same("expenses/export", sorted(exported), sorted(own))

    def projects(self) -> None:
        """Every project from need to spending, their totals, and their spreadsheet."""
        keys = [key for key in self.ledger.projects if key[0] == self.year]
        expected = [sum(column, ZERO) for column in zip(*(self._money(key) for key in keys), strict=True)]
        rows = self.rows("projects/", "Project")
        if rows:
            for shown, figure_of in zip(rows[-1][1:], expected, strict=True):
                self.same("projects/ total", figure(shown), figure_of)

    def _money(self, key: tuple[int, str, str]) -> Iterator[Decimal]:
        ledger, needed = self.ledger, self.ledger.counted_need(key)
        request = ledger.requests.get(key[:2])
        lines = [line for line in request.lines.values() if line.project == key[2]] if request else []
        is_allocated = request is not None and request.state == "allocated"
        yield (needed["materials"] or ZERO) + (needed["money"] or ZERO)
        yield ledger.asked(key)
        yield sum((line.granted_cost for line in lines if is_allocated), ZERO)
        yield sum((ledger.approved(line) for line in ledger.lines_of(key)), ZERO)
        yield ledger.spent_by(key)

    # -- planning -----------------------------------------------------------------------------------------------------

    def budget(self) -> None:
        """The newest version: its total by quarter, and its spreadsheet."""
        versions = self.ledger.versions.get(self.year)
        if not versions or not versions[-1].lines:
            return
        number, version = len(versions), versions[-1]
        whole = [sum((line.quarters[q] for line in version.lines.values()), ZERO) for q in range(4)]
        allocated = sum((line.allocated for line in version.lines.values()), ZERO)
        total = self.rows(f"budget/{number}/", "Line")[-1]
        for shown, expected in zip(total[2:8], [allocated, *whole, sum(whole, ZERO)], strict=False):
            self.same(f"budget/{number}/ total", figure(shown), expected)
        exported = {row[0]: figure(row[10]) for row in self.sheet(f"budget/{number}/export/?kind=csv")}
        lines = {f"{self.year}-{line.number}": line.amount for line in version.lines.values()}
        self.same(f"budget/{number}/export", exported, lines)

    def requests(self) -> None:
        """What every department asks for and was granted, and the spreadsheet of the lines."""
        own = {key[1]: request for key, request in self.ledger.requests.items() if key[0] == self.year}
        names = {self.ledger.departments[key].name: request for key, request in own.items()}
        for name, *_said, lines, asked, _granted in self.rows("requests/", "Department"):
            request = names[name]
            self.same(f"requests/ {name}", int(lines), len(request.lines))
            self.same(f"requests/ {name} asked", figure(asked), sum((x.cost for x in request.lines.values()), ZERO))
        exported = sorted(figure(row[7]) or ZERO for row in self.sheet("requests/export/"))
        costs = sorted(line.cost for request in own.values() for line in request.lines.values())
        self.same("requests/export", exported, costs)

    def pools(self) -> None:
        """What there is of every pool, what is granted, what is free."""
        for name, _kind, _payer, capacity, granted, free, *_ in self.rows("pools/", "Resource"):
            pool, taken = self.ledger.pools[self.year, name], self.ledger.committed(self.year, name)
            expected = [pool.capacity, taken, pool.capacity - taken]
            self.same(f"pools/ {name}", [figure(cell) for cell in (capacity, granted, free)], expected)

    def funds(self) -> None:
        """What the lines in force take from every fund."""
        for name, _use, _purpose, amount, taken, *_ in self.rows("budget/funds/", "Funding source"):
            expected = [self.ledger.funds[name].amount, self.ledger.taken_from(name)]
            self.same(f"budget/funds/ {name}", [figure(amount), figure(taken)], expected)

    def forecasts(self) -> None:
        """What every department forecasts."""
        names = {self.ledger.departments[key].name: key for key in self.ledger.departments}
        for name, _state, _due, *cells in self.rows("forecasts/", "Department"):
            needs = [self.ledger.needed(k) for k in self.ledger.projects if k[:2] == (self.year, names[name])]
            for metric, cell in zip(METRICS, cells, strict=False):
                known = [need[metric] for need in needs if need[metric] is not None]
                self.same(f"forecasts/ {name} {metric}", figure(cell), sum(known, ZERO) if known else None)

    def report(self) -> None:
        """The published report says what it said on the day it was published."""
        reports = self.ledger.years[self.year].reports
        if True not in reports:
            return
        number = len(reports) if reports[-1] else len(reports) - 1
        names = {self.ledger.departments[key].name: key for key in self.ledger.departments}
        for name, *cells in self.rows(f"report/{number}/", "Department"):
            for metric, cell in zip(METRICS, cells[::2], strict=False) if name in names else ():
                said = self.ledger.published[self.year].get(names[name], {})
                if said:
                    self.same(f"report/{number}/ {name} {metric}", figure(cell), said.get(metric))

    def dashboard(self) -> None:
        """Needed, asked, granted, budgeted and spent, of the whole year."""
        keys = [key for key in self.ledger.projects if key[0] == self.year]
        expected = [sum(column, ZERO) for column in zip(*(self._money(key) for key in keys), strict=True)]
        for row, figure_of in zip(self.rows("dashboard/", "Stage"), expected, strict=False):
            # What has not begun is a dash, and not a zero.
            self.same(f"dashboard/ {row[0]}", figure(row[1]) if figure_of else ZERO, figure_of)


def reader() -> Client:
    """A browser in which the auditor is signed in."""
    client = Client()
    client.force_login(records.person(READER), backend=BACKEND)
    return client
