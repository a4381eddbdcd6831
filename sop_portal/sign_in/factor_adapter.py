"""How the second factors of allauth behave here."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.sign_in.factors import FACTORS, requiring_role


class FactorAdapter(DefaultMFAAdapter):
    """Named after the organisation; whoever needs a second factor keeps the last one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your role needs a second factor: add another one before you remove this one.")
    }

    def get_totp_issuer(self) -> str:
        """How the app calls the portal."""
        return Organisation.current().name or "SOP Portal"

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """A passkey without a name of its own is one all the same."""
        return str(_("Passkey"))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one where a role needs one."""
        if not settings.MFA_REQUIRED_ROLES or authenticator.type not in FACTORS:
            return True
        if requiring_role(Actor.of(authenticator.user, localdate(clock.now()))) is None:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return bool(others.exclude(pk=authenticator.pk).exists())
