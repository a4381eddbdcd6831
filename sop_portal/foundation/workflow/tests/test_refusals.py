"""What a refusal looks like to the person it is for."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.workflow.middleware import RefusalMiddleware
from sop_portal.foundation.workflow.table import Missing
from sop_portal.tests.page_text import html_of


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ("A reason is missing.", "<span>A reason is missing.</span>"),
        (Missing("A figure is missing."), "<span>A figure is missing.</span>"),
        (Missing("A figure is missing.", "/2027/"), '<span><a href="/2027/">A figure is missing.</a></span>'),
    ],
)
def test_what_is_missing_stands_on_the_page_with_its_link(missing: object, line: str) -> None:
    request = RequestFactory().get("/")
    answer = RefusalMiddleware(lambda _request: HttpResponse()).process_exception(request, NotReady("No.", [missing]))
    assert answer is not None
    page = html_of(answer)
    assert (answer.status_code, line in page, "None" in page) == (422, True, False)
