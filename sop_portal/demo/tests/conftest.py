"""What tests of the demonstration share."""

from types import SimpleNamespace
from typing import Any

import pytest

from sop_portal.demo.build import mark_as_demonstration


@pytest.fixture
def demonstration(cast: SimpleNamespace, settings: Any) -> SimpleNamespace:
    """The cast in a database that says it is a demonstration, under settings that declare one."""
    settings.DEMO = True
    mark_as_demonstration()
    return cast
