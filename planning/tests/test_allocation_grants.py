"""Deciding on lines: what is granted, what a pool holds, who decides, and what stays in the trail."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from planning.models import Pool, RequestLine, ResourceRequest
from planning.requests import actions
from planning.tests.requesting import DURING, Browser, ask_bus, decide, decide_all, open_year, submitted, terms
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Delegation, Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """Arts asks for 50 days of the Bookmobile, which has 32; both requests are submitted."""
    year = open_year(cast)
    year.line = ask_bus(year, cast.amina)
    return submitted(year, cast)


def bus(year: SimpleNamespace) -> Decimal:
    return Pool.objects.get(pk=year.bus.pk).committed


def test_a_grant_commits_the_pool(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = decide(year.line, cast.chidi, "part", 20, "The rest in autumn.")
    assert (bus(year), line.granted_cost) == (20, Decimal(30))
    stored = RequestLine.objects.get(pk=line.pk)
    assert (stored.decision, stored.reason, stored.decided_by, stored.decided_at) == (
        "part",
        "The rest in autumn.",
        cast.chidi,
        DURING,
    )


def test_more_than_the_pool_holds_is_refused_with_the_way_out(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    with pytest.raises(NotReady) as refusal:
        decide(year.line, cast.chidi)
    assert str(refusal.value) == ("Bookmobile is full: 32 of your 50 days are left. Take 32, or defer the rest.")
    assert (bus(year), RequestLine.objects.get(pk=year.line.pk).decision) == (0, "open")


def test_an_empty_pool_says_so(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(0)), by=cast.chidi, at=DURING, seen=1)
    with pytest.raises(NotReady) as refusal:
        decide(year.line, cast.chidi)
    assert str(refusal.value) == "Bookmobile is full: nothing is left of it. Defer or refuse the line."


def test_the_last_cent_of_a_pool_can_be_granted(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    for part in ("0.10", "0.20", "10.10", "31.90", "32.00"):
        decide(year.line, cast.chidi, "part", part, "Step by step.")
        assert bus(year) == Decimal(part)
    with pytest.raises(NotReady):
        decide(year.line, cast.chidi, "part", "32.01", "One cent more.")


def test_a_decision_may_change_and_moves_the_pool_by_the_difference(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    decide(year.line, cast.chidi, "part", 32, "All there is.")
    decide(year.line, cast.chen, "part", 12, "Sports needs some.")
    assert bus(year) == 12
    decide(year.line, cast.chen, "refused", 0, "The bus is sold.")
    assert bus(year) == 0
    line = decide(year.line, cast.chen, "open")
    year.story.refresh_from_db()
    assert (line.decided_by, line.reason, year.story.granted) == (None, "", 0)


def test_the_same_decision_again_changes_nothing(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    decide(year.line, cast.chidi, "part", 20, "The rest in autumn.")
    later = decide(year.line, cast.chen, "part", 20, "The rest in autumn.", at=DURING + timedelta(days=1))
    assert (later.decided_by, later.decided_at, bus(year)) == (cast.chidi, DURING, 20)
    assert Entry.objects.filter(verb="grant").count() == 1


def test_a_decision_that_was_not_seen_is_not_overwritten(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    shown = year.line.decision_version
    decide(year.line, cast.chidi, "part", 20, "The rest in autumn.", seen_decision=shown)
    with pytest.raises(Changed) as refusal:
        decide(year.line, cast.chen, "part", 30, "More.", seen_decision=shown)
    assert str(refusal.value).startswith("Chidi Okafor decided on this line a moment before you")
    assert [d.new for d in refusal.value.differences] == ["In part: 20\N{NO-BREAK SPACE}days"]
    assert bus(year) == 20


DECISIONS = "Undecided, In full, In part, Deferred, Refused"
IN_PART = "In part is more than zero and less than the 50 asked for."


@pytest.mark.parametrize(
    ("decision", "granted", "reason", "sentence"),
    [
        ("part", 10, "", "Say why. Arts will read it."),
        ("deferred", 0, " ", "Say why. Arts will read it."),
        ("refused", 0, "", "Say why. Arts will read it."),
        ("part", 0, "Why", "“Grant” is less than it can be. Enter 0.01 or more."),
        ("part", -1, "Why", "“Grant” is less than it can be. Enter 0.01 or more."),
        ("part", 50, "Why", f"{IN_PART} Grant it in full, or less of it."),
        ("part", 51, "Why", f"{IN_PART} Grant it in full, or less of it."),
        ("granted", 1, "Why", f"“Decision” cannot be “granted”. Choose one of these: {DECISIONS}."),
    ],
)
def test_a_decision_fits_its_figure_and_has_its_reason(
    year: SimpleNamespace, cast: SimpleNamespace, decision: str, granted: int, reason: str, sentence: str
) -> None:
    with pytest.raises(NotReady) as refusal:
        decide(year.line, cast.chidi, decision, granted, reason)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("name", ["amina", "ben", "bao", "dora", "dev", "emil", "elif", "ada", "omar", "farid"])
def test_only_the_resource_team_decides(year: SimpleNamespace, cast: SimpleNamespace, name: str) -> None:
    with pytest.raises(NotYours) as refusal:
        decide(year.line, getattr(cast, name), "part", 1, "Because.")
    assert (
        str(refusal.value) == "Only the resource team may review and allocate resources. Chen Jing or Chidi Okafor can."
    )
    with pytest.raises(NotYours):
        actions.score_line(year.line, actions.LineRating(5, 5), by=getattr(cast, name), at=DURING, seen=2)


def test_nobody_decides_a_line_of_a_request_they_edited(cast: SimpleNamespace) -> None:
    year = open_year(cast)
    arts = year.arts.department
    Membership.objects.create(person=cast.chidi, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    asked = actions.AskedLine(year.bus, "Bus", Decimal(2), "More", forecast_line=year.story.forecast_line)
    line = actions.add_line(year.arts, year.story, asked, by=cast.chidi, at=DURING, seen=1)
    Membership.objects.filter(person=cast.chidi, role=Role.HEAD).update(until_on=date(2026, 1, 1))
    submitted(year, cast)
    with pytest.raises(NotYours) as refusal:
        decide(line, cast.chidi)
    assert refusal.value.way_out == "Chen Jing can."
    decide(line, cast.chen)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestLine.objects.filter(pk=line.pk).update(decided_by=cast.chidi)


def test_the_head_of_the_department_does_not_decide_in_a_second_role(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    Membership.objects.create(
        person=cast.chen, role=Role.HEAD, department=year.arts.department, from_on=date(2020, 1, 1)
    )
    with pytest.raises(NotYours):
        decide(year.line, cast.chen, "part", 1, "Because.")


def test_a_deputy_decides_and_the_trail_shows_both(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    Delegation.objects.create(
        giver=cast.chidi, deputy=cast.dora, role="", from_on=date(2027, 4, 1), until_on=date(2027, 4, 30)
    )
    decide(year.line, cast.dora, "part", 1, "Because.")
    entry = Entry.objects.get(verb="grant")
    assert (entry.by_id, entry.behalf_id) == (cast.dora.pk, cast.chidi.pk)


def test_the_trail_says_what_was_decided(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    decide(year.line, cast.chidi, "part", 20, "The rest in autumn.")
    entry = Entry.objects.get(verb="grant")
    assert (entry.kind, entry.record_id, entry.changes) == (
        "request",
        year.arts.pk,
        [
            {"where": "Story hours, Bookmobile", "field": "decision", "old": "open", "new": "part"},
            {"where": "Story hours, Bookmobile", "field": "granted", "old": "0.00", "new": "20"},
            {"where": "Story hours, Bookmobile", "field": "reason", "old": "", "new": "The rest in autumn."},
        ],
    )


def test_nothing_is_decided_before_it_is_submitted_or_after_it_is_allocated(cast: SimpleNamespace) -> None:
    year = open_year(cast)
    line = year.arts.lines.first()
    with pytest.raises(NotNow):
        decide(line, cast.chidi)
    submitted(year, cast)
    decide_all(year.arts, cast.chidi)
    year.arts.refresh_from_db()
    actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=year.arts.version)
    with pytest.raises(NotNow):
        decide(line, cast.chidi, "refused", 0, "Too late.")


def test_a_request_is_allocated_when_every_line_is_decided(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=2)
    assert [str(m) for m in refusal.value.missing] == [
        "Story hours: “Materials” is not decided.",
        "Story hours: “Money, without materials” is not decided.",
        "Story hours: “People (hours)” is not decided.",
        "Story hours: “Bookmobile” is not decided.",
    ]
    for line in year.arts.lines.exclude(pk=year.line.pk):
        decide(line, cast.chidi)
    decide(year.line, cast.chidi, "deferred", 0, "When the second bus is there.")
    year.arts.refresh_from_db()
    actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=year.arts.version)
    assert ResourceRequest.objects.get(pk=year.arts.pk).state == "allocated"
    notified = Notice.objects.filter(kind="request", verb="allocate").values_list("person__name", flat=True)
    assert list(notified) == ["Amina Diallo"]


def all_decided(year: SimpleNamespace, cast: SimpleNamespace) -> int:
    """Chidi decides every line of Arts and looks at the result: the version seen."""
    for line in year.arts.lines.exclude(pk=year.line.pk):
        decide(line, cast.chidi)
    decide(year.line, cast.chidi, "part", 20, "The rest in autumn.")
    return ResourceRequest.objects.get(pk=year.arts.pk).version


def test_a_decision_that_was_changed_meanwhile_is_not_allocated_unseen(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    seen = all_decided(year, cast)
    decide(year.line, cast.chen, "part", 5, "Less.")
    with pytest.raises(Changed) as refusal:
        actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=seen)
    assert ("Story hours, Bookmobile: granted", "20", "5") in [
        (d.label, Decimal(d.old).normalize().to_eng_string(), d.new)
        for d in refusal.value.differences
        if d.label.endswith("granted")
    ]
    actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=seen + 1)


def test_what_is_granted_counts_for_the_project_once_it_is_allocated(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    seen, found = all_decided(year, cast), []
    for _ in range(2):
        year.story.refresh_from_db()
        found.append(year.story.granted)
        if not found[1:]:
            actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=seen)
    assert found == [0, sum(line.granted_cost for line in year.arts.lines.filter(project=year.story))]
    assert found[1] > 0


def test_the_department_reads_nowhere_what_is_only_being_weighed(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    seen, head, found = all_decided(year, cast), as_person(cast.amina), []
    with pytest.raises(Changed):
        decide(year.line, cast.chen, "part", 5, "The rest in autumn.", seen_decision="open 0")
    pages = [
        "/trail/",
        year.arts.get_absolute_url(),
        year.story.get_absolute_url(),
        "/2027/projects/",
        "/2027/requests/",
    ]
    with clock.at(DURING):
        found.append([page for page in pages if "The rest in autumn." in head.get(page).content.decode()])
        actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=seen)
        found.append([page for page in pages if "The rest in autumn." in head.get(page).content.decode()])
    assert found == [[], pages[:2]]


def test_many_undecided_lines_are_counted(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.send_back(year.arts, by=cast.chidi, at=DURING, seen=2, comment="More lines.")
    for _ in range(6):
        ask_bus(year, cast.amina, "1")
    actions.submit(year.arts, by=cast.amina, at=DURING, seen=year.arts.version)
    with pytest.raises(NotReady) as refusal:
        actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=year.arts.version)
    assert [str(m) for m in refusal.value.missing][-1] == "4 more lines are not decided."


def test_the_score_is_set_by_the_resource_team(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = actions.score_line(year.line, actions.LineRating(5, 4), by=cast.chidi, at=DURING, seen=2)
    stored = RequestLine.objects.get(pk=line.pk)
    assert (stored.urgency, stored.evidence) == (5, 4)
    assert Entry.objects.get(verb="score").changes == [
        {"where": "Story hours, Bookmobile", "field": "score", "old": "3 / 3", "new": "5 / 4"}
    ]
    with pytest.raises(NotReady):
        actions.score_line(year.line, actions.LineRating(6, 1), by=cast.chidi, at=DURING, seen=2)


BROKEN: list[dict[str, Any]] = [
    {"granted": 51},
    {"granted": -1},
    {"decision": "full"},
    {"decision": "part", "granted": 50},
    {"decision": "refused", "reason": ""},
    {"decision": "full", "granted": 50},
    {"urgency": 6},
    {"quantity": 0},
]


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_the_database_refuses_a_line_that_contradicts_itself(year: SimpleNamespace, broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestLine.objects.filter(pk=year.line.pk).update(**broken)
