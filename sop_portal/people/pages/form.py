"""A page with one form, as the set-up pages have it."""

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from sop_portal.foundation.organisation.access import Request


def form_page(request: Request, form: Form, title: str, button: str, back: str, **more: str) -> HttpResponse:
    """The page; 422 when something is to be corrected."""
    context = {"form": form, "title": title, "button": button, "back": back, **more}
    return render(request, "people/form.html", context, status=422 if form.is_bound else 200)
