"""Signing in with a provider of OpenID Connect, where the operator has named one."""

from collections.abc import Mapping

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.organisation.models import User


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Nobody is created by signing in; an account is found by what it was connected to, or by a trusted address."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "connected_other": _("This sign-in is connected to another person's account already.")
    }

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """People are added by the administrator."""
        return False

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: Mapping[str, object]
    ) -> AbstractBaseUser | None:
        """Take nothing over: what a person is called stands here already."""
        person: AbstractBaseUser | None = sociallogin.user
        return person

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Lead whoever is not connected yet back to the door, and say how it is done."""
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        sentence = _("This sign-in is connected to nobody yet. Sign in once as usual, then connect it in your account.")
        messages.warning(request, sentence)
        raise ImmediateHttpResponse(redirect("account_login"))

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Only where the operator trusts the provider for this domain."""
        return email.rpartition("@")[2].lower() in settings.OIDC_TRUSTED_DOMAINS

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The person of an address, where the provider says in so many words that it verified it."""
        for address in sociallogin.email_addresses:
            if address.verified is True and self.can_authenticate_by_email(sociallogin, address.email):
                person = User.objects.filter(email__iexact=address.email).first()
                if person is not None:
                    return person, address.email
        return None

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Back to one's account."""
        return reverse("account")
