"""The pages of audits: who sees what, and that a whole audit goes by its pages."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.audits import actions
from budgets.audits.actions import AuditPlan, Observation
from budgets.models import Audit, Finding
from budgets.tests.browsing import LogIn, post
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.page_text import words_of
from sop_portal.tests.papers import paper_on
from sop_portal.tests.shared_fixtures import shared_fixture

DUE = date(2027, 6, 1)


@shared_fixture
def asked(allocated: Cycle, arts: Department, cast: SimpleNamespace, may: datetime) -> Finding:
    """An audit of Arts with one finding to answer."""
    planned = AuditPlan("Use of the grant", arts, DUE)
    audit = actions.plan(allocated, planned, by=cast.dora, at=may)
    actions.begin(audit, by=cast.dora, at=may, seen=1)
    observed = Observation("Two <i>receipts</i> are missing", DUE)
    finding = actions.find(audit, observed, by=cast.dora, at=may, seen=1)
    audit.refresh_from_db()
    actions.ask(audit, by=cast.dora, at=may, seen=audit.version)
    return finding


def test_an_audit_goes_its_way_by_its_pages(
    allocated: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    finance, head = as_person(cast.dora), as_person(cast.amina)
    assert finance.get("/2027/audits/").status_code == 200
    assert finance.get("/2027/audits/new/").status_code == 200
    assert post(finance, "/2027/audits/new/", title="Grant", department=arts.pk, planned_on="1 June").status_code == 422
    made = post(finance, "/2027/audits/new/", title="Grant", department=arts.pk, planned_on="2027-06-01").url
    assert post(finance, f"{made}begin/", seen="1").status_code == 302
    assert finance.get(f"{made}find/").status_code == 200
    assert post(finance, f"{made}find/", seen="1", what="", due="2027-06-01").status_code == 422
    assert post(finance, f"{made}find/", seen="1", what="Receipts", due="2027-06-01", amount="-1").status_code == 422
    assert post(finance, f"{made}find/", seen="1", what="Receipts", due="2027-06-01").url == made
    found = f"{made}findings/1/"
    assert "Receipts" not in head.get(made).content.decode()
    assert head.get(found).status_code == 404
    assert post(finance, f"{made}ask/", seen="2").status_code == 302
    assert head.get(found).status_code == 200
    refused = post(head, f"{found}answer/", seen="1")
    assert refused.status_code == 422
    assert "Answer: This field is required." in words_of(refused)
    assert post(head, f"{found}answer/", seen="1", comment="We look").status_code == 302
    assert "No paper shows the remedy yet" in words_of(head.get(f"{found}remedy/"))
    paper_on(Finding.objects.get(), by=cast.amina, at=clock.now())
    assert post(head, f"{found}remedy/", seen="2", comment="Found").status_code == 302
    assert post(head, f"{found}verify/", seen="3").status_code == 403
    assert post(finance, f"{made}close/", seen="2").status_code == 422
    assert post(finance, f"{found}verify/", seen="3").status_code == 302
    assert post(finance, f"{made}close/", seen="2").status_code == 302
    assert (Audit.objects.get().state, Finding.objects.get().remedy) == ("closed", "Found")
    for url in (made, found, "/2027/audits/?state=closed"):
        assert head.get(url).status_code == 200


def test_what_is_said_of_a_finding_stays_with_it_until_it_is_handed_over(
    allocated: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    """Neither a mention nor the trail tells the head what her own page does not show yet; the writer reads so."""
    audit = actions.plan(allocated, AuditPlan("Grant", arts, DUE), by=cast.dora, at=may)
    actions.begin(audit, by=cast.dora, at=may, seen=1)
    finding = actions.find(audit, Observation("Receipts", DUE), by=cast.dora, at=may, seen=1)
    audit.refresh_from_db()
    finance, head = as_person(cast.dora), as_person(cast.amina)
    assert post(finance, f"/comments/finding/{finding.pk}/", text="@Amina Diallo CANARY-55").status_code == 302
    answer = finance.get(finding.get_absolute_url())
    assert "Amina Diallo cannot see this record, so nobody told them." in words_of(answer)
    assert Notice.objects.filter(person=cast.amina, verb="comment").count() == 0
    assert "CANARY-55" not in head.get("/trail/").content.decode()
    actions.ask(audit, by=cast.dora, at=may, seen=audit.version)
    assert "CANARY-55" in head.get("/trail/").content.decode()
    assert post(finance, f"/comments/finding/{finding.pk}/", text="@Amina Diallo please look").status_code == 302
    assert Notice.objects.filter(person=cast.amina, verb="comment").count() == 1


def test_the_twins_audit_is_not_there(asked: Finding, cast: SimpleNamespace, as_person: LogIn) -> None:
    audit = asked.audit.get_absolute_url()
    finding = asked.get_absolute_url()
    bao = as_person(cast.bao)
    steps = [f"{audit}{step}/" for step in ("begin", "ask", "close", "find")]
    steps += [f"{finding}{step}/" for step in ("answer", "remedy", "verify", "reopen")]
    for url in (audit, finding, *steps[:3], *steps[4:]):
        assert bao.get(url).status_code == 404
    for url in steps:
        assert post(bao, url, seen="1", comment="x", what="x", due="2027-06-01").status_code == 404
    assert "Use of the grant" not in bao.get("/2027/audits/").content.decode()
    assert "Use of the grant" in as_person(cast.amina).get("/2027/audits/").content.decode()


def test_what_people_typed_is_shown_as_text(asked: Finding, cast: SimpleNamespace, as_person: LogIn) -> None:
    page = as_person(cast.amina).get(asked.get_absolute_url()).content.decode()
    assert "Two &lt;i&gt;receipts&lt;/i&gt; are missing" in page


def test_only_finance_plans_by_the_page(allocated: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    for name in ("amina", "chidi", "emil", "ada", "omar"):
        client = as_person(getattr(cast, name))
        assert client.get("/2027/audits/new/").status_code == 403
        assert "Plan an audit" not in client.get("/2027/audits/").content.decode()


@pytest.mark.parametrize("page", ["/2027/audits/", "audit"])
def test_more_rows_cost_no_more_queries(
    asked: Finding, arts: Department, cast: SimpleNamespace, as_person: LogIn, may: datetime, page: str
) -> None:
    url = asked.audit.get_absolute_url() if page == "audit" else page
    client = as_person(cast.dora)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert client.get(url).status_code == 200
    for number in (2, 3):
        actions.plan(asked.audit.cycle, AuditPlan(f"Audit {number}", arts, DUE), by=cast.dora, at=may)
        Finding.objects.create(audit=asked.audit, number=number, what="More", due=DUE)
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)
