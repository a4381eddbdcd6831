"""Who leads a project and what it is for can change after the year was opened."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.forecasts.actions import NewProject, add_project
from planning.models import Actual, Cycle, ForecastFigure, Project, ProjectName
from planning.projects.actions import change_project, import_history, rename_project
from planning.projects.figures import HistoryRow
from planning.tests.stage_one import forecast_of, known, open_year, posted
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.page_text import words_of

PAGE = "/2027/projects/arts/story-hours/change/"


@pytest.fixture
def project(planning_year: Cycle) -> Project:
    """Story hours, led by Ben."""
    return Project.objects.get(slug="story-hours")


def test_the_head_hands_a_project_over_and_the_trail_keeps_numbers_not_names(
    project: Project, cast: SimpleNamespace, noon: datetime
) -> None:
    change_project(project, lead=cast.amina, purpose="For all schools", by=cast.amina, at=noon, seen=project.version)
    project.refresh_from_db()
    assert (project.lead, project.purpose) == (cast.amina, "For all schools")
    changes = Entry.objects.of("project", project.pk)[0].changes
    assert [(c["field"], c["old"], c["new"]) for c in changes] == [
        ("lead", str(cast.ben.pk), str(cast.amina.pk)),
        ("purpose", "", "For all schools"),
    ]


def test_neither_the_lead_nor_another_head_hands_it_over(
    project: Project, cast: SimpleNamespace, noon: datetime
) -> None:
    for person in (cast.ben, cast.bao, cast.ada):
        with pytest.raises(NotYours):
            change_project(project, lead=None, purpose="", by=person, at=noon, seen=project.version)
    with pytest.raises(NotReady):
        change_project(project, lead=cast.bao, purpose="", by=cast.amina, at=noon, seen=project.version)
    project.refresh_from_db()
    assert project.lead == cast.ben


def test_the_page_offers_the_department_and_shows_names_in_the_history(
    project: Project, cast: SimpleNamespace, as_person: Callable[..., Client]
) -> None:
    amina = as_person(cast.amina)
    page = amina.get(PAGE)
    assert [str(person) for person in page.context["form"].fields["lead"].queryset] == ["Amina Diallo", "Ben Carter"]
    answer = amina.post(PAGE, posted(seen=project.version, lead=cast.amina.pk, purpose=""))
    assert (answer.status_code, answer["Location"]) == (302, project.get_absolute_url())
    assert "Ben Carter → Amina Diallo" in words_of(amina.get(project.get_absolute_url()))
    assert (as_person(cast.ben).get(PAGE).status_code, as_person(cast.bao).get(PAGE).status_code) == (403, 404)


def test_a_renamed_project_keeps_its_address_and_its_past_under_both_names(
    project: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    rename_project(project, name="Tales for all", by=cast.amina, at=noon, seen=project.version)
    project.refresh_from_db()
    assert (project.name, project.slug) == ("Tales for all", "story-hours")
    rows = [
        HistoryRow.of("Arts", name, year, {"participants": Decimal(figure)}, number)
        for number, (name, year, figure) in enumerate((("Tales for all", 2024, 7), ("Story hours", 2023, 6)), 2)
    ]
    import_history(rows, file_name="a.csv", by=cast.ada, at=noon)
    assert set(Actual.objects.filter(department=arts).values_list("slug", flat=True)) == {"story-hours"}
    cycle = open_year(cast, noon, year=2028)
    new = Project.objects.get(cycle=cycle, department=arts)
    assert (new.name, new.slug) == ("Tales for all", "story-hours")
    assert ForecastFigure.objects.get(line__project=new, metric="participants").proposal == 2400
    with pytest.raises(NotReady):
        add_project(forecast_of(arts, 2028), NewProject("Tales for all"), by=cast.amina, at=noon)
    assert problems() == []


def test_a_project_added_under_its_later_name_continues(
    project: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    rename_project(project, name="Tales", by=cast.amina, at=noon, seen=project.version)
    Project.objects.filter(pk=project.pk).update(state="cancelled")
    cycle = open_year(cast, noon, year=2028)
    new = add_project(forecast_of(arts, 2028), NewProject("Tales"), by=cast.amina, at=noon)
    assert (new.cycle, new.slug, new.participants_planned) == (cycle, "story-hours", 2400)


def test_no_project_takes_the_name_of_another(
    project: Project, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    known(arts, "chess", 2020, participants="5")
    for name in ("Chess", " "):
        with pytest.raises(NotReady):
            rename_project(project, name=name, by=cast.amina, at=noon, seen=project.version)
    with pytest.raises(NotYours):
        rename_project(project, name="Go", by=cast.bao, at=noon, seen=project.version)
    assert not ProjectName.objects.exists()


def test_a_project_is_renamed_on_its_page(
    project: Project, cast: SimpleNamespace, as_person: Callable[..., Client]
) -> None:
    amina = as_person(cast.amina)
    answer = amina.post(PAGE, posted(seen=project.version, name="Tales", lead=cast.ben.pk, purpose=project.purpose))
    assert answer.status_code == 302
    assert "Tales" in words_of(amina.get(answer["Location"]))
