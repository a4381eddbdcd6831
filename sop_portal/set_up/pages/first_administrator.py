"""The first page of an empty portal: with the one-time code somebody makes themselves its administrator."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady, NotYours, say_beside_field
from sop_portal.foundation.organisation.access import Request, open_to_all
from sop_portal.people import actions
from sop_portal.set_up.forms import FirstAdministratorForm

TRIES = "first_administrator"
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@open_to_all
def first_administrator(request: Request) -> HttpResponse:
    """Show the form (GET) and carry it out (POST); where there is an administrator it leads to signing in."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if request.method == "POST":
        return come_in(request)
    if actions.has_administrator(request.moment):
        return redirect("my-work")
    named = {name: request.GET.get(name, "")[:200] for name in ("name", "email")}
    return show(request, FirstAdministratorForm(initial=named), 200)


def come_in(request: Request) -> HttpResponse:
    """Make the administrator and sign them in; guessing the code is slowed down for each caller by itself."""
    if not ratelimit.consume(request, action=TRIES):
        return render(request, "429.html", status=429)
    form = FirstAdministratorForm(request.POST)
    if not form.is_valid():
        check_code_too(form)
        return show(request, form, 422)
    try:
        person = actions.make_first_administrator(form.newcomer(), code=form.cleaned_data["code"], at=request.moment)
    except (NotReady, NotYours) as refusal:
        say_beside_field(form, refusal)
        return show(request, form, 422)
    login(request, person, backend=BACKEND)
    messages.success(request, _("You are the administrator now. This is what there is to set up."))
    return redirect("set-up")


def check_code_too(form: FirstAdministratorForm) -> None:
    """Say everything that is wrong at once: a code that is not the code is found beside a password too short."""
    try:
        if "code" in form.cleaned_data:
            actions.refuse_wrong_code(form.cleaned_data["code"])
    except NotReady as refusal:
        say_beside_field(form, refusal)


def show(request: Request, form: FirstAdministratorForm, status: int) -> HttpResponse:
    """The page with its form; an answer that holds a password is kept nowhere."""
    response = render(request, "set_up/first_administrator.html", {"form": form}, status=status)
    response["Cache-Control"] = "no-store"
    return response
