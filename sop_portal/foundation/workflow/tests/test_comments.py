"""Comments: who may write them, and whom they reach."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from planning.models import Forecast
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.actions import comment, unknown_names
from sop_portal.foundation.workflow.models import Comment
from sop_portal.foundation.workflow.record_page import with_mentions

EVERYBODY = ["amina", "ben", "bao", "chidi", "chen", "dora", "dev", "emil", "elif", "ada", "omar", "farid"]


def may_comment(forecast: Forecast, name: str, cast: SimpleNamespace, at: datetime) -> bool:
    try:
        comment("forecast", forecast, "When do schools answer?", by=getattr(cast, name), at=at)
    except NotYours:
        return False
    return True


def test_who_sees_a_record_comments_on_it_but_for_the_auditor(
    forecast: Forecast, cast: SimpleNamespace, noon: datetime
) -> None:
    found = {name for name in EVERYBODY if may_comment(forecast, name, cast, noon)}
    assert found == set(EVERYBODY) - {"bao", "omar", "farid"}
    assert Comment.objects.count() == Entry.objects.filter(verb="comment").count() == len(found)


def test_a_comment_says_something(forecast: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady) as refusal:
        comment("forecast", forecast, " \n", by=cast.amina, at=noon)
    assert (refusal.value.sentence, Comment.objects.count()) == ("Write something first.", 0)


def test_who_is_mentioned_and_may_see_it_is_told(forecast: Forecast, cast: SimpleNamespace, noon: datetime) -> None:
    comment("forecast", forecast, "@Chidi @Bao @Amina: the schools answered.", by=cast.amina, at=noon)
    assert [notice.person for notice in Notice.objects.all()] == [cast.chidi]


def test_only_those_whom_a_comment_reached_are_marked_in_it(
    forecast: Forecast, cast: SimpleNamespace, noon: datetime
) -> None:
    written = comment("forecast", forecast, "@Chidi @Nobody @Bao: the schools answered.", by=cast.amina, at=noon)
    assert with_mentions(written).count('class="mention"') == 1
    assert unknown_names(written.text) == ["Nobody"]
