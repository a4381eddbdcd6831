"""Keeping people, departments, roles and deputies; each change leaves its trail entry in the same transaction."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import tell
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.trail.actions import record as leave_trail
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.terms import why_not_until, why_past

RowT = TypeVar("RowT", bound=models.Model)


def keeper(by: User, at: datetime) -> None:
    """Only the administrator keeps people, departments and roles."""
    if not Actor.of(by, at).may(Can.KEEP_PEOPLE):
        raise NotYours(_("Only the administrator keeps people, departments and roles."))


@transaction.atomic
def add_person(*, email: str, name: str, language: str, by: User, at: datetime) -> User:
    """Add a person; a mail tells them how to set their password."""
    keeper(by, at)
    person = User.objects.create_user(email, name=name, language=language)
    leave_trail("person", person, "add-person", by=by.pk, at=at)
    tell(
        [person],
        lambda: _("You can now use SOP Portal: set your password with “Forgot your password?”"),
        kind="person",
        record_id=person.pk,
        verb="add-person",
        link=reverse("account_reset_password"),
        at=at,
    )
    return person


@transaction.atomic
def change_person(person: User, *, by: User, at: datetime, **values: Any) -> User:
    """Correct a name or language, or end a person's access; their past acts stay."""
    keeper(by, at)
    return _change("person", person, "change-person", by, at, values)


@transaction.atomic
def add_department(*, name: str, by: User, at: datetime, slug: str = "") -> Department:
    """Add a department; its short name in addresses is made from the name."""
    keeper(by, at)
    department = Department.objects.create(name=name, slug=slug or free_slug(name))
    leave_trail("department", department, "add-department", by=by.pk, at=at)
    return department


@transaction.atomic
def change_department(department: Department, *, by: User, at: datetime, **values: Any) -> Department:
    """Rename a department or let it no longer take part; its records stay."""
    keeper(by, at)
    return _change("department", department, "change-department", by, at, values)


@transaction.atomic
def give_role(
    person: User,
    *,
    role: str,
    department: Department | None,
    from_on: date,
    by: User,
    at: datetime,
    until_on: date | None = None,
) -> Membership:
    """Give a person a role, in a department or for the whole organisation. It acts on the next request."""
    keeper(by, at)
    membership = Membership(person=person, role=role, department=department, from_on=from_on, until_on=until_on)
    membership.full_clean()
    membership.save()
    leave_trail("membership", membership, "give-role", by=by.pk, at=at, comment=f"{person.pk} {role}")
    return membership


@transaction.atomic
def end_role(membership: Membership, *, until_on: date, by: User, at: datetime) -> Membership:
    """End a role on a day (its last); a role that has not begun is ended on its first day."""
    keeper(by, at)
    values = {"until_on": max(until_on, membership.from_on)}
    return _change("membership", membership, "end-role", by, at, values)


@transaction.atomic
def delegate(
    *, giver: User, deputy: User, role: str, from_on: date, until_on: date, by: User, at: datetime
) -> Delegation:
    """While somebody is away, a deputy acts for them; everybody for themselves, the administrator for all."""
    if giver.pk != by.pk:
        keeper(by, at)
    # Two forms of one person come one after the other, so that both see what the other one made.
    User.objects.select_for_update().get(pk=giver.pk)
    _refuse_impossible(giver, deputy, role, from_on, until_on, localdate(at))
    delegation = Delegation(giver=giver, deputy=deputy, role=role, from_on=from_on, until_on=until_on)
    delegation.full_clean()
    delegation.save()
    leave_trail("delegation", delegation, "delegate", by=by.pk, at=at, comment=f"{giver.pk} {deputy.pk} {role}")
    tell(
        [deputy],
        lambda: _lent(delegation),
        kind="delegation",
        record_id=delegation.pk,
        verb="delegate",
        link=reverse("account"),
        at=at,
    )
    return delegation


