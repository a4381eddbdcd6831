"""What is typed around signing in."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.organisation.models import User


class AddressForm(forms.Form):
    """The mail address that somebody wants instead of theirs."""

    email = forms.EmailField(
        label=_("New mail address"),
        max_length=200,
        help_text=_("A link goes there. Your address changes once you follow it, within the hour."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        """As addresses are kept: in small letters."""
        email: str = self.cleaned_data["email"]
        return email.lower()


class FirstPasswordForm(forms.Form):
    """The first password of somebody who was invited."""

    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters. Three random words are easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, typed: QueryDict | None = None, *, person: User) -> None:
        super().__init__(typed)
        self.person = person

    def clean_password(self) -> Any:
        """A password that is neither short, common nor like the name."""
        validate_password(self.cleaned_data["password"], self.person)
        return self.cleaned_data["password"]
