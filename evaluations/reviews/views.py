"""Pages being laid out."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from sop_portal.organisation.access import page


@page()
def soon(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Not there yet."""
    raise Http404


project_step = evaluations = evaluation = check = add_goal = add_lesson = propose_measure = review = evaluation_step = (
    lessons
) = soon
