"""Addresses of lists, which hundreds of rows of a page begin with."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=1000)
def address(name: str, *args: int | str) -> str:
    """The address of a page by its name; addresses do not change while the portal runs."""
    return reverse(name, args=args)
