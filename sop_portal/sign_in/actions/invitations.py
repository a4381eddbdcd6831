"""Inviting people: each gets a link of their own that lets them choose their first password, once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.actions.events import Origin, log_event, write_mail
from sop_portal.sign_in.actions.links import end_address_changes, end_invitations
from sop_portal.sign_in.models import Invitation, SecurityEvent
from sop_portal.sign_in.tokens import hash_of_token, new_token
from sop_portal.sign_in.wording import letter_with_invitation

What = SecurityEvent.What


@transaction.atomic
def send_invitations(people: Iterable[User], *, at: datetime) -> list[Invitation]:
    """Mail each person a link of their own; the one they had before stops working."""
    return [_send(person, at) for person in people]


def _send(person: User, at: datetime) -> Invitation:
    end_invitations(person, at=at)
    token = new_token()
    invitation = Invitation.objects.create(
        person=person,
        email=person.email,
        hash=hash_of_token(token),
        made_at=at,
        until=at + timedelta(days=settings.INVITATION_DAYS),
    )
    write_mail(person, *letter_with_invitation(invitation, token), at=at)
    log_event(person, What.INVITED, at=at)
    return invitation


@transaction.atomic
def send_new_invitation(invitation: Invitation, *, at: datetime) -> bool:
    """Send a new link to the address of one that came too late, once; whether it was sent."""
    locked = Invitation.objects.select_for_update().select_related("person").get(pk=invitation.pk)
    person = locked.person
    is_open = locked.used_at is None and locked.ended_at is None and locked.is_late(at)
    if not is_open or not person.is_active or person.email != locked.email:
        return False
    _send(person, at)
    return True


@transaction.atomic
def use_invitation(invitation: Invitation, password: str, *, at: datetime, origin: Origin | None = None) -> User:
    """Choose the first password: the address is verified with it, and the link works no longer."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    person = User.objects.select_for_update().get(pk=locked.person_id)
    if locked.used_at or locked.ended_at or locked.is_late(at) or not person.is_active:
        raise NotNow(
            _("This invitation no longer works."), _("Sign in, or ask your administrator for a new invitation.")
        )
    Invitation.objects.filter(pk=locked.pk).update(used_at=at)
    person.set_password(password)
    person.save(update_fields=["password"])
    end_address_changes(person, at=at)
    verify_address(person)
    log_event(person, What.PASSWORD_SET, at=at, origin=origin)
    return person


def verify_address(person: User) -> None:
    """Keep that mail to this address reaches the person: they followed a link that was sent to it."""
    EmailAddress.objects.filter(user=person).exclude(email__iexact=person.email).delete()
    EmailAddress.objects.update_or_create(
        user=person, email=person.email.lower(), defaults={"verified": True, "primary": True}
    )


def keep_address(person: User, *, is_verified: bool = False) -> None:
    """Let the library know the address of a new person; it is verified once a link sent to it was followed."""
    EmailAddress.objects.get_or_create(
        user=person, email=person.email.lower(), defaults={"verified": is_verified, "primary": True}
    )
