"""What is not attached is said where it was chosen, with what was typed; what is not wanted any more is forgotten."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from budgets.models import Expense
from planning.models import Cycle
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.actions import NewPaper, bringing
from sop_portal.foundation.papers.models import Paper, StoredFile, WaitingPaper
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.foundation.papers.tests.files import brought, pdf
from sop_portal.tests.papers import paper_on, waiting

Browser = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("in_august")
PART_OF_PAGE = {"HX-Request": "true"}


def sent(browser: Client, url: str, *files: Any, headers: Any = None, **typed: Any) -> Any:
    return browser.post(url, {"key": str(uuid4()), "papers": list(files), **typed}, headers=headers)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(("headers", "status"), [(PART_OF_PAGE, 200), (None, 422)])
def test_a_refusal_is_said_beside_the_files_that_wait(
    headers: Any, status: int, expense: Expense, cast: SimpleNamespace, as_person: Browser, settings: Any
) -> None:
    settings.PAPERS_PER_RECORD = 1
    browser, url = as_person(cast.dora), f"/papers/expense/{expense.pk}/"
    # Of two files the second is one too many, so the first is not attached either.
    files = [brought("one.pdf", pdf("One")), brought("two.pdf", pdf("Two"))]
    answer = sent(browser, url, *files, headers=headers, description="Chairs", back="/2027/expenses/")
    page = text_of(answer)
    assert (answer.status_code, Paper.objects.count(), WaitingPaper.objects.count()) == (status, 0, 2)
    assert ("as many papers as one can have, 1." in page, page.count('name="paper"')) == (True, 2)
    assert ('value="Chairs"' in page, 'name="back" value="/2027/expenses/"' in page) == (True, True)
    token = re.findall(r'name="paper"\s+value="([0-9a-f-]{36})"', page)[0]
    assert sent(browser, url, paper=token, headers=headers).status_code == 302


def test_a_year_closed_meanwhile_is_said_where_the_form_stood(
    expense: Expense, year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, url = as_person(cast.dora), f"/papers/expense/{expense.pk}/"
    Cycle.objects.filter(pk=year.cycle.pk).update(state="closed", closed_at=NOW, closed_by=cast.ada)
    answer = sent(browser, url, brought("a.pdf", pdf()), headers=PART_OF_PAGE)
    assert (answer.status_code, "The year 2027 is closed" in text_of(answer)) == (200, True)
    assert sent(browser, url, brought("a.pdf", pdf())).status_code == 409
    assert Paper.objects.count() == 0


def test_too_long_a_description_is_said_at_its_field(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    answer = sent(
        as_person(cast.dora),
        f"/papers/expense/{expense.pk}/",
        brought("a.pdf", pdf()),
        headers=PART_OF_PAGE,
        description="x" * 201,
    )
    page = text_of(answer).split('id="papers"')[1]
    # The page's script lets go of what was typed only where the form was carried out.
    assert "carried_out" not in answer.cookies
    assert ("x" * 201 in page, page.count("at most 200 characters"), Paper.objects.count()) == (True, 1, 0)


def test_what_is_typed_for_a_newer_version_stays_at_every_error(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, content = as_person(cast.dora), pdf("First")
    old = paper_on(expense, by=cast.dora, at=NOW, content=content, description="Offer of May")
    url = f"/papers/{old.pk}/replace/"
    assert 'value="Offer of May"' in text_of(browser.get(url))
    tries: list[tuple[list[Any], str, str]] = [
        ([], "Offer of June", "Choose a file first."),
        ([brought("same.pdf", content)], "Offer of June", "This is the same file."),
        ([brought("one.pdf", pdf("1")), brought("two.pdf", pdf("2"))], "", "One paper is replaced by one file."),
        ([brought("newer.pdf", pdf("Newer"))], "x" * 201, "at most 200 characters"),
    ]
    for files, typed, said in tries:
        answer = sent(browser, url, *files, description=typed)
        page = text_of(answer)
        assert (answer.status_code, said in page, f'value="{typed}">' in page) == (422, True, True), said
    assert Paper.objects.count() == 1


def is_still_there(answer: Any, status: int, said: str) -> bool:
    """Whether the form was answered with a refusal, what was typed, and the file that waits."""
    page = text_of(answer)
    return (answer.status_code, said in page, 'value="Offer of June">' in page, page.count('name="paper"')) == (
        status,
        True,
        True,
        1,
    )


def test_a_paper_that_was_replaced_or_kept_meanwhile_leaves_what_was_typed(
    expense: Expense, year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, typed = as_person(cast.dora), {"description": "Offer of June"}
    old = paper_on(expense, by=cast.dora, at=NOW)
    newer = NewPaper(waiting(cast.dev, NOW, content=b"%PDF-newer"))
    newest = actions.replace(old, newer, by=cast.dev, at=NOW)
    answer = sent(browser, f"/papers/{old.pk}/replace/", brought("b.pdf", pdf("Newer")), **typed)
    assert is_still_there(answer, 409, "This paper was replaced or taken back already.")
    Cycle.objects.filter(pk=year.cycle.pk).update(state="closed", closed_at=NOW, closed_by=cast.ada)
    answer = sent(browser, f"/papers/{newest.pk}/replace/", brought("c.pdf", pdf("Newest")), **typed)
    assert is_still_there(answer, 409, "The year 2027 is closed")
    assert Paper.objects.count() == 2


@pytest.mark.parametrize("typed", ["Offer of June", ""])
def test_a_newer_version_is_described_as_typed(
    typed: str, expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    old = paper_on(expense, by=cast.dora, at=NOW, description="Offer of May")
    answer = sent(as_person(cast.dora), f"/papers/{old.pk}/replace/", brought("b.pdf", pdf()), description=typed)
    assert (answer.status_code, Paper.objects.get(replaces=old).description) == (302, typed)


def test_a_file_left_out_of_a_form_that_is_never_sent_waits_no_longer(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    kept, left, theirs = waiting(cast.ben, NOW), waiting(cast.ben, NOW), waiting(cast.amina, NOW)
    tokens = [str(one.token) for one in (left, theirs)]
    answer = as_person(cast.ben).post("/papers/bring/", {"key": str(uuid4()), "leave-paper": tokens})
    assert (answer.status_code, answer.json()) == (200, {"taken": [], "refused": []})
    assert set(WaitingPaper.objects.all()) == {kept, theirs}


def test_a_file_for_a_form_that_cannot_be_sent_again_does_not_wait(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, url = as_person(cast.amina), f"/papers/expense/{expense.pk}/"
    assert sent(browser, url, brought("a.pdf", pdf())).status_code == 404
    assert sent(browser, "/papers/nonsense/1/", brought("a.pdf", pdf())).status_code == 404
    assert browser.post("/papers/bring/", {"papers": brought("a.pdf", pdf())}).status_code == 409
    # A form that takes no papers, and one that was carried out already.
    assert sent(browser, "/papers/1/take-back/", brought("a.pdf", pdf())).status_code == 404
    assert (WaitingPaper.objects.count(), StoredFile.objects.count()) == (0, 0)
    dora, key = as_person(cast.dora), str(uuid4())
    for _again in range(2):
        assert dora.post(url, {"key": key, "papers": brought("a.pdf", pdf())}).status_code == 302
    assert (WaitingPaper.objects.count(), Paper.objects.count(), StoredFile.objects.count()) == (0, 1, 1)


def test_what_was_brought_before_waits_on_where_another_form_was_refused(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    earlier, browser = waiting(cast.amina, NOW), as_person(cast.amina)
    answer = sent(browser, f"/papers/expense/{expense.pk}/", brought("a.pdf", pdf()), paper=str(earlier.token))
    assert (answer.status_code, list(WaitingPaper.objects.all())) == (404, [earlier])


def test_a_form_without_a_key_has_nothing_looked_into(
    expense: Expense, cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "look_at", lambda _file: pytest.fail("It was looked into."))
    answer = as_person(cast.dora).post(f"/papers/expense/{expense.pk}/", {"papers": brought("a.pdf", pdf())})
    assert (answer.status_code, "This form has no key" in text_of(answer)) == (409, True)


def test_far_too_many_files_are_said_on_the_form_with_what_was_typed(
    expense: Expense, cast: SimpleNamespace, as_person: Browser, settings: Any
) -> None:
    settings.PAPERS_AT_ONCE = 2
    files = [brought(f"{number}.pdf", pdf(str(number))) for number in range(101)]
    answer = sent(as_person(cast.dora), f"/papers/expense/{expense.pk}/", *files, description="All of the year")
    page = text_of(answer)
    said = ("101 files were sent at once." in page, "Attach at most 2 at once." in page)
    assert (answer.status_code, said, 'value="All of the year"' in page) == (422, (True, True), True)
    assert (Paper.objects.count(), [one.name for one in WaitingPaper.objects.order_by("at")]) == (0, ["0.pdf", "1.pdf"])
