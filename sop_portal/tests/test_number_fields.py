"""Every number that somebody types has a least and a most, in its form, in its act and in the database."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from inspect import isclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction

from evaluations.meetings import actions as meetings
from evaluations.meetings.actions import MeetingTerms, SeriesTerms
from evaluations.models import Meeting, MeetingSeries, TrainingNeed, TrainingSession
from evaluations.training import actions as training
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.tests.every_act import NOW, TODAY, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

ROOT = Path(settings.BASE_DIR)
HELD_ELSEWHERE = {"YearForm.year": "clean_year, by the years around today"}
HELD = [
    (Meeting, {"quorum": 0, "lasts": 4}),
    (MeetingSeries, {"quorum": 0, "lasts": 4, "every": 0}),
    (TrainingSession, {"places": 0, "lasts": 4}),
    (TrainingNeed, {"holds_years": 0}),
]


def numbers() -> Iterator[tuple[str, forms.IntegerField]]:
    """Every whole number of every form of the house that somebody sees."""
    for app in ("planning", "budgets", "evaluations", "sop_portal"):
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "forms" not in parts or "tests" in parts:
                continue
            module = import_module(".".join(parts))
            for form in (each for each in vars(module).values() if isclass(each) and issubclass(each, forms.Form)):
                for name, field in form.base_fields.items():
                    if isinstance(field, forms.IntegerField) and not field.widget.is_hidden:
                        yield f"{form.__name__}.{name}", field


def test_every_number_of_a_form_has_its_bounds() -> None:
    open_ended = {name for name, field in numbers() if field.min_value is None or field.max_value is None}
    assert open_ended == set(HELD_ELSEWHERE)


def test_nothing_that_is_counted_in_a_form_begins_below_one() -> None:
    assert {name for name, field in numbers() if field.min_value is not None and field.min_value < 1} == set()


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


@pytest.mark.parametrize(("model", "wrong"), HELD, ids=lambda part: getattr(part, "__name__", ""))
def test_the_database_keeps_the_least_too(year: SimpleNamespace, model: Any, wrong: dict[str, int]) -> None:
    assert model.objects.exists()
    for name, value in wrong.items():
        for number in (value, -1):
            with pytest.raises(IntegrityError), transaction.atomic():
                model.objects.update(**{name: number})
            row = model.objects.order_by("pk")[0]
            row.pk = None
            setattr(row, name, number)
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save(force_insert=True)


@pytest.mark.parametrize("quorum", [0, -1])
def test_a_meeting_is_not_called_with_a_quorum_of_nobody(year: SimpleNamespace, quorum: int) -> None:
    terms = MeetingTerms(TODAY, "Hall", quorum=quorum)
    with pytest.raises(NotReady, match="Quorum"):
        meetings.call(year.cycle, terms, by=year.cast.emil, at=NOW)
    with pytest.raises(NotReady, match="Quorum"):
        meetings.plan_series(year.cycle, SeriesTerms(TODAY, 3, "Hall", quorum=quorum), by=year.cast.emil, at=NOW)
    assert meetings.call(year.cycle, replace(terms, quorum=1), by=year.cast.emil, at=NOW).quorum == 1


def test_a_session_has_a_place_for_somebody(year: SimpleNamespace) -> None:
    session = TrainingSession.objects.select_related("cycle", "need").order_by("pk")[0]
    named = {name: getattr(session, name) for name in training.SessionTerms.__dataclass_fields__}
    for wrong in ({"places": 0}, {"places": -1}, {"lasts": 0}):
        terms = training.SessionTerms(**{**named, **wrong})
        with pytest.raises(NotReady):
            training.plan(session.cycle, session.need, terms, by=year.cast.ada, at=NOW)
