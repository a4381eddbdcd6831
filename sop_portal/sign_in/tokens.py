"""The secret of a link in a mail: how it is made and hashed. Pure."""

import secrets

from django.utils.crypto import salted_hmac


def new_token() -> str:
    """A secret nobody can guess, as it stands in an address: 256 bits."""
    return secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """What is kept of it: without the portal's key it cannot even be tried."""
    return salted_hmac("sop_portal.invitation", token, algorithm="sha256").hexdigest()
