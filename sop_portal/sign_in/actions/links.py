"""Letting links that were mailed to somebody work no longer."""

from datetime import datetime

from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.models import AddressChange, Invitation


def end_links(person: User, *, at: datetime) -> None:
    """Let every link that somebody has work no longer: they got a password, or may no longer log in."""
    end_invitations(person, at=at)
    end_address_changes(person, at=at)


def end_invitations(person: User, *, at: datetime) -> int:
    """Let the invitations somebody has work no longer."""
    return Invitation.objects.filter(person=person, used_at=None, ended_at=None).update(ended_at=at)


def end_address_changes(person: User, *, at: datetime) -> int:
    """Let the links that would change somebody's address work no longer."""
    return AddressChange.objects.filter(person=person, used_at=None, ended_at=None).update(ended_at=at)
