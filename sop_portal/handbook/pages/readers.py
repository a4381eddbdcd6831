"""Who confirmed the version in force, and who has not."""

from django.http import HttpResponse
from django.shortcuts import render

from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handbook import queries


@page(Can.KEEP_HANDBOOK)
def readers(request: Request) -> HttpResponse:
    """Who has confirmed the handbook and who has not, for the administrator."""
    edition = queries.edition_in_force()
    read, unread = queries.readers(edition, request.today) if edition else ([], [])
    return render(request, "handbook/readers.html", {"edition": edition, "read": read, "unread": unread})
