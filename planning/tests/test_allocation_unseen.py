"""A decision on a line whose request changed after the reviewer saw it."""

from types import SimpleNamespace

import pytest

from planning.models import RequestLine
from planning.requests import actions
from planning.tests.requesting import DURING, ask_bus, open_year, submitted
from sop_portal.foundation.kit.refusals import Changed, NotNow
from sop_portal.tests.shared_fixtures import shared_fixture

IN_FULL = actions.LineDecision("full")


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The requests of 2027 are open until 15 April."""
    return open_year(cast)


def test_a_line_that_was_taken_out_meanwhile_is_not_decided(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    requested = submitted(year, cast).arts
    line = RequestLine.objects.select_related("request").get(pk=requested.lines.order_by("pk")[0].pk)
    RequestLine.objects.filter(pk=line.pk).delete()
    with pytest.raises(NotNow) as refusal:
        actions.grant(line, IN_FULL, by=cast.chidi, at=DURING, seen=requested.version)
    assert refusal.value.sentence == "This line is no longer part of the request."


def test_a_line_is_not_decided_on_a_request_that_was_changed_meanwhile(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    requested = submitted(year, cast).arts
    line, seen = requested.lines.order_by("pk")[0], requested.version
    actions.withdraw(requested, by=cast.amina, at=DURING, seen=seen)
    ask_bus(year, cast.amina, "2")
    requested.refresh_from_db()
    actions.submit(requested, by=cast.amina, at=DURING, seen=requested.version)
    line = RequestLine.objects.select_related("request").get(pk=line.pk)
    with pytest.raises(Changed):
        actions.grant(line, IN_FULL, by=cast.chidi, at=DURING, seen=seen)
    assert actions.grant(line, IN_FULL, by=cast.chidi, at=DURING, seen=requested.version).decision == "full"
