"""How allauth behaves here: nobody signs up, mails wait in the outbox, and what happens is noted and told."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as of_request
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in import actions
from sop_portal.sign_in.browsers import known_browser, remember_browser
from sop_portal.sign_in.models import SecurityEvent

What = SecurityEvent.What
# What the library tells of, by the name it gives the mail.
HAPPENED = {
    "account/email/password_changed": What.PASSWORD_CHANGED,
    "account/email/password_reset": What.PASSWORD_RESET,
    "account/email/password_set": What.PASSWORD_CHANGED,
    "mfa/email/totp_activated": What.APP_ADDED,
    "mfa/email/totp_deactivated": What.APP_REMOVED,
    "mfa/email/webauthn_added": What.PASSKEY_ADDED,
    "mfa/email/webauthn_removed": What.PASSKEY_REMOVED,
    "mfa/email/recovery_codes_generated": What.CODES_MADE,
    "socialaccount/email/account_connected": What.CONNECTED,
    "socialaccount/email/account_disconnected": What.DISCONNECTED,
}


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up; mails through the outbox; a log of what happens; guessing is slowed down, nobody is locked out."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many wrong passwords for this address. Wait ten minutes, or set a new password by mail."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up is closed: people are added by the administrator."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox, in its reader's language; an address that nobody has gets none."""
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            return
        with translation.override(person.language):
            message = self.render_mail(template_prefix, email, context | {"person": person})
        actions.write_mail(person, message.subject, f"{message.body}\n", at=clock.now())

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a mail begins as the operator says, never as the caller's request does."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.BASE_URL}{path.replace('UID-KEY', key)}"

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Mail the link, unless several of the last hour still work: no stranger fills a mailbox."""
        if actions.may_send_link(user, at=clock.now()):
            actions.log_event(user, What.LINK_ASKED, at=clock.now(), origin=actions.origin_of(self.request))
            super().send_password_reset_mail(user, user.email, context)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Note what the library tells of, and tell it in our own words."""
        if template_prefix == "account/email/password_reset":
            # They followed a link that was sent to this address.
            actions.verify_address(user)
        what, request = HAPPENED.get(template_prefix), of_request.request
        if what in (What.PASSWORD_CHANGED, What.PASSWORD_RESET):
            actions.end_sessions(user, but=(request.session.session_key if request else "") or "")
            # Whoever has a password was let in: the mail that offers to choose the first one opens nothing any more.
            # Nor does the one that changes the address: another may have asked for it with the old password.
            actions.end_links(user, at=clock.now())
        if what:
            actions.log_event(user, what, at=clock.now(), origin=actions.origin_of(request))

    def post_login(self, request: HttpRequest, user: User, **hook: object) -> HttpResponse:
        """Note the sign-in, and let this browser be known from now on."""
        what = What.SIGNED_IN if known_browser(request, user.email) else What.NEW_BROWSER
        actions.note_sign_in(user, what, at=clock.now(), origin=actions.origin_of(request))
        response: HttpResponse = super().post_login(request, user, **hook)
        remember_browser(request, response, user.email)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """Wrong passwords are counted for an account, but apart for each browser that was signed in to it before.

        So a stranger who guesses is slowed down from wherever, and never keeps the owner out of their own browser.
        """
        login = str(credentials.get("email", "")).strip().lower()
        return f"{login}:{known_browser(request, login)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Slow down whoever guesses, and note it once."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            actions.note_failure(credentials, What.SLOWED_DOWN, at=clock.now(), origin=actions.origin_of(request))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: str) -> None:
        """Note a wrong password, alike whether somebody has the address or not."""
        actions.note_failure(credentials, What.WRONG_PASSWORD, at=clock.now(), origin=actions.origin_of(request))

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the person's password; they sign in with the address the administrator keeps."""
        found = self.authenticate(of_request.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk
