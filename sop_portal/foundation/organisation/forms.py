"""The form people sign in with."""

from typing import Any

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """E-mail and password, one after the other; the way to a new password stands beside the button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The library puts the link between the two fields, where the Tab key meets it first.
        self.fields["password"].help_text = ""
