"""What the tests of pages share: a browser's post, and a page's words."""

import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client

from sop_portal.foundation.organisation.models import User

LogIn = Callable[[User], Client]


def post(client: Client, url: str, **values: Any) -> Any:
    """Send a form of a page."""
    return client.post(url, {"key": str(uuid.uuid4()), **values})
