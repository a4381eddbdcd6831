"""Who leads a project and what it is for can change after the year was opened."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.models import Cycle, Project
from planning.projects.actions import change_project
from planning.tests.stage_one import posted
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.reading import words_of

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
