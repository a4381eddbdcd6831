"""The page's own next step does not deny what was just saved, in a real browser."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from planning.models import ForecastLine
from planning.tests.stage_one import LINE
from sop_portal.foundation.kit import clock
from sop_portal.tests.browser.test_saving import PATIENCE, Opens, is_saved, type_in
from sop_portal.tests.browser.test_saving import opens as opens
from sop_portal.tests.browser.test_saving import people as people
from sop_portal.tests.browser.test_saving import story_line as story_line


@pytest.fixture
def language() -> str:
    """The page is read in English."""
    return "en"


def test_what_the_page_says_is_missing_is_read_anew_after_saving(
    opens: Opens, story_line: SimpleNamespace, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Also for the threads of the server: the window of the forecasts is open.
    monkeypatch.setattr(clock, "now", lambda: noon)
    ForecastLine.objects.update(looked_at=None)
    amina = opens("amina").go(LINE)
    unread = amina.page.get_by_text("Nobody has looked at the figures of Story hours yet")
    expect(unread).to_have_count(1)
    type_in(amina, "money", "13000")
    is_saved(amina)
    expect(unread).to_have_count(0, timeout=PATIENCE)
    expect(amina.page.locator("main .next:not([data-box])")).to_have_count(1)
