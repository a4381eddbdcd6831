"""People act on one forecast in the same moment: one effect, nothing unseen, nothing lost."""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from planning.cycles.actions import MoreTime
from planning.extensions import actions as extensions
from planning.forecasts import actions
from planning.models import Cycle, DemandReport, Extension, Forecast, ForecastLine
from planning.requests.actions import publish_report
from planning.tests.stage_one import accepted, forecast_of, submitted
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.models import Comment
from sop_portal.tests.concurrency import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def state_or_word(found: list[Any]) -> list[str]:
    """Refusals by their name, everything else as done."""
    return sorted(answer if isinstance(answer, str) else "done" for answer in found)


def test_decisions_at_once_have_one_effect(
    transactional_db: None, planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    seen = submitted(arts, cast.amina, noon).version
    acts: list[Callable[[], Any]] = [
        lambda by=by: actions.accept(forecast_of(arts), by=by, at=noon, seen=seen)  # type: ignore[misc]
        for by in (cast.chidi, cast.chen)
    ]
    acts.append(lambda: actions.send_back(forecast_of(arts), by=cast.chen, at=noon, seen=seen, comment="Count again"))
    acts.append(lambda: actions.withdraw(forecast_of(arts), by=cast.amina, at=noon, seen=seen))
    found = state_or_word(at_once(acts))
    # An accepted forecast may still be sent back; whatever came first, nothing happened twice.
    entries = Entry.objects.filter(
        kind="forecast", verb__in=["accept", "send-back", "withdraw"], state_from="submitted"
    )
    assert (entries.count(), found.count("done") in (1, 2), verify()) == (1, True, [])


def test_what_is_edited_in_the_moment_of_submitting_is_not_handed_over_unseen(
    transactional_db: None, planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    for turn in range(4):
        seen, line = forecast_of(arts).version, ForecastLine.objects.get(project__slug="story-hours")
        typed = {"money": actions.Typed(Decimal(100 + turn), "history", "As said")}
        found = at_once(
            [
                lambda seen=seen: actions.submit(forecast_of(arts), by=cast.amina, at=noon, seen=seen),
                lambda seen=seen, line=line, typed=typed: actions.set_figures(
                    line, typed, by=cast.ben, at=noon, seen=seen
                ),
            ]
        )
        forecast = forecast_of(arts)
        if forecast.state == "submitted":
            assert (found[1], forecast.version) == ("NotNow", seen)
            actions.withdraw(forecast, by=cast.amina, at=noon, seen=seen)
        else:
            assert (found[0], forecast.version) == ("Changed", seen + 1)


def test_a_forecast_is_not_sent_back_out_of_a_report_that_is_published_in_the_same_moment(
    transactional_db: None, planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    seen = accepted(arts, cast.amina, cast.chidi, noon).version
    report = actions.start_report(planning_year, by=cast.chidi, at=noon)
    found = at_once(
        [
            lambda: publish_report(DemandReport.objects.get(), by=cast.chidi, at=noon, seen=report.version),
            lambda: actions.send_back(forecast_of(arts), by=cast.chen, at=noon, seen=seen, comment="Count again"),
        ]
    )
    states = (DemandReport.objects.get().state, forecast_of(arts).state)
    words = tuple(answer if isinstance(answer, str) else "done" for answer in found)
    assert (states, words) in [
        (("published", "accepted"), ("done", "NotNow")),
        (("compiling", "returned"), ("Changed", "done")),
        (("compiling", "returned"), ("NotReady", "done")),
    ]


def test_more_time_is_granted_or_refused_once(
    transactional_db: None, planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    asked = extensions.ask(
        planning_year, MoreTime("forecast", arts, date(2027, 4, 30), "Floods"), by=cast.amina, at=noon
    )
    elif_ = getattr(cast, "elif")
    found = at_once(
        [
            lambda: extensions.grant(type(asked).objects.get(), by=cast.emil, at=noon, seen=1),
            lambda: extensions.grant(type(asked).objects.get(), by=elif_, at=noon, seen=1),
            lambda: extensions.refuse(type(asked).objects.get(), by=cast.ada, at=noon, seen=1, comment="No"),
        ]
    )
    asked.refresh_from_db()
    assert state_or_word(found) == ["NotNow", "NotNow", "done"]
    assert Extension.objects.count() == (1 if asked.state == "granted" else 0)


def test_one_form_that_is_sent_many_times_at_once_is_carried_out_once(
    transactional_db: None, planning_year: Cycle, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    forecast, key = Forecast.objects.get(department__slug="arts"), str(uuid.uuid4())
    browsers = [as_person(person) for person in (cast.amina, cast.amina, cast.amina, cast.ben)]
    found = at_once(
        [
            lambda browser=browser: (
                browser.post(f"/comments/forecast/{forecast.pk}/", {"key": key, "text": "Two projects"}).status_code
            )
            for browser in browsers
        ]
    )
    comment = Comment.objects.get()
    expected = [302, 302, 302, 409] if comment.by == cast.amina else [409, 409, 409, 302]
    assert found == expected
