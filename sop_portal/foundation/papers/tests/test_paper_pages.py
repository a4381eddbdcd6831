"""Papers on their pages, without a script: several at once, kept while a form is corrected, refused with a sentence."""

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from budgets.models import Appropriation, Expense
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.models import Paper, PaperSpace, StoredFile, WaitingPaper
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.foundation.papers.tests.files import HOSTILE, brought, pdf, picture
from sop_portal.tests.papers import paper_on

Browser = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("in_august")


def sent(browser: Client, url: str, *files: Any, **typed: Any) -> Any:
    return browser.post(url, {"key": str(uuid4()), "papers": list(files), **typed})


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_several_papers_are_attached_at_once(expense: Expense, cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.dora)
    files = [brought("one.jpg", picture()), brought("two.pdf", pdf())]
    answer = sent(browser, f"/papers/expense/{expense.pk}/", *files, description="Chairs")
    assert (answer.status_code, answer["Location"]) == (302, f"{expense.get_absolute_url()}#papers")
    found = Paper.objects.of("expense", expense.pk)
    assert [(one.name, one.description) for one in found] == [("one.jpg", "Chairs"), ("two.pdf", "Chairs")]
    page = text_of(browser.get(expense.get_absolute_url()))
    assert (page.count("/small/"), "attached a paper" in page) == (2, True)


def test_a_year_shows_no_papers_and_takes_none(expense: Expense, cast: SimpleNamespace, as_person: Browser) -> None:
    browser, cycle = as_person(cast.dora), expense.cycle
    assert sent(browser, f"/papers/cycle/{cycle.pk}/", brought("one.pdf", pdf())).status_code == 404
    with pytest.raises(NotReady):
        paper_on(cycle, by=cast.dora, at=NOW)
    assert Paper.objects.count() == 0
    assert sent(browser, f"/papers/expense/{expense.pk}/", brought("one.pdf", pdf())).status_code == 302


