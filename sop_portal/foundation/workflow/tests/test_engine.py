"""The engine's promises, tried on a forecast."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from planning.forecasts.workflow import FORECAST
from planning.models import Forecast
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import Delegation, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.engine import edit, step
from sop_portal.foundation.workflow.tests.stepping import submit


def accept(forecast: Forecast, by: User, at: datetime, seen: int = 0) -> None:
    with step(FORECAST, forecast, "accept", by=by, at=at, seen=seen or forecast.version):
        pass


def test_a_step_sets_state_and_stamps(submitted: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    stored = Forecast.objects.get(pk=submitted.pk)
    assert (stored.state, stored.submitted_by, stored.submitted_at) == ("submitted", cast.amina, noon)


def test_a_step_leaves_one_trail_entry(submitted: Forecast, cast: SimpleNamespace) -> None:
    entry = Entry.objects.get(verb="submit")
    assert (entry.verb, entry.by_id, entry.state_from, entry.state_to) == (
        "submit",
        cast.amina.pk,
        "draft",
        "submitted",
    )


def test_those_who_can_decide_are_told_and_nobody_else(submitted: Forecast, cast: SimpleNamespace) -> None:
    told = set(Notice.objects.values_list("person__name", flat=True))
    assert told == {"Chidi Okafor", "Chen Jing"}
    assert set(Mail.objects.values_list("person__name", flat=True)) == told


def test_those_who_can_decide_read_what_is_to_be_done_and_authors_what_happened(
    submitted: Forecast, cast: SimpleNamespace, noon: datetime
) -> None:
    asked = set(Notice.objects.values_list("texts__en", "is_asked"))
    accept(submitted, cast.chidi, noon)
    told = set(Notice.objects.filter(verb="accept").values_list("person__name", "texts__en", "is_asked"))
    assert asked == {("Review the 2027 forecast of Arts. Amina Diallo submitted the forecast", True)}
    assert told == {("Amina Diallo", "Chidi Okafor accepted the forecast: Forecast 2027, Arts", False)}


def test_the_resource_team_may_accept(submitted: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    accept(submitted, cast.chidi, noon)
    assert submitted.state == "accepted"


def test_a_department_head_may_not_accept_and_reads_who_can(
    submitted: Forecast, cast: SimpleNamespace, noon: datetime
) -> None:
    with pytest.raises(NotYours) as refusal:
        accept(submitted, cast.bao, noon)
    assert str(refusal.value) == (
        "Only the resource team may accept or send back a forecast. Chen Jing or Chidi Okafor can."
    )


def test_the_second_to_decide_reads_who_was_faster(submitted: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    accept(submitted, cast.chidi, noon)
    with pytest.raises(NotNow) as refusal:
        accept(submitted, cast.chen, noon)
    assert refusal.value.way_out.startswith("Chidi Okafor accepted the forecast on ")
    assert Entry.objects.filter(verb="accept").count() == 1


def test_what_nobody_decided_yet_is_not_accepted_either(
    forecast: Forecast, cast: SimpleNamespace, noon: datetime
) -> None:
    with pytest.raises(NotNow) as refusal, step(FORECAST, forecast, "accept", by=cast.chidi, at=noon, seen=2):
        pass
    assert refusal.value.way_out == "Open the record to see what is possible now."


def test_nobody_accepts_what_they_edited(forecast: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    Membership.objects.create(
        person=cast.chidi, role=Role.HEAD, department=forecast.department, from_on=date(2020, 1, 1)
    )
    with edit(FORECAST, forecast, by=cast.chidi, at=noon, can=Can.EDIT_DRAFTS) as editing:
        editing.change("participants", "1", "2")
    Membership.objects.filter(person=cast.chidi, role=Role.HEAD).delete()
    submit(forecast, cast.amina, noon)
    with pytest.raises(NotYours) as refusal:
        accept(forecast, cast.chidi, noon)
    assert refusal.value.way_out == "Chen Jing can."


def test_the_head_of_the_department_does_not_decide_even_in_a_second_role(
    submitted: Forecast, cast: SimpleNamespace, noon: datetime
) -> None:
    Membership.objects.create(
        person=cast.chen, role=Role.HEAD, department=submitted.department, from_on=date(2020, 1, 1)
    )
    with pytest.raises(NotYours):
        accept(submitted, cast.chen, noon)


def test_the_database_refuses_an_acceptance_by_the_submitter(submitted: Forecast, cast: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Forecast.objects.filter(pk=submitted.pk).update(
            state="accepted", accepted_by=cast.amina, accepted_at=submitted.submitted_at
        )


def test_the_database_refuses_an_acceptance_by_an_editor(
    forecast: Forecast, cast: SimpleNamespace, noon: datetime
) -> None:
    with edit(FORECAST, forecast, by=cast.ben, at=noon, can=Can.EDIT_DRAFTS, reach=_line_of_ben(forecast)) as editing:
        editing.change("participants", "1", "2")
    submit(forecast, cast.amina, noon)
    with pytest.raises(IntegrityError), transaction.atomic():
        Forecast.objects.filter(pk=forecast.pk).update(state="accepted", accepted_by=cast.ben, accepted_at=noon)


def _line_of_ben(forecast: Forecast) -> SimpleNamespace:
    lead = Membership.objects.get(role=Role.LEAD).person_id
    return SimpleNamespace(department_id=forecast.department_id, lead_id=lead)


def test_a_changed_forecast_is_not_accepted_unseen(forecast: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    with edit(FORECAST, forecast, by=cast.amina, at=noon, can=Can.EDIT_DRAFTS) as editing:
        editing.change("participants", "100", "900", where="Story hours")
    submit(forecast, cast.amina, noon)
    with pytest.raises(Changed) as refusal:
        accept(forecast, cast.chidi, noon, seen=forecast.version - 1)
    assert [(d.label, d.old, d.new) for d in refusal.value.differences] == [("Story hours: Participants", "100", "900")]
    accept(forecast, cast.chidi, noon)


def test_sending_back_needs_a_comment(submitted: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    with (
        pytest.raises(NotReady),
        step(FORECAST, submitted, "send-back", by=cast.chidi, at=noon, seen=submitted.version),
    ):
        pass
    with step(FORECAST, submitted, "send-back", by=cast.chidi, at=noon, seen=submitted.version, comment="Two points"):
        pass
    assert Notice.objects.get(person=cast.amina).quote == "Two points"


def test_a_failing_effect_leaves_nothing_behind(forecast: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        step(FORECAST, forecast, "submit", by=cast.amina, at=noon, seen=forecast.version),
    ):
        raise ZeroDivisionError
    stored = Forecast.objects.get(pk=forecast.pk)
    assert (stored.state, Entry.objects.filter(verb="submit").count(), Mail.objects.count()) == ("draft", 0, 0)


def test_a_deputy_acts_and_the_trail_shows_both(submitted: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    Delegation.objects.create(
        giver=cast.chidi, deputy=cast.dora, role="", from_on=date(2027, 3, 1), until_on=date(2027, 3, 31)
    )
    accept(submitted, cast.dora, noon)
    entry = Entry.objects.get(verb="accept")
    assert (entry.by_id, entry.behalf_id) == (cast.dora.pk, cast.chidi.pk)
