"""The short name of a project in addresses; the same name gives the same one in every year."""

from hashlib import sha1

from django.utils.text import slugify

LONGEST = 60


def slug_of(name: str) -> str:
    """Letters and digits of the name; a name without any, as a Chinese one, gets a short name made from its signs."""
    plain = slugify(name)[:LONGEST].strip("-")
    # Where signs were lost, two different names must not become one.
    if plain and name.isascii():
        return plain
    mark = sha1(" ".join(name.split()).casefold().encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{plain[: LONGEST - 9]}-{mark}" if plain else f"p-{mark}"
