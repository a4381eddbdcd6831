"""A department that was renamed or became part of another keeps its past: whoever plans for it now reads it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from planning.cycles.actions import MoreTime, close_year
from planning.cycles.forms import ExtendForm
from planning.forecasts.actions import start_report
from planning.forecasts.pages.track_record import method_of
from planning.forecasts.queries.history import actuals_of, lessons_of, open_measures_of, parts_of, scores_of
from planning.forecasts.queries.planners import all_planners_in
from planning.forecasts.queries.projects import known_projects, proposals_of
from planning.forecasts.queries.report import all_accepted_sums
from planning.forecasts.queries.report_departments import compiled
from planning.models import Actual, Cycle, ForecastFigure, ForecastLine, Hindsight, Project
from planning.projects.actions import import_history, undo_import
from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.reading import read_history
from planning.tests.stage_one import filled, forecast_of, known, open_year
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sheets import read_table
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.lineage import lineage
from sop_portal.foundation.organisation.models import Department, DepartmentName, User
from sop_portal.handover.actions import merge
from sop_portal.people.actions import add_department, change_department
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.without_constraints import as_if_by_an_act

Browser = Callable[[User], Client]
DATA = Path(__file__).parents[3] / "planning/tests/data/import"


@shared_fixture
def running(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> Cycle:
    """2027 runs: both departments have Story hours, Sports has Chess beside it, and all have a past."""
    known(arts, "story-hours", 2025, participants="1000", money="100")
    known(arts, "story-hours", 2026, participants="1100", money="110")
    known(sports, "story-hours", 2025, participants="2000", money="200")
    known(sports, "story-hours", 2026, participants="2500", money="210")
    known(sports, "chess", 2026, participants="40", money="7")
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon)
    filled(sports, "Story hours", cast.bao, noon)
    filled(sports, "Chess", cast.bao, noon)
    return cycle


def next_year(cast: SimpleNamespace, at: datetime) -> Cycle:
    return open_year(cast, at, year=2028)


def figures(cycle: Cycle, metric: str = "participants") -> dict[tuple[str, str], Decimal | None]:
    rows = ForecastFigure.objects.filter(line__forecast__cycle=cycle, metric=metric)
    keys = ("line__forecast__department__slug", "line__project__slug", "proposal")
    return {(department, project): value for department, project, value in rows.values_list(*keys)}


def test_next_years_need_holds_both(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    with transaction.atomic():
        before = figures(next_year(cast, noon))
        transaction.set_rollback(True)
    merge(sports, arts, by=cast.ada, at=noon)
    cycle = next_year(cast, noon)
    assert before == {("arts", "story-hours"): 1100, ("sports", "story-hours"): 2500, ("sports", "chess"): 40}
    assert figures(cycle) == {("arts", "story-hours"): 3600, ("arts", "chess"): 40}
    assert figures(cycle, "money") == {("arts", "story-hours"): 320, ("arts", "chess"): 7}
    assert problems() == []


def test_a_year_that_is_closed_says_which_part_still_runs(
    cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    known(arts, "story-hours", 2025, participants="1000")
    known(sports, "story-hours", 2026, participants="2500")
    under_way = Cycle.objects.create(
        year=2026,
        starts_on=noon.date().replace(year=2026),
        ends_on=noon.date(),
        state="published",
        published_at=noon,
        published_by=cast.ada,
    )
    merge(sports, arts, by=cast.ada, at=noon)
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon)
    # While 2026 runs Arts may still count what it did; once 2026 is closed, it did nothing in it.
    assert figures(cycle) == {("arts", "story-hours"): 3500}
    close_year(under_way, by=cast.ada, at=noon, seen=under_way.version)
    assert figures(cycle) == {("arts", "story-hours"): 2500}
    assert problems() == []


def test_on_last_year_compares_with_both(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    merge(sports, arts, by=cast.ada, at=noon)
    cycle = next_year(cast, noon)
    sums = all_accepted_sums(start_report(cycle, by=cast.chidi, at=noon), [arts.pk])
    assert (sums.last_year, sums.past[arts.pk]) == (2026, {"participants": Decimal(3640), "money": Decimal(327)})
    page = Client()
    page.force_login(cast.amina, backend="allauth.account.auth_backends.AuthenticationBackend")
    with clock.at(noon):
        text = page.get("/2028/forecasts/arts/").content.decode()
    # 3,640 planned of 3,640.
    assert "0.0\N{NO-BREAK SPACE}% compared with 2026" in text


def test_the_report_counts_what_was_merged_in_the_year_before(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    merge(sports, arts, by=cast.ada, at=noon)
    cycle = next_year(cast, noon)
    report = start_report(cycle, by=cast.chidi, at=noon)
    row = next(row for row in compiled(report, Actor.of(cast.chidi, noon)).rows if row.department == arts)
    assert row.before == [None, Decimal(3640), None, None, Decimal(327)]


def test_the_years_before_the_merger_stay_each_departments_own(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    merge(sports, arts, by=cast.ada, at=noon)
    assert figures(running) == {("arts", "story-hours"): 1100, ("sports", "story-hours"): 2500, ("sports", "chess"): 40}
    planners = all_planners_in(running.pk)
    assert [planners.parts_of(arts.pk), planners.parts_of(sports.pk)] == [[arts.pk], [sports.pk]]
    assert problems() == []


def test_a_line_reads_both_pasts(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    for kind in ("lesson", "measure"):
        Hindsight.objects.create(
            kind=kind, source_id=1, department=sports, slug="story-hours", year=2026, text=f"A {kind}"
        )
    merge(sports, arts, by=cast.ada, at=noon)
    cycle = next_year(cast, noon)
    line = ForecastLine.objects.get(forecast__cycle=cycle, project__slug="story-hours")
    parts = parts_of(line)
    series = actuals_of(line, parts)
    assert series["participants"] == {2026: Decimal(3600), 2025: Decimal(3000)}
    assert [found.text for found in lessons_of(line, parts, 2028)] == ["A lesson"]
    assert [found.text for found in open_measures_of(line, parts)] == ["A measure"]
    known(arts, "story-hours", 2027, participants="1500")
    known(sports, "story-hours", 2027, participants="2500")
    score = scores_of(line, parts, 2028, "participants")[2027]
    assert (score.actual, score.proposal, score.override) == (Decimal(4000), Decimal(3600), Decimal(6400))
    assert method_of(line, series).startswith("The figures of 2026, the last year that is known.")


def test_a_part_whose_year_is_not_over_is_not_taken_for_the_whole(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    """Arts ended early and is known for 2027; of Sports only 2026 is."""
    merge(sports, arts, by=cast.ada, at=noon)
    known(arts, "story-hours", 2027, participants="1300")
    cycle = next_year(cast, noon)
    line = ForecastLine.objects.get(forecast__cycle=cycle, project__slug="story-hours")
    assert figures(cycle)["arts", "story-hours"] == 1300 + 2500
    assert actuals_of(line, parts_of(line))["participants"] == {2027: None, 2026: Decimal(3600), 2025: Decimal(3000)}
    assert problems() == []


def test_a_part_that_ended_long_ago_is_past(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    Actual.objects.filter(department=sports, slug="story-hours", year=2026).delete()
    merge(sports, arts, by=cast.ada, at=noon)
    assert figures(next_year(cast, noon))["arts", "story-hours"] == 1100


def test_a_year_that_was_open_already_stays_with_the_merged_one(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    cycle = next_year(cast, noon)
    merge(sports, arts, by=cast.ada, at=noon)
    assert figures(cycle)["sports", "story-hours"] == 2500
    assert figures(cycle)["arts", "story-hours"] == 1100
    assert problems() == []


def test_the_heir_takes_over_what_nobody_planned(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    """Sports took no part when the year was published, and becomes part of Arts while Arts still plans."""
    change_department(sports, is_active=False, by=cast.ada, at=noon)
    cycle = next_year(cast, noon)
    assert figures(cycle) == {("arts", "story-hours"): 1100}
    assert known_projects(forecast_of(arts, 2028), 2028) == []
    merge(sports, arts, by=cast.ada, at=noon)
    assert figures(cycle) == {("arts", "story-hours"): 3600, ("arts", "chess"): 40}
    assert forecast_of(arts, 2028).participants == 3640
    assert problems() == []


def test_over_several_steps(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    music = add_department(name="Music", by=cast.ada, at=noon)
    known(music, "story-hours", 2026, participants="5")
    merge(music, sports, by=cast.ada, at=noon)
    merge(sports, arts, by=cast.ada, at=noon)
    mergers = lineage()
    assert list(mergers.heirs_of(music.pk)) == [sports.pk, arts.pk]
    assert mergers.ancestors_of(arts.pk) == {music.pk, sports.pk}
    assert figures(next_year(cast, noon))["arts", "story-hours"] == 3605


def test_the_database_refuses_a_department_that_becomes_part_of_itself(
    cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    music = add_department(name="Music", by=cast.ada, at=noon)
    merge(music, sports, by=cast.ada, at=noon)
    merge(sports, arts, by=cast.ada, at=noon)
    with pytest.raises(DatabaseError), transaction.atomic():
        Department.objects.filter(pk=arts.pk).update(merged_into=music, is_active=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TRIGGER department_not_its_own_heir"
            + (" ON organisation_department" if connection.vendor == "postgresql" else "")
        )
    Department.objects.filter(pk=arts.pk).update(merged_into=music, is_active=False)
    assert lineage().ancestors_of(arts.pk) == {music.pk, sports.pk}
    assert len([sentence for sentence in problems() if "became part of itself" in sentence]) == 3


def test_a_former_name_stays_the_departments_own(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    change_department(arts, name="Arts and crafts", by=cast.ada, at=noon)
    change_department(arts, name="Crafts", by=cast.ada, at=noon)
    assert set(DepartmentName.objects.values_list("name", flat=True)) == {"Arts", "Arts and crafts"}
    with pytest.raises(NotReady) as refused:
        add_department(name="ARTS", by=cast.ada, at=noon)
    assert "“Arts” is what Crafts was called until" in str(refused.value.sentence)
    with pytest.raises(NotReady):
        change_department(sports, name="Arts and Crafts", by=cast.ada, at=noon)
    for values in ({"name": "arts"}, {"name": "Arts and crafts"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Department.objects.filter(pk=sports.pk).update(**values)
        with pytest.raises(DatabaseError), transaction.atomic():
            Department.objects.create(slug="other", **values)
    change_department(arts, name="Arts", by=cast.ada, at=noon)
    assert set(DepartmentName.objects.values_list("name", flat=True)) == {"Arts and crafts", "Crafts"}


def test_a_department_under_the_former_name_of_another_is_found(
    cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime, on_postgresql: bool
) -> None:
    change_department(arts, name="Crafts", by=cast.ada, at=noon)
    with connection.cursor() as cursor:
        on = " ON organisation_department" if on_postgresql else ""
        cursor.execute(f"DROP TRIGGER department_begins_with_a_free_name{on}")
    second = Department.objects.create(name="Arts", slug="arts-2")
    as_if_by_an_act("department")
    assert problems() == [f"Department {second.pk} “Arts”: this is the former name of “Crafts”."]


def test_a_project_that_its_heir_did_not_take_over_is_found(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    merge(sports, arts, by=cast.ada, at=noon)
    cycle = next_year(cast, noon)
    chess = Project.objects.get(cycle=cycle, slug="chess")
    ForecastLine.objects.filter(project=chess).delete()
    chess.delete()
    found = problems()
    assert "2028: “Chess” of a merged department is not planned by its heir." in found


@pytest.fixture
def bristol(cast: SimpleNamespace, noon: datetime) -> dict[str, Department]:
    """Bristol was renamed; Ashford Babcock became part of Avon, which the others do not head."""
    made = {name: add_department(name=name, by=cast.ada, at=noon) for name in ("Ashford Babcock", "Avon", "Bristol")}
    change_department(made["Bristol"], name="Bristol City Library", by=cast.ada, at=noon)
    Department.objects.filter(pk=made["Ashford Babcock"].pk).update(merged_into=made["Avon"], is_active=False)
    return made


def test_a_file_under_an_old_name_says_so_and_makes_no_second_department(
    cast: SimpleNamespace, bristol: dict[str, Department], noon: datetime
) -> None:
    sheet = read_table((DATA / "f26_old_name.csv").read_bytes(), "f26.csv")
    found = read_history(sheet, suggest_mapping(sheet.header), on=noon.date(), create_departments=True)
    assert (found.problems, found.new_departments) == ([], [])
    assert [warning.sentence for warning in found.warnings][:1] == [
        "Row 2: “Bristol” is called Bristol City Library since 12\N{NO-BREAK SPACE}March 2027; the figures go there."
    ]
    count = Department.objects.count()
    import_history(found.rows, file_name="f26.csv", by=cast.ada, at=noon, create_departments=True)
    assert Department.objects.count() == count
    assert Actual.objects.get().department == bristol["Bristol"]


def test_a_file_of_a_merged_department_says_where_its_figures_go(
    cast: SimpleNamespace, bristol: dict[str, Department], noon: datetime
) -> None:
    sheet = read_table((DATA / "f25_merged_renamed.csv").read_bytes(), "f25.csv")
    found = read_history(sheet, suggest_mapping(sheet.header), on=noon.date(), create_departments=True)
    assert (found.problems, found.new_departments) == ([], [])
    assert found.warnings[0].sentence == (
        "Row 2: Ashford Babcock became part of Avon. "
        "The figures are kept under the old name and counted with those of Avon."
    )
    import_history(found.rows, file_name="f25.csv", by=cast.ada, at=noon)
    avon, cycle = bristol["Avon"], open_year(cast, noon)
    assert known_projects(forecast_of(avon), 2027) == [("Merged case", 2010)]
    found_now = proposals_of([Project(cycle=cycle, department=avon, slug="merged-case")], cycle)
    assert found_now[avon.pk, "merged-case"]["participants"].proposal == 400


def test_one_department_under_two_names_is_one_row_only(
    cast: SimpleNamespace, bristol: dict[str, Department], noon: datetime
) -> None:
    text = b"Department,Project,Year,Participants\nBristol,Chess,2010,1\nBristol City Library,Chess,2010,2\n"
    sheet = read_table(text, "two.csv")
    found = read_history(sheet, suggest_mapping(sheet.header), on=noon.date())
    assert [problem.sentence for problem in found.problems] == [
        "Row 3: “Bristol City Library” and “Bristol” in row 2 are one department under two names, "
        "and both rows are of 2010 and the same project. Delete one of the two rows."
    ]


def test_whoever_still_owes_can_be_given_more_time(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    merge(sports, arts, by=cast.ada, at=noon)
    typed = {"department": "sports", "stage": "forecast", "until_on": "2027-04-20", "reason": "Two at once"}
    form = ExtendForm(typed, cycle=running)
    assert form.is_valid(), form.errors
    assert MoreTime(**form.cleaned_data).department == sports


def test_merged_figures_can_be_brought_in_and_taken_back(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    merge(sports, arts, by=cast.ada, at=noon)
    cycle = next_year(cast, noon)
    sheet = read_table(b"Department,Project,Year,Participants\nSports,Chess,2027,90\n", "late.csv")
    over = noon + timedelta(days=500)
    found = read_history(sheet, suggest_mapping(sheet.header), on=over.date())
    taken = import_history(found.rows, file_name="late.csv", by=cast.ada, at=over)
    assert figures(cycle)["arts", "chess"] == 90
    undo_import(taken, by=cast.ada, at=over)
    assert figures(cycle)["arts", "chess"] == 40
    assert problems() == []
