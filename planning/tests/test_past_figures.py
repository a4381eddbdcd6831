"""What is known of the past can be put right: by a file, by hand, and back again; nothing that stood there is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning.models import Actual, ForecastFigure, HistoryImport, ReplacedActual
from planning.projects.actions import correct_figures, import_history, record_year, take_back_correction, undo_import
from planning.projects.figures import METRICS, HistoryRow
from planning.tests.stage_one import filled, forecast_of, known, open_year
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import add_department, change_department
from sop_portal.tests.rows import every_row
from sop_portal.tests.shared_fixtures import shared_fixture

Browser = Callable[[User], Client]


@shared_fixture
def year(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> SimpleNamespace:
    """Arts forecasts Story hours of 2027 from what it did in 2026."""
    actual = known(arts, "story-hours", 2026, activities="20", participants="2800", money="100.50")
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon)
    return SimpleNamespace(cycle=cycle, actual=actual)


def rows_of(*rows: tuple[str, str, int, int | None]) -> list[HistoryRow]:
    return [
        HistoryRow.of(department, project, past, {"participants": None if figure is None else Decimal(figure)}, number)
        for number, (department, project, past, figure) in enumerate(rows, 2)
    ]


def brought(cast: SimpleNamespace, at: datetime, *rows: tuple[str, str, int, int | None], name: str = "b.csv") -> Any:
    options = {"create_departments": True, "replace": True}
    return import_history(rows_of(*rows), file_name=name, by=cast.ada, at=at, **options)


def test_what_an_import_replaced_comes_back(year: SimpleNamespace, cast: SimpleNamespace, noon: datetime) -> None:
    first = brought(cast, noon, ("Arts", "Chess", 2025, 10), ("Arts", "Story hours", 2026, 2900), name="a.csv")
    before = every_row()
    second = brought(
        cast, noon, ("Arts", "Chess", 2025, 11), ("Arts", "Story hours", 2026, 3000), ("Dance", "", 2026, 5)
    )
    chess = Actual.objects.get(slug="chess")
    assert (chess.participants, chess.taken_from, chess.replaced.get().taken_from) == (11, second, first)
    # What the file does not hold is not said to be unknown.
    assert Actual.objects.get(slug="story-hours").money == Decimal("100.50")
    undo_import(second, by=cast.ada, at=noon)
    assert every_row() == before
    assert problems() == []


FIGURE = st.none() | st.integers(0, 10**6)
ROW = st.tuples(
    st.sampled_from(["Arts", "Sports", "Dance", "Music"]),
    st.sampled_from(["Story hours", "Chess", ""]),
    st.integers(2023, 2026),
    FIGURE,
)
FILE = st.lists(ROW, min_size=1, max_size=6, unique_by=lambda row: row[:3])


@pytest.mark.slow
@pytest.mark.sqlite
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FILE, second=FILE)
def test_undoing_an_import_is_its_inverse(
    year: SimpleNamespace, cast: SimpleNamespace, noon: datetime, first: list[Any], second: list[Any]
) -> None:
    with transaction.atomic():
        states = [every_row()]
        imports = []
        for rows in (first, second):
            imports.append(brought(cast, noon, *rows))
            states.append(every_row())
        assert problems() == []
        for taken in reversed(imports):
            states.pop()
            undo_import(taken, by=cast.ada, at=noon)
            assert every_row() == states[-1]
        transaction.set_rollback(True)


def test_without_leave_nothing_is_replaced(year: SimpleNamespace, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady) as refused:
        import_history(rows_of(("Arts", "Story hours", 2026, 1)), file_name="a.csv", by=cast.ada, at=noon)
    assert "is already in the history" in str(refused.value.missing[0])


def test_a_department_that_came_with_a_file_goes_with_it_unless_it_is_used(
    year: SimpleNamespace, cast: SimpleNamespace, noon: datetime
) -> None:
    taken = brought(cast, noon, ("Dance", "", 2026, 5), ("Drama", "", 2026, 5))
    change_department(Department.objects.get(name="Drama"), name="Theatre", by=cast.ada, at=noon)
    undo_import(taken, by=cast.ada, at=noon)
    assert list(Department.objects.order_by("name").values_list("name", flat=True)) == ["Arts", "Sports", "Theatre"]
    assert HistoryImport.objects.exclude(file_name="what-was-known.csv").get().undone_by == cast.ada


def test_what_was_built_on_an_import_is_taken_back_first(
    year: SimpleNamespace, cast: SimpleNamespace, noon: datetime
) -> None:
    first = brought(cast, noon, ("Arts", "Chess", 2025, 10), ("Arts", "Chess", 2024, 9), name="a.csv")
    second = brought(cast, noon, ("Arts", "Chess", 2025, 11))
    older = Actual.objects.get(slug="chess", year=2024)
    correct_figures(older, {"participants": Decimal(8)}, reason="Counted twice", by=cast.amina, at=noon, seen=0)
    with pytest.raises(NotReady) as refused:
        undo_import(first, by=cast.ada, at=noon)
    assert [str(missing) for missing in refused.value.missing] == [
        "“b.csv” replaced figures of this file. Undo that import first.",
        "Arts, “Chess 2024” was corrected since. Take the correction back first.",
    ]
    undo_import(second, by=cast.ada, at=noon)
    take_back_correction(older, by=cast.amina, at=noon, seen=1)
    undo_import(first, by=cast.ada, at=noon)
    assert not Actual.objects.filter(slug="chess").exists()


def test_an_evaluation_stands_though_the_file_it_replaced_is_undone(
    year: SimpleNamespace, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    project, over = forecast_of(arts).lines.get().project, noon + timedelta(days=500)
    taken = brought(cast, over, ("Arts", "Story hours", 2027, 1))
    figures = dict.fromkeys(METRICS, Decimal(7))
    record_year(project, figures, by=cast.emil, at=over)
    kept = ReplacedActual.objects.get()
    assert (kept.why, kept.participants, kept.taken_from, kept.by) == ("evaluation", 1, taken, cast.emil)
    undo_import(taken, by=cast.ada, at=over)
    assert Actual.objects.get(year=2027).figures == figures


@pytest.mark.parametrize("name", ["amina", "chidi"])
def test_a_head_and_the_resource_team_correct_a_figure(
    year: SimpleNamespace, cast: SimpleNamespace, noon: datetime, name: str
) -> None:
    by = getattr(cast, name)
    before = every_row()
    correct_figures(year.actual, {"participants": Decimal(2700)}, reason="Counted twice", by=by, at=noon, seen=0)
    kept = ReplacedActual.objects.get()
    assert (kept.participants, kept.money, kept.why, kept.reason, kept.by) == (
        *(2800, Decimal("100.50"), "correction", "Counted twice", by),
    )
    assert ForecastFigure.objects.get(metric="participants").proposal == 2700
    entry = Entry.objects.filter(kind="actual").get()
    assert (entry.verb, entry.comment, entry.changes[0]["old"], entry.changes[0]["new"]) == (
        *("correct-figures", "Counted twice", "2800", "2700"),
    )
    assert problems() == []
    take_back_correction(year.actual, by=by, at=noon, seen=1)
    assert every_row() == before


@pytest.mark.parametrize("name", ["bao", "ben", "dora", "emil", "ada", "omar", "farid"])
def test_nobody_else_corrects_it(year: SimpleNamespace, cast: SimpleNamespace, noon: datetime, name: str) -> None:
    by = getattr(cast, name)
    with pytest.raises(NotYours):
        correct_figures(year.actual, {"participants": Decimal(1)}, reason="Wrong", by=by, at=noon, seen=0)
    with pytest.raises(NotYours):
        take_back_correction(year.actual, by=by, at=noon, seen=0)


MOST = "1,000,000,000,000"


@pytest.mark.parametrize(
    ("figures", "reason", "says"),
    [
        ({"participants": Decimal(2800)}, "Why", "Nothing was changed."),
        ({"participants": Decimal(1)}, " ", "Say why the figure is corrected."),
        ({"money": Decimal(-1)}, "Why", "“Money, without materials” is less than it can be. Enter 0 or more."),
        (
            {"money": Decimal(10) ** 13},
            "Why",
            f"“Money, without materials” is more than it can be. Enter {MOST} or less.",
        ),
        ({"participants": Decimal("1.5")}, "Why", "“Participants” has too many decimals. Enter a whole number."),
    ],
)
def test_a_correction_says_why_and_changes_something(
    year: SimpleNamespace, cast: SimpleNamespace, noon: datetime, figures: dict[str, Decimal], reason: str, says: str
) -> None:
    with pytest.raises(NotReady) as refused:
        correct_figures(year.actual, figures, reason=reason, by=cast.amina, at=noon, seen=0)
    assert [str(missing) for missing in refused.value.missing] == [says]
    assert not ReplacedActual.objects.exists()


def test_two_who_correct_at_once_see_each_other(year: SimpleNamespace, cast: SimpleNamespace, noon: datetime) -> None:
    correct_figures(year.actual, {"participants": Decimal(2700)}, reason="Twice", by=cast.amina, at=noon, seen=0)
    with pytest.raises(Changed):
        correct_figures(year.actual, {"participants": Decimal(2600)}, reason="Thrice", by=cast.chidi, at=noon, seen=0)
    take_back_correction(year.actual, by=cast.amina, at=noon, seen=1)
    with pytest.raises(NotNow):
        take_back_correction(year.actual, by=cast.amina, at=noon, seen=0)


@pytest.mark.parametrize("wrong", [{"why": "correction", "reason": ""}, {"why": "import", "reason": "x"}])
def test_the_database_asks_why(year: SimpleNamespace, noon: datetime, wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplacedActual.objects.create(actual=year.actual, name="Story hours", at=noon, **wrong)


def posted(**typed: object) -> dict[str, object]:
    figures = {"activities": "20", "participants": "2,750", "people": "", "materials": "", "money": "100.50"}
    return {"key": str(uuid4()), "seen": 0, "reason": "Counted twice"} | figures | typed


def test_a_figure_is_corrected_on_its_page(
    year: SimpleNamespace, cast: SimpleNamespace, noon: datetime, as_person: Browser
) -> None:
    head, url = as_person(cast.amina), f"/2027/past/arts/{year.actual.pk}/"
    with clock.at(noon):
        assert url in head.get("/2027/past/arts/").content.decode()
        assert "/2027/past/arts/" in head.get("/2027/forecasts/arts/project/story-hours/").content.decode()
        refused = head.post(url, posted(reason=""))
        assert (refused.status_code, "2,750" in refused.content.decode()) == (422, True)
        assert head.post(url, posted()).status_code == 302
        page = head.get(url).content.decode()
        assert ("2,800" in page, "Counted twice" in page, "Amina Diallo" in page) == (True, True, True)
        assert "corrected" in head.get("/2027/past/arts/").content.decode()
        assert head.post(url, posted(participants="1")).status_code == 422
        assert head.post(f"{url}take-back/", {"key": str(uuid4()), "seen": 1}).status_code == 302
    assert Actual.objects.get(pk=year.actual.pk).participants == 2800


def test_others_read_it_or_do_not_know_of_it(
    year: SimpleNamespace, cast: SimpleNamespace, noon: datetime, as_person: Browser
) -> None:
    url = f"/2027/past/arts/{year.actual.pk}/"
    with clock.at(noon):
        seen = {name: as_person(getattr(cast, name)).get(url) for name in ("bao", "ben", "omar", "chidi")}
        statuses = {name: page.status_code for name, page in seen.items()}
        offered = {name for name, page in seen.items() if 'name="reason"' in page.content.decode()}
        blind = as_person(cast.bao).post(url, posted()).status_code
    assert (statuses, offered, blind) == ({"bao": 404, "ben": 200, "omar": 200, "chidi": 200}, {"chidi"}, 404)


def test_a_merged_departments_past_stands_on_its_heirs_page(
    year: SimpleNamespace, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: Browser
) -> None:
    dance = add_department(name="Dance", by=cast.ada, at=noon)
    known(dance, "ballet", 2026, participants="7")
    Department.objects.filter(pk=dance.pk).update(merged_into=arts, is_active=False)
    with clock.at(noon):
        page = as_person(cast.chidi).get("/2027/past/arts/").content.decode()
    assert ("ballet" in page, "Dance" in page) == (True, True)
