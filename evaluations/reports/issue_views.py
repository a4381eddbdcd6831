"""Pages being laid out."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from sop_portal.organisation.access import page


@page()
def soon(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Not there yet."""
    raise Http404


issues = issue_new = issue = issue_raise = issue_step = soon
