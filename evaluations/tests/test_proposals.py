"""Change proposals: made by anybody, decided by somebody else, carried out, told in the handbook, confirmed again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import DecimalField, PositiveSmallIntegerField
from django.test import Client
from django.utils.translation import override

from evaluations.meetings import actions as meetings
from evaluations.models import ChangeProposal, Meeting
from evaluations.proposals import actions
from evaluations.proposals.actions import SET_LIMIT, ProposedChange, WantedSetting
from evaluations.proposals.models import LIMIT_OF
from evaluations.tests.posting import NAUGHTY, page, send
from planning.cycles.actions import WindowMove, create_cycle, move_window
from planning.cycles.calendar import WindowDates
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.handbook.actions import acknowledge
from sop_portal.handbook.models import Edition
from sop_portal.handbook.tests.published import published
from sop_portal.reminders.actions import sweep
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
CHANGE = ProposedChange("window", "Three weeks", "Three weeks for requests", "33 came back for a missing reason")
LIST = "/2027/proposals/"


@shared_fixture
def proposed(ending: Cycle, cast: SimpleNamespace, july: datetime) -> ChangeProposal:
    """Amina proposes three weeks for requests."""
    return actions.propose_change(ending, CHANGE, by=cast.amina, at=july)


def test_everybody_who_takes_part_proposes_and_the_auditor_does_not(
    ending: Cycle, cast: SimpleNamespace, july: datetime
) -> None:
    for name in ("amina", "ben", "chidi", "dora", "emil", "ada"):
        change = replace(CHANGE, title=name, what=name)
        actions.propose_change(ending, change, by=getattr(cast, name), at=july)
    for name in ("omar", "farid"):
        with pytest.raises(NotYours):
            actions.propose_change(ending, replace(CHANGE, title=name), by=getattr(cast, name), at=july)
    assert list(ChangeProposal.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_the_same_words_are_not_proposed_twice(proposed: ChangeProposal, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady, match="proposed already"):
        actions.propose_change(proposed.cycle, CHANGE, by=cast.bao, at=july)
    actions.propose_change(proposed.cycle, replace(CHANGE, is_another=True), by=cast.bao, at=july)
    assert ChangeProposal.objects.count() == 2


@pytest.mark.parametrize("name", ["area", "title", "what", "because"])
def test_a_proposal_says_what_and_why(ending: Cycle, cast: SimpleNamespace, july: datetime, name: str) -> None:
    with pytest.raises(NotReady):
        actions.propose_change(ending, replace(CHANGE, **{name: " "}), by=cast.amina, at=july)
    assert ChangeProposal.objects.count() == 0


def test_management_decides_and_nobody_on_the_own_proposal(
    ending: Cycle, proposed: ChangeProposal, cast: SimpleNamespace, july: datetime
) -> None:
    for name in ("amina", "bao", "chidi", "ada", "omar"):
        with pytest.raises(NotYours):
            actions.adopt(proposed, by=getattr(cast, name), at=july, seen=proposed.version)
    own = actions.propose_change(ending, replace(CHANGE, title="Own", what="Own"), by=cast.emil, at=july)
    with pytest.raises(NotYours):
        actions.adopt(own, by=cast.emil, at=july, seen=own.version)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeProposal.objects.filter(pk=own.pk).update(state="adopted", adopted_by=cast.emil, adopted_at=july)
    actions.adopt(proposed, by=cast.emil, at=july, seen=proposed.version)
    elif_aydin = getattr(cast, "elif")
    actions.decline(own, by=elif_aydin, at=july, seen=own.version, comment="Not now")
    assert (proposed.state, own.state) == ("adopted", "declined")


def test_an_adopted_change_is_given_up_with_a_reason_before_it_is_carried_out(
    proposed: ChangeProposal, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.adopt(proposed, by=cast.emil, at=july, seen=proposed.version)
    for name in ("amina", "ada", "chidi"):
        with pytest.raises(NotYours):
            actions.give_up(proposed, by=getattr(cast, name), at=july, seen=proposed.version, comment="No")
    with pytest.raises(NotReady):
        actions.give_up(proposed, by=cast.emil, at=july, seen=proposed.version)
    answer = send(as_person(cast.emil), f"{LIST}1/give-up/", seen=proposed.version, comment="Two are enough")
    assert answer.status_code == 302
    proposed.refresh_from_db()
    assert (proposed.state, proposed.adopted_by, proposed.declined_by) == ("declined", cast.emil, cast.emil)
    assert "gave the adopted change up" in page(as_person(cast.bao), f"{LIST}1/")
    assert Notice.objects.get(person=cast.amina, verb="give-up").quote == "Two are enough"
    with pytest.raises(NotNow):
        actions.carry_out(proposed, by=cast.ada, at=july, seen=proposed.version)


def test_nobody_gives_up_an_adopted_change_of_their_own(ending: Cycle, cast: SimpleNamespace, july: datetime) -> None:
    own = actions.propose_change(ending, CHANGE, by=cast.emil, at=july)
    actions.adopt(own, by=getattr(cast, "elif"), at=july, seen=own.version)
    with pytest.raises(NotYours):
        actions.give_up(own, by=cast.emil, at=july, seen=own.version, comment="Not now")


def test_what_is_carried_out_is_not_given_up(proposed: ChangeProposal, cast: SimpleNamespace, july: datetime) -> None:
    actions.adopt(proposed, by=cast.emil, at=july, seen=proposed.version)
    actions.carry_out(proposed, by=cast.ada, at=july, seen=proposed.version)
    with pytest.raises(NotNow):
        actions.give_up(proposed, by=cast.emil, at=july, seen=proposed.version, comment="Not now")


def test_a_change_in_force_is_told_by_the_next_version_which_is_confirmed_again(
    proposed: ChangeProposal, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    """From the proposal to the handbook: whoever confirmed the version before owes the new one."""
    acknowledge(Edition.objects.get(), by=cast.bao, at=july)
    actions.adopt(proposed, by=cast.emil, at=july, seen=proposed.version)
    with pytest.raises(NotYours):
        actions.carry_out(proposed, by=cast.emil, at=july, seen=proposed.version)
    actions.carry_out(proposed, by=cast.ada, at=july, seen=proposed.version)
    texts = {"request": ("You have three weeks.", "您有三周时间。")}
    edition = published(texts, note="Three weeks for requests", cast=cast, at=july)
    proposed.refresh_from_db()
    # The act itself told of it; a week before the day it is reminded of.
    sweep(at=july + timedelta(days=8))
    owed = Notice.objects.owed().filter(kind="handbook", person=cast.bao).count()
    with clock.at(july + timedelta(days=8)):
        text, work = page(as_person(cast.bao), "/handbook/"), page(as_person(cast.bao), "/")
    acknowledge(edition, by=cast.bao, at=july + timedelta(days=9))
    sweep(at=july + timedelta(days=9))
    left = Notice.objects.owed().filter(kind="handbook", person=cast.bao).count()
    assert (proposed.edition, owed, left) == (2, 1, 0)
    assert ("Three weeks" in text, "Handbook, version 2" in work) == (True, True)


def test_a_proposal_stands_on_the_agenda_until_it_is_decided(
    proposed: ChangeProposal, cast: SimpleNamespace, july: datetime
) -> None:
    terms = meetings.MeetingTerms((july + timedelta(days=8)).date(), "Hall")
    meeting: Meeting = meetings.call(proposed.cycle, terms, by=cast.emil, at=july)
    before = list(meeting.points.values_list("title", flat=True))
    actions.adopt(proposed, by=cast.emil, at=july, seen=proposed.version)
    sweep(at=july + timedelta(hours=1))
    assert (before, meeting.points.count()) == (["Change proposal 1, Three weeks"], 0)


def test_the_pages_propose_decide_and_keep_what_was_typed(
    ending: Cycle, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    head, manager = as_person(cast.amina), as_person(cast.emil)
    typed = {"area": "form", "title": "Fewer fields", "what": NAUGHTY, "because": "It is long"}
    assert send(head, f"{LIST}new/", **typed | {"because": ""}).status_code == 422
    answer = send(head, f"{LIST}new/", **typed, origin_url="/2027/process-review/")
    text = page(as_person(cast.bao), answer.headers["Location"])
    assert ("<script>alert(1)" in text, "/2027/process-review/" in text) == (False, True)
    assert send(manager, f"{LIST}1/decline/", seen=1, comment="").status_code == 422
    assert send(head, f"{LIST}1/adopt/", seen=1).status_code == 403
    assert send(manager, f"{LIST}1/adopt/", seen=1).status_code == 302
    assert "Adopted" in page(head, LIST)


def due_later(ending: Cycle) -> WantedSetting:
    """The evaluation of 2027 is due a week later."""
    return WantedSetting("due", ending, "evaluation", ending.windows.get(stage="evaluation").due_on + timedelta(days=7))


def carried_out(ending: Cycle, wanted: WantedSetting, cast: SimpleNamespace, at: datetime) -> ChangeProposal:
    found = actions.propose_change(ending, replace(CHANGE, wanted=wanted), by=cast.amina, at=at)
    actions.adopt(found, by=cast.emil, at=at, seen=found.version)
    return actions.carry_out(found, by=cast.ada, at=at, seen=found.version)


def test_a_due_day_is_set_when_the_change_is_carried_out_and_everybody_is_told(
    ending: Cycle, cast: SimpleNamespace, july: datetime
) -> None:
    window = ending.windows.get(stage="evaluation")
    wanted = due_later(ending)
    found = carried_out(ending, wanted, cast, july)
    after = ending.windows.get(stage="evaluation")
    assert (after.due_on, after.grace_until - after.due_on) == (wanted.due_on, window.grace_until - window.due_on)
    told = set(Notice.objects.filter(verb="move-window").values_list("person__email", flat=True))
    assert "amina@example.org" in told
    assert found.was == window.due_on.isoformat()
    assert wanted.due_on is not None
    for language in ("en", "zh-hans"):
        with override(language):
            assert f"{day_of_year(window.due_on)} → {day_of_year(wanted.due_on)}" in found.setting_words


def test_a_threshold_is_set_and_told_in_the_next_version_of_the_handbook(
    ending: Cycle, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    found = carried_out(ending, WantedSetting("receipts", ending, amount=Decimal(250)), cast, july)
    ending.refresh_from_db()
    assert ending.receipt_needed_above == 250
    published({"request": ("You have three weeks.", "您有三周时间。")}, note="Receipts", cast=cast, at=july)
    found.refresh_from_db()
    assert found.setting_words in page(as_person(cast.bao), "/handbook/versions/2/")


@pytest.mark.parametrize(("setting", "later"), [("opens", -7), ("grace", 40)])
def test_a_stage_opens_or_ends_on_the_day_that_was_decided_on(
    ending: Cycle, cast: SimpleNamespace, july: datetime, setting: str, later: int
) -> None:
    before = ending.windows.get(stage="evaluation")
    day = before.opens_on + timedelta(days=later) if setting == "opens" else before.due_on + timedelta(days=later)
    found = carried_out(ending, WantedSetting(setting, ending, "evaluation", day), cast, july)
    after = ending.windows.get(stage="evaluation")
    expected = (day, before.grace_until) if setting == "opens" else (before.opens_on, day)
    assert (after.opens_on, after.grace_until, after.due_on) == (*expected, before.due_on)
    was = before.opens_on if setting == "opens" else before.grace_until
    assert f"{day_of_year(was)} → {day_of_year(day)}" in found.setting_words


@pytest.mark.parametrize(("setting", "days", "moved"), [("grace", 2, 30), ("opens", -1, -30)])
def test_a_day_that_does_not_fit_any_more_is_not_set_to_another(
    ending: Cycle, cast: SimpleNamespace, july: datetime, setting: str, days: int, moved: int
) -> None:
    """The window of the stage moved after the change was adopted; once it is back the day is set."""
    window = ending.windows.get(stage="evaluation")
    stood = WindowDates(window.opens_on, window.due_on, window.grace_until)
    away = WindowDates(*(day + timedelta(days=moved) for day in (stood.opens_on, stood.due_on, stood.grace_until)))
    wanted = WantedSetting(setting, ending, "evaluation", window.due_on + timedelta(days=days))
    found = actions.propose_change(ending, replace(CHANGE, wanted=wanted), by=cast.amina, at=july)
    actions.adopt(found, by=cast.emil, at=july, seen=found.version)
    move_window(ending, WindowMove("evaluation", away, "Storm"), by=cast.ada, at=july, seen=ending.version)
    with pytest.raises(NotReady, match="in this order"):
        actions.carry_out(found, by=cast.ada, at=july, seen=found.version)
    found.refresh_from_db()
    assert (found.state, ending.windows.get(stage="evaluation").due_on) == ("adopted", away.due_on)
    ending.refresh_from_db()
    move_window(ending, WindowMove("evaluation", stood, "No storm"), by=cast.ada, at=july, seen=ending.version)
    actions.carry_out(found, by=cast.ada, at=july, seen=found.version)
    after = ending.windows.get(stage="evaluation")
    assert (after.grace_until if setting == "grace" else after.opens_on) == wanted.due_on


def test_days_off_are_heeded_once_that_is_carried_out(ending: Cycle, cast: SimpleNamespace, july: datetime) -> None:
    found = carried_out(ending, WantedSetting("days-off", ending), cast, july)
    ending.refresh_from_db()
    assert ending.moves_to_working_day
    assert found.setting_words == "Deadlines of 2027 on a day off: the next working day"


@pytest.mark.parametrize(
    ("setting", "field", "words"),
    [
        ("approvals", "second_approval_above", "A second manager approves the budget of 2029 above: 5,000.00"),
        ("transfers", "small_transfer_limit", "Finance puts transfers of 2029 in force alone up to: 0.00 → 5,000.00"),
    ],
)
def test_who_decides_on_money_is_set_in_a_year_that_is_not_published(
    ending: Cycle, cast: SimpleNamespace, july: datetime, setting: str, field: str, words: str
) -> None:
    wanted = WantedSetting(setting, ending, amount=Decimal(5000))
    with pytest.raises(NotReady, match="The year is published"):
        actions.propose_change(ending, replace(CHANGE, wanted=wanted), by=cast.amina, at=july)
    following = create_cycle(year=2029, by=cast.ada, at=july)
    found = carried_out(ending, replace(wanted, of=following), cast, july)
    following.refresh_from_db()
    assert getattr(following, field) == 5000
    assert found.setting_words == words


def test_which_results_are_explained_is_set_by_a_proposal(ending: Cycle, cast: SimpleNamespace, july: datetime) -> None:
    following = create_cycle(year=2029, by=cast.ada, at=july)
    found = carried_out(ending, WantedSetting("deviations", following, amount=Decimal(15)), cast, july)
    following.refresh_from_db()
    assert following.deviation_to_explain == 15
    assert found.setting_words == "Results of 2029 are explained beyond: 20\xa0% → 15\xa0%"
    wrong = WantedSetting("deviations", following, amount=Decimal("12.5"))
    with pytest.raises(NotReady, match="too many decimals"):
        actions.propose_change(ending, replace(CHANGE, wanted=wrong), by=cast.amina, at=july)


def test_every_limit_of_a_year_can_be_proposed() -> None:
    figures = (DecimalField, PositiveSmallIntegerField)
    limits = {field.name for field in Cycle._meta.fields if isinstance(field, figures)} - {"year"}
    assert set(LIMIT_OF.values()) == limits
    assert set(SET_LIMIT) == set(LIMIT_OF)


def test_a_stage_that_would_open_after_its_due_day_is_not_proposed(
    ending: Cycle, cast: SimpleNamespace, july: datetime
) -> None:
    due = ending.windows.get(stage="evaluation").due_on
    for setting, days in (("opens", 1), ("grace", -1)):
        wanted = WantedSetting(setting, ending, "evaluation", due + timedelta(days=days))
        with pytest.raises(NotReady, match="in this order"):
            actions.propose_change(ending, replace(CHANGE, wanted=wanted), by=cast.amina, at=july)


@pytest.mark.parametrize(
    "wrong",
    [
        {"setting": "weather"}, {"setting": "due"}, {"setting": "", "amount": Decimal(3)}, {"stage": ""},
        {"of": None}, {"amount": Decimal(3)}, {"due_on": date(2050, 1, 1)}, {"setting": "receipts"},
    ],
)  # fmt: skip
def test_half_a_setting_is_refused(ending: Cycle, cast: SimpleNamespace, july: datetime, wrong: dict[str, Any]) -> None:
    whole = due_later(ending)
    made = WantedSetting(wrong["setting"]) if wrong == {"setting": "due"} else replace(whole, **wrong)
    with pytest.raises(NotReady):
        actions.propose_change(ending, replace(CHANGE, wanted=made), by=cast.amina, at=july)
    actions.propose_change(ending, replace(CHANGE, wanted=whole), by=cast.amina, at=july)


def test_the_database_keeps_half_a_setting_out(ending: Cycle, cast: SimpleNamespace, july: datetime) -> None:
    found = actions.propose_change(ending, replace(CHANGE, wanted=due_later(ending)), by=cast.amina, at=july)
    for wrong in ({"due_on": None}, {"setting": ""}, {"stage": ""}, {"setting": "receipts"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ChangeProposal.objects.filter(pk=found.pk).update(**wrong)


def test_the_form_names_the_setting_and_says_what_is_missing(
    ending: Cycle, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    typed = {"area": "window", "title": "A week more", "what": "A week more", "because": "Too short", "setting": "due"}
    with clock.at(july):
        head = as_person(cast.amina)
        assert send(head, f"{LIST}new/", **typed, setting_of="2027").status_code == 422
        sent = send(head, f"{LIST}new/", **typed, setting_of="2027", stage="evaluation", due_on="2028-08-04")
        text = page(head, sent.headers["Location"])
    found = ChangeProposal.objects.get()
    assert found.setting_words == f"Performance evaluation 2027, due: {day_of_year(date(2028, 8, 4))}"
    assert found.setting_words in text


def test_where_no_setting_is_named_none_is_said_to_be_changed(
    proposed: ChangeProposal, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.adopt(proposed, by=cast.emil, at=july, seen=proposed.version)
    shown = page(as_person(cast.ada), f"{LIST}1/carry-out/")
    assert ("The change is in force from now on" in shown, "setting" in shown) == (True, False)