def _refuse_impossible(giver: User, deputy: User, role: str, from_on: date, until_on: date, today: date) -> None:
    if sentence := why_not_until(until_on, today):
        raise NotReady(sentence)
    if not Membership.objects.on(from_on).filter(person=giver, **({"role": role} if role else {})).exists():
        way_out = _("On %(day)s it is not held; choose another first day.") % {"day": day_of_year(from_on)}
        raise NotReady(_("Only a role one holds can be handed to a deputy."), way_out=way_out)
    named = Delegation.objects.filter(giver=giver, deputy=deputy, role=role)
    there = named.filter(from_on__lte=until_on, until_on__gte=from_on).order_by("from_on").first()
    if there:
        days = {"person": deputy, "first": day_of_year(there.from_on), "last": day_of_year(there.until_on)}
        raise NotReady(
            interpolate(_("%(person)s is deputy in this role from %(first)s until %(last)s already."), days),
            way_out=_("Choose other days, or end that deputyship first."),
        )


def _lent(delegation: Delegation) -> str:
    words = {
        "person": delegation.giver, "role": delegation.get_role_display() or _("All roles"),
        "first": day_of_year(delegation.from_on), "last": day_of_year(delegation.until_on),
    }  # fmt: skip
    return interpolate(_("%(person)s made you deputy from %(first)s until %(last)s: %(role)s"), words)


@transaction.atomic
def end_delegation(delegation: Delegation, *, on: date, by: User, at: datetime) -> None:
    """Let a day be the last one of a deputyship; one that begins later is taken away. The deputy is told."""
    if delegation.giver_id != by.pk:
        keeper(by, at)
    if sentence := why_past(on, localdate(at)):
        raise NotReady(sentence)
    locked = Delegation.objects.select_for_update().filter(pk=delegation.pk, until_on__gt=on).first()
    if locked is None:
        raise NotNow(_("This deputyship has ended or ends by itself."), _("Open the page again to see what is left."))
    was_told = Entry.objects.of("delegation", locked.pk).filter(verb="delegate").exists()
    if locked.from_on > on:
        _take_away(locked, by, at)
    else:
        _change("delegation", locked, "end-delegation", by, at, {"until_on": on})
    if was_told and locked.deputy_id != by.pk:
        tell(
            [locked.deputy], lambda: _no_longer(delegation, on), kind="delegation", record_id=delegation.pk,
            verb="end-delegation", link=reverse("account"), at=at,
        )  # fmt: skip


def _take_away(delegation: Delegation, by: User, at: datetime) -> None:
    """Nothing rests on a deputyship that never acted: the trail alone keeps from when until when it would have been."""
    days = [Change(name, str(getattr(delegation, name)), "") for name in ("from_on", "until_on")]
    leave_trail("delegation", delegation, "cancel-delegation", by=by.pk, at=at, changes=days)
    delegation.delete()


def _no_longer(ended: Delegation, on: date) -> str:
    if ended.from_on > on:
        days = {"first": day_of_year(ended.from_on), "last": day_of_year(ended.until_on)}
        sentence = _("You will not be deputy of %(person)s from %(first)s until %(last)s after all")
        return interpolate(sentence, {"person": ended.giver, **days})
    return interpolate(
        _("You are deputy of %(person)s only until %(day)s"), {"person": ended.giver, "day": day_of_year(on)}
    )


@transaction.atomic
def set_preferences(person: User, *, language: str, theme: str, at: datetime) -> User:
    """Choose one's own language and colours."""
    return _change("person", person, "set-preferences", person, at, {"language": language, "theme": theme})


def _change(kind: str, row: RowT, verb: str, by: User, at: datetime, values: dict[str, Any]) -> RowT:
    changes = [Change(n, str(getattr(row, n)), str(v)) for n, v in values.items() if getattr(row, n) != v]
    if changes:
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
        # A person's name is not kept in the trail, so that a person can be erased.
        kept = [Change(c.field, "", "") if (kind, c.field) == ("person", "name") else c for c in changes]
        leave_trail(kind, row, verb, by=by.pk, at=at, changes=kept)
    return row


def free_slug(name: str) -> str:
    """A short name for addresses that no department has yet."""
    base = slugify(name)[:50] or "department"
    taken = set(Department.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
