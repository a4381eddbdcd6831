"""The unit a column is in, as its header, a line above it or the cell beside it says: converted after asking."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.projects.imports.numbers import plain, typed_number
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.sheets import CellValue, Table

ONE = Decimal(1)
LEAVE, AS_IT_STANDS, MULTIPLY = "leave", "1", "multiply"
MONEY = ("materials", "money")
MOST_UNITS = 8


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


SCALES: tuple[tuple[int, re.Pattern[str]], ...] = (
    (10**8, _words("亿", "億")),
    (
        10**6,
        _words(
            "百万", "百萬", r"\bmillion(s|en|es)?\b", r"\bmillón", r"\bmio\b", r"\bmill?\.", r"\bmn\b", r"[€$£]\s?m\b"
        ),
    ),
    (10**4, _words("万", "萬")),
    (
        10**3,
        _words(
            *(
                "千",
                r"\bthousands?\b",
                r"\btausend",
                r"\btsd\b",
                r"\bmilliers?\b",
                r"\bmiles\b",
                r"['’‘´]000",
                r"\b000s?\b",
            ),
            *(r"\bk\s?(usd|eur|gbp|chf|€|\$|£)", r"\bt(€|eur)\b|\bt€", r"(usd|eur|gbp|chf|us\$|[€$£])\s?k\b", r"\(k\)"),
        ),
    ),
)
# A line above the table says a unit only where it speaks of amounts; “Feeding thousands” is a title.
SAYS_UNIT = _words(
    *(r"[(（]", r"\bin\b", r"\ben\b", "单位", "單位", r"\bunits?\b", r"\bamounts?\b", r"\bfigures\b", r"\bbeträge\b"),
    *(r"\bangaben\b", r"\bmontants?\b", r"\bimportes?\b", r"\busd\b", r"\beur\b", "[$€£¥]", "元"),
)
HOURS = _words(
    r"\bhours?\b", r"\bhrs?\b", r"\bh\b", "工时", "小时", "工時", "小時", r"\bstunden\b", r"\bheures?\b", r"\bhoras?\b"
)
PERCENT = _words("%", "％", r"\bper ?cent\b", "百分", r"\bprozent\b", r"\bpour ?cent\b", r"\bpor ciento\b")
WAGES = _words(
    *(
        r"\bwages?\b",
        r"\bsalar(y|ies)\b",
        r"\bpayroll\b",
        r"\b(personnel|staff|labou?r)[ _](costs?|exp\w*)\b",
        "工资",
        "薪",
    ),
    *("人员费用", "人工费", "人员经费", "工資", r"\blöhne\b", r"\bgehälter\b", r"\bpersonal(kosten|aufwand)\b"),
    *(r"\bsalaires?\b", r"\bsueldos?\b", r"\bsalarios?\b", r"\bwages[ _]exp\b"),
)
DAYS = _words(r"\bdays?\b", "天", "工日", "人日", r"\btage\b", r"\bpersonentage\b", r"\bjours?\b", r"\bdías?\b")
POSTS = _words(
    *(r"\bftes?\b", r"\bvz[eäk]\b", r"\betp\b", r"\bposts?\b", r"\bpositions?\b", r"\bheadcount\b", r"\bstaff(ing)?\b"),
    *(
        r"\bpersonnel\b",
        r"\bpersonal\b",
        r"\bemployees?\b",
        "编制",
        "岗位",
        "人员",
        "员工",
        "职工",
        "人員",
        r"\bstellen\b",
    ),
    *(r"\bpostes?\b", r"\bplantilla\b", r"\bempleados\b", "人月", "人年"),
)

# What a sign of money can mean; the dollar and the yuan are those of several countries.
CURRENCIES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (_words(r"\busd\b", r"\bus\$"), frozenset({"USD"})),
    (_words("€", r"\beur\b", r"\beuros?\b", r"\bt€"), frozenset({"EUR"})),
    (_words("£", r"\bgbp\b"), frozenset({"GBP"})),
    (_words(r"\bchf\b"), frozenset({"CHF"})),
    (_words(r"\bcny\b", r"\brmb\b", "人民币"), frozenset({"CNY"})),
    (_words(r"\bjpy\b", "円", "日元"), frozenset({"JPY"})),
    (_words("₹", r"\binr\b"), frozenset({"INR"})),
    (_words("美元"), frozenset({"USD"})),
    (_words("欧元"), frozenset({"EUR"})),
    (_words("[¥￥]"), frozenset({"CNY", "JPY"})),
    (_words("元"), frozenset({"CNY", "TWD", "HKD", "MOP"})),
    (_words(r"\$"), frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN"})),
)

OTHER_MONEY = Wording(
    "currency", _("“%(said)s” speaks of another money than the portal's, which is %(own)s. Are the figures taken?")
)
TAKEN_AS_TYPED = _("Yes, as they stand: they are in %(own)s.")
SCALED = Wording("unit", _("“%(said)s” names a unit. Are the figures of %(columns)s multiplied by %(factor)s?"))
TIMES = _("Yes: %(typed)s is %(read)s.")
AS_TYPED = _("No: %(typed)s is %(typed)s.")
LEFT_OUT = _("Leave the column out.")
IN_DAYS = Wording("unit", _("“%(said)s” is counted in days, the portal in hours. How many hours has a day?"))
IN_POSTS = Wording("unit", _("“%(said)s” may be posts and not hours. How many hours a year is one of them?"))
IN_MONEY = Wording(
    "unit", _("“%(said)s” is money, and the portal counts the hours of people. Are these hours all the same?")
)
IN_PERCENT = Wording(
    "unit", _("“%(said)s” is counted in percent, which is no figure of the portal. Is it one all the same?")
)
HOURS_EACH = _("%(hours)s hours: %(typed)s is %(read)s.")
ARE_HOURS = _("They are hours already: %(typed)s is %(typed)s.")
ARE_FIGURES = _("They are figures: %(typed)s is %(typed)s.")
BESIDE = Wording(
    "unit", _("Column %(letters)s gives a unit for %(columns)s: %(said)s. Are the figures converted by it?")
)

DAY_HOURS, POST_HOURS = ("8", "7.5", "7"), ("1600", "1720", "1800", "2080")


@dataclass(frozen=True, slots=True)
class Units:
    """What the figures of each column are multiplied by, which columns are left out, and where cells give the unit."""

    factors: Mapping[str, Decimal]
    left_out: frozenset[str]
    beside: Mapping[str, tuple[int, Mapping[str, Decimal]]]


def scale_in(text: str) -> int:
    """How many of what is counted one in a text stands for: a thousand, ten thousand … or one."""
    return next((factor for factor, words in SCALES if words.search(text)), 1)


def units_of(
    sheet: Table, places: Mapping[str, int], decimals: Mapping[str, str], own: str, questions: FileQuestions
) -> Units:
    """Ask for every unit that a column of figures, a line above the table or a column beside it names."""
    unit_search = _UnitSearch(sheet, places, decimals)
    factors: dict[str, Decimal] = {}
    left_out = unit_search.in_other_money(own, questions)
    for metric, place in places.items():
        question = unit_search.of_header(metric, place)
        answer = questions.ask(question) if question else None
        if answer == LEAVE:
            left_out.add(metric)
        elif answer:
            factors[metric] = Decimal(answer)
    unsaid = [metric for metric in MONEY if metric in places and scale_in(sheet.header[places[metric]]) == 1]
    if unsaid and (question := unit_search.of_title(unsaid)) and (answer := questions.ask(question)):
        factors |= dict.fromkeys(unsaid, Decimal(answer))
    return Units(factors, frozenset(left_out), unit_search.beside(questions))


class _UnitSearch:
    """A table whose units are looked for."""

    def __init__(self, sheet: Table, places: Mapping[str, int], decimals: Mapping[str, str]) -> None:
        self.sheet, self.places, self.decimals = sheet, places, decimals

    def of_header(self, metric: str, place: int) -> Question | None:
        """What the name of a column leaves open."""
        said = self.sheet.header[place]
        words = said.replace("_", " ")
        answers: list[tuple[str, str | Promise]]
        if PERCENT.search(words):
            wording, answers = IN_PERCENT, [(LEAVE, LEFT_OUT), (AS_IT_STANDS, ARE_FIGURES)]
        elif metric == "people" and not HOURS.search(words):
            return self._of_people(metric, place, words)
        else:
            return self._scaled(f"unit:{self.sheet.letters(place)}", said, [metric], scale_in(words))
        return self._question(f"unit:{self.sheet.letters(place)}", wording, answers, [metric], {"said": said})

    def _of_people(self, metric: str, place: int, words: str) -> Question | None:
        leave: tuple[str, str | Promise] = (LEAVE, LEFT_OUT)
        hours: tuple[str, str | Promise] = (AS_IT_STANDS, ARE_HOURS)
        if WAGES.search(words):
            wording, answers = IN_MONEY, [leave, hours]
        elif DAYS.search(words):
            wording, answers = IN_DAYS, [*((each, HOURS_EACH) for each in DAY_HOURS), hours, leave]
        elif POSTS.search(words):
            wording, answers = IN_POSTS, [*((each, HOURS_EACH) for each in POST_HOURS), hours, leave]
        else:
            return None
        said = self.sheet.header[place]
        return self._question(f"unit:{self.sheet.letters(place)}", wording, answers, [metric], {"said": said})

    def in_other_money(self, own: str, questions: FileQuestions) -> set[str]:
        """Columns of amounts in another money than the portal's, as far as somebody leaves them out."""
        money = [metric for metric in MONEY if metric in self.places]
        said = [(self.sheet.header[self.places[metric]], [metric]) for metric in money]
        said += [(line, money) for _number, line in self.sheet.context.above if SAYS_UNIT.search(line)] if money else []
        left_out: set[str] = set()
        for text, metrics in said:
            meant = next((found for words, found in CURRENCIES if words.search(text)), frozenset({own}))
            if own and own not in meant:
                key = f"currency:{self.sheet.letters(self.places[metrics[0]])}"
                answers = (PossibleAnswer(AS_IT_STANDS, TAKEN_AS_TYPED, {"own": own}), PossibleAnswer(LEAVE, LEFT_OUT))
                if questions.ask(Question(key, OTHER_MONEY, answers, {"said": text, "own": own})) == LEAVE:
                    left_out.update(metrics)
        return left_out

    def of_title(self, metrics: Sequence[str]) -> Question | None:
        """What a line above the table says of its amounts."""
        for number, line in self.sheet.context.above:
            if SAYS_UNIT.search(line) and (factor := scale_in(line)) > 1:
                return self._scaled("unit:title", line, metrics, factor, f"{self.sheet.letters(0)}{number}")
        return None

    def _scaled(self, key: str, said: str, metrics: Sequence[str], factor: int, cell: str = "") -> Question | None:
        if factor == 1:
            return None
        answers: list[tuple[str, str | Promise]] = [(str(factor), TIMES), (AS_IT_STANDS, AS_TYPED)]
        return self._question(key, SCALED, answers, metrics, {"said": said, "factor": f"{factor:,}"}, cell)

    def _question(
        self,
        key: str,
        wording: Wording,
        answers: Sequence[tuple[str, str | Promise]],
        metrics: Sequence[str],
        params: Mapping[str, object],
        cell: str = "",
    ) -> Question:
        cells = list(self._cells(metrics, [value for value, _label in answers]))
        typed = cells[0].typed if cells else "1"
        columns = ", ".join(f"“{self.sheet.header[self.places[metric]]}”" for metric in metrics)
        made = tuple(
            PossibleAnswer(
                value, label, {"typed": typed, "hours": value, "read": cells[0].readings[place] if cells else value}
            )
            for place, (value, label) in enumerate(answers)
        )
        shown = ([AskedCell(cell, str(params["said"]))] if cell else []) + cells
        return Question(key, wording, made, {"columns": columns} | dict(params), tuple(shown[:CELLS_SHOWN]))

    def _cells(self, metrics: Sequence[str], values: Sequence[str]) -> Iterator[AskedCell]:
        left = CELLS_SHOWN
        for at, row in enumerate(self.sheet.rows):
            for metric in metrics:
                figure = _figure(row[self.places[metric]], self.decimals.get(metric, ""))
                if figure is not None and left:
                    left -= 1
                    readings = tuple("" if value == LEAVE else plain(figure * Decimal(value)) for value in values)
                    address = self.sheet.address(self.sheet.row_number(at), self.places[metric])
                    yield AskedCell(address, str(row[self.places[metric]]).strip(), readings)
            if not left:
                return

    def beside(self, questions: FileQuestions) -> dict[str, tuple[int, Mapping[str, Decimal]]]:
        """Columns whose cells give the unit of the figures beside them."""
        found: dict[str, tuple[int, Mapping[str, Decimal]]] = {}
        taken = set(self.places.values())
        for place in range(len(self.sheet.header)):
            if place in taken or not (units := self._units_in(place)):
                continue
            metric = min(
                self.places, key=lambda metric: (abs(self.places[metric] - place), self.places[metric] > place)
            )
            params = {
                "letters": self.sheet.letters(place),
                "said": ", ".join(units),
                "columns": f"“{self.sheet.header[self.places[metric]]}”",
            }
            answers = (
                PossibleAnswer(MULTIPLY, _("Yes, row by row.")),
                PossibleAnswer(AS_IT_STANDS, _("No, as they stand.")),
            )
            answer = questions.ask(Question(f"unit:{self.sheet.letters(place)}", BESIDE, answers, params))
            if answer == MULTIPLY:
                found[metric] = (place, {unit: Decimal(scale_in(unit)) for unit in units})
        return found

    def _units_in(self, place: int) -> list[str]:
        """The units of a column of which every cell is one, if any of them is more than one."""
        cells = {str(cell).strip() for row in self.sheet.rows if (cell := row[place]) is not None} - {""}
        if not self.places or not cells or len(cells) > MOST_UNITS:
            return []
        are_units = all(len(cell) <= 20 and (scale_in(cell) > 1 or SAYS_UNIT.search(cell)) for cell in cells)
        return sorted(cells) if are_units and any(scale_in(cell) > 1 for cell in cells) else []


def _figure(cell: CellValue, decimal: str) -> Decimal | None:
    if isinstance(cell, Decimal):
        return cell if cell.is_finite() else None
    number = typed_number(cell) if isinstance(cell, str) else None
    return number.read(decimal or ".") if number else None
