"""Whatever reads last year of a department reads that of the departments which became part of it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from django.test import Client

from budgets.drafting.queries.lines import actual_total_of, actuals_of
from budgets.tests.budget_year import APRIL, allocated_request, compiled, granted, planned_project, published_cycle
from evaluations.models import Evaluation, Goal
from evaluations.reviews.actions import complete, record_results
from evaluations.reviews.queries import facts_of, figures_of_last_year
from planning.models import Actual, Cycle, Forecast, ForecastFigure, ForecastLine, Hindsight, Project
from planning.projects.actions import correct_figures
from planning.tests.stage_one import known
from sop_portal.dashboards.pages.my_work.department_figures import past_of, points_of
from sop_portal.dashboards.pages.project.page import ProjectPage
from sop_portal.dashboards.pages.search import hits_of
from sop_portal.dashboards.pages.year.accuracy import accuracy_by_year
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.people.actions import change_department
from sop_portal.tests.shared_fixtures import shared_fixture

Browser = Callable[[User], Client]


@shared_fixture
def merged(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> SimpleNamespace:
    """Sports was part of Arts before 2027 began; in 2026 both told stories."""
    known(arts, "story-hours", 2026, participants="100", activities="10", money="50", materials="5")
    known(sports, "story-hours", 2026, participants="200", activities="20", money="70", materials="6")
    known(sports, "other", 2026, participants="25", money="999")
    Department.objects.filter(pk=sports.pk).update(merged_into=arts, is_active=False, merged_at=APRIL)
    cycle = published_cycle(cast.ada)
    project = planned_project(cycle, arts, "Story hours", cast.ben)
    request = allocated_request(cycle, arts, cast)
    granted(request, project, "80")
    granted(request, project, "8", "materials")
    return SimpleNamespace(cycle=cycle, project=project)


def test_the_budget_sheet(merged: SimpleNamespace, cast: SimpleNamespace) -> None:
    budget = compiled(merged.cycle, cast)
    lines = list(budget.lines.select_related("project").order_by("number"))
    assert sorted(actuals_of(budget, lines).values()) == [11, 120]
    assert actual_total_of(budget, budget.lines.all()) == 131


def test_the_evaluation_and_its_base_follow_a_correction_until_it_is_reviewed(
    merged: SimpleNamespace, cast: SimpleNamespace, noon: datetime
) -> None:
    assert figures_of_last_year(merged.project)["participants"] == 300
    now = {"state": "active", "activated_at": APRIL, "activated_by": cast.amina, "budget_approved_at": APRIL}
    Project.objects.filter(pk=merged.project.pk).update(**now)
    project = Project.objects.get(pk=merged.project.pk)
    complete(project, by=cast.amina, at=noon, seen=project.version)
    evaluation = Evaluation.objects.get()
    assert dict(Goal.objects.values_list("indicator", "baseline")) == {"activities": 30, "participants": 300}
    actual = Actual.objects.get(department__slug="arts", year=2026)
    correct_figures(actual, {"participants": Decimal(150)}, reason="Twice", by=cast.amina, at=noon, seen=0)
    assert [str(goal.baseline) for goal in facts_of(evaluation).goals] == ["30.00", "350.00"]
    record_results(evaluation)
    assert dict(Goal.objects.values_list("indicator", "baseline")) == {"activities": 30, "participants": 350}


def test_my_department_and_the_page_of_a_project(
    merged: SimpleNamespace, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    actor = Actor.of(cast.amina, noon)
    assert [(point.label, point.value) for point in points_of(actor, merged.cycle)] == [("2026", 325)]
    assert past_of(actor, merged.cycle, 2026)["money"] == 50 + 70 + 999
    Hindsight.objects.create(kind="lesson", source_id=1, department=sports, slug="story-hours", year=2026, text="Early")
    page = ProjectPage(merged.project, noon.date(), has_next_year=False)
    assert ([goal.before for goal in page.goals()], [lesson.text for lesson in page.lessons.values()]) == (
        [300, 30],
        ["Early"],
    )


def test_next_year_of_a_merged_departments_project_is_its_heirs(
    merged: SimpleNamespace, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    before = Cycle.objects.create(year=2026, starts_on="2026-07-01", ends_on="2027-06-30")
    old = planned_project(before, sports, "Story hours")
    assert ProjectPage(old, noon.date(), has_next_year=True).coming == merged.project


def test_the_accuracy_of_the_heirs_forecast_is_measured_by_both(
    merged: SimpleNamespace, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    stamps = {"submitted_at": noon, "submitted_by": cast.amina, "accepted_at": noon, "accepted_by": cast.chidi}
    forecast = Forecast.objects.create(cycle=merged.cycle, department=arts, state="accepted", **stamps)
    line = ForecastLine.objects.create(forecast=forecast, project=merged.project)
    ForecastFigure.objects.create(line=line, metric="participants", proposal=Decimal(330), proposal_year=2026)
    known(sports, "story-hours", 2027, participants="120")
    coming = Cycle.objects.create(year=2028, starts_on="2028-07-01", ends_on="2029-06-30")
    (found,) = accuracy_by_year(coming)[2027]
    assert (found.department, found.forecast, found.actual) == ("Arts", 330, 120)
    known(arts, "story-hours", 2027, participants="180")
    (found,) = accuracy_by_year(coming)[2027]
    assert (found.forecast, found.actual, found.off) == (330, 300, 10)


def test_the_search_finds_a_department_and_its_projects_under_the_former_name(
    merged: SimpleNamespace, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    change_department(arts, name="Crafts", by=cast.ada, at=noon)
    assert {hit.title for hit in hits_of(Actor.of(cast.chidi, noon), "Arts")} == {"Crafts", "Story hours"}
