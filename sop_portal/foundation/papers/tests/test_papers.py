"""Papers stay with the record: attached, seen by whoever sees it, kept once, replaced, taken back in time."""

from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from budgets.audits import actions as audits
from budgets.models import Expense, Finding
from evaluations.models import Measure
from planning.models import Cycle, RequestLine
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import actions, store
from sop_portal.foundation.papers.actions import NewPaper
from sop_portal.foundation.papers.models import Paper, PaperSpace, StoredFile, WaitingPaper
from sop_portal.foundation.papers.places import part_of
from sop_portal.foundation.papers.shown import shown_papers
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.foundation.papers.tests.files import brought, pdf, picture
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.papers import paper_on, waiting

Browser = Callable[[User], Client]


def test_a_paper_stands_beside_its_record_with_its_hash_in_the_trail(expense: Expense, cast: SimpleNamespace) -> None:
    found = paper_on(expense, by=cast.dora, at=NOW, description="Receipt for the chairs")
    entry = Entry.objects.of("expense", expense.pk)[0]
    assert (entry.verb, entry.comment, entry.position) == ("attach-paper", "Receipt for the chairs", found.position)
    assert found.sha256 in entry.changes[0]["new"]
    assert (found.department_id, found.cycle_id, found.project_id) == (
        expense.department_id,
        expense.cycle_id,
        expense.project_id,
    )
    assert (WaitingPaper.objects.count(), verify()) == (0, [])


def addresses_of(found: Paper) -> list[str]:
    return [
        f"/papers/{found.pk}/",
        f"/papers/{found.pk}/replace/",
        f"/papers/{found.pk}/take-back/",
        f"/files/{found.pk}/",
        f"/files/{found.pk}/shown/",
        f"/files/{found.pk}/small/",
    ]


def test_it_is_seen_by_whoever_sees_the_record_and_is_nowhere_for_others(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    taken = actions.bring(brought("photo.png", picture("PNG")), by=cast.dora, at=NOW)
    found = actions.attach("expense", expense, NewPaper(taken), by=cast.dora, at=NOW)
    statuses = {
        name: [as_person(getattr(cast, name)).get(url).status_code for url in addresses_of(found)]
        for name in ("bao", "dora", "omar", "amina", "ben", "farid")
    }
    nothing = [404] * 6
    # Whoever sees it without attaching, or did not bring it, is not asked whether to replace it or to take it back.
    assert (statuses["dora"], statuses["bao"]) == ([200] * 6, [200, 200, 403, 200, 200, 200])
    assert statuses["omar"] == [200, 403, 403, 200, 200, 200]
    assert (statuses["amina"], statuses["ben"]) == (nothing, nothing)
    assert 200 not in statuses["farid"]


def test_nothing_in_a_file_runs_or_becomes_a_page(expense: Expense, cast: SimpleNamespace, as_person: Browser) -> None:
    taken = actions.bring(brought("收据\u202e<b>.pdf", pdf(pages=2)), by=cast.dora, at=NOW)
    found = actions.attach("expense", expense, NewPaper(taken), by=cast.dora, at=NOW)
    browser = as_person(cast.dora)
    for address, kind, how in (
        (f"/files/{found.pk}/", "application/pdf", "attachment"),
        (f"/files/{found.pk}/page/2/", "image/webp", "inline"),
        (f"/files/{found.pk}/small/", "image/webp", "inline"),
    ):
        answer = browser.get(address)
        assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, kind, "nosniff")
        assert answer["Content-Disposition"].startswith(how)
        assert {"sandbox", "default-src 'none'"} <= set(answer["Content-Security-Policy"].split("; "))
        assert (answer["X-Frame-Options"], "\u202e" in str(answer.headers)) == ("DENY", False)
    assert b"".join(browser.get(f"/files/{found.pk}/").streaming_content) == pdf(pages=2)
    # A PDF is looked at as painted pages; the file itself is never shown in place.
    statuses = [browser.get(f"/files/{found.pk}/{rest}").status_code for rest in ("shown/", "page/0/", "page/3/")]
    assert statuses == [404, 404, 404]


def test_the_same_paper_is_kept_once(expense: Expense, year: SimpleNamespace, cast: SimpleNamespace) -> None:
    other = Expense.objects.filter(corrects=None, department=year.arts.department).order_by("pk")[0]
    first, second = (paper_on(record, by=cast.dora, at=NOW) for record in (expense, other))
    assert (first.file, StoredFile.objects.count()) == (second.file, 1)
    assert PaperSpace.objects.get().used == StoredFile.objects.get().size
    actions.take_back(first, by=cast.dora, at=NOW)
    assert store.is_there(second.sha256)


