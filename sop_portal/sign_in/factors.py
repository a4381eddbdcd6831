"""Who needs a second factor, from when on, and whether they have one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.timezone import localtime

from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.sign_in.models import FactorDuty

# Recovery codes alone are none: they come with a first factor.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class OwedFactor:
    """A second factor that somebody still owes: for which role, and the last day without one."""

    role: StrOrPromise
    last_on: date
    is_late: bool


def has_factor(person: User) -> bool:
    """Whether somebody has a second factor."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).exists())


def requiring_role(actor: Actor) -> Role | None:
    """The first role somebody holds, their own or lent to them, that needs a second factor."""
    return next((role for role in actor.roles if role.value in settings.MFA_REQUIRED_ROLES), None)


def owed_factor(actor: Actor, at: datetime) -> OwedFactor | None:
    """What somebody owes whose role needs a second factor and who has none; grace begins when they first come."""
    role = requiring_role(actor)
    if role is None or has_factor(actor.user):
        return None
    duty = FactorDuty.objects.filter(person=actor.user).first()
    until = (duty.since if duty else at) + timedelta(days=settings.MFA_GRACE_DAYS)
    last_on = localtime(until).date() - timedelta(days=1) if settings.MFA_GRACE_DAYS else localtime(at).date()
    return OwedFactor(role.label, last_on, is_late=at >= until)
