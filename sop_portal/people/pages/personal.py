"""One's own data as a file, and erasing somebody who has left."""

import json

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.people.packing import files_of, packed
from sop_portal.people.personal import everything_about, free_text_naming

MOST_SHOWN = 200


@page(None)
def my_copy(request: Request) -> HttpResponse:
    """Everything the portal holds about whoever asks, in one file a machine can read."""
    response = HttpResponse(written_out(request.user), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-sop-portal.json"'
    return response


@page(None)
def my_files(request: Request) -> StreamingHttpResponse:
    """The same file, and beside it the files whoever asks attached or chose."""
    pieces = packed(written_out(request.user), files_of(request.user), request.moment)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-sop-portal.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def written_out(person: User) -> str:
    """Everything the portal holds about somebody, as text."""
    return json.dumps(everything_about(person), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


@page(Can.KEEP_PEOPLE)
def ask_erasure(request: Request, pk: int) -> HttpResponse:
    """What erasing does, and where people typed the name: that a person decides."""
    person = get_object_or_404(User, pk=pk, is_active=False)
    found = list(free_text_naming(person.name))
    context = {
        "person": person,
        "typed": [place for place in found if place.is_typed][:MOST_SHOWN],
        "written": [place for place in found if not place.is_typed][:MOST_SHOWN],
    }
    return render(request, "people/erase.html", context)


@act(Can.KEEP_PEOPLE)
def erase(request: Request, pk: int) -> HttpResponse:
    """Erase the person."""
    actions.erase_person(get_object_or_404(User, pk=pk, is_active=False), by=request.user, at=request.moment)
    messages.success(request, _("Erased. What the person did stays, under a number."))
    return redirect("people")


erasure = either(ask_erasure, erase)
