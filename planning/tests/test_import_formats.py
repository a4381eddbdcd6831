"""The unit that only a number format shows: asked about, certain, or as the name of the column says."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.questions import FileQuestions
from planning.projects.imports.reading import open_history
from planning.projects.imports.rows import check_rows
from planning.projects.queries import PlanYears

Formatted = tuple[float, str]


def book(*cells: Formatted, measure: str = "Money", title: str = "") -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as made:
        sheet = made.add_worksheet()
        top = 2 if title else 0
        if title:
            sheet.write(0, 0, title)
        sheet.write_row(top, 0, ["Department", "Year", measure])
        for place, (value, code) in enumerate(cells):
            sheet.write_row(top + 1 + place, 0, ["Arts", 2020 + place])
            sheet.write_number(top + 1 + place, 2, value, made.add_format({"num_format": code}))
    return stream.getvalue()


def figures_of(packed: bytes, answers: dict[str, str] | None = None) -> tuple[list[Any], list[tuple[str, str]]]:
    """The figures as they are read, and what is asked and still open."""
    questions = FileQuestions(answers)
    table = open_history(packed, "p.xlsx")
    checked = check_rows(table, suggest_mapping(table.header), questions, PlanYears(currency="EUR"))
    assert checked.problems == []
    asked = [(question.key, question.sentence) for question in questions.open]
    return [figure for row in checked.rows for figure in row.figures], asked


@pytest.mark.parametrize(
    ("value", "code"),
    [
        *((12000, "#,##0,"), (12000, '0.0,"k"'), (12_000_000, '0.0,,"M"'), (12000, '0!.0,"万"')),
        *((12000, "#,##0.00\\ [$€-407]"), (12000, '"€"#,##0'), (12000, "#,##0_);[Red](#,##0)")),
        (12000, '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0'),
    ],
)
def test_what_only_looks_smaller_is_read_as_it_is_stored(value: float, code: str) -> None:
    assert figures_of(book((value, code))) == ([Decimal(value)], [])


@pytest.mark.parametrize(
    ("value", "code", "factor", "read"),
    [
        *((12, '0"k"', "1000", 12_000), (12, '0"万"', "10000", 120_000), (12, "0.0\\ \\k", "1000", 12_000)),
        *(
            (2.5, '0.0" Mio. €"', "1000000", 2_500_000),
            (12, '"T€ "0', "1000", 12_000),
            (12000, '0.0,"万"', "10", 120_000),
        ),
    ],
)
def test_a_unit_that_the_format_adds_is_asked_about(value: float, code: str, factor: str, read: int) -> None:
    packed = book((value, code))
    _figures, asked = figures_of(packed)
    ((key, _sentence),) = asked
    assert figures_of(packed, {key: factor}) == ([Decimal(read)], [])
    assert figures_of(packed, {key: "1"}) == ([Decimal(str(value))], [])


def test_the_question_names_what_is_shown_and_what_the_file_holds() -> None:
    _figures, asked = figures_of(book((12, '0"k"'), (12.5, '0.0"k"')))
    assert asked == [
        (
            "shown:C:1000:1",
            "Cells of “Money” show “12k” where the file holds 12. Are the figures shown so multiplied by 1,000?",
        )
    ]


def test_only_the_cells_that_are_shown_so_are_multiplied() -> None:
    packed = book((12, '0"k"'), (13_000, "0"), (14, '0"k"'))
    assert figures_of(packed, {"shown:C:1000:1": "1000"})[0] == [Decimal(each) for each in (12_000, 13_000, 14_000)]


def test_a_conditional_format_claims_only_where_its_condition_holds() -> None:
    packed = book((12, '[>=100]0;0"k"'), (130, '[>=100]0;0"k"'))
    assert figures_of(packed, {"shown:C:1000:1": "1000"})[0] == [Decimal(12_000), Decimal(130)]


@pytest.mark.parametrize(("name", "title"), [("Money in thousands", ""), ("Money", "All amounts in thousands")])
@pytest.mark.parametrize(("value", "code"), [(12000, "#,##0,"), (12000, '0,"k"'), (12, '0"k"'), (12, "0")])
def test_what_the_name_and_the_format_both_say_counts_once(name: str, title: str, value: float, code: str) -> None:
    packed = book((value, code), measure=name, title=title)
    _figures, asked = figures_of(packed)
    ((key, _sentence),) = asked
    assert figures_of(packed, {key: "1000"}) == ([Decimal(12_000)], [])


@pytest.mark.parametrize("code", ["[$£-809]#,##0", "£#,##0", '#,##0" GBP"', "#,##0\\ [$kr-41D]", "[$US$-409]#,##0"])
def test_another_money_that_the_format_shows_is_asked_about(code: str) -> None:
    packed = book((12000, code))
    _figures, asked = figures_of(packed)
    assert [key for key, _sentence in asked] == ["currency:C"]
    assert figures_of(packed, {"currency:C": "1"}) == ([Decimal(12000)], [])


@pytest.mark.parametrize(("code", "answer", "read"), [('0.0" days"', "8", 96), ('0.0" FTE"', "1600", 19_200)])
def test_days_and_posts_that_the_format_shows_are_asked_about(code: str, answer: str, read: int) -> None:
    packed = book((12, code), measure="Hours")
    _figures, asked = figures_of(packed)
    ((key, _sentence),) = asked
    assert figures_of(packed, {key: answer}) == ([Decimal(read)], [])


def test_money_that_the_format_shows_is_no_number_of_hours() -> None:
    _figures, asked = figures_of(book((12, "€ 0"), measure="People"))
    assert [sentence for _key, sentence in asked] == [
        "“People” is money, and the portal counts the hours of people. Are these hours all the same?"
    ]
