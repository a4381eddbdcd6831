"""Several sweeps at once, and people who spend while a year is measured."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from threading import Event
from time import sleep
from types import SimpleNamespace

import pytest
from django.db import transaction

from budgets.models import Appropriation, LineWarning
from budgets.spending import actions
from budgets.spending.actions import Payment, warn_of_lines, warnings
from budgets.spending.queries import flags_of_lines, lines_to_measure, year_facts
from budgets.tests.running_year import active_project, approved_line_of
from planning.models import Cycle
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department
from sop_portal.reminders.actions import sweep
from sop_portal.tests.concurrency import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HALL = Payment(Decimal(480), date(2027, 9, 1), "Hall")
NOVEMBER = datetime(2027, 11, 2, 17, tzinfo=UTC)


def test_eight_sweeps_at_once_tell_everybody_once(running: Cycle, arts: Department, cast: SimpleNamespace) -> None:
    for number in range(6):
        approved_line_of(active_project(running, arts, cast.ben, f"P{number}"))
    found = at_once([partial(sweep, at=NOVEMBER)] * 8)
    assert sum(swept.warned for swept in found) == 6
    people = sorted(Notice.objects.filter(verb="warn-under").values_list("person__name", flat=True))
    assert people == sorted(set(people))
    assert (len(people), LineWarning.objects.count(), LineWarning.objects.not_notified().count()) == (4, 6, 0)


def test_who_spends_while_the_year_is_measured_leaves_the_right_warnings(
    running: Cycle, arts: Department, cast: SimpleNamespace
) -> None:
    lines = [approved_line_of(active_project(running, arts, cast.ben, f"P{number}")) for number in range(8)]
    posts = [partial(actions.post, line, HALL, by=cast.dora, at=NOVEMBER) for line in lines]
    at_once([*posts[:4], partial(warn_of_lines, at=NOVEMBER), partial(warn_of_lines, at=NOVEMBER), *posts[4:]])
    current: dict[int, set[str]] = {line.pk: set() for line in Appropriation.objects.all()}
    for line, flag in LineWarning.objects.current().values_list("appropriation_id", "flag"):
        current[line].add(flag)
    computed = flags_of_lines(list(lines_to_measure(running)), year_facts(running, NOVEMBER.date()))
    assert current == {pk: {flag.value for flag in flags} for pk, flags in computed.items()}
    assert [sorted(flags) for flags in current.values()] == [["over"]] * 8
    warn_of_lines(at=NOVEMBER)
    over = Notice.objects.filter(verb="warn-over", person=cast.ben)
    assert LineWarning.objects.not_notified().count() == 0
    assert over.exists()


def test_who_spends_on_a_line_that_is_measured_already_keeps_it_up_to_date(
    approved_line: Appropriation, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure = warnings._measure_piece

    def measure_and_spend(cycle: Cycle, after: int, at: datetime) -> int:
        last = measure(cycle, after, at)
        if last:
            actions.post(approved_line, HALL, by=cast.dora, at=at)
        return last

    monkeypatch.setattr(warnings, "_measure_piece", measure_and_spend)
    assert warnings.measure_year(approved_line.cycle, at=NOVEMBER)
    assert list(LineWarning.objects.current().values_list("flag", flat=True)) == ["over"]


def test_the_measuring_waits_for_whoever_spends_on_the_line(
    approved_line: Appropriation, cast: SimpleNamespace
) -> None:
    spent = Event()

    def spend_slowly() -> None:
        with transaction.atomic():
            actions.post(approved_line, HALL, by=cast.dora, at=NOVEMBER)
            spent.set()
            sleep(1)

    def measure() -> None:
        assert spent.wait(60)
        warnings.measure_year(approved_line.cycle, at=NOVEMBER)

    at_once([spend_slowly, measure])
    assert list(LineWarning.objects.current().values_list("flag", flat=True)) == ["over"]
