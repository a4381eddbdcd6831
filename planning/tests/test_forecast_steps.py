"""Who may do what to a forecast, and what must be there first."""

from collections.abc import Callable
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
    take_in,
    waive,
    withdraw,
)
from planning.forecasts.workflow import FORECAST
from planning.models import Cycle, Forecast, ForecastFigure, Project
from planning.tests.stage_one import FILLED, accepted, filled, forecast_of, known, line_of, open_year, planned, submitted
from sop_portal.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.notices.models import Notice
from sop_portal.organisation.models import Department
from sop_portal.trail.models import Entry
from sop_portal.workflow.models import Hand

ACTS: dict[str, Callable[..., Forecast]] = {
    "submit": submit, "accept": accept, "send-back": send_back, "withdraw": withdraw, "waive": waive,
}  # fmt: skip
EVERYBODY = ["amina", "ben", "bao", "chidi", "dora", "emil", "ada", "omar", "farid"]
MAY = {
    "submit": {"amina"}, "withdraw": {"amina"}, "accept": {"chidi"}, "send-back": {"chidi"}, "waive": {"ada"},
}  # fmt: skip
BEGINS = {"submit": "draft", "waive": "draft", "accept": "submitted", "send-back": "submitted", "withdraw": "submitted"}
BECOMES = {
    "submit": "submitted", "withdraw": "draft", "accept": "accepted", "send-back": "returned", "waive": "waived",
}  # fmt: skip


@pytest.fixture
def year(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> Cycle:
    """The published year, with a complete forecast of Arts."""
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon, lead=cast.ben)
    return cycle


def missing_of(refused: pytest.ExceptionInfo[NotReady]) -> list[tuple[str, str]]:
    return [(str(missing), missing.url) for missing in refused.value.missing]


