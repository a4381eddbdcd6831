"""What was typed about one line of the budget waits for that line, in a real browser."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from budgets.models import Appropriation
from sop_portal.tests.browser.test_papers import Opens
from sop_portal.tests.browser.test_papers import opens as opens
from sop_portal.tests.browser.test_papers import year as year


@pytest.fixture
def language() -> str:
    """The page is read in English."""
    return "en"


def test_what_was_typed_for_one_line_is_offered_on_no_other(opens: Opens, year: SimpleNamespace) -> None:
    first, second = Appropriation.objects.order_by("number").values_list("number", flat=True)[:2]
    form = "/2027/exceptions/new/?line={}"
    dora = opens("dora").go(form.format(first))
    dora.page.locator("[name=what]").fill("Chairs for the hall")
    dora.page.locator("[name=why]").fill("The shop closes")
    dora.go(form.format(second))
    expect(dora.page.locator("[name=what]")).to_have_value("")
    expect(dora.page.get_by_text("in this browser")).to_have_count(0)
    dora.go(f"{form.format(first)}&done=post")
    expect(dora.page.get_by_text("in this browser").first).to_be_visible()
