"""The one-time code of the first administrator: how it is made, written, read and hashed. Pure."""

import secrets

from django.utils.crypto import salted_hmac

# No sign that is taken for another one: 80 bits in sixteen of them.
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4
LOOKS_LIKE = str.maketrans("OIL", "011")


def new_code() -> str:
    """A code nobody can guess, in four groups that are easy to read out."""
    signs = "".join(secrets.choice(SIGNS) for _sign in range(LENGTH))
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def as_typed(text: str) -> str:
    """The signs of a code however it was typed: small letters, blanks, full-width signs, O for 0 and I for 1."""
    plain = "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in text)
    return "".join(sign for sign in plain.upper().translate(LOOKS_LIKE) if sign in SIGNS)


def hash_of(text: str) -> str:
    """What is kept of a code: without the portal's key it cannot even be tried."""
    return salted_hmac("sop_portal.first_administrator", as_typed(text), algorithm="sha256").hexdigest()
