"""Somebody lost the second factor: an administrator asks that it is removed, and a second person decides."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import new_notices, settle, write_notices
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import named
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.rights import require_administrator
from sop_portal.sign_in.actions import end_sessions, log_event
from sop_portal.sign_in.factors import has_factor
from sop_portal.sign_in.models import FactorRecovery, SecurityEvent

What = SecurityEvent.What
KIND = "recovery"


@transaction.atomic
def ask_recovery(person: User, *, reason: str, by: User, at: datetime) -> FactorRecovery:
    """Ask that the second factor of somebody who lost it is removed; the person and those who may decide are told."""
    require_administrator(by, at)
    wanted = FactorRecovery(person=person, reason=reason.strip(), asked_by=by, asked_at=at)
    refuse_unfit(wanted, ["reason"])
    if person.pk == by.pk:
        raise NotReady(_("You cannot ask this for yourself."), [], _("Ask another administrator."))
    if not has_factor(person):
        raise NotReady(interpolate(_("%(person)s has no second factor."), {"person": person}), [], _("Nothing to do."))
    if FactorRecovery.objects.select_for_update().filter(person=person, decided_at=None).exists():
        raise NotNow(_("This was asked for already, and nobody has decided yet."), _("Ask a second person to decide."))
    deciding = who_decides(wanted)
    if not deciding:
        way_out = _("Give one more person a role in management, or make one more administrator.")
        raise NotReady(_("Nobody else could decide on it: a second person is needed here too."), [], way_out)
    wanted.save()
    note("person", person, "ask-recovery", by=by, at=at, comment=wanted.reason)
    log_event(person, What.RECOVERY_ASKED, at=at, done_by=by)
    words = {"asking": by, "person": person}
    asked = new_notices(
        deciding,
        lambda: interpolate(_("%(asking)s asks you to let the second factor of %(person)s be removed"), words),
        is_asked=True,
        kind=KIND,
        record_id=wanted.pk,
        verb="ask-recovery",
        link=reverse("recovery", args=[wanted.pk]),
    )
    write_notices(asked, at=at)
    return wanted


def who_decides(recovery: FactorRecovery) -> list[User]:
    """Whoever may decide: neither the person nor the one who asked."""
    able = people_who_can(Can.CONFIRM_RECOVERY, None, localdate(recovery.asked_at))
    return list(able.exclude(pk__in=[recovery.person_id, recovery.asked_by_id]))


@transaction.atomic
def decide_recovery(recovery: FactorRecovery, *, grant: bool, by: User, at: datetime) -> FactorRecovery:
    """Remove the second factor, or not: a second person decides, who has spoken to the one who lost it."""
    locked = FactorRecovery.objects.select_for_update().select_related("person").get(pk=recovery.pk)
    if locked.decided_at:
        raise NotNow(_("This was decided already."), _("Open the page again to see how."))
    if not Actor.of(by, at).may(Can.CONFIRM_RECOVERY) or by.pk in (locked.person_id, locked.asked_by_id):
        sentence = _("Somebody else decides: neither the person nor whoever asked.")
        raise NotYours(sentence, lambda: named(who_decides(locked)))
    locked.decided_by, locked.decided_at, locked.is_granted = by, at, grant
    locked.save()
    person = locked.person
    if grant:
        Authenticator.objects.filter(user=person).delete()
        end_sessions(person)
    note("person", person, "grant-recovery" if grant else "decline-recovery", by=by, at=at)
    log_event(person, What.FACTORS_REMOVED if grant else What.RECOVERY_DECLINED, at=at, done_by=by)
    settle(KIND, locked.pk, at=at)
    return locked
