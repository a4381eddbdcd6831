"""Forms of the set-up: people, departments, roles, deputies."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import AWAY_AT_MOST
from sop_portal.foundation.organisation.models import (
    OF_A_DEPARTMENT,
    OF_A_DIVISION,
    REACH,
    Department,
    Division,
    Membership,
    Organisation,
    Place,
    User,
)
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.forms import ShownForm
from sop_portal.people.actions.departments import why_not_called
from sop_portal.people.terms import Term, days_of_deputy, days_of_role, why_not_until

AWAY = _(
    "Up to %(days)s days after the first day you count as away, and your deputy is told of everything; with a later "
    "last day they are a standing deputy, told only of what is late."
)
LANGUAGES = [(code, name) for code, name in settings.LANGUAGES]


class RecoveryForm(forms.Form):
    """Why a second factor is to be removed."""

    reason = TypedTextField(
        label=_("Why"),
        max_length=500,
        rows=2,
        help_text=_("How you know that it is this person: you spoke to them, and where."),
    )


class OffersLanguages(forms.Form):
    """A form with a language: those the organisation offers, and the one chosen before, because that choice stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        offered = {*Organisation.current().languages.split(","), self.get_initial_for_field(field, "language")}
        if isinstance(field.widget, forms.Select):
            field.widget.choices = [(code, name) for code, name in LANGUAGES if code in offered]


