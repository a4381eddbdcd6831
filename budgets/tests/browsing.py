"""What the tests of pages share: a browser's post, and a page's words."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client

from sop_portal.organisation.models import User

LogIn = Callable[[User], Client]


def post(client: Client, url: str, **values: Any) -> Any:
    """Send a form of a page."""
    return client.post(url, {"key": str(uuid.uuid4()), **values})


def text_of(response: Any) -> str:
    """The page without its markup, blanks made single."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
