"""A paper stays once anybody decided on its record, whoever attached it; handing it in decides nothing yet."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction

from budgets.audits import actions as audits
from budgets.models import Finding
from evaluations.improvements import actions as improvements
from evaluations.models import Measure
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.models import Paper
from sop_portal.foundation.papers.queries import HANDS_IN, NO_DECISION
from sop_portal.foundation.papers.shown import shown_papers
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.foundation.trail.wording import VERBS
from sop_portal.foundation.workflow.table import workflow_of
from sop_portal.tests.papers import paper_on

PROMISED = import_module("sop_portal.foundation.papers.migrations.0004_own_decisions")


def is_kept_by_the_database(paper: Paper, by: User) -> bool:
    """Whether the database refuses to have a paper taken back; nothing is changed by asking."""
    try:
        with transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(taken_back_at=NOW, taken_back_by=by, file=None)
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return "paper_decided_with" in str(refusal)
    return False


@pytest.mark.parametrize("decide", [audits.verify, audits.reopen])
def test_who_decided_takes_back_none_of_their_own_papers(
    decide: object, year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    finding = Finding.objects.get(audit__department=year.sports.department)
    paper_on(finding, by=cast.bao, at=NOW, name="Remedy.pdf")
    year.sports.take(audits.remedy, finding, cast.bao, NOW, comment="Paid back")
    found = paper_on(finding, by=cast.dev, at=NOW, content=b"%PDF-seen")
    assert is_kept_by_the_database(found, cast.dev) is False
    year.sports.take(decide, finding, cast.dev, NOW, comment="I looked at it")
    with pytest.raises(NotNow, match="decided on this record"):
        actions.take_back(found, by=cast.dev, at=NOW)
    shown = {one.paper: one for one in shown_papers("finding", finding, Actor.of(cast.dev, NOW))}[found]
    assert (shown.is_fixed, shown.may_take_back, is_kept_by_the_database(found, cast.dev)) == (True, False, True)


def test_a_paper_attached_after_ones_own_decision_is_taken_back(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    finding = Finding.objects.get(audit__department=year.sports.department)
    year.sports.take(audits.reopen, finding, cast.dev, NOW, comment="Not yet")
    actions.take_back(paper_on(finding, by=cast.dev, at=NOW), by=cast.dev, at=NOW)


def test_who_hands_a_record_in_takes_a_paper_back_until_it_is_decided(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    measure = Measure.objects.get(department=year.arts.department)
    first, second = (paper_on(measure, by=cast.amina, at=NOW, content=b"%%PDF-%d" % one) for one in (1, 2))
    improvements.finish(measure, evidence="See the photo", by=cast.amina, at=NOW, seen=measure.version)
    actions.take_back(first, by=cast.amina, at=NOW)
    improvements.verify(measure, by=getattr(cast, "elif"), at=NOW, seen=measure.version)
    with pytest.raises(NotNow, match="decided on this record"):
        actions.take_back(second, by=cast.amina, at=NOW)


def test_what_hands_in_is_no_decision_of_its_table() -> None:
    wrong = []
    for kind, verbs in HANDS_IN.items():
        table = workflow_of(kind)
        assert table is not None, kind
        for verb in verbs:
            step = table[verb] if verb in table.names else None
            if (step and (step.four_eyes or step.target in table.closed)) or (not step and verb not in VERBS):
                wrong.append((kind, verb))
    assert wrong == []


def test_the_database_knows_the_same_acts() -> None:
    pairs = tuple(f"{kind} {verb}" for kind, verbs in HANDS_IN.items() for verb in verbs)
    assert (PROMISED.HANDS_IN, set(re.findall(r"'([a-z-]+)'", PROMISED.NO_DECISION))) == (pairs, set(NO_DECISION))
