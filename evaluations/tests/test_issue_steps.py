"""Issues: raised by a department, solved by it, verified by management, taken to the review meeting."""

from datetime import date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from evaluations.models import Issue
from evaluations.reports import actions
from evaluations.tests.test_report_pages import NAUGHTY, Browser
from planning.models import Project
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.actions import comment
from sop_portal.tests.shared_fixtures import shared_fixture

NEW = "/2027/issues/new/arts/story-hours/"


def raised(project: Project, by: User, at: datetime) -> Issue:
    return actions.raise_issue(project, title="Cold hall", text="The heating is broken.", by=by, at=at)


@shared_fixture
def issue(story_hours: Project, cast: SimpleNamespace, november: datetime) -> Issue:
    """Ben says that the hall is cold."""
    return raised(story_hours, cast.ben, november)


def test_an_issue_leaves_its_trail(issue: Issue, cast: SimpleNamespace) -> None:
    entry = Entry.objects.get(kind="issue")
    assert (entry.verb, entry.by_id, entry.comment) == ("create", cast.ben.pk, "The heating is broken.")


@pytest.mark.parametrize("name", ["bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_only_the_department_raises_and_resolves(
    name: str, story_hours: Project, issue: Issue, cast: SimpleNamespace, november: datetime
) -> None:
    person = getattr(cast, name)
    with pytest.raises(NotYours):
        raised(story_hours, person, november)
    with pytest.raises(NotYours):
        actions.resolve(issue, by=person, at=november, seen=1, comment="Repaired")
    with pytest.raises(NotYours):
        actions.raise_to_meeting(issue, by=person, at=november, seen=1)


def test_the_lead_of_another_project_does_neither(
    story_hours: Project, issue: Issue, arts: Department, cast: SimpleNamespace, november: datetime
) -> None:
    Membership.objects.create(person=cast.farid, role=Role.LEAD, department=arts, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours):
        raised(story_hours, cast.farid, november)
    with pytest.raises(NotYours):
        actions.resolve(issue, by=cast.farid, at=november, seen=1, comment="Repaired")


def test_a_solution_is_said_and_verified(issue: Issue, cast: SimpleNamespace, november: datetime) -> None:
    with pytest.raises(NotReady):
        actions.resolve(issue, by=cast.amina, at=november, seen=1)
    actions.resolve(issue, by=cast.amina, at=november, seen=1, comment="Repaired on Monday")
    assert (issue.state, issue.solution) == ("resolved", "Repaired on Monday")
    assert {"Emil Novak", "Elif Aydin"} <= set(Notice.objects.values_list("person__name", flat=True))
    actions.verify(issue, by=cast.emil, at=november, seen=issue.version)
    assert Issue.objects.get().state == "verified"


@pytest.mark.parametrize("name", ["amina", "ben", "bao", "chidi", "dora", "ada", "omar", "farid"])
@pytest.mark.parametrize("verb", ["verify", "reopen"])
def test_only_management_verifies_or_opens_again(
    verb: str, name: str, issue: Issue, cast: SimpleNamespace, november: datetime
) -> None:
    actions.resolve(issue, by=cast.ben, at=november, seen=1, comment="Repaired")
    with pytest.raises(NotYours):
        getattr(actions, verb)(issue, by=getattr(cast, name), at=november, seen=issue.version, comment="Because")


def test_an_issue_that_is_not_solved_is_opened_again(issue: Issue, cast: SimpleNamespace, november: datetime) -> None:
    actions.resolve(issue, by=cast.ben, at=november, seen=1, comment="Repaired")
    with pytest.raises(NotReady):
        actions.reopen(issue, by=cast.emil, at=november, seen=issue.version)
    actions.reopen(issue, by=cast.emil, at=november, seen=issue.version, comment="Still cold")
    assert (issue.state, Notice.objects.filter(person=cast.ben, quote="Still cold").count()) == ("open", 1)


def test_nobody_verifies_the_own_solution(
    issue: Issue, arts: Department, cast: SimpleNamespace, november: datetime
) -> None:
    Membership.objects.create(person=cast.emil, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    actions.resolve(issue, by=cast.emil, at=november, seen=1, comment="Repaired")
    Membership.objects.filter(person=cast.emil, role=Role.HEAD).delete()
    with pytest.raises(NotYours):
        actions.verify(issue, by=cast.emil, at=november, seen=issue.version)
    with pytest.raises(DatabaseError), transaction.atomic():
        Issue.objects.update(state="verified", verified_by=cast.emil, verified_at=november)


def test_an_issue_is_raised_to_the_next_review_meeting_once(
    issue: Issue, cast: SimpleNamespace, november: datetime
) -> None:
    actions.raise_to_meeting(issue, by=cast.amina, at=november, seen=1)
    actions.raise_to_meeting(issue, by=cast.amina, at=november, seen=2)
    stored = Issue.objects.get()
    assert (stored.is_raised, stored.version, Entry.objects.filter(kind="issue").count()) == (True, 2, 2)


def test_a_closed_project_takes_no_issue(story_hours: Project, cast: SimpleNamespace, november: datetime) -> None:
    Project.objects.update(state="cancelled")
    story_hours.refresh_from_db()
    with pytest.raises(NotNow):
        raised(story_hours, cast.ben, november)


def test_an_issue_has_a_title_and_a_text(story_hours: Project, cast: SimpleNamespace, november: datetime) -> None:
    for title, text in (("", "Cold"), ("Cold", " ")):
        with pytest.raises(NotReady):
            actions.raise_issue(story_hours, title=title, text=text, by=cast.ben, at=november)


def test_a_note_becomes_an_issue(
    story_hours: Project, summer_league: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    said = comment(
        "project", story_hours, "Mead School asks for a second group\nin January", by=cast.amina, at=november
    )
    elsewhere = comment("project", summer_league, "Secret of Sports", by=cast.bao, at=november)
    ben = as_person(cast.ben)
    page = ben.get(f"{NEW}?comment={said.pk}").content.decode()
    assert ('value="Mead School asks for a second group"' in page, "in January" in page) == (True, True)
    for wrong in (elsewhere.pk, "x", "9" * 30, "-1"):
        assert "Secret of Sports" not in ben.get(f"{NEW}?comment={wrong}").content.decode()


def test_from_raising_to_verifying_in_the_browser(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    ben, emil = as_person(cast.ben), as_person(cast.emil)
    form = {"title": "Cold hall", "text": "The heating is broken.", "to_meeting": "on", "key": str(uuid4())}
    url = ben.post(NEW, form)["Location"]
    assert ben.post(NEW, form)["Location"] == url
    assert (Issue.objects.count(), Issue.objects.get().is_raised) == (1, True)
    assert ben.post(f"{url}resolve/", {"seen": "1", "comment": "Repaired", "key": str(uuid4())}).status_code == 302
    assert emil.get(f"{url}verify/").status_code == 200
    assert emil.post(f"{url}verify/", {"seen": "2", "comment": "", "key": str(uuid4())}).status_code == 302
    page = emil.get(url).content.decode()
    assert ("Repaired" in page, "Finished: Verified" in page) == (True, True)


def test_an_open_issue_is_raised_from_its_page(issue: Issue, cast: SimpleNamespace, as_person: Browser) -> None:
    url = issue.get_absolute_url()
    assert "Raise to the next review meeting" in as_person(cast.amina).get(url).content.decode()
    assert "Raise to the next review meeting" not in as_person(cast.emil).get(url).content.decode()
    assert as_person(cast.emil).post(f"{url}raise/", {"seen": "1", "key": str(uuid4())}).status_code == 403
    assert as_person(cast.amina).post(f"{url}raise/", {"seen": "1", "key": str(uuid4())}).status_code == 302
    assert Issue.objects.get().is_raised


def test_only_who_may_raise_an_issue_gets_its_form(
    story_hours: Project, cast: SimpleNamespace, arts: Department, as_person: Browser
) -> None:
    Membership.objects.create(person=cast.farid, role=Role.LEAD, department=arts, from_on=date(2020, 1, 1))
    asked = {name: as_person(getattr(cast, name)).get(NEW).status_code for name in ("amina", "ben", "farid")}
    assert asked == {"amina": 200, "ben": 200, "farid": 403}


def test_the_twin_department_is_nowhere(
    story_hours: Project, summer_league: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    theirs = raised(summer_league, cast.bao, november)
    ben, url = as_person(cast.ben), theirs.get_absolute_url()
    gone = [url, f"{url}resolve/", f"{url}verify/", f"{url}nonsense/", "/2027/issues/new/sports/summer-league/"]
    assert {place: ben.get(place).status_code for place in gone} == dict.fromkeys(gone, 404)
    posts = [f"{url}raise/", f"{url}resolve/", gone[-1]]
    form = {"seen": "1", "comment": "x", "title": "x", "text": "x"}
    found = {place: ben.post(place, {**form, "key": str(uuid4())}).status_code for place in posts}
    assert found == dict.fromkeys(posts, 404)
    page = ben.get("/2027/issues/").content.decode()
    assert [word for word in ("Cold hall", "Summer league", "Sports") if word in page] == []
    assert "Cold hall" in as_person(cast.emil).get("/2027/issues/", {"state": "open"}).content.decode()


@pytest.mark.slow
def test_whatever_is_written_is_kept_as_text(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    ben = as_person(cast.ben)
    form = ({"title": text[:120], "text": text, "key": str(uuid4())} for text in NAUGHTY[::2])
    assert {ben.post(NEW, typed).status_code for typed in form} == {302, 422}
    assert "<script>alert" not in ben.get("/2027/issues/").content.decode()
