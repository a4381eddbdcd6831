"""Every day that is kept as due counts on a working day where the year says so; a forgotten one is found here."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from planning.cycles.actions import DUE_ROWS, YearPlan
from planning.models import Extension, StageWindow
from sop_portal.foundation.organisation.models import SpecialDay
from sop_portal.people.actions import OrganisationTerms, set_organisation
from sop_portal.stages import everything_owed
from sop_portal.tests.every_act import filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, MARCH

WEDNESDAY = 3
SEPTEMBER = datetime(2027, 9, 15, 17, tzinfo=UTC)
STAGES = ("planning", "budgets", "evaluations")
DUE_FIELDS = {"due", "due_on", "until_on"}
# Days of these names that nothing moves, and why.
NOT_MOVED = {
    "planning.hindsight": "it repeats the day of its measure",
    "planning.extensionrequest": "it asks for a day; the extension that grants it is moved",
    "evaluations.changeproposal": "it names the day that a window is to get; the window is moved",
}
# Steps and replies before or on the day when something takes place: that day is chosen, and not a deadline.
TAKES_PLACE = {
    ("audit", "begin"),
    ("meeting", "send"),
    ("meeting", "reply"),
    ("training", "hold"),
    ("training", "reply"),
}
# Days that stay once they were set, whatever becomes of the table afterwards, and why.
DO_NOT_FOLLOW = {"evaluations.measure": "its day was agreed with its owner, and stands in next year's forecast"}


@shared_fixture
def wednesdays(cast: SimpleNamespace) -> SimpleNamespace:
    """A whole year in an organisation that works on Wednesdays alone, and whose deadlines move."""
    terms = OrganisationTerms("Ours", "en", "America/New_York", "USD", 1, 7, str(WEDNESDAY))
    set_organisation(terms, by=cast.ada, at=MARCH)
    return filled_year(cast, YearPlan(moves_to_working_day=True))


def models_with_a_due_day() -> dict[str, str]:
    """Every table of a stage that keeps a due day, and its column."""
    return {
        model._meta.label_lower: field.name
        for model in apps.get_models()
        if model._meta.app_label in STAGES
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateField) and field.name in DUE_FIELDS
    }


def test_every_due_day_can_say_from_which_day_it_was_moved() -> None:
    keeps = {label for label in models_with_a_due_day() if hasattr(apps.get_model(label), "moved_from")}
    assert keeps == models_with_a_due_day().keys() - NOT_MOVED.keys(), (
        "Give the model `moved_from` with `moved_later`, fill it by `due_in`, or write into NOT_MOVED why not."
    )


def test_every_due_day_of_a_year_is_a_working_day(wednesdays: SimpleNamespace) -> None:
    kept: dict[str, set[int]] = {}
    for label, column in models_with_a_due_day().items():
        rows = apps.get_model(label)._default_manager.exclude(**{column: None})
        if label == "planning.stagewindow":
            rows = rows.exclude(stage="execution")
        kept[label] = {day.isoweekday() for day in rows.values_list(column, flat=True)}
    moved = {label: weekdays for label, weekdays in kept.items() if label not in NOT_MOVED}
    assert moved == {label: {WEDNESDAY} for label in moved}, "Let `due_in` of planning/cycles/queries.py count the day."


def test_everything_that_is_owed_is_owed_until_a_working_day(wednesdays: SimpleNamespace) -> None:
    owed = {(found.kind, found.step): found for found in everything_owed(AUGUST, ahead=400) if found.due_on}
    assert {(kind, step) for kind, step in owed if kind == "report"} == {("report", "submit")}
    others = {
        key
        for key, found in owed.items()
        if key not in TAKES_PLACE and found.due_on and found.due_on.isoweekday() != WEDNESDAY
    }
    assert others == set()


def test_every_kept_day_follows_the_table_while_it_is_ahead() -> None:
    rows = {entry.workflow.model._meta.label_lower for entry in DUE_ROWS}
    windows = {StageWindow._meta.label_lower, Extension._meta.label_lower}
    wanted = models_with_a_due_day().keys() - NOT_MOVED.keys() - DO_NOT_FOLLOW.keys()
    assert rows | windows == wanted, "Give the stage's deadlines.py a `DUE`, or write into DO_NOT_FOLLOW why not."


@pytest.mark.parametrize("entry", DUE_ROWS, ids=lambda entry: entry.workflow.kind)
def test_what_is_owed_and_ahead_follows_and_what_is_due_or_done_stays(
    wednesdays: SimpleNamespace, entry: SimpleNamespace
) -> None:
    model, sources = entry.workflow.model, entry.workflow[entry.step].sources
    row = model.objects.filter(state=sources[0]).order_by("due").first() or model.objects.order_by("pk").last()
    ahead, past, tried = date(2027, 12, 1), date(2027, 9, 8), 0
    for day, state, expected in (
        (ahead, sources[0], date(2027, 12, 2)),
        (past, sources[0], past),
        (ahead, entry.workflow.closed and sorted(entry.workflow.closed)[0], ahead),
    ):
        with transaction.atomic():
            kept = model.objects.filter(pk=row.pk)
            try:
                with transaction.atomic():
                    kept.update(due=day, moved_from=None, state=state)
            except IntegrityError:
                # The state needs stamps that this record has not; the others show it.
                continue
            week = OrganisationTerms("Ours", "en", "America/New_York", "USD", 1, 7, "4")
            set_organisation(week, by=wednesdays.cast.ada, at=SEPTEMBER)
            assert kept.get().due == expected
            tried += 1
            transaction.set_rollback(True)
    assert tried >= 2


@pytest.mark.parametrize(
    "label", sorted(models_with_a_due_day().keys() - NOT_MOVED.keys() - {"planning.stagewindow", "planning.extension"})
)
def test_the_database_keeps_a_deadline_from_moving_to_an_earlier_day(wednesdays: SimpleNamespace, label: str) -> None:
    rows = apps.get_model(label)._default_manager
    row = rows.filter(pk=rows.exclude(due=None).order_by("-pk")[0].pk)
    with pytest.raises(IntegrityError, match="moved_later"), transaction.atomic():
        row.update(moved_from=date(2040, 1, 1))
    assert row.update(moved_from=date(2020, 1, 1)) == 1


def test_a_special_day_has_a_name_and_stands_there_once(db: None) -> None:
    SpecialDay.objects.create(on=date(2027, 5, 1), name="Labour Day")
    for wrong in ({"on": date(2027, 5, 1), "name": "Again"}, {"on": date(2027, 5, 2), "name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SpecialDay.objects.create(**wrong)