def check_reach(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Say it where a role and a department or a division do not go together."""
    role, division = cleaned.get("role") or "", cleaned.get("division") or ""
    if (role in OF_A_DEPARTMENT) != bool(cleaned.get("department")):
        form.add_error("department", REACH)
    if (role in OF_A_DIVISION) != bool(division):
        form.add_error("division" if "division" in form.fields else "role", REACH)


def place_of(cleaned: dict[str, Any]) -> Place:
    """The department or the division that was chosen for a role; it no longer stands among the cleaned fields."""
    division: str = cleaned.pop("division", "")
    department: Department | None = cleaned.pop("department")
    return Division(division) if division else department


class InDivisions(forms.Form):
    """A role may belong to a division, where there are any."""

    division = forms.ChoiceField(label=_("Division"), required=False, help_text=_("For programme managers only."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = Department.objects.exclude(division="").order_by("division").values_list("division", flat=True)
        field, roles = self.fields["division"], self.fields["role"]
        if not named and isinstance(roles, forms.ChoiceField):
            del self.fields["division"]
            roles.choices = [(value, label) for value, label in Role.choices if value not in OF_A_DIVISION]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "---------"), *((name, typed(name)) for name in dict.fromkeys(named))]


class PersonForm(InDivisions, OffersLanguages, LikelyDuplicateForm):
    """A new person."""

    name = TypedNameField(label=pgettext_lazy("person", "Name"))
    email = forms.EmailField(label=_("E-mail address"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", _("No role yet")), *Role.choices],
        required=False,
        help_text=_("From today on. More roles are given on the person’s page."),
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True),
        label=_("Department"),
        required=False,
        help_text=_("For department heads and project leads only."),
    )
    until_on = DayField(
        label=_("Until"),
        required=False,
        help_text=_("The last day of the role, where it ends by itself: of a board member who helps for one year."),
    )

    def __init__(self, typed: QueryDict | None = None, *, today: date, initial: dict[str, str] | None = None) -> None:
        super().__init__(typed, initial=initial)
        self.today = today
        limit_to_span(self, days_of_role(today), "until_on")

    def clean(self) -> dict[str, Any]:
        """Who heads or leads belongs to a department, a programme manager to a division; a role ends in time."""
        cleaned = super().clean() or self.cleaned_data
        check_reach(self, cleaned)
        last = cleaned.get("until_on")
        if last and not cleaned.get("role"):
            self.add_error("until_on", _("Choose the role that ends on this day, or leave the day blank."))
        if last and last < self.today:
            self.add_error("until_on", _("The last day is before the first."))
        return cleaned

    def clean_email(self) -> str:
        """Check that no other person has this e-mail address."""
        email: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("Somebody already uses this address."))
        return email

    def person(self) -> dict[str, Any]:
        """The person to add, from the cleaned fields."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "language")}

    def held(self) -> dict[str, Any]:
        """The role they get at once."""
        term = Term(self.today, self.cleaned_data["until_on"])
        return {"role": self.cleaned_data["role"], "department": place_of(self.cleaned_data), "term": term}


class ChangePersonForm(ShownForm, OffersLanguages):
    """A person's name, language and access."""

    name = TypedNameField(label=pgettext_lazy("person", "Name"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    is_active = forms.BooleanField(label=_("May log in again"), required=False)

    def __init__(self, typed: QueryDict | None = None, *, person: User) -> None:
        values = {"name": person.name, "language": person.language, "is_active": person.is_active}
        super().__init__(typed, initial=values, prefix="person")
        if person.is_active:
            # What nobody could then do is looked at first, on a page of its own.
            del self.fields["is_active"]
        self.show(person, values)


class DepartmentForm(ShownForm):
    """A department."""

    name = TypedNameField(label=_("Name"))
    division = TypedNameField(
        label=_("Division"),
        required=False,
        help_text=_("Divisions group departments and sum what they do. Left blank, it belongs to none."),
    )
    is_active = forms.BooleanField(label=_("Takes part in new years"), required=False, initial=True)

    def __init__(self, typed: QueryDict | None = None, *, department: Department | None = None) -> None:
        kept = ("name", "division", "is_active")
        values = {name: getattr(department, name) for name in kept} if department else None
        super().__init__(typed, initial=values)
        self.department = department
        self.show(department, kept)

    def clean_name(self) -> str:
        """Check that no other department has this name."""
        name: str = self.cleaned_data["name"]
        if sentence := why_not_called(name, self.department):
            raise ValidationError(sentence)
        return name

    def clean_is_active(self) -> bool:
        """What became part of another department stays so."""
        is_active: bool = self.cleaned_data["is_active"]
        if is_active and self.department and self.department.merged_into_id:
            raise ValidationError(_("A department that became part of another no longer takes part."))
        return is_active


class TermForm(forms.Form):
    """From when until when, the last day not before the first."""

    from_on = DayField(label=_("From"))
    until_on = DayField(label=_("Until"))

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day is before the first."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What was typed, both days as one term."""
        values = dict(self.cleaned_data)
        return {"term": Term(values.pop("from_on"), values.pop("until_on")), **values}


class RoleForm(InDivisions, TermForm):
    """A role for a person."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    department = forms.ModelChoiceField(
        # What a merged department still has open needs a head too.
        Department.objects.filter(Q(is_active=True) | Q(merged_into__isnull=False)),
        label=_("Department"),
        required=False,
        help_text=_("For department heads and project leads only."),
    )
    until_on = DayField(label=_("Until"), required=False, help_text=_("Leave empty if it has no end."))
    field_order = ("role", "department", "division", "from_on", "until_on")

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        limit_to_span(self, days_of_role(today), "from_on", "until_on")

    def clean(self) -> dict[str, Any]:
        """A head or lead belongs to a department, a programme manager to a division, every other role to none."""
        cleaned = super().clean()
        check_reach(self, cleaned)
        return cleaned

    def values(self) -> dict[str, Any]:
        """What was typed, both days as one term, and the department or division as one place."""
        values = super().values()
        place = place_of(values)
        return {**values, "department": place}


class DelegationForm(TermForm):
    """A deputy for a time, in one of the roles one holds or in all of them."""

    def __init__(self, typed: QueryDict | None = None, *, giver: User, today: date) -> None:
        super().__init__(typed, prefix="deputy")
        roles = _own_roles(giver, today)
        self.has_roles = len(roles) > 1
        others = User.objects.filter(is_active=True).exclude(pk=giver.pk).order_by("name")
        self.fields = {
            "deputy": forms.ModelChoiceField(others, label=_("Deputy")),
            "role": forms.ChoiceField(label=_("Role"), choices=roles, required=False),
            **self.fields,
        }
        # Its last day has a sentence of its own.
        limit_to_span(self, days_of_deputy(today), "from_on")
        self.fields["until_on"].help_text = AWAY % {"days": AWAY_AT_MOST.days}
        self.today = today

    def clean(self) -> dict[str, Any]:
        """The last day is not past and not too far away either."""
        cleaned = super().clean()
        last = cleaned.get("until_on")
        if last and (sentence := why_not_until(last, self.today)):
            self.add_error("until_on", sentence)
        return cleaned


def _own_roles(giver: User, today: date) -> list[tuple[str, str | Promise]]:
    """The roles somebody holds or will hold, in the order of the policy page."""
    held = Membership.objects.on_or_after(today).filter(person=giver)
    own = set(held.values_list("role", flat=True))
    return [("", _("All my roles")), *((value, label) for value, label in Role.choices if value in own)]


class PreferencesForm(OffersLanguages):
    """One's own language and colours."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGES,
        help_text=_("Mails and the calendar follow this language too; the switch at the top changes the pages only."),
    )
    theme = forms.ChoiceField(label=_("Colours"), choices=User.Theme.choices)
