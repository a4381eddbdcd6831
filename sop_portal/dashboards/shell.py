"""What surrounds every page: the years, the navigation a person may see, and the bell."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of the page; None for a stranger, who gets the door."""
    return {"shell": None}
