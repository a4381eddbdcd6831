"""A correction of a count is withdrawn by whoever writes the report, until somebody has decided on it."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from evaluations.models import CountCorrection, Evaluation, ProgressReport
from evaluations.reports import actions
from evaluations.reviews import actions as reviews
from evaluations.tests.test_corrected_counts import WRONG, accepted, asked, confirm, correct, held, wrong_counts
from evaluations.tests.test_reviewed_counts import SEPTEMBER, asked_for, submitted
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotYours
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry

__all__ = ["accepted", "asked", "submitted"]
Browser = Callable[[User], Client]


def withdraw(correction: CountCorrection, by: User, at: datetime, comment: str = "") -> CountCorrection:
    return actions.withdraw(correction, by=by, at=at, seen=correction.version, comment=comment)


@pytest.mark.parametrize("name", ["amina", "ben"])
def test_whoever_writes_the_report_withdraws_and_nobody_is_asked_any_more(
    name: str, asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    person = getattr(cast, name)
    assert Notice.objects.owed().filter(kind="count-correction", person=cast.emil).exists()
    withdraw(asked, person, november, "It was right")
    assert (asked.state, asked.withdrawn_by, asked.withdrawn_at) == ("withdrawn", person, november)
    assert (asked.decided_by, held(asked.project), wrong_counts()) == (None, 10, [])
    assert not Notice.objects.owed().filter(kind="count-correction").exists()
    entry = Entry.objects.of("count-correction", asked.pk).first()
    assert entry is not None
    assert (entry.verb, entry.state_to, entry.comment) == ("withdraw", "withdrawn", "It was right")
    told = Notice.objects.filter(kind="count-correction", verb="withdraw").values_list("person__name", flat=True)
    assert list(told) == ([] if name == "ben" else ["Ben Carter"])


def test_a_mail_that_asked_for_the_decision_is_not_sent_any_more(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    asking = Mail.objects.filter(person=cast.emil, notices__kind="count-correction")
    assert asking.exists()
    withdraw(asked, cast.ben, november)
    assert not Notice.objects.owed().filter(mail__in=asking).exists()


@pytest.mark.parametrize("name", ["bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_nobody_else_withdraws(name: str, asked: CountCorrection, cast: SimpleNamespace, november: datetime) -> None:
    with pytest.raises(NotYours):
        withdraw(asked, getattr(cast, name), november)
    assert CountCorrection.objects.get().state == "asked"


@pytest.mark.parametrize("way", ["confirm", "decline"])
def test_what_was_decided_is_not_withdrawn_and_what_was_withdrawn_is_not_decided(
    way: str, asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    decided = actions.correct_count(asked.report, "participants", 1, reason=WRONG, by=cast.ben, at=november)
    decide = getattr(actions, way)
    decide(decided, by=cast.emil, at=november, seen=decided.version, comment="So")
    with pytest.raises(NotNow, match="Emil Novak"):
        withdraw(decided, cast.ben, november)
    withdraw(asked, cast.ben, november)
    with pytest.raises(NotNow, match="Ben Carter withdrew"):
        decide(asked, by=cast.emil, at=november, seen=asked.version, comment="So")


def test_an_old_page_withdraws_nothing(asked: CountCorrection, cast: SimpleNamespace, november: datetime) -> None:
    with pytest.raises(Changed):
        actions.withdraw(asked, by=cast.ben, at=november, seen=asked.version + 1)


def test_once_withdrawn_the_count_is_corrected_anew(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    withdraw(asked, cast.ben, november)
    again = correct(asked.report, cast.ben, november, becomes=13)
    confirm(again, cast.emil, november)
    assert (again.was, held(asked.project), wrong_counts()) == (10, 13, [])


def test_what_was_withdrawn_keeps_no_evaluation_waiting(submitted: Evaluation, cast: SimpleNamespace) -> None:
    withdraw(asked_for(submitted, cast, SEPTEMBER), cast.amina, SEPTEMBER)
    reviews.review(submitted, by=cast.emil, at=SEPTEMBER, seen=submitted.version)
    assert submitted.state == "reviewed"


def test_the_database_keeps_what_was_withdrawn(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime
) -> None:
    rows = CountCorrection.objects.filter(pk=asked.pk)
    both = {"decided_at": november, "decided_by": cast.emil, "withdrawn_at": november, "withdrawn_by": cast.ben}
    for wrong in ({"state": "withdrawn"}, {"state": "withdrawn", **both}, {"withdrawn_at": november}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**wrong)
    withdraw(asked, cast.ben, november)
    for change in ({"state": "asked", "withdrawn_at": None, "withdrawn_by": None}, {"withdrawn_by": cast.amina}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_a_correction_is_withdrawn_on_its_page_and_the_report_says_so(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    page, step = asked.get_absolute_url(), f"{asked.get_absolute_url()}withdraw/"
    with clock.at(november):
        ben, emil = as_person(cast.ben), as_person(cast.emil)
        assert f'href="{step}"' in ben.get(page).content.decode()
        assert f'href="{step}"' not in emil.get(page).content.decode()
        assert emil.post(step, {"seen": asked.version, "key": str(uuid4())}).status_code == 403
        assert "The count stays as it is; nobody has to decide on it any more." in ben.get(step).content.decode()
        ben.post(step, {"seen": asked.version, "key": str(uuid4()), "comment": "It was right"})
        shown, report = ben.get(page).content.decode(), emil.get(asked.report.get_absolute_url()).content.decode()
    assert "Finished: Withdrawn" in shown
    assert f'href="{step}"' not in shown
    assert "10 stays; " in report
    assert "withdrawn by " in report


def test_who_corrects_a_count_that_waits_keeps_what_was_typed_and_finds_what_waits(
    asked: CountCorrection, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    page = f"{asked.report.get_absolute_url()}correct/"
    typed = {"metric": "activities", "becomes": "14", "reason": "Another list lay there", "key": str(uuid4())}
    with clock.at(november):
        answer = as_person(cast.amina).post(page, typed)
    said = answer.content.decode()
    assert (answer.status_code, CountCorrection.objects.count()) == (422, 1)
    assert "waits for a decision already" in said
    assert "Another list lay there" in said
    assert f'href="{asked.get_absolute_url()}"' in said


def test_a_draft_is_corrected_in_itself_and_what_was_typed_stays(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    draft = ProgressReport.objects.filter(project=accepted.project, state="draft").order_by("period_first")[0]
    typed = {"metric": "activities", "becomes": "14", "reason": "Another list", "key": str(uuid4())}
    with clock.at(november):
        answer = as_person(cast.ben).post(f"{draft.get_absolute_url()}correct/", typed)
    assert (answer.status_code, "Another list" in answer.content.decode()) == (422, True)