def test_a_good_file_waits_while_a_bad_one_is_corrected(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, url = as_person(cast.dora), f"/papers/expense/{expense.pk}/"
    files = [brought("good.pdf", pdf()), brought("bad.pdf", HOSTILE["page.pdf"])]
    answer = sent(browser, url, *files, description="Both of them")
    page = text_of(answer)
    assert (answer.status_code, Paper.objects.count(), "bad.pdf" in page, "Both of them" in page) == (
        422,
        0,
        True,
        True,
    )
    token = re.search(r'name="paper"\s+value="([0-9a-f-]{36})"', page)
    assert token is not None
    assert sent(browser, url, paper=token[1]).status_code == 302
    assert [one.name for one in Paper.objects.all()] == ["good.pdf"]


def carried_in(answer: Any) -> Counter[str]:
    """How many forms of a page carry each waiting paper."""
    return Counter(re.findall(r'name="paper"\s+value="([0-9a-f-]{36})"', text_of(answer)))


def test_a_receipt_that_waits_is_carried_through_another_check(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    line = Appropriation.objects.filter(department=year.arts.department, project__state="active").order_by("pk")[0]
    browser, url = as_person(cast.dora), "/2027/expenses/new/"
    typed = {"line": line.number, "amount": "26.50", "spent_on": "2027-08-06", "what": "Carpets"}
    files = [brought("a.pdf", pdf()), brought("b.jpg", picture()), brought("bad.pdf", HOSTILE["page.pdf"])]
    refused = sent(browser, url, *files, **typed)
    tokens = [str(one.token) for one in WaitingPaper.objects.order_by("at", "name")]
    assert (refused.status_code, carried_in(refused)) == (422, dict.fromkeys(tokens, 2))
    checked = browser.get(url, {**typed, "what": "Two carpets", "paper": tokens})
    assert (checked.status_code, carried_in(checked)) == (200, dict.fromkeys(tokens, 2))
    stopped = text_of(browser.get(url, {**typed, "spent_on": "2027-01-02", "paper": tokens}))
    door = re.search(r'href="(/2027/exceptions/new/[^"]+)"', stopped)
    assert door is not None
    assert carried_in(browser.get(unescape(door[1]))) == dict.fromkeys(tokens, 1)
    assert sent(browser, url, **typed, paper=tokens).status_code == 302
    assert Paper.objects.count() == 2


def test_nobody_is_shown_what_waits_for_somebody_else(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    line = Appropriation.objects.filter(department=year.arts.department, project__state="active").order_by("pk")[0]
    sent(as_person(cast.bao), "/papers/bring/", brought("a.pdf", pdf()))
    typed = {"line": line.number, "amount": "26.50", "spent_on": "2027-08-06", "what": "Carpets"}
    asked = {**typed, "paper": [str(WaitingPaper.objects.get().token), "nonsense"]}
    answer = as_person(cast.dora).get("/2027/expenses/new/", asked)
    assert (answer.status_code, "a.pdf" in text_of(answer)) == (200, False)


def test_nothing_chosen_is_said(expense: Expense, cast: SimpleNamespace, as_person: Browser) -> None:
    answer = sent(as_person(cast.dora), f"/papers/expense/{expense.pk}/")
    assert (answer.status_code, "Choose a file first." in text_of(answer)) == (422, True)


def test_a_form_sent_twice_attaches_once(expense: Expense, cast: SimpleNamespace, as_person: Browser) -> None:
    browser, key = as_person(cast.dora), str(uuid4())
    for _again in range(2):
        answer = browser.post(f"/papers/expense/{expense.pk}/", {"key": key, "papers": brought("a.pdf", pdf())})
        assert answer.status_code == 302
    assert Paper.objects.count() == 1


def test_another_departments_record_takes_no_papers(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    answer = sent(as_person(cast.amina), f"/papers/expense/{expense.pk}/", brought("a.pdf", pdf()))
    assert (answer.status_code, Paper.objects.count()) == (404, 0)
    assert sent(as_person(cast.bao), f"/papers/expense/{expense.pk}/", brought("a.pdf", pdf())).status_code == 302


def test_the_auditor_reads_papers_and_attaches_none(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    found = paper_on(expense, by=cast.dora, at=NOW, name="Invoice.pdf")
    browser = as_person(cast.omar)
    asked = [f"/papers/{found.pk}/{act}/" for act in ("replace", "take-back")]
    for name, statuses in {"omar": [403, 403], "dev": [200, 403], "dora": [200, 200]}.items():
        assert [as_person(getattr(cast, name)).get(url).status_code for url in asked] == statuses
    page = text_of(browser.get(expense.get_absolute_url()))
    assert ("Invoice.pdf" in page, 'type="file"' in page) == (True, False)
    answer = sent(browser, f"/papers/expense/{expense.pk}/", brought("a.pdf", pdf()))
    assert (answer.status_code, Paper.objects.count(), WaitingPaper.objects.count()) == (422, 1, 0)


def test_a_file_that_is_too_large_is_received_no_further_than_it_may_be_kept(
    expense: Expense, cast: SimpleNamespace, as_person: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAPERS_LARGEST = 100_000
    large = brought("film.pdf", b"%PDF-" + b"0" * 900_000)
    answer = sent(as_person(cast.dora), f"/papers/expense/{expense.pk}/", large)
    assert (answer.status_code, "is larger than 100\u00a0kB" in text_of(answer)) == (422, True)
    assert (StoredFile.objects.count(), Paper.objects.count()) == (0, 0)


def test_ten_thousand_small_files_are_not_taken(
    expense: Expense, cast: SimpleNamespace, as_person: Browser, settings: Any
) -> None:
    settings.PAPERS_AT_ONCE = 3
    files = [brought(f"{number}.png", picture("PNG", (8, 8 + number))) for number in range(6)]
    answer = sent(as_person(cast.dora), f"/papers/expense/{expense.pk}/", *files)
    assert (answer.status_code, "6 files were sent at once." in text_of(answer)) == (422, True)
    assert WaitingPaper.objects.count() == 3


def test_more_files_than_any_form_has_are_refused_before_one_is_read(
    expense: Expense, cast: SimpleNamespace, as_person: Browser, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 100
    files = [brought(f"{number}.png", b"x") for number in range(150)]
    answer = sent(as_person(cast.dora), f"/papers/expense/{expense.pk}/", *files)
    assert (
        answer.status_code,
        WaitingPaper.objects.count(),
        sum(PaperSpace.objects.values_list("used", flat=True)),
    ) == (400, 0, 0)


def test_a_paper_is_replaced_and_taken_back_on_its_pages(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, old = as_person(cast.dora), paper_on(expense, by=cast.dora, at=NOW, name="Offer.pdf")
    answer = sent(browser, f"/papers/{old.pk}/replace/", brought("Offer 2.pdf", pdf("New")))
    newer = Paper.objects.get(replaces=old)
    assert (answer.status_code, answer["Location"]) == (302, newer.get_absolute_url())
    assert "There is a newer version" in text_of(browser.get(old.get_absolute_url()))
    assert browser.get(f"/papers/{newer.pk}/take-back/").status_code == 200
    assert browser.post(f"/papers/{newer.pk}/take-back/", {"key": str(uuid4())}).status_code == 302
    page = text_of(browser.get(expense.get_absolute_url()))
    assert ("took a paper back" in page, f"/files/{old.pk}/" in page) == (True, True)


@pytest.fixture
def line(year: SimpleNamespace) -> Appropriation:
    project = year.cycle.projects.filter(state="active", department=year.arts.department)[0]
    return Appropriation.objects.filter(project=project).order_by("pk")[0]


def posted(browser: Client, line: Appropriation, *files: Any, amount: str = "25.50", **typed: Any) -> Any:
    said = {"line": line.number, "amount": amount, "spent_on": "2027-08-06", "what": "Story carpets", **typed}
    return sent(browser, "/2027/expenses/new/", *files, **said)


def test_an_expense_is_posted_with_two_photos(line: Appropriation, cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.dora)
    answer = posted(browser, line, brought("front.jpg", picture()), brought("back.jpg", picture(colour="olive")))
    expense = Expense.objects.get(what="Story carpets")
    assert (answer.status_code, answer["Location"]) == (302, expense.get_absolute_url())
    assert [one.name for one in Paper.objects.of("expense", expense.pk)] == ["front.jpg", "back.jpg"]


def test_an_expense_above_the_years_amount_has_its_receipt(
    line: Appropriation, year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    admin, browser = as_person(cast.ada), as_person(cast.dora)
    year.cycle.refresh_from_db()
    rule = {"key": str(uuid4()), "seen": year.cycle.version, "above": "20"}
    assert admin.post("/2027/windows/receipts/", rule).status_code == 302
    answer = posted(browser, line)
    page = text_of(answer)
    assert (answer.status_code, "more than 20.00 USD is posted with its receipt" in page) == (422, True)
    assert ('value="Story carpets"' in page, Expense.objects.filter(what="Story carpets").count()) == (True, 0)
    assert posted(browser, line, amount="20").status_code == 302
    assert posted(browser, line, brought("receipt.pdf", pdf())).status_code == 302


def test_a_file_that_is_refused_holds_the_expense_and_keeps_the_other_file(
    line: Appropriation, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.dora)
    answer = posted(browser, line, brought("good.jpg", picture()), brought("macros.docx", HOSTILE["macros.docx"]))
    page = text_of(answer)
    assert (answer.status_code, "macros.docx" in page, Expense.objects.filter(what="Story carpets").count()) == (
        422,
        True,
        0,
    )
    token = re.search(r'name="paper"\s+value="([0-9a-f-]{36})"', page)
    assert token is not None
    assert posted(browser, line, paper=token[1]).status_code == 302
    assert Paper.objects.get().name == "good.jpg"


def test_the_expenses_without_a_receipt_add_up(
    line: Appropriation, year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.dora)
    posted(browser, line, brought("receipt.pdf", pdf()), amount="10")
    posted(browser, line, amount="11", what="Glue")
    posted(browser, line, amount="300", what="Hall")
    year.cycle.refresh_from_db()
    admin = as_person(cast.ada)
    admin.post("/2027/windows/receipts/", {"key": str(uuid4()), "seen": year.cycle.version, "above": "100"})
    without = text_of(browser.get("/2027/expenses/?receipt=without"))
    missing = text_of(browser.get("/2027/expenses/?receipt=missing"))
    # What was undone by a counter-entry needs no receipt, nor does the counter-entry.
    assert ("Glue" in without, "Hall" in without, "Story carpets" in without, "Chairs" in without) == (
        True,
        True,
        False,
        False,
    )
    assert ("311.00" in without, "300.00" in missing, "Glue" in missing) == (True, True, False)
    exported = browser.get("/2027/expenses/export/csv/?receipt=without")
    rows = b"".join(exported.streaming_content).decode().splitlines() if exported.streaming else text_of(exported)
    assert ("Glue" in str(rows), "Story carpets" in str(rows)) == (True, False)
    assert "Expenses without a receipt" in text_of(browser.get("/"))


def test_the_administrator_sees_what_takes_how_much(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    paper_on(expense, by=cast.dora, at=NOW, name="Invoice.pdf", content=b"%PDF-" + b"0" * 2_400_000)
    page = text_of(as_person(cast.ada).get("/papers/"))
    assert ("2.4\u00a0MB" in page, "Invoice.pdf" in page, "Expense" in page) == (True, True, True)
    assert as_person(cast.bao).get("/papers/").status_code == 403


def test_a_script_brings_files_for_a_form_that_is_still_typed(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.ben)
    answer = sent(browser, "/papers/bring/", brought("a.pdf", pdf()), brought("b.zip", HOSTILE["archive.zip"]))
    told = answer.json()
    assert [one["name"] for one in told["taken"]] == ["a.pdf"]
    assert "b.zip" in told["refused"][0]
    assert WaitingPaper.objects.get().person == cast.ben


def test_nothing_is_left_in_the_folder_of_a_refused_upload(
    own_storage: Path, expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    for name in ("page.pdf", "bomb.docx", "huge.png"):
        sent(as_person(cast.dora), f"/papers/expense/{expense.pk}/", brought(name, HOSTILE[name]))
    assert [path for path in own_storage.rglob("*") if path.is_file()] == []


def test_a_browser_that_keeps_a_picture_asks_each_time_whether_it_may_show_it(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.bao)
    sent(browser, f"/papers/expense/{expense.pk}/", brought("one.jpg", picture()))
    found = Paper.objects.of("expense", expense.pk).get()
    for address in (f"/files/{found.pk}/small/", f"/files/{found.pk}/shown/"):
        first = browser.get(address)
        again = browser.get(address, headers={"if-none-match": first["ETag"]})
        kept = (first["Cache-Control"], again.status_code, again["Cache-Control"], again.content)
        assert kept == ("private, no-cache", 304, "private, no-cache", b"")
        assert as_person(cast.amina).get(address, headers={"if-none-match": first["ETag"]}).status_code == 404
