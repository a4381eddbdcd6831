"""People on their way in, for tests that begin there."""

from types import SimpleNamespace

from allauth.mfa.models import Authenticator

from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.models import FactorRecovery


def invited() -> User:
    """Somebody who has not come in yet."""
    return User.objects.get_or_create(email="gita@example.org", defaults={"name": "Gita", "password": "!"})[0]


def with_factor(person: User) -> User:
    """Somebody who has a second factor."""
    Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "A"}})
    return person


def asked_recovery(year: SimpleNamespace) -> FactorRecovery:
    """The second factor of somebody, asked to be removed."""
    found = {"person": with_factor(year.cast.ben), "asked_by": year.cast.ada, "decided_at": None}
    said = {"reason": "Lost", "asked_at": year.at}
    return FactorRecovery.objects.get_or_create(**found, defaults=said)[0]


def gone(person: User) -> User:
    """Somebody whose access has ended."""
    User.objects.filter(pk=person.pk).update(is_active=False)
    person.refresh_from_db()
    return person
