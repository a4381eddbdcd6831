"""Audits: planned by finance, answered by the department, verified by another, never by those who are audited."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from budgets.audits import actions
from budgets.audits.actions import AuditPlan, Observation
from budgets.audits.workflow import FINDING
from budgets.models import Audit, Finding
from planning.models import Cycle, Project
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.seals import broken_seals
from sop_portal.tests.papers import paper_on
from sop_portal.tests.shared_fixtures import shared_fixture

DUE = date(2027, 6, 1)
OTHERS = ["amina", "ben", "bao", "chidi", "emil", "ada", "omar", "farid"]


@shared_fixture
def planned(allocated: Cycle, arts: Department, cast: SimpleNamespace, may: datetime) -> Audit:
    """An audit of the story hours that Ben leads, planned by Dora."""
    project = Project.objects.get(name="Story hours")
    return actions.plan(allocated, AuditPlan("Use of the grant", arts, DUE, project), by=cast.dora, at=may)


@shared_fixture
def begun(planned: Audit, cast: SimpleNamespace, may: datetime) -> Audit:
    """The planned audit, begun."""
    return actions.begin(planned, by=cast.dora, at=may, seen=1)


@shared_fixture
def asked(begun: Audit, cast: SimpleNamespace, may: datetime) -> Finding:
    """One finding, which the department is asked to answer."""
    observed = Observation("Two receipts are missing", DUE, Decimal("80.50"))
    finding = actions.find(begun, observed, by=cast.dora, at=may, seen=1)
    begun.refresh_from_db()
    actions.ask(begun, by=cast.dora, at=may, seen=begun.version)
    finding.refresh_from_db()
    return finding


def remedied(finding: Finding, cast: SimpleNamespace, at: datetime) -> Finding:
    """Answered by Amina, remedied by Ben."""
    actions.answer(finding, by=cast.amina, at=at, seen=finding.version, comment="We look for them")
    paper_on(finding, by=cast.ben, at=at)
    return actions.remedy(finding, by=cast.ben, at=at, seen=finding.version, comment="Both were found")


def test_a_finding_nobody_is_asked_about_yet_was_written_by_an_act(
    begun: Audit, cast: SimpleNamespace, may: datetime
) -> None:
    finding = actions.find(begun, Observation("Two receipts are missing", DUE), by=cast.dora, at=may, seen=1)
    assert list(broken_seals(FINDING)) == []
    Finding.objects.filter(pk=finding.pk).update(what="Nothing is missing")
    assert [record.pk for record, _sentence in broken_seals(FINDING)] == [finding.pk]


@pytest.mark.parametrize("name", OTHERS)
def test_only_finance_audits(planned: Audit, cast: SimpleNamespace, may: datetime, name: str) -> None:
    person = getattr(cast, name)
    with pytest.raises(NotYours):
        actions.plan(planned.cycle, AuditPlan("Mine", planned.department, DUE), by=person, at=may)
    with pytest.raises(NotYours):
        actions.begin(planned, by=person, at=may, seen=1)
    assert Audit.objects.get().state == "planned"


def test_an_audit_says_what_is_audited(planned: Audit, cast: SimpleNamespace, may: datetime) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.plan(planned.cycle, AuditPlan(" ", planned.department, DUE), by=cast.dev, at=may)
    assert (refusal.value.sentence, Audit.objects.count()) == ("Say what is audited.", 1)


def test_the_audited_department_never_audits_itself(
    planned: Audit, asked: Finding, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    """Dev is in finance, and leads a project of Arts."""
    Membership.objects.create(person=cast.dev, role=Role.LEAD, department=arts, from_on=date(2020, 1, 1))
    remedied(asked, cast, may)
    with pytest.raises(NotYours):
        actions.verify(asked, by=cast.dev, at=may, seen=asked.version)
    with pytest.raises(NotYours):
        actions.plan(planned.cycle, AuditPlan("Mine", arts, DUE), by=cast.dev, at=may)
    for act in (actions.begin, actions.ask, actions.close):
        with pytest.raises(NotYours) as refusal:
            act(planned, by=cast.dev, at=may, seen=1)
        assert refusal.value.sentence == "You belong to the audited department, so somebody else audits it."


def test_an_audit_goes_from_plan_to_closure(begun: Audit, asked: Finding, cast: SimpleNamespace, may: datetime) -> None:
    remedied(asked, cast, may)
    actions.verify(asked, by=cast.dora, at=may, seen=asked.version)
    begun.refresh_from_db()
    actions.close(begun, by=cast.dev, at=may, seen=begun.version)
    asked.refresh_from_db()
    assert (begun.state, begun.closed_by, asked.state, asked.verified_by) == ("closed", cast.dev, "verified", cast.dora)
    assert (asked.answer, asked.remedy) == ("We look for them", "Both were found")


def test_a_project_of_another_department_is_not_audited_with_it(
    allocated: Cycle, sports: Department, cast: SimpleNamespace, may: datetime
) -> None:
    project = Project.objects.get(name="Story hours")
    with pytest.raises(NotReady):
        actions.plan(allocated, AuditPlan("Both", sports, DUE, project), by=cast.dora, at=may)


def test_findings_are_recorded_while_the_audit_is_in_progress(
    planned: Audit, cast: SimpleNamespace, may: datetime
) -> None:
    with pytest.raises(NotNow):
        actions.find(planned, Observation("Too early", DUE), by=cast.dora, at=may, seen=1)
    actions.begin(planned, by=cast.dora, at=may, seen=1)
    with pytest.raises(NotReady):
        actions.find(planned, Observation(" ", DUE), by=cast.dora, at=may, seen=1)
    with pytest.raises(NotReady):
        actions.find(planned, Observation("x", DUE, Decimal(-1)), by=cast.dora, at=may, seen=1)
    Project.objects.filter(pk=planned.project_id).update(budgeted=Decimal(24295), needed=Decimal(20000))
    with pytest.raises(NotReady, match="more money than there is") as refusal:
        actions.find(planned, Observation("x", DUE, Decimal("24295.01")), by=cast.dora, at=may, seen=1)
    assert str(refusal.value.missing[0]).startswith("Story hours has 24,295")
    for number in (1, 2):
        found = actions.find(planned, Observation(f"Finding {number}", DUE), by=cast.dora, at=may, seen=number)
        assert found.number == number


@pytest.mark.parametrize("name", OTHERS)
def test_only_finance_records_findings(begun: Audit, cast: SimpleNamespace, may: datetime, name: str) -> None:
    with pytest.raises(NotYours):
        actions.find(begun, Observation("x", DUE), by=getattr(cast, name), at=may, seen=1)


def test_without_a_finding_there_is_nothing_to_ask(begun: Audit, cast: SimpleNamespace, may: datetime) -> None:
    with pytest.raises(NotReady):
        actions.ask(begun, by=cast.dora, at=may, seen=1)
    actions.close(begun, by=cast.dora, at=may, seen=1)
    assert begun.state == "closed"


def test_the_department_reads_findings_once_it_is_asked(begun: Audit, cast: SimpleNamespace, may: datetime) -> None:
    finding = actions.find(begun, Observation("Receipts", DUE), by=cast.dora, at=may, seen=1)
    amina = Actor.of(cast.amina, may)
    assert not Finding.objects.visible_to(amina).exists()
    with pytest.raises(NotReady):
        actions.answer(finding, by=cast.amina, at=may, seen=1, comment="Too early")
    begun.refresh_from_db()
    actions.ask(begun, by=cast.dora, at=may, seen=begun.version)
    assert Finding.objects.visible_to(amina).get() == finding
    assert not Finding.objects.visible_to(Actor.of(cast.bao, may)).exists()
    notified = Notice.objects.filter(kind="finding").values_list("person__name", flat=True)
    assert set(notified) == {"Amina Diallo", "Ben Carter"}


@pytest.mark.parametrize("name", ["bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_only_the_audited_department_answers(asked: Finding, cast: SimpleNamespace, may: datetime, name: str) -> None:
    with pytest.raises(NotYours):
        actions.answer(asked, by=getattr(cast, name), at=may, seen=1, comment="We did")


def test_an_answer_and_a_remedy_say_something(asked: Finding, cast: SimpleNamespace, may: datetime) -> None:
    with pytest.raises(NotReady):
        actions.answer(asked, by=cast.amina, at=may, seen=1)
    actions.answer(asked, by=cast.amina, at=may, seen=1, comment="We look")
    paper_on(asked, by=cast.amina, at=may)
    with pytest.raises(NotReady, match="Say why"):
        actions.remedy(asked, by=cast.amina, at=may, seen=asked.version, comment=" ")


def test_a_remedy_is_shown_by_a_paper(asked: Finding, cast: SimpleNamespace, may: datetime) -> None:
    actions.answer(asked, by=cast.amina, at=may, seen=1, comment="We look")
    with pytest.raises(NotReady) as refusal:
        actions.remedy(asked, by=cast.amina, at=may, seen=asked.version, comment="A new rule")
    assert [str(one)[:37] for one in refusal.value.missing] == ["No paper shows the remedy yet: attach"]
    paper_on(asked, by=cast.amina, at=may)
    assert actions.remedy(asked, by=cast.amina, at=may, seen=asked.version, comment="A new rule").state == "remedied"


def test_what_finance_photographed_shows_no_remedy(asked: Finding, cast: SimpleNamespace, may: datetime) -> None:
    paper_on(asked, by=cast.dora, at=may, name="Empty folder.pdf")
    actions.answer(asked, by=cast.amina, at=may, seen=asked.version, comment="We look for them")
    with pytest.raises(NotReady) as refusal:
        actions.remedy(asked, by=cast.ben, at=may, seen=asked.version, comment="Both were found")
    said = "No paper shows the remedy yet: attach one, such as the new rule, the receipt or a photo."
    assert [str(one) for one in refusal.value.missing] == [said]
    Membership.objects.create(person=cast.ben, role=Role.FINANCE, from_on=date(2020, 1, 1))
    paper_on(asked, by=cast.ben, at=may, name="Both receipts.pdf", content=b"%PDF-1.4 both")
    assert actions.remedy(asked, by=cast.ben, at=may, seen=asked.version, comment="Found").state == "remedied"


@pytest.mark.parametrize("name", OTHERS)
def test_only_finance_verifies_or_opens_again(asked: Finding, cast: SimpleNamespace, may: datetime, name: str) -> None:
    remedied(asked, cast, may)
    for act in (actions.verify, actions.reopen):
        with pytest.raises(NotYours):
            act(asked, by=getattr(cast, name), at=may, seen=asked.version, comment="Fine")


def test_whoever_answered_never_verifies_even_in_a_second_role(
    asked: Finding, cast: SimpleNamespace, may: datetime
) -> None:
    remedied(asked, cast, may)
    Membership.objects.filter(person=cast.amina).delete()
    Membership.objects.create(person=cast.amina, role=Role.FINANCE, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours) as refusal:
        actions.verify(asked, by=cast.amina, at=may, seen=asked.version)
    assert refusal.value.way_out == "Dev Patel or Dora Weiss can."
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(state="verified", verified_by=cast.amina, verified_at=may)


def test_a_finding_is_opened_again_with_a_reason(asked: Finding, cast: SimpleNamespace, may: datetime) -> None:
    remedied(asked, cast, may)
    with pytest.raises(NotReady):
        actions.reopen(asked, by=cast.dev, at=may, seen=asked.version)
    actions.reopen(asked, by=cast.dev, at=may, seen=asked.version, comment="One is still missing")
    assert asked.state == "open"
    remedied(asked, cast, may)
    actions.verify(asked, by=cast.dev, at=may, seen=asked.version)
    assert asked.state == "verified"


def test_an_audit_is_closed_only_when_every_finding_is_verified(
    begun: Audit, asked: Finding, cast: SimpleNamespace, may: datetime
) -> None:
    remedied(asked, cast, may)
    begun.refresh_from_db()
    with pytest.raises(NotReady) as refusal:
        actions.close(begun, by=cast.dora, at=may, seen=begun.version)
    assert [str(m) for m in refusal.value.missing] == ["Finding 1 is not verified yet; its state is “Remedied”."]


def test_a_remedy_that_was_replaced_meanwhile_is_not_verified_unseen(
    asked: Finding, cast: SimpleNamespace, may: datetime
) -> None:
    seen = remedied(asked, cast, may).version
    actions.reopen(asked, by=cast.dora, at=may, seen=seen, comment="One is still missing")
    actions.answer(asked, by=cast.amina, at=may, seen=asked.version, comment="It was lost")
    actions.remedy(asked, by=cast.ben, at=may, seen=asked.version, comment="The shop wrote another")
    with pytest.raises(Changed):
        actions.verify(asked, by=cast.dev, at=may, seen=seen)
    actions.verify(asked, by=cast.dev, at=may, seen=asked.version)


def test_the_department_does_not_read_in_the_trail_what_is_only_being_found(
    begun: Audit, cast: SimpleNamespace, may: datetime, as_person: Callable[[User], Client]
) -> None:
    actions.find(begun, Observation("Two receipts are missing", DUE), by=cast.dora, at=may, seen=1)
    found = []
    for _ in range(2):
        pages = [as_person(cast.amina).get(url).content.decode() for url in ("/trail/", begun.get_absolute_url())]
        found.append(["Two receipts" in page for page in pages])
        begun.refresh_from_db()
        if begun.state == "in_progress":
            actions.ask(begun, by=cast.dora, at=may, seen=begun.version)
    assert found == [[False, False], [True, True]]


def test_a_finding_that_is_opened_again_has_a_day_that_is_to_come(
    asked: Finding, cast: SimpleNamespace, may: datetime
) -> None:
    remedied(asked, cast, may)
    late = may + timedelta(days=100)
    with pytest.raises(NotReady) as refusal:
        actions.reopen(asked, by=cast.dev, at=late, seen=asked.version, comment="One is still missing")
    assert "is past. Give a new day." in str(refusal.value)
    new = date(2027, 9, 1)
    actions.reopen(asked, by=cast.dev, at=late, seen=asked.version, comment="One is still missing", due=new)
    asked.refresh_from_db()
    assert (asked.state, asked.due) == ("open", new)
