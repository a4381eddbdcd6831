"""Who may do what to a forecast, and what must be there first."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from planning.forecasts.actions import (
    Typed,
    accept,
    leave_out,
    publish_report,
    send_back,
    set_figures,
    start_report,
    submit,
)
from planning.forecasts.workflow import FORECAST
from planning.models import Cycle, Forecast, Project
from planning.tests.stage_one import (
    FILLED,
    accepted,
    filled,
    forecast_of,
    known,
    line_of,
    open_year,
    planned,
    submitted,
)
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.tests.shared_fixtures import shared_fixture

EVERYBODY = ["amina", "ben", "bao", "chidi", "dora", "emil", "ada", "omar", "farid"]
# Every step of the table: who may take it, where it begins, what the forecast becomes.
MAY = {
    "submit": {"amina"},
    "withdraw": {"amina"},
    "accept": {"chidi"},
    "send-back": {"chidi"},
    "waive": {"ada"},
}
BEGINS = {"submit": "draft", "waive": "draft", "accept": "submitted", "send-back": "submitted", "withdraw": "submitted"}
BECOMES = {
    "submit": "submitted",
    "withdraw": "draft",
    "accept": "accepted",
    "send-back": "returned",
    "waive": "waived",
}


@shared_fixture
def year(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> Cycle:
    """The published year, with a complete forecast of Arts."""
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon, lead=cast.ben)
    return cycle


def missing_of(refused: pytest.ExceptionInfo[NotReady]) -> list[tuple[str, str]]:
    return [(str(missing), missing.url) for missing in refused.value.missing]


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("step", list(MAY))
def test_every_step_is_open_to_its_role_and_to_nobody_else(
    step: str, name: str, year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    if BEGINS[step] == "submitted":
        submitted(arts, cast.amina, noon)
    forecast, person = forecast_of(arts), getattr(cast, name)
    call = {"by": person, "at": noon, "seen": forecast.version, "comment": "Because"}
    if name in MAY[step]:
        FORECAST.acts[step](forecast, **call)
        assert forecast_of(arts).state == BECOMES[step]
        assert Entry.objects.filter(kind="forecast", verb=step, by_id=person.pk).count() == 1
    else:
        with pytest.raises(NotYours):
            FORECAST.acts[step](forecast, **call)
        assert forecast_of(arts).state == BEGINS[step]


def test_every_step_of_the_table_is_tried_here() -> None:
    assert sorted(MAY) == sorted(FORECAST.names), (
        "Say in MAY, BEGINS and BECOMES of planning/tests/test_forecast_steps.py who takes it, and what it leads to."
    )


@pytest.mark.parametrize("step", ["send-back", "waive"])
def test_what_others_will_ask_about_needs_a_comment(
    step: str, year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    if BEGINS[step] == "submitted":
        submitted(arts, cast.amina, noon)
    forecast = forecast_of(arts)
    person = cast.ada if step == "waive" else cast.chidi
    with pytest.raises(NotReady):
        FORECAST.acts[step](forecast, by=person, at=noon, seen=forecast.version, comment=" ")


def test_who_edited_a_forecast_does_not_accept_it(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    forecast = submitted(arts, cast.amina, noon)
    Contributor.objects.create(kind="forecast", record_id=forecast.pk, person=cast.chidi, at=noon)
    with pytest.raises(NotYours) as refusal:
        accept(forecast, by=cast.chidi, at=noon, seen=forecast.version)
    assert refusal.value.way_out == "Chen Jing can."


def test_a_forecast_without_a_project_is_not_submitted(
    year: Cycle, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    with pytest.raises(NotReady) as refused:
        submitted(sports, cast.bao, noon)
    assert missing_of(refused) == [("The forecast has no project yet.", "/2027/forecasts/sports/add/")]


def test_every_measure_of_a_planned_project_has_a_figure(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(planned(arts, "Makerspace", cast.amina, noon))
    said = {m: FILLED[m] for m in ("activities", "participants", "people", "money")}
    set_figures(line, said, by=cast.amina, at=noon, seen=line.forecast.version)
    with pytest.raises(NotReady) as refused:
        submitted(arts, cast.amina, noon)
    url = "/2027/forecasts/arts/project/makerspace/#id_materials"
    assert missing_of(refused) == [("Makerspace: “Materials” has no figure.", url)]


def test_nought_is_a_figure_and_a_blank_is_none(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(planned(arts, "Makerspace", cast.amina, noon))
    nothing = {m: Typed(Decimal(0), "history", "It needs nothing") for m in FILLED}
    set_figures(line, nothing, by=cast.amina, at=noon, seen=line.forecast.version)
    assert submitted(arts, cast.amina, noon).state == "submitted"


@pytest.mark.parametrize(
    ("source", "reason", "sentence"),
    [
        ("", "", "Story hours: the figure for “Participants” has neither source nor reason."),
        ("feedback", "", "Story hours: the figure for “Participants” has no reason."),
        ("", "Waiting list", "Story hours: the figure for “Participants” has no source."),
    ],
)
def test_an_override_needs_source_and_reason(
    source: str, reason: str, sentence: str, year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    said = {"participants": Typed(Decimal(3300), source, reason)}
    set_figures(line, said, by=cast.amina, at=noon, seen=line.forecast.version)
    with pytest.raises(NotReady) as refused:
        submitted(arts, cast.amina, noon)
    assert missing_of(refused) == [(sentence, "/2027/forecasts/arts/project/story-hours/#id_participants")]


def test_a_proposal_taken_as_it_is_needs_no_reason(
    year: Cycle, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    known(sports, "chess", 2026, activities="12", participants="80", people="40", materials="200", money="0")
    line = line_of(planned(sports, "Chess", cast.bao, noon))
    set_figures(line, {}, by=cast.bao, at=noon, seen=line.forecast.version)
    assert submitted(sports, cast.bao, noon).state == "submitted"


def test_what_the_portal_filled_in_is_not_submitted_before_somebody_looked_at_it(
    year: Cycle, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    known(sports, "chess", 2026, activities="12", participants="80", people="40", materials="200", money="0")
    planned(sports, "Chess", cast.bao, noon)
    with pytest.raises(NotReady) as refusal:
        submitted(sports, cast.bao, noon)
    assert [str(missing) for missing in refusal.value.missing] == [
        "Nobody has looked at the figures of Chess yet: open them and save."
    ]


def test_what_was_sent_back_is_not_submitted_again_unchanged_without_a_word(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    forecast = submitted(arts, cast.amina, noon)
    send_back(forecast, by=cast.chidi, at=noon, seen=forecast.version, comment="Which source says so?")
    with pytest.raises(NotReady) as refusal:
        submit(forecast, by=cast.amina, at=noon, seen=forecast.version)
    assert (refusal.value.sentence, refusal.value.way_out) == (
        "Nothing changed since it was sent back.",
        "Change what was asked for, or say in the comment why it stays as it is.",
    )
    line = line_of(Project.objects.get(slug="story-hours"))
    said = FILLED | {"money": Typed(Decimal(1), "trend", "Less")}
    set_figures(line, said, by=cast.ben, at=noon, seen=line.forecast.version)
    forecast.refresh_from_db()
    assert submit(forecast, by=cast.amina, at=noon, seen=forecast.version).state == "submitted"


def test_a_project_left_out_with_a_reason_needs_no_figures(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(planned(arts, "Home delivery", cast.amina, noon))
    with pytest.raises(NotReady):
        leave_out(line, why="  ", by=cast.amina, at=noon, seen=line.forecast.version)
    leave_out(line, why="The van is sold", by=cast.amina, at=noon, seen=line.forecast.version)
    assert submitted(arts, cast.amina, noon).state == "submitted"


def test_sent_back_the_department_corrects_and_submits_again(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    forecast = submitted(arts, cast.amina, noon)
    send_back(forecast, by=cast.chidi, at=noon, seen=forecast.version, comment="Which source says so?")
    assert Notice.objects.get(person=cast.amina, verb="send-back").quote == "Which source says so?"
    assert submitted(arts, cast.amina, noon).state == "submitted"


def test_an_accepted_forecast_is_sent_back_until_the_report_is_published(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    forecast = accepted(arts, cast.amina, cast.chidi, noon)
    send_back(forecast, by=cast.chen, at=noon, seen=forecast.version, comment="One more point")
    forecast = accepted(arts, cast.amina, cast.chidi, noon)
    report = start_report(year, by=cast.chidi, at=noon)
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    with pytest.raises(NotNow) as refused:
        send_back(forecast, by=cast.chen, at=noon, seen=forecast.version, comment="Too late")
    assert str(refused.value) == (
        "The demand report was published on 12\xa0March. Start a new version of it first, with a reason."
    )
    start_report(year, by=cast.chidi, at=noon, reason="Arts corrects its figures")
    send_back(forecast, by=cast.chen, at=noon, seen=forecast.version, comment="Now it can")
    assert forecast_of(arts).state == "returned"


def test_two_decide_and_one_wins(year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    forecast = submitted(arts, cast.amina, noon)
    accept(forecast, by=cast.chidi, at=noon, seen=forecast.version)
    with pytest.raises(NotNow) as refused:
        accept(Forecast.objects.get(pk=forecast.pk), by=cast.chen, at=noon, seen=forecast.version)
    assert Entry.objects.filter(verb="accept").count() == 1
    assert refused.value.status == 409


def test_whoever_left_the_department_is_told_nothing_of_it_any_more(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    set_figures(
        line, FILLED | {"money": Typed(Decimal(1), "trend", "Less")}, by=cast.ben, at=noon, seen=line.forecast.version
    )
    notified = []
    for _ in range(2):
        forecast = submitted(arts, cast.amina, noon)
        send_back(forecast, by=cast.chidi, at=noon, seen=forecast.version, comment="Count again")
        notified.append(set(Notice.objects.filter(verb="send-back").values_list("person__name", flat=True)))
        Notice.objects.all().delete()
        cast.ben.memberships.all().delete()
    assert notified == [{"Amina Diallo", "Ben Carter"}, {"Amina Diallo"}]
