"""A decision on a line whose request changed after the reviewer saw it."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from planning.models import RequestLine
from planning.requests import actions
from planning.tests.requesting import DURING, Browser, ask_bus, open_year, post, submitted
from sop_portal.foundation.kit.refusals import Changed, NotNow
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.conflicts import Shown
from sop_portal.tests.page_text import hidden
from sop_portal.tests.shared_fixtures import shared_fixture

IN_FULL = actions.LineDecision("full")


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The requests of 2027 are open until 15 April."""
    return open_year(cast)


def test_a_line_that_was_taken_out_meanwhile_is_not_decided(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    requested = submitted(year, cast).arts
    line = RequestLine.objects.select_related("request").get(pk=requested.lines.order_by("pk")[0].pk)
    RequestLine.objects.filter(pk=line.pk).delete()
    with pytest.raises(NotNow) as refusal:
        actions.grant(line, IN_FULL, by=cast.chidi, at=DURING, seen=requested.version)
    assert refusal.value.sentence == "This line is no longer part of the request."


def test_a_line_is_not_decided_on_a_request_that_was_changed_meanwhile(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    requested = submitted(year, cast).arts
    line, seen = requested.lines.order_by("pk")[0], requested.version
    actions.withdraw(requested, by=cast.amina, at=DURING, seen=seen)
    ask_bus(year, cast.amina, "2")
    requested.refresh_from_db()
    actions.submit(requested, by=cast.amina, at=DURING, seen=requested.version)
    line = RequestLine.objects.select_related("request").get(pk=line.pk)
    with pytest.raises(Changed):
        actions.grant(line, IN_FULL, by=cast.chidi, at=DURING, seen=seen)
    assert actions.grant(line, IN_FULL, by=cast.chidi, at=DURING, seen=requested.version).decision == "full"


OPENED: Shown = {"importance": "3", "urgency": "3", "evidence": "3"}


def scored(line: RequestLine, by: User, urgency: int, evidence: int, seen: Shown = OPENED) -> tuple[int, int]:
    """The line after somebody scored it on a page that showed `seen`."""
    line = RequestLine.objects.select_related("request").get(pk=line.pk)
    score = actions.LineRating(urgency, evidence)
    done = actions.score_line(line, score, by=by, at=DURING, seen=line.request.version, seen_score=seen)
    return done.urgency, done.evidence


def test_a_score_that_a_colleague_gave_meanwhile_is_not_overwritten(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    line = submitted(year, cast).arts.lines.order_by("pk")[0]
    assert scored(line, cast.chidi, 5, 5) == (5, 5)
    with pytest.raises(Changed) as refusal:
        scored(line, cast.chidi, 3, 2)
    assert [(d.label, d.old, d.new) for d in refusal.value.differences] == [("Evidence", "3", "5")]
    line.refresh_from_db()
    assert (line.urgency, line.evidence) == (5, 5)


def test_what_each_of_two_scored_alone_stands(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = submitted(year, cast).arts.lines.order_by("pk")[0]
    scored(line, cast.chidi, 5, 3)
    assert scored(line, cast.chidi, 3, 2) == (5, 2)


def test_how_important_a_project_is_is_not_said_over_a_colleague(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    project = submitted(year, cast).arts.lines.order_by("pk")[0].project
    shown = {"importance": str(project.importance)}
    other = 2 if project.importance != 2 else 1
    actions.set_importance(project, 5, by=cast.chidi, at=DURING, seen=shown)
    with pytest.raises(Changed):
        actions.set_importance(project, other, by=cast.chidi, at=DURING, seen=shown)
    assert (
        actions.set_importance(project, int(shown["importance"]), by=cast.chidi, at=DURING, seen=shown).importance == 5
    )


def test_two_who_opened_the_same_line_are_both_heard(
    year: SimpleNamespace, cast: SimpleNamespace, during: datetime, as_person: Browser
) -> None:
    line = submitted(year, cast).arts.lines.order_by("pk")[0]
    url = f"/2027/allocation/{line.pk}/"
    browser = as_person(cast.chidi)

    def opened() -> dict[str, Any]:
        shown = browser.get(url)
        held = {name: getattr(shown.context["line"], name) for name in ("urgency", "evidence")}
        held["importance"] = shown.context["line"].project.importance
        return {"seen": shown.context["line"].request.version, "held": hidden(shown, "held"), **held}

    mine, theirs = opened(), opened()
    assert post(browser, f"{url}score/", **theirs | {"importance": 5, "urgency": 5, "evidence": 5}).status_code == 302
    refused = post(browser, f"{url}score/", **mine | {"importance": 1, "evidence": 2})
    assert refused.status_code == 409
    after = RequestLine.objects.select_related("project").get(pk=line.pk)
    assert (after.project.importance, after.urgency, after.evidence) == (5, 5, 5)
    assert post(browser, f"{url}score/", **opened() | {"evidence": 2}).status_code == 302
    after.refresh_from_db()
    assert (after.urgency, after.evidence) == (5, 2)