def test_a_newer_version_takes_its_place_and_the_old_one_stays(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    old = paper_on(expense, by=cast.dora, at=NOW, name="Offer.pdf", description="Offer of the hall")
    new = NewPaper(waiting(cast.dev, NOW, "Offer 2.pdf", b"%PDF-2"), "Offer of the hall")
    newer = actions.replace(old, new, by=cast.dev, at=NOW)
    assert list(Paper.objects.of("expense", expense.pk).current()) == [newer]
    assert (newer.description, newer.replaces, Entry.objects.of("expense", expense.pk)[0].verb) == (
        "Offer of the hall",
        old,
        "replace-paper",
    )
    page = as_person(cast.dora).get(expense.get_absolute_url()).content.decode()
    assert ("Offer 2.pdf" in page, "1 older version" in page) == (True, True)
    with pytest.raises(NotNow, match="replaced or taken back"):
        actions.replace(old, NewPaper(waiting(cast.dev, NOW, content=b"%PDF-3")), by=cast.dev, at=NOW)


def test_each_older_version_stands_once_behind_the_one_that_holds(expense: Expense, cast: SimpleNamespace) -> None:
    paper = paper_on(expense, by=cast.dora, at=NOW, name="Offer 0.pdf")
    for number in (1, 2, 3):
        new = NewPaper(waiting(cast.dora, NOW, f"Offer {number}.pdf", b"%%PDF-%d" % number))
        paper = actions.replace(paper, new, by=cast.dora, at=NOW)
    (shown,) = shown_papers("expense", expense, Actor.of(cast.dora, NOW))
    assert [older.paper.name for older in shown.older] == ["Offer 2.pdf", "Offer 1.pdf", "Offer 0.pdf"]
    assert [older.older for older in shown.older] == [[], [], []]


def test_which_papers_hold_is_asked_once_and_not_beside_each() -> None:
    # PostgreSQL went through all papers for each of ten thousand: a search was broken off after half a minute.
    asked = str(Paper.objects.current().query)
    assert ("EXISTS" in asked, " IN (SELECT " in asked) == (False, True)


def test_the_same_file_is_no_newer_version(expense: Expense, cast: SimpleNamespace) -> None:
    old = paper_on(expense, by=cast.dora, at=NOW)
    with pytest.raises(NotReady, match="the same file"):
        actions.replace(old, NewPaper(waiting(cast.dora, NOW)), by=cast.dora, at=NOW)


def test_a_paper_is_taken_back_before_somebody_decided_and_its_file_is_gone(
    expense: Expense, cast: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    found = paper_on(expense, by=cast.dora, at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        gone = actions.take_back(found, by=cast.dora, at=NOW)
    assert (gone.file, gone.taken_back_by, store.is_there(found.sha256)) == (None, cast.dora, False)
    assert (StoredFile.objects.count(), PaperSpace.objects.get().used) == (0, 0)
    assert Entry.objects.of("expense", expense.pk)[0].verb == "take-back-paper"


def test_only_who_attached_it_takes_it_back(expense: Expense, cast: SimpleNamespace) -> None:
    found = paper_on(expense, by=cast.dora, at=NOW)
    with pytest.raises(NotYours, match="Only the person who attached"):
        actions.take_back(found, by=cast.dev, at=NOW)
    actions.take_back(found, by=cast.dora, at=NOW)


def decided(year: SimpleNamespace, cast: SimpleNamespace) -> Paper:
    """A paper on a finding that was reported as remedied, and opened again by somebody else."""
    finding = Finding.objects.get(audit__department=year.sports.department)
    found = paper_on(finding, by=cast.bao, at=NOW)
    year.sports.take(audits.reopen, finding, cast.dev, NOW, comment="Not yet")
    return found


def test_what_somebody_decided_with_stays_and_the_database_keeps_it(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    found = decided(year, cast)
    with pytest.raises(NotNow, match="decided on this record"):
        actions.take_back(found, by=cast.bao, at=NOW)
    for change in (
        {"taken_back_at": NOW, "taken_back_by": cast.bao, "file": None},
        {"name": "Other.pdf"},
        {"sha256": "0" * 64},
        {"record_id": 1},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Paper.objects.filter(pk=found.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(pk=found.pk).delete()
    actions.replace(found, NewPaper(waiting(cast.bao, NOW, content=b"%PDF-new")), by=cast.bao, at=NOW)


def test_comments_and_other_papers_decide_nothing(expense: Expense, cast: SimpleNamespace) -> None:
    found = paper_on(expense, by=cast.dora, at=NOW)
    paper_on(expense, by=cast.dev, at=NOW, content=b"%PDF-another")
    actions.take_back(found, by=cast.dora, at=NOW)


@pytest.mark.parametrize("name", ["omar", "amina", "farid"])
def test_who_does_not_take_part_or_does_not_see_the_record_attaches_nothing(
    name: str, expense: Expense, cast: SimpleNamespace
) -> None:
    person = getattr(cast, name)
    with pytest.raises(NotYours):
        paper_on(expense, by=person, at=NOW)
    assert Paper.objects.count() == 0


def test_a_closed_year_takes_no_papers_but_for_what_lives_on(
    expense: Expense, year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    Cycle.objects.filter(pk=year.cycle.pk).update(state="closed", closed_at=NOW, closed_by=cast.ada)
    with pytest.raises(NotNow, match="The year 2027 is closed"):
        paper_on(Expense.objects.get(pk=expense.pk), by=cast.dora, at=NOW)
    lasting = paper_on(Measure.objects.get(department=year.sports.department), by=cast.bao, at=NOW)
    actions.take_back(lasting, by=cast.bao, at=NOW)


def test_the_database_keeps_the_papers_of_a_closed_year(
    expense: Expense, year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    found = paper_on(expense, by=cast.dora, at=NOW)
    Cycle.objects.filter(pk=year.cycle.pk).update(state="closed", closed_at=NOW, closed_by=cast.ada)
    with pytest.raises(DatabaseError, match="closed_year"), transaction.atomic():
        Paper.objects.filter(pk=found.pk).update(taken_back_at=NOW, taken_back_by=cast.dora, file=None)
    found.pk, found._state.adding = None, True
    with pytest.raises(DatabaseError, match="closed_year"), transaction.atomic():
        found.save()


def test_a_paper_is_about_a_line_the_record_has(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = RequestLine.objects.filter(request__department=year.sports.department).order_by("pk")[0]
    stranger = RequestLine.objects.filter(request__department=year.arts.department).order_by("pk")[0]
    found = paper_on(line.request, by=cast.bao, at=NOW, part=part_of(line))
    assert found.part == f"line-{line.pk}"
    with pytest.raises(NotReady, match="not there any more"):
        paper_on(line.request, by=cast.bao, at=NOW, part=part_of(stranger))


def test_a_full_space_refuses_with_a_sentence_and_keeps_nothing(cast: SimpleNamespace, settings: Any) -> None:
    settings.PAPERS_SPACE = 3000
    actions.bring(brought("one.png", picture("PNG")), by=cast.ben, at=NOW)
    used = PaperSpace.objects.get().used
    with pytest.raises(NotReady, match="the space for papers"):
        actions.bring(brought("two.jpg", picture("JPEG", (900, 900), quality=100)), by=cast.ben, at=NOW)
    assert (PaperSpace.objects.get().used, StoredFile.objects.count()) == (used, 1)


def test_a_full_disk_refuses_with_a_sentence_and_leaves_nothing(
    cast: SimpleNamespace, own_storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    # Found out when the file is to be on the disk, so that a part of it stands there already.
    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(NotReady, match="disk is full"):
        actions.bring(brought("one.png", picture("PNG")), by=cast.ben, at=NOW)
    assert (PaperSpace.objects.get().used, StoredFile.objects.count(), WaitingPaper.objects.count()) == (0, 0, 0)
    assert [path for path in own_storage.rglob("*") if path.is_file()] == []


def test_what_waits_is_forgotten_after_a_day(
    cast: SimpleNamespace, own_storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    waiting(cast.ben, NOW)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_waiting(at=NOW.replace(hour=23)) is False
        assert actions.forget_waiting(at=NOW.replace(day=9)) is True
    assert (WaitingPaper.objects.count(), [path for path in own_storage.rglob("*") if path.is_file()]) == (0, [])


def test_one_person_has_only_so_many_files_waiting(cast: SimpleNamespace, settings: Any) -> None:
    settings.PAPERS_WAITING = 2
    for number in range(2):
        actions.bring(brought("one.png", picture("PNG", (9, 9 + number))), by=cast.ben, at=NOW)
    with pytest.raises(NotReady, match="Too many files are waiting"):
        actions.bring(brought("one.png", picture("PNG")), by=cast.ben, at=NOW)
    actions.bring(brought("one.png", picture("PNG")), by=cast.amina, at=NOW)


def test_a_record_has_only_so_many_papers(expense: Expense, cast: SimpleNamespace, settings: Any) -> None:
    settings.PAPERS_PER_RECORD = 2
    for number in range(2):
        paper_on(expense, by=cast.dora, at=NOW, content=b"%%PDF-%d" % number)
    with pytest.raises(NotReady, match="as many papers as one can have"):
        paper_on(expense, by=cast.dora, at=NOW, content=b"%PDF-last")


def test_somebody_elses_waiting_file_is_not_attached(expense: Expense, cast: SimpleNamespace) -> None:
    theirs = waiting(cast.dev, NOW)
    with pytest.raises(NotNow, match="no longer waiting"):
        actions.attach("expense", expense, NewPaper(theirs), by=cast.dora, at=NOW)
    actions.attach("expense", expense, NewPaper(theirs), by=cast.dev, at=NOW)
    with pytest.raises(NotNow, match="no longer waiting"):
        actions.attach("expense", expense, NewPaper(theirs), by=cast.dev, at=NOW)
