"""Whoever keeps the figures of some departments brings in those, and takes back what they brought themselves."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from planning.models import Actual
from planning.projects import actions
from planning.projects.figures import HistoryRow
from planning.tests.requesting import MARCH
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.organisation.models import Department


def figures_of(*names: str) -> list[HistoryRow]:
    """A row for each department."""
    return [HistoryRow.of(name, "Chess", 2020, {"activities": Decimal(3)}, at) for at, name in enumerate(names, 2)]


def test_a_head_brings_in_and_takes_back_figures_of_the_own_department_alone(cast: SimpleNamespace) -> None:
    for names in (("Sports",), ("Arts", "Sports"), ()):
        with pytest.raises(NotYours):
            actions.import_history(figures_of(*names), file_name="a.csv", by=cast.amina, at=MARCH)
    taken = actions.import_history(figures_of("Arts"), file_name="a.csv", by=cast.amina, at=MARCH)
    for other in (cast.bao, cast.chidi, cast.omar):
        with pytest.raises(NotYours):
            actions.undo_import(taken, by=other, at=MARCH)
    actions.undo_import(taken, by=cast.amina, at=MARCH)
    assert not Actual.objects.filter(taken_from=taken).exists()


def test_a_keeper_of_figures_makes_no_department(cast: SimpleNamespace) -> None:
    rows = figures_of("Arts", "Dance")
    with pytest.raises(NotReady):
        actions.import_history(rows, file_name="a.csv", by=cast.chidi, at=MARCH, create_departments=True)
    assert not Department.objects.filter(name="Dance").exists()
    actions.import_history(rows, file_name="a.csv", by=cast.ada, at=MARCH, create_departments=True)
    assert Department.objects.filter(name="Dance").exists()
