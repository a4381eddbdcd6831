"""What a row of past figures cannot have is asked in two ways, a quick one and one with words: they agree."""

from decimal import Decimal
from itertools import product

import pytest

from planning.projects.figures import HistoryRow
from planning.projects.workflow.history import _is_usual, _odd

NAMES = ("Arts", "", "A" * 200, "A" * 201, "Arts\x00", "Arts\u202e")
YEARS = (1, 1899, 1900, 1989, 2026, 2200, 2201, 9999)
FIGURES = (None, "0", "1", "0.5", "0.01", "-1", "999999999", "1000000000", "99999999999", "99999999999.99")
MEASURES = ("activities", "participants", "people", "materials", "money", "no-such-measure")


@pytest.mark.parametrize("measure", MEASURES)
def test_a_row_is_passed_without_a_word_only_where_no_word_would_be_said(measure: str) -> None:
    odd = set()
    for name, year, figure in product(NAMES, YEARS, FIGURES):
        row = HistoryRow.of("Arts", name, year, {measure: Decimal(figure) if figure else None}, 2)
        assert not (_is_usual(row) and list(_odd(row))), (name, year, figure)
        odd.add(bool(list(_odd(row))))
    assert True in odd
    # And what is usual is told quickly, or nothing would be gained.
    usual = HistoryRow.of("Arts", "Story hours", 2026, {measure: Decimal(1)}, 2)
    assert _is_usual(usual) == (measure != "no-such-measure")
