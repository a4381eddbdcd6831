"""Several people save one report in the same moment: what each wrote stands, and each is told so."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from evaluations.tests.reporting_year import started_project
from evaluations.tests.review_year import year_with_windows
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.concurrency import at_once
from sop_portal.tests.test_shared_forms import REPORT, Editor, stored

LogIn = Callable[[User], Client]
WRITTEN = {"activities_held": "4", "participants_reached": "40", "problems": "P", "outlook": "O", "explanation": "E"}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("flush_sets_promises_aside")
def test_five_who_save_one_field_each_in_the_same_moment_are_all_saved(cast: SimpleNamespace, as_person: LogIn) -> None:
    started_project(
        year_with_windows(cast.ada), Department.objects.get(slug="arts"), cast.ben, cast.amina, "Story hours"
    )
    editors = [Editor(as_person(cast.ben), REPORT).open().type(**{name: text}) for name, text in WRITTEN.items()]
    answers = at_once([editor.autosave for editor in editors])
    assert [answer.status_code for answer in answers] == [200] * len(WRITTEN)
    assert stored(editors[0]) == WRITTEN
