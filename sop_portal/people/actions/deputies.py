"""Naming a deputy for a time, and ending it."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import refuse_unfit, save_new
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Delegation, Delegations, Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import release_rows
from sop_portal.people.actions.rights import require_administrator
from sop_portal.people.terms import Term, days_of_deputy, why_not_until, why_past

MOST_NAMED = 3


@transaction.atomic
def delegate(*, giver: User, deputy: User, role: str, term: Term, by: User, at: datetime) -> Delegation:
    """While somebody is away, a deputy acts for them; everybody for themselves, the administrator for all."""
    if giver.pk != by.pk:
        require_administrator(by, at)
    # Two forms of one person come one after the other, so that both see what the other one made.
    User.objects.select_for_update().get(pk=giver.pk)
    delegation = Delegation(giver=giver, deputy=deputy, role=role, from_on=term.from_on, until_on=term.last_on)
    _refuse_impossible(delegation, localdate(at))
    save_new(delegation)
    note("delegation", delegation, "delegate", by=by, at=at, comment=f"{giver.pk} {deputy.pk} {role}")
    notify(
        [deputy],
        lambda: _begin_sentence(delegation),
        kind="delegation",
        record_id=delegation.pk,
        verb="delegate",
        link=reverse("account"),
        at=at,
    )
    return delegation


def _refuse_impossible(wanted: Delegation, today: date) -> None:
    """A deputyship ends in time, is of a role that its giver holds, and does not overlap with the same one."""
    if wanted.deputy.pk == wanted.giver.pk:
        raise NotReady(_("You cannot be your own deputy."), [], _("Choose somebody else as deputy.")).about("deputy")
    if not (wanted.deputy.is_active and wanted.giver.is_active):
        sentence = _("Only people who may log in can have a deputy or be one.")
        raise NotReady(sentence, [], _("Choose somebody else, or let them log in again first.")).about("deputy")
    refuse_unfit(wanted, ["role"])
    if wanted.until_on < wanted.from_on:
        raise NotReady(_("The last day is before the first."), [], _("Let it end on its first day or later.")).about(
            "until_on"
        )
    if way_out := why_not_until(wanted.until_on, today):
        raise NotReady(_("A deputyship does not end on this day."), [], way_out).about("until_on")
    refuse_outside(_("From"), wanted.from_on, days_of_deputy(today))
    if not Membership.objects.on_or_after(today).filter(person=wanted.giver).exists():
        raise NotReady(_("There is no role that a deputy could act in."), [], who_gives_roles(today))
    if not Membership.objects.on(wanted.from_on).filter(person=wanted.giver, **_role_filter(wanted.role)).exists():
        way_out = _("The role is not held on %(day)s. Choose another first day.") % {"day": day_of_year(wanted.from_on)}
        raise NotReady(_("Only a role one holds can be handed to a deputy."), way_out=way_out).about("from_on")
    overlapping = Delegation.objects.on_or_after(wanted.from_on).filter(
        giver=wanted.giver, deputy=wanted.deputy, role=wanted.role, from_on__lte=wanted.until_on
    )
    if existing := overlapping.order_by("from_on").first():
        raise NotReady(
            interpolate(
                _("%(person)s is deputy in this role from %(first)s until %(last)s already."),
                {"person": wanted.deputy, **_days(existing)},
            ),
            way_out=_("Choose other days, or end that deputyship first."),
        ).about("from_on")


def who_gives_roles(on: date) -> str:
    """Who gives somebody a role that a deputy could act in."""
    people = formats.listed(people_who_can(Can.KEEP_PEOPLE, None, on)[:MOST_NAMED])
    return interpolate(_("An administrator gives roles: %(people)s."), {"people": people or _("nobody")})


def _role_filter(role: str) -> dict[str, str]:
    """The filter for one role, or for any where none is named."""
    return {"role": role} if role else {}


def _days(delegation: Delegation) -> dict[str, str]:
    """From when until when, for a sentence."""
    return {"first": day_of_year(delegation.from_on), "last": day_of_year(delegation.until_on)}


def _begin_sentence(delegation: Delegation) -> str:
    role = delegation.get_role_display() or _("All roles")
    return interpolate(
        _("%(person)s made you deputy from %(first)s until %(last)s: %(role)s"),
        {"person": delegation.giver, "role": role, **_days(delegation)},
    )


@transaction.atomic
def end_delegation(delegation: Delegation, *, on: date, by: User, at: datetime) -> None:
    """Let a day be the last one of a deputyship; one that begins later is taken away. The deputy is told."""
    if delegation.giver_id != by.pk:
        require_administrator(by, at)
    if way_out := why_past(on, localdate(at)):
        raise NotReady(_("A deputyship does not end on this day."), [], way_out)
    _end(Delegation.objects.filter(until_on__gt=on), delegation, on, by, at)


@transaction.atomic
def end_delegation_now(delegation: Delegation, *, by: User, at: datetime) -> None:
    """End a deputyship at once; one that begins later is taken away. The deputy is told."""
    if delegation.giver_id != by.pk:
        require_administrator(by, at)
    today = localdate(at)
    _end(Delegation.objects.on_or_after(today), delegation, today, by, at, ended_at=at)


def _end(
    lasting: Delegations, delegation: Delegation, on: date, by: User, at: datetime, ended_at: datetime | None = None
) -> None:
    locked = lasting.select_for_update().filter(pk=delegation.pk).first()
    if locked is None:
        raise NotNow(_("This deputyship has ended or ends by itself."), _("Open the page again to see what is left."))
    was_told = Entry.objects.of("delegation", locked.pk).filter(verb="delegate").exists()
    if locked.from_on > on:
        _cancel(locked, by, at)
    else:
        locked.ended_at = ended_at
        _end_on(locked, on, by, at)
    if was_told and locked.deputy_id != by.pk:
        notify(
            [locked.deputy],
            lambda: _end_sentence(delegation, on),
            kind="delegation",
            record_id=delegation.pk,
            verb="end-delegation",
            link=reverse("account"),
            at=at,
        )


def _end_on(delegation: Delegation, on: date, by: User, at: datetime) -> None:
    """Keep the last day of a deputyship; one that was to end on this day anyway ended before it was over."""
    change = Change("until_on", str(delegation.until_on), str(on))
    delegation.until_on = on
    delegation.save()
    note("delegation", delegation, "end-delegation", by=by, at=at, changes=[change])


def _cancel(delegation: Delegation, by: User, at: datetime) -> None:
    """Delete a deputyship that never began; the trail keeps from when until when it would have been."""
    days = [Change(name, str(getattr(delegation, name)), "") for name in ("from_on", "until_on")]
    note("delegation", delegation, "cancel-delegation", by=by, at=at, changes=days)
    release_rows("delegation", [delegation.pk])
    delegation.delete()


def _end_sentence(ended: Delegation, on: date) -> str:
    if ended.from_on > on:
        sentence = _("You will not be deputy of %(person)s from %(first)s until %(last)s after all")
        return interpolate(sentence, {"person": ended.giver, **_days(ended)})
    return interpolate(
        _("You are deputy of %(person)s only until %(day)s"), {"person": ended.giver, "day": day_of_year(on)}
    )
