"""Pages being laid out."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from sop_portal.organisation.access import page


@page()
def soon(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Not there yet."""
    raise Http404


feedback = give = entry = answer = propose_measure = soon
