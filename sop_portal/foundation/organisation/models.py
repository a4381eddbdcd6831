"""People, departments, and who acts in which role, where, and until when."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.deputies import Delegation, Delegations, lasts
from sop_portal.foundation.organisation.divisions import Division
from sop_portal.foundation.organisation.portal import (
    ALL_LANGUAGES,
    FirstCode,
    Organisation,
    SpecialDay,
    UsedKey,
    on_its_clock,
)
from sop_portal.foundation.organisation.roles import ROLES, Role, Scope

__all__ = [
    "ALL_LANGUAGES",
    "OF_A_DEPARTMENT",
    "OF_A_DIVISION",
    "ORGANISATION_WIDE",
    "REACH",
    "Delegation",
    "Delegations",
    "Department",
    "DepartmentName",
    "Division",
    "FirstCode",
    "Membership",
    "Memberships",
    "Organisation",
    "People",
    "Place",
    "SpecialDay",
    "UsedKey",
    "User",
    "columns_of",
    "held_in",
    "on_its_clock",
]
ORGANISATION_WIDE = [role.value for role, policy in ROLES.items() if policy.scope == Scope.ALL]
OF_A_DIVISION = [role.value for role, policy in ROLES.items() if policy.scope == Scope.DIVISION]
REACH = _("A head or lead belongs to a department, a programme manager to a division, every other role to none.")
OF_A_DEPARTMENT = [role.value for role in ROLES if role not in (*ORGANISATION_WIDE, *OF_A_DIVISION)]


class People(BaseUserManager["User"]):
    """All people; log in by e-mail address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Add a person; without a password they set one by invitation."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can log in."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    email = models.EmailField(_("e-mail address"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, default="en")
    theme = models.CharField(_("colours"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    is_active = models.BooleanField(_("may log in"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
        ]

    def __str__(self) -> str:
        return typed(self.name)

    @property
    def is_let_in(self) -> bool:
        """Whether this person was invited or has a password: before that they cannot sign in."""
        return self.invited_at is not None or self.has_usable_password()

    def get_absolute_url(self) -> str:
        """The person's page in the set-up."""
        return reverse("person", args=[self.pk])

    @property
    def roles(self) -> list[str]:
        """The roles the person was ever given, in words."""
        return [membership.get_role_display() for membership in self.memberships.all()]

    @property
    def first_name(self) -> str:
        """The name a colleague would call."""
        return self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        parts = self.name.split()
        return (parts[0][:1] + parts[-1][:1] if len(parts) > 1 else self.name[:2]).upper()


class Department(models.Model):
    """A department (or branch) that plans, spends and learns."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    is_active = models.BooleanField(_("takes part"), default=True)
    # Divisions group departments and sum what they do; nothing is owed by one, so its name is all there is of it.
    division = models.CharField(_("division"), max_length=120, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("became part of")
    )
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)

    called_by: ClassVar = "name"

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="department_has_a_name"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | (Q(is_active=False) & ~Q(merged_into=models.F("id"))),
                name="merged_department_plans_no_more",
                violation_error_message=_("A department that became part of another no longer takes part."),
            ),
            models.CheckConstraint(
                condition=Q(merged_at=None) | Q(merged_into__isnull=False), name="merged_department_has_an_heir"
            ),
        ]

    def __str__(self) -> str:
        return typed(self.name)

    def get_absolute_url(self) -> str:
        """The department's page in the set-up."""
        return reverse("department", args=[self.slug])

    @property
    def department_id(self) -> int:
        """A department is its own scope."""
        return self.pk


class DepartmentName(models.Model):
    """A name that a department had before: what comes in under it is the department's, and no other is called so."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="former_names")
    name = models.CharField(_("former name"), max_length=120)
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("former name of a department")
        ordering: ClassVar = ["-until", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="one_department_per_former_name"),
            models.CheckConstraint(condition=~Q(name=""), name="former_name_is_a_name"),
        ]

    def __str__(self) -> str:
        return typed(self.name)

    @property
    def until_on(self) -> date:
        """The day on which it got another name."""
        return localdate(self.until)


class Memberships(models.QuerySet["Membership"]):
    """Memberships, read as sentences."""

    def on(self, day: date) -> "Memberships":
        """The memberships in force on a civil day."""
        return self.filter(lasts(day), from_on__lte=day)

    def on_or_after(self, day: date) -> "Memberships":
        """The memberships in force on a civil day, or later."""
        return self.filter(lasts(day))

    def places(self) -> list[tuple[str, int | None, int]]:
        """Role, department and person of each; a role in a division is one in each of its departments."""
        rows = list(self.values_list("role", "department_id", "division", "person_id"))
        named = {division for _role, _department, division, _person in rows if division}
        parts = list(Department.objects.filter(division__in=named).values_list("division", "pk")) if named else []
        return [
            (role, place, person)
            for role, department, division, person in rows
            for place in ([pk for name, pk in parts if name == division] if division else [department])
        ]


def held_in(department_id: int | None) -> Q:
    """Whether a role belongs to a department, or to its division."""
    divisions = Department.objects.filter(pk=department_id or 0).exclude(division="").values("division")
    return Q(department_id=department_id, division="") | Q(division__in=divisions)


class Membership(models.Model):
    """A person acts in a role, in a department, a division or the whole organisation, from a day, perhaps until one."""

    person = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("department")
    )
    division = models.CharField(_("division"), max_length=120, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    # The moment at which it was ended before its last day was over: from then on it gives no right.
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects = Memberships.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(role__in=ORGANISATION_WIDE, department__isnull=True, division="")
                | (Q(role__in=OF_A_DIVISION, department__isnull=True) & ~Q(division=""))
                | Q(role__in=OF_A_DEPARTMENT, department__isnull=False, division=""),
                name="membership_scope_fits_role",
                violation_error_message=REACH,
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=models.F("from_on")),
                name="membership_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(until_on__isnull=False), name="membership_ended_on_its_last_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.department_id or self.division}".strip()

    @property
    def place(self) -> "Place":
        """The department or the division it belongs to; none for the whole organisation."""
        return Division(self.division) if self.division else self.department


Place = Department | Division | None


def columns_of(place: Place) -> dict[str, Any]:
    """Where a role belongs to, as its row keeps it."""
    return {
        "department": place if isinstance(place, Department) else None,
        "division": place.name if isinstance(place, Division) else "",
    }
