"""A storage that is not reached, or lets nobody in, is a sentence: nothing is kept by half, nothing is lost."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client

from budgets.models import Expense
from sop_portal.dashboards.checks.papers import papers as wrong
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import actions, store
from sop_portal.foundation.papers.models import Paper, PaperSpace, StoredFile, WaitingPaper
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.foundation.papers.tests.files import brought, picture
from sop_portal.tests.papers import paper_on

Browser = Callable[[User], Client]
UNREACHED = "The storage of papers cannot be reached"


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on whatever the storage is asked fails, as one does behind a network that is down."""

    def refuse(*_asked: object, **_more: object) -> None:
        raise ConnectionError("no route to host")

    def begin() -> None:
        for name in ("save", "open", "delete", "exists", "listdir"):
            monkeypatch.setattr(FileSystemStorage, name, refuse)

    return begin


def test_a_file_that_the_storage_does_not_take_is_refused_with_a_sentence(
    cast: SimpleNamespace, fails: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    fails()
    with pytest.raises(NotReady) as refusal:
        actions.bring(brought("one.png", picture("PNG")), by=cast.ben, at=NOW)
    assert str(refusal.value.sentence) == "“one.png” was not kept: the storage of papers cannot be reached."
    assert str(refusal.value.way_out) == "Try again in a while. If it stays so, tell the administrator."
    assert (PaperSpace.objects.get().used, StoredFile.objects.count(), WaitingPaper.objects.count()) == (0, 0, 0)
    assert ("no route to host" in caplog.text, caplog.messages) == (True, ["storage of papers fails"])


def test_a_form_is_shown_again_with_what_was_typed(
    expense: Expense, cast: SimpleNamespace, as_person: Browser, fails: Callable[[], None]
) -> None:
    browser = as_person(cast.dora)
    fails()
    form = {"papers": brought("one.png", picture("PNG")), "description": "Receipt of the hall", "key": "a" * 32}
    answer = browser.post(f"/papers/expense/{expense.pk}/", form)
    page = answer.content.decode()
    assert (answer.status_code, 'value="Receipt of the hall"' in page) == (422, True)
    assert "the storage of papers cannot be reached" in page


@pytest.mark.usefixtures("in_august")
def test_a_paper_is_not_shown_and_says_why(
    expense: Expense, cast: SimpleNamespace, as_person: Browser, fails: Callable[[], None]
) -> None:
    paper, browser = paper_on(expense, by=cast.dora, at=NOW), as_person(cast.dora)
    fails()
    for url in (f"/files/{paper.pk}/", f"/files/{paper.pk}/page/1/"):
        answer = browser.get(url)
        assert (answer.status_code, UNREACHED in answer.content.decode()) == (409, True)


def test_a_paper_is_taken_back_although_its_file_cannot_be_removed_yet(
    expense: Expense,
    cast: SimpleNamespace,
    fails: Callable[[], None],
    own_storage: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    paper = paper_on(expense, by=cast.dora, at=NOW)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(store, "remove", lambda _sha256: (_ for _ in ()).throw(ConnectionError("no route to host")))
        with django_capture_on_commit_callbacks(execute=True):
            actions.take_back(paper, by=cast.dora, at=NOW)
    assert (Paper.objects.get().taken_back_at, StoredFile.objects.count()) == (NOW, 0)
    name = store.name_of(paper.sha256)
    assert (list(actions.mend()), (own_storage / name).exists()) == ([f"Removed {name}: no row names it."], False)


def test_the_check_says_that_nobody_knows(cast: SimpleNamespace, expense: Expense, fails: Callable[[], None]) -> None:
    paper_on(expense, by=cast.dora, at=NOW)
    PaperSpace.objects.update(used=1)
    fails()
    counted = next(sentence for sentence in wrong() if "are counted" in sentence)
    assert list(wrong()) == [f"{UNREACHED}, so nobody knows whether their files are there.", counted]