def last_changes(department: Department) -> list[tuple[str, str, str, str]]:
    entry = Entry.objects.of("forecast", forecast_of(department).pk)[0]
    return [(c["where"], c["field"], c["old"], c["new"]) for c in entry.changes]


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("step", list(ACTS))
def test_every_step_is_open_to_its_role_and_to_nobody_else(
    step: str, name: str, year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    if BEGINS[step] == "submitted":
        submitted(arts, cast.amina, noon)
    forecast, person = forecast_of(arts), getattr(cast, name)
    call = {"by": person, "at": noon, "seen": forecast.version, "comment": "Because"}
    if name in MAY[step]:
        ACTS[step](forecast, **call)
        assert forecast_of(arts).state == BECOMES[step]
        assert Entry.objects.filter(kind="forecast", verb=step, by_id=person.pk).count() == 1
    else:
        with pytest.raises(NotYours):
            ACTS[step](forecast, **call)
        assert forecast_of(arts).state == BEGINS[step]


def test_every_step_of_the_table_has_its_action() -> None:
    assert sorted(FORECAST.names) == sorted(ACTS)


@pytest.mark.parametrize("step", ["send-back", "waive"])
def test_what_others_will_ask_about_needs_a_comment(
    step: str, year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    if BEGINS[step] == "submitted":
        submitted(arts, cast.amina, noon)
    forecast = forecast_of(arts)
    person = cast.ada if step == "waive" else cast.chidi
    with pytest.raises(NotReady):
        ACTS[step](forecast, by=person, at=noon, seen=forecast.version, comment=" ")


def test_who_edited_a_forecast_does_not_accept_it(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    forecast = submitted(arts, cast.amina, noon)
    Hand.objects.create(kind="forecast", record_id=forecast.pk, person=cast.chidi, at=noon)
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
    planned(sports, "Chess", cast.bao, noon)
    assert submitted(sports, cast.bao, noon).state == "submitted"


def test_a_project_left_out_with_a_reason_needs_no_figures(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(planned(arts, "Home delivery", cast.amina, noon))
    with pytest.raises(NotReady):
        leave_out(line, why="  ", by=cast.amina, at=noon, seen=line.forecast.version)
    leave_out(line, why="The van is sold", by=cast.amina, at=noon, seen=line.forecast.version)
    assert submitted(arts, cast.amina, noon).state == "submitted"


def test_leaving_out_and_taking_in_move_the_projects_totals(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    assert Project.objects.get().needed == Decimal(17260)
    leave_out(line, why="No room", by=cast.amina, at=noon, seen=line.forecast.version)
    project = Project.objects.get()
    assert (project.needed, project.activities_planned, project.participants_planned) == (Decimal(0), 0, 0)
    take_in(line, by=cast.amina, at=noon, seen=line.forecast.version)
    project = Project.objects.get()
    assert (project.needed, project.activities_planned, project.participants_planned) == (Decimal(17260), 24, 3200)
    assert last_changes(arts) == [
        ("Story hours", "planned", "no", "yes"),
        ("Story hours", "why_not", "No room", ""),
    ]


def test_a_lead_writes_the_own_project_and_no_other(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    own = line_of(Project.objects.get(slug="story-hours"))
    said = {"participants": Typed(Decimal(3300), "feedback", "Waiting list")}
    set_figures(own, said, by=cast.ben, at=noon, seen=own.forecast.version)
    other = line_of(planned(arts, "Makerspace", cast.amina, noon))
    with pytest.raises(NotYours):
        set_figures(other, said, by=cast.ben, at=noon, seen=other.forecast.version)
    with pytest.raises(NotYours):
        planned(arts, "Choir", cast.ben, noon)


@pytest.mark.parametrize("name", ["bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_nobody_else_writes_figures(
    name: str, year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    with pytest.raises(NotYours):
        set_figures(line, FILLED, by=getattr(cast, name), at=noon, seen=line.forecast.version)


def test_what_was_submitted_is_not_edited(year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    submitted(arts, cast.amina, noon)
    line = line_of(Project.objects.get(slug="story-hours"))
    with pytest.raises(NotNow):
        set_figures(line, FILLED, by=cast.amina, at=noon, seen=line.forecast.version)
    with pytest.raises(NotNow):
        leave_out(line, why="No", by=cast.amina, at=noon, seen=line.forecast.version)
    with pytest.raises(NotNow):
        planned(arts, "Makerspace", cast.amina, noon)


def test_the_trail_tells_what_was_typed(year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    said = {"participants": Typed(Decimal("3300"), "trend", "A new school"), "activities": FILLED["activities"]}
    set_figures(line, said, by=cast.amina, at=noon, seen=line.forecast.version)
    assert last_changes(arts) == [
        ("Story hours", "participants", "3200", "3300"),
        ("Story hours", "participants-source", "feedback", "trend"),
        ("Story hours", "participants-reason", FILLED["participants"].reason, "A new school"),
    ]


def test_saving_the_same_again_changes_nothing(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    before = (forecast_of(arts).version, Entry.objects.count())
    set_figures(line, FILLED, by=cast.amina, at=noon, seen=line.forecast.version)
    set_figures(line, FILLED, by=cast.amina, at=noon, seen=1)
    assert (forecast_of(arts).version, Entry.objects.count()) == before


def test_what_a_colleague_saved_in_the_same_project_is_not_overwritten_unseen(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    line = line_of(Project.objects.get(slug="story-hours"))
    seen = line.forecast.version
    theirs = {"participants": Typed(Decimal(3050), "trend", "Mead School closes its own")}
    set_figures(line, theirs, by=cast.ben, at=noon, seen=seen)
    mine = {"participants": Typed(Decimal(3400), "feedback", "Waiting list")}
    with pytest.raises(Changed) as refused:
        set_figures(line, mine, by=cast.amina, at=noon, seen=seen)
    assert [(d.label, d.old, d.new) for d in refused.value.differences] == [
        ("Participants", "3200", "3050"),
        ("Participants, source", "feedback", "trend"),
        ("Participants, reason", FILLED["participants"].reason, "Mead School closes its own"),
    ]
    assert ForecastFigure.objects.get(line=line, measure="participants").override == Decimal(3050)


def test_two_people_in_two_projects_do_not_disturb_each_other(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    makerspace = line_of(filled(arts, "Makerspace", cast.amina, noon))
    seen = forecast_of(arts).version
    said = {"participants": Typed(Decimal(10), "trend", "Few")}
    set_figures(line_of(Project.objects.get(slug="story-hours")), said, by=cast.ben, at=noon, seen=seen)
    set_figures(makerspace, said, by=cast.amina, at=noon, seen=seen)
    assert ForecastFigure.objects.filter(measure="participants", override=10).count() == 2


def test_what_changed_meanwhile_is_not_submitted_unseen(
    year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    forecast = forecast_of(arts)
    line = line_of(Project.objects.get(slug="story-hours"))
    said = {"participants": Typed(Decimal(9), "trend", "Few")}
    set_figures(line, said, by=cast.ben, at=noon, seen=forecast.version)
    with pytest.raises(Changed):
        submit(forecast, by=cast.amina, at=noon, seen=forecast.version)


def test_the_same_name_is_added_once(year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime) -> None:
    with pytest.raises(NotReady) as refused:
        planned(arts, " story HOURS", cast.amina, noon)
    assert refused.value.sentence == "The forecast already has a project “ story HOURS”."
    with pytest.raises(NotReady):
        planned(arts, "  ", cast.amina, noon)


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
