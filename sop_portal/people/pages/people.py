"""Set-up pages for people and their roles."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from planning.models import Cycle
from sop_portal.foundation.kit.filters import one_of, prefill, refuse_unknown
from sop_portal.foundation.kit.likely_duplicates import find_likely_duplicate
from sop_portal.foundation.kit.refusals import NotReady, say_beside_field
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.models import Membership, Organisation, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.people import actions
from sop_portal.people.forms import ChangePersonForm, PersonForm, RecoveryForm, RoleForm
from sop_portal.people.pages.form import form_page
from sop_portal.sign_in.factors import has_factor
from sop_portal.sign_in.models import FactorRecovery

MOST_SHOWN = 500


@page(Can.KEEP_PEOPLE)
def people(request: Request) -> HttpResponse:
    """Everybody with their roles; those without one are marked."""
    rows = User.objects.prefetch_related("memberships__department").order_by("name")
    refuse_unknown(request.GET, "show")
    if one_of(request.GET, "show", ("without",)):
        rows = rows.filter(memberships__isnull=True)
    shown = [
        (person, [_role_of(membership) for membership in person.memberships.all()]) for person in rows[:MOST_SHOWN]
    ]
    return render(request, "people/people.html", {"people": shown, "today": request.today})


def _role_of(membership: Membership) -> StrOrPromise:
    """A role, with its department or division where it has one."""
    role = membership.get_role_display()
    if membership.place is None:
        return role
    return format_html('{} <span class="muted" translate="no">{}</span>', role, membership.place)


@page(Can.KEEP_PEOPLE)
def person_new(request: Request) -> HttpResponse:
    """The form for a new person."""
    form = PersonForm(initial={"language": Organisation.current().language}, today=request.today)
    one_of(request.GET, "role", Role.values)
    prefill(form, request.GET, "role", "until_on")
    return new_person_page(request, form)


@act(Can.KEEP_PEOPLE)
def person_add(request: Request) -> HttpResponse:
    """Add a person."""
    form = PersonForm(request.POST, today=request.today)
    if not form.is_valid() or form.asks_about_duplicate(
        find_likely_duplicate(User.objects.all(), name=form.cleaned_data["name"]),
        _("There is a person of this name already."),
    ):
        return new_person_page(request, form)
    # While the portal is set up nobody is written to: everybody is invited together, in its last step.
    is_set_up = Cycle.objects.exclude(state=Cycle.State.DRAFT).exists()
    person = actions.add_person(by=request.user, at=request.moment, is_invited=is_set_up, **form.person())
    if form.cleaned_data["role"]:
        actions.give_role(person, by=request.user, at=request.moment, **form.held())
    done = _("Added. A mail invites them to choose a password.")
    messages.success(request, done if is_set_up else _("Added. They are invited in the last step of the set-up."))
    return redirect("person", person.pk)


def new_person_page(request: Request, form: PersonForm) -> HttpResponse:
    """The page on which a person is added."""
    return form_page(request, form, _("Add a person"), _("Add person"), "people")


@page(Can.KEEP_PEOPLE)
def person(request: Request, pk: int) -> HttpResponse:
    """One person: name, access, roles, deputies."""
    return person_page(request, get_object_or_404(User, pk=pk), 200)


def person_page(request: Request, found: User, status: int, **forms: Form) -> HttpResponse:
    """The page of one person with its two forms."""
    still_open = Membership.objects.on_or_after(request.today).filter(person=found)
    context = {
        "person": found,
        "today": request.today,
        "memberships": found.memberships.select_related("department").order_by("-from_on"),
        "open_roles": set(still_open.values_list("pk", flat=True)),
        "change_form": forms.get("change_form") or ChangePersonForm(person=found),
        "recovery_form": forms.get("recovery_form") or RecoveryForm(prefix="recovery"),
        "recovery": FactorRecovery.objects.filter(person=found).order_by("-pk").first(),
        "has_factor": has_factor(found),
        "is_in": found.has_usable_password(),
        "role_form": forms.get("role_form")
        or RoleForm(today=request.today, initial={"from_on": request.today}, prefix="role"),
    }
    return render(request, "people/person.html", context, status=status)


@act(Can.KEEP_PEOPLE)
def person_change(request: Request, pk: int) -> HttpResponse:
    """Change a name, a language or access."""
    found = get_object_or_404(User, pk=pk)
    form = ChangePersonForm(request.POST, person=found)
    if not form.is_valid():
        return person_page(request, found, 422, change_form=form)
    try:
        actions.change_person(found, by=request.user, at=request.moment, seen=form.shown, **form.cleaned_data)
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return person_page(request, User.objects.get(pk=pk), 422, change_form=form)
    messages.success(request, _("Saved."))
    return redirect("person", pk)


@act(Can.KEEP_PEOPLE)
def person_invite(request: Request, pk: int) -> HttpResponse:
    """Send a new invitation."""
    found = actions.invite_again(get_object_or_404(User, pk=pk), by=request.user, at=request.moment)
    messages.success(request, _("A new invitation is on its way."))
    return redirect("person", found.pk)


@act(Can.KEEP_PEOPLE)
def role_give(request: Request, pk: int) -> HttpResponse:
    """Give a role."""
    found = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST, today=request.today, prefix="role")
    if not form.is_valid():
        return person_page(request, found, 422, role_form=form)
    actions.give_role(found, by=request.user, at=request.moment, **form.values())
    messages.success(request, _("The role is given and acts at once."))
    return redirect("person", pk)
