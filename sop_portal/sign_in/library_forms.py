"""The forms of the library, as they stand on our pages."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context as of_request
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit import clock
from sop_portal.sign_in import actions
from sop_portal.sign_in.models import SecurityEvent


class SignInForm(LoginForm):
    """E-mail and password, one after the other; the way to a new password stands beside the button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The library puts the link between the two fields, where the Tab key meets it first.
        self.fields["password"].help_text = ""


class SecondStepForm(AuthenticateForm):
    """The code of an app, or a recovery code; a wrong one stands in the person's log."""

    def clean_code(self) -> str:
        """Check the code, and note a wrong one."""
        try:
            return str(super().clean_code())
        except ValidationError:
            origin = actions.origin_of(of_request.request)
            actions.log_event(self.user, SecurityEvent.What.WRONG_CODE, at=clock.now(), origin=origin)
            raise


class SwitchOnCodesForm(ActivateTOTPForm):
    """The first code of an app: shown to switch it on, it signs nobody in afterwards."""

    def clean_code(self) -> str:
        """Check the code, and count it as used."""
        code = str(super().clean_code())
        if not TOTP(Authenticator(user=self.user, type=Authenticator.Type.TOTP))._mark_code_used(code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey with a name of one's own; it is one that signs in alone."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        max_length=60,
        required=False,
        help_text=_("Where it is kept, so that you know it again: my phone, the key on my ring."),
    )
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
