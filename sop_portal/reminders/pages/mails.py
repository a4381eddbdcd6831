"""How a person is told by mail, and the address of their calendar."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sop_portal.foundation.notices.actions import prefer
from sop_portal.foundation.notices.models import Preference
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.reminders import actions
from sop_portal.reminders.forms import PreferenceForm
from sop_portal.reminders.models import CalendarFeed


@page(None)
def ask_mails(request: Request) -> HttpResponse:
    """How a person is told by mail, and the address of their calendar."""
    mine = Preference.objects.filter(person=request.user).first() or Preference()
    names = ("mails", "quiet_from", "quiet_to", "is_quiet_for_all")
    return _mails_page(request, PreferenceForm(initial={name: getattr(mine, name) for name in names}))


@act(None)
def take_mails(request: Request) -> HttpResponse:
    """Choose how one is told by mail."""
    form = PreferenceForm(request.POST)
    if not form.is_valid():
        return _mails_page(request, form, 422)
    prefer(request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("mails-and-calendar")


def _mails_page(request: Request, form: PreferenceForm, status: int = 200) -> HttpResponse:
    feed = CalendarFeed.objects.filter(person=request.user).first()
    address = request.build_absolute_uri(reverse("calendar-feed", args=[feed.key])) if feed else ""
    context = {"form": form, "feed": feed, "address": address}
    return render(request, "reminders/mails.html", context, status=status)


@act(None)
def renew_feed(request: Request) -> HttpResponse:
    """Give a calendar a new address; the old one leads nowhere from now on."""
    actions.renew_feed(request.user, at=request.moment)
    messages.success(request, _("Your calendar has a new address."))
    return redirect("mails-and-calendar")


mails = either(ask_mails, take_mails)
