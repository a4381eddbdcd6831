"""A request on its way: lines, submitting, taking back, sending back, waiving, and who may do what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from planning.cycles.actions import MoreTime, create_cycle, extend
from planning.models import Project, RequestLine, ResourceRequest
from planning.requests import actions
from planning.requests.deadlines import owed
from planning.tests.requesting import APRIL, DURING, ask_bus, decide, decide_all, open_year, submitted
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.shared_fixtures import shared_fixture

EVERYBODY = ["amina", "ben", "bao", "chidi", "chen", "dora", "dev", "emil", "elif", "ada", "omar", "farid"]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The requests of 2027 are open until 15 April."""
    return open_year(cast)


def bookmobile(year: SimpleNamespace, **other: object) -> actions.AskedLine:
    """50 days of the Bookmobile for the story hours, or asked in another way."""
    asked = actions.AskedLine(
        year.bus, "Bookmobile", Decimal(50), "The hall is too far.", forecast_line=year.story.forecast_line
    )
    return replace(asked, **other)


def test_a_line_costs_its_quantity_times_its_unit_cost(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = ask_bus(year, cast.amina, "33.33")
    year.story.refresh_from_db()
    assert (line.cost, year.story.asked) == (Decimal("50.00"), Decimal(1550))


def test_a_changed_line_moves_the_sum_by_the_difference(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = ask_bus(year, cast.amina)
    changed = bookmobile(year, quantity=Decimal(10), why="Only in July")
    line = actions.change_line(line, changed, by=cast.amina, at=DURING, seen=year.arts.version)
    year.story.refresh_from_db()
    assert (line.cost, line.why, year.story.asked) == (15, "Only in July", 1515)
    entry = Entry.objects.filter(kind="request", verb="edit").order_by("position").last()
    assert entry is not None
    assert [(c["field"], c["old"], c["new"]) for c in entry.changes] == [
        ("quantity", "50.00", "10"),
        ("why", "The hall is too far.", "Only in July"),
    ]


def test_a_removed_line_takes_its_cost_along(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = ask_bus(year, cast.amina)
    actions.remove_line(line, by=cast.amina, at=DURING, seen=year.arts.version)
    year.story.refresh_from_db()
    assert (RequestLine.objects.filter(pool=year.bus).count(), year.story.asked) == (0, 1500)


def test_a_line_removed_meanwhile_is_not_changed(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = ask_bus(year, cast.amina)
    actions.remove_line(line, by=cast.amina, at=DURING, seen=year.arts.version)
    seen = year.arts.__class__.objects.get(pk=year.arts.pk).version
    with pytest.raises(NotNow):
        actions.change_line(line, bookmobile(year), by=cast.amina, at=DURING, seen=seen)


def test_an_edit_names_the_version_it_saw(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    ask_bus(year, cast.amina)
    with pytest.raises(Changed) as refusal:
        actions.add_line(year.arts, year.story, bookmobile(year), by=cast.ben, at=DURING, seen=1)
    assert [(d.label, d.new) for d in refusal.value.differences] == [
        ("Story hours: line", "Bookmobile: 50\N{NO-BREAK SPACE}days, Bookmobile")
    ]


def test_a_unit_of_money_costs_what_it_is(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    money = bookmobile(year, pool=year.fund, quantity=Decimal("99.99"))
    line = actions.add_line(year.arts, year.story, money, by=cast.amina, at=DURING, seen=1)
    assert (line.unit_cost, line.cost) == (1, Decimal("99.99"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"quantity": Decimal(0)}, "“Quantity” is less than it can be. Enter 0.01 or more."),
        ({"quantity": Decimal(-1)}, "“Quantity” is less than it can be. Enter 0.01 or more."),
        ({"forecast_line": None}, "Name the forecast line, or say why it was not forecast."),
        ({"forecast_line": None, "why_not_forecast": "  "}, "Name the forecast line, or say why it was not forecast."),
    ],
)
def test_a_line_asks_for_something_and_leads_to_its_forecast(
    year: SimpleNamespace, cast: SimpleNamespace, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.add_line(
            year.arts, year.story, bookmobile(year, **wrong), by=cast.amina, at=DURING, seen=year.arts.version
        )
    assert str(refusal.value) == sentence


def test_a_line_belongs_to_its_department_year_and_project(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    Membership.objects.create(
        person=cast.amina, role=Role.HEAD, department=year.sports.department, from_on=date(2020, 1, 1)
    )
    with pytest.raises(NotReady, match="another department"):
        actions.add_line(year.arts, year.swimming, bookmobile(year), by=cast.amina, at=DURING, seen=1)
    elsewhere = bookmobile(year, forecast_line=year.swimming.forecast_line)
    with pytest.raises(NotReady, match="another project"):
        actions.add_line(year.arts, year.story, elsewhere, by=cast.amina, at=DURING, seen=1)
    other = create_cycle(year=2028, by=cast.ada, at=DURING)
    nine_days = actions.PoolTerms("Bus", "days", Decimal(9), is_paid_for=True)
    bus = actions.add_pool(other, "materials", nine_days, by=cast.chidi, at=DURING)
    with pytest.raises(NotReady, match="another year"):
        actions.add_line(year.arts, year.story, bookmobile(year, pool=bus), by=cast.amina, at=DURING, seen=1)
    assert RequestLine.objects.filter(pool__in=[year.bus, bus]).count() == 0


def test_the_database_wants_a_forecast_line_or_a_reason(year: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestLine.objects.filter(request=year.arts).update(forecast_line=None)


def test_a_project_lead_edits_the_own_project_only(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    ask_bus(year, cast.ben)
    Project.objects.filter(pk=year.story.pk).update(lead=None)
    year.story.refresh_from_db()
    with pytest.raises(NotYours):
        actions.add_line(year.arts, year.story, bookmobile(year), by=cast.ben, at=DURING, seen=2)


@pytest.mark.parametrize("name", [n for n in EVERYBODY if n not in ("amina", "ben")])
def test_nobody_else_edits_the_draft(year: SimpleNamespace, cast: SimpleNamespace, name: str) -> None:
    with pytest.raises(NotYours):
        actions.add_line(year.arts, year.story, bookmobile(year), by=getattr(cast, name), at=DURING, seen=1)


def test_a_submitted_request_is_no_longer_edited(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    submitted(year, cast)
    with pytest.raises(NotNow):
        ask_bus(year, cast.amina)


def test_the_head_submits_and_the_resource_team_is_told(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.submit(year.arts, by=cast.amina, at=DURING, seen=1)
    stored = ResourceRequest.objects.get(pk=year.arts.pk)
    assert (stored.state, stored.submitted_by, stored.submitted_at, stored.is_late) == (
        "submitted",
        cast.amina,
        DURING,
        False,
    )
    notified = Notice.objects.filter(kind="request", verb="submit").values_list("person__name", flat=True)
    assert set(notified) == {"Chidi Okafor", "Chen Jing"}


def test_an_empty_request_says_what_is_missing(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    for line in RequestLine.objects.filter(request=year.arts):
        actions.remove_line(line, by=cast.amina, at=DURING, seen=line.request.version)
    year.arts.refresh_from_db()
    with pytest.raises(NotReady) as refusal:
        actions.submit(year.arts, by=cast.amina, at=DURING, seen=year.arts.version)
    assert [(str(m), m.url) for m in refusal.value.missing] == [
        (
            "The request has no line yet. Add one, or ask the administrator to waive the request.",
            "/2027/requests/arts/line/new/",
        )
    ]


STEPS = {
    "submit": ["amina"],
    "withdraw": ["amina"],
    "send-back": ["chidi", "chen"],
    "allocate": ["chidi", "chen"],
    "waive": ["ada"],
}


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("step", STEPS)
def test_every_role_on_every_step(year: SimpleNamespace, cast: SimpleNamespace, step: str, name: str) -> None:
    if step not in ("submit", "waive"):
        submitted(year, cast)
    if step == "allocate":
        decide_all(year.arts, cast.chidi)
    take = getattr(actions, step.replace("-", "_"))
    seen = ResourceRequest.objects.get(pk=year.arts.pk).version
    if name in STEPS[step]:
        take(year.arts, by=getattr(cast, name), at=DURING, seen=seen, comment="Because.")
        assert Entry.objects.filter(kind="request", verb=step, record_id=year.arts.pk).count() == 1
        return
    with pytest.raises(NotYours):
        take(year.arts, by=getattr(cast, name), at=DURING, seen=seen, comment="Because.")


@pytest.mark.parametrize("step", ["send-back", "waive"])
def test_sending_back_and_waiving_say_why(year: SimpleNamespace, cast: SimpleNamespace, step: str) -> None:
    person = cast.ada
    if step == "send-back":
        submitted(year, cast)
        person = cast.chidi
    with pytest.raises(NotReady):
        getattr(actions, step.replace("-", "_"))(year.arts, by=person, at=DURING, seen=1, comment=" ")


def test_late_is_taken_in_grace_and_marked(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.submit(year.arts, by=cast.amina, at=datetime(2027, 4, 22, 23, tzinfo=UTC), seen=1)
    assert ResourceRequest.objects.get(pk=year.arts.pk).is_late is True


def test_the_deadline_ends_at_the_last_moment_of_its_day(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    last = datetime(2027, 4, 16, 3, 59, 59, tzinfo=UTC)  # 23:59:59 of 15 April in New York
    actions.submit(year.arts, by=cast.amina, at=last, seen=1)
    actions.submit(year.sports, by=cast.bao, at=last + timedelta(seconds=1), seen=1)
    found = ResourceRequest.objects.values_list("department__slug", "is_late")
    assert dict(found) == {"arts": False, "sports": True}


def test_after_the_grace_only_an_extension_helps(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    late = datetime(2027, 4, 24, 16, tzinfo=UTC)
    with pytest.raises(NotNow) as refusal:
        actions.submit(year.arts, by=cast.amina, at=late, seen=1)
    assert refusal.value.way_out == "Ask Elif Aydin or Emil Novak for an extension."
    arts = Department.objects.get(slug="arts")
    extend(year.cycle, MoreTime("request", arts, date(2027, 4, 30), "Flood."), by=cast.emil, at=late)
    reloaded = ResourceRequest.objects.get(pk=year.arts.pk)
    actions.submit(reloaded, by=cast.amina, at=late, seen=1)
    with pytest.raises(NotNow):
        actions.submit(ResourceRequest.objects.get(pk=year.sports.pk), by=cast.bao, at=late, seen=1)


def test_a_request_is_withdrawn_until_its_first_line_is_decided(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    submitted(year, cast)
    decide(year.arts.lines.first(), cast.chidi)
    with pytest.raises(NotNow) as refusal:
        actions.withdraw(year.arts, by=cast.amina, at=DURING, seen=1)
    assert str(refusal.value) == (
        "The resource team has begun to decide on this request. Ask the resource team to send it back."
    )
    actions.withdraw(year.sports, by=cast.bao, at=DURING, seen=1)
    assert year.sports.state == "draft"


def test_what_was_sent_back_gives_its_grants_back(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    submitted(year, cast)
    decide_all(year.arts, cast.chidi)
    year.arts.refresh_from_db()
    actions.send_back(year.arts, by=cast.chen, at=DURING, seen=year.arts.version, comment="Too much.")
    for pool in (year.bus, year.hours, year.fund):
        pool.refresh_from_db()
    year.story.refresh_from_db()
    assert [year.bus.committed, year.hours.committed, year.fund.committed, year.story.granted] == [0, 0, 0, 0]
    found = set(year.arts.lines.values_list("decision", "granted", "granted_cost", "decided_by"))
    assert found == {("open", 0, 0, None)}
    with pytest.raises(NotReady) as refusal:
        actions.submit(year.arts, by=cast.amina, at=DURING, seen=year.arts.version)
    assert refusal.value.sentence == "Nothing changed since it was sent back."
    actions.submit(year.arts, by=cast.amina, at=DURING, seen=year.arts.version, comment="It is needed as asked")
    assert year.arts.state == "submitted"


def test_the_same_step_twice_has_one_effect(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.submit(year.arts, by=cast.amina, at=DURING, seen=1)
    with pytest.raises(NotNow) as refusal:
        actions.submit(year.arts, by=cast.amina, at=DURING, seen=1)
    assert refusal.value.way_out.startswith("Amina Diallo submitted the request on ")


def test_only_what_is_not_handed_in_is_owed(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    def found() -> list[tuple[str, str, date | None]]:
        return [(o.step, o.record.department.slug, o.due_on) for o in owed(DURING)]

    arts = Department.objects.get(slug="arts")
    extend(year.cycle, MoreTime("request", arts, date(2027, 4, 30), "Flood."), by=cast.emil, at=APRIL)
    assert found() == [("submit", "arts", date(2027, 4, 30)), ("submit", "sports", date(2027, 4, 15))]
    actions.submit(year.arts, by=cast.amina, at=DURING, seen=1)
    actions.waive(year.sports, by=cast.ada, at=DURING, seen=1, comment="Closed for the year.")
    assert found() == [("allocate", "arts", None)]
