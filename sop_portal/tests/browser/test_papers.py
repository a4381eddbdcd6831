"""Papers in a browser, on a phone: an expense with two photos, seen by finance and the auditor and by nobody else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from budgets.models import Appropriation, Expense
from evaluations.improvements import actions as improvements
from evaluations.models import Measure
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.models import Paper, WaitingPaper
from sop_portal.tests.browser.walk import Walk
from sop_portal.tests.papers import paper_on
from sop_portal.tests.small_year import AUGUST, small_year

NOW = AUGUST.replace(day=8)
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000
# Whether the page, or a name that somebody typed, is wider than the screen.
RUNS_OUT = """() => document.documentElement.scrollWidth > innerWidth ||
  [...document.querySelectorAll("main [translate=no]")].some((one) => one.getBoundingClientRect().right > innerWidth)"""
Opens = Callable[..., Walk]


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def year(
    transactional_db: None, cast: SimpleNamespace, language: str, monkeypatch: pytest.MonkeyPatch
) -> SimpleNamespace:
    """The small year in August, also for the threads of the server."""
    found = small_year(cast)
    for person in vars(cast).values():
        person.language = language
        person.save()
    found.cast = cast
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return found


def let_in(walk: Walk, person: User) -> None:
    """Somebody signs in in this browser."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.cookies["sessionid"].value
    walk.context.add_cookies([{"name": "sessionid", "value": session, "url": walk.base}])


@pytest.fixture
def opens(browser: Browser, live_server: Any, year: SimpleNamespace, language: str) -> Iterator[Opens]:
    """Somebody who is signed in opens a browser, on a phone unless said otherwise."""
    walks: list[Walk] = []

    def open_one(name: str, *, phone: bool = True, scripts: bool = True) -> Walk:
        walk = Walk(browser, live_server.url, language, scripts=scripts)
        walk.page.set_default_timeout(PATIENCE)
        if phone:
            walk.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        let_in(walk, getattr(year.cast, name))
        walks.append(walk)
        return walk

    yield open_one
    complaints = [complaint for walk in walks for complaint in walk.complaints]
    for walk in walks:
        walk.close()
    assert complaints == []


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two photos, and a page of the web that calls itself a PDF."""
    made = [tmp_path / name for name in ("front.jpg", "back.jpg", "page.pdf")]
    Image.new("RGB", (1600, 1200), "olive").save(made[0])
    Image.new("RGB", (1200, 1600), "steelblue").save(made[1])
    made[2].write_text("<html><script>document.title = 'hacked'</script></html>")
    return [str(path) for path in made]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_an_expense_with_two_photos_is_posted_on_a_phone(
    opens: Opens, year: SimpleNamespace, files: list[str], scripts: bool
) -> None:
    line = Appropriation.objects.filter(department=year.arts.department, project__state="active").order_by("pk")[0]
    walk = opens("dora", scripts=scripts)
    page = walk.go(f"/2027/expenses/new/?line={line.number}&amount=25.50&spent_on=2027-08-06&what=Carpets").page
    page.locator("#papers-field input[type=file]").set_input_files(files if scripts else files[:2])
    if scripts:
        expect(page.locator("[data-papers-list] input[name=paper]")).to_have_count(2)
        expect(page.locator("[data-papers-list] .field__error")).to_contain_text("page.pdf")
        # What was chosen outlives a correction of the amount.
        page.locator("#id_amount").fill("26.50")
        page.locator("#id_amount").blur()
        expect(page.locator("#verdict .answers")).to_contain_text("26.50")
        expect(page.locator("[data-papers-list] input[name=paper]")).to_have_count(2)
    walk.press("Post expense")
    expect(page.locator(".papers__list > li")).to_have_count(2)
    expense = Expense.objects.get(what="Carpets")
    assert [one.name for one in Paper.objects.of("expense", expense.pk)] == ["front.jpg", "back.jpg"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if scripts else True
    see_it(opens, expense, year)


def test_an_expense_sent_while_its_receipt_is_looked_into_waits_for_what_is_said_of_it(
    opens: Opens, year: SimpleNamespace, files: list[str]
) -> None:
    line = Appropriation.objects.filter(department=year.arts.department, project__state="active").order_by("pk")[0]
    walk = opens("dora")
    page = walk.go(f"/2027/expenses/new/?line={line.number}&amount=25.50&spent_on=2027-08-06&what=Carpets").page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/papers/bring/", hold)
    button = page.locator("form:has(#papers-field) button[type=submit]").last
    for place, (chosen, said) in enumerate([(files[2], "page.pdf"), (files[0], "")]):
        with page.expect_request("**/papers/bring/"):
            page.locator("#papers-field input[type=file]").set_input_files(chosen)
        button.click()
        held[place].continue_()
        if said:
            expect(page.locator("[data-papers-list] .field__error")).to_contain_text(said)
            page.wait_for_timeout(500)
            assert Expense.objects.filter(what="Carpets").count() == 0
    expect(page.locator(".papers__list > li")).to_have_count(1)
    assert Expense.objects.filter(what="Carpets").count() == 1


def test_a_chosen_receipt_is_kept_while_the_expense_is_checked_again(
    opens: Opens, year: SimpleNamespace, files: list[str]
) -> None:
    line = Appropriation.objects.filter(department=year.arts.department, project__state="active").order_by("pk")[0]
    walk = opens("dora")
    page = walk.go(f"/2027/expenses/new/?line={line.number}&amount=25.50&spent_on=2027-08-06&what=Carpets").page
    page.locator("#papers-field input[type=file]").set_input_files(files[:2])
    expect(page.locator("[data-papers-list] input[name=paper]")).to_have_count(2)
    # Left out is left out, also after the check.
    page.locator("[data-papers-list] li").nth(1).get_by_role("button").click()
    page.locator("#id_what").fill("Two carpets")
    walk.press("Check")
    expect(page.locator("#verdict .answers")).to_contain_text("Two carpets")
    expect(page.locator("#papers-field input[name=paper]")).to_have_count(1)
    # The field itself is gone while nothing can be posted, and comes again with what was chosen.
    page.locator("#id_amount").fill("99999999")
    page.locator("#id_amount").blur()
    expect(page.locator("#papers-field")).to_have_count(0)
    page.locator("#id_amount").fill("26.50")
    page.locator("#id_amount").blur()
    expect(page.locator("#papers-field input[name=paper]")).to_have_count(1)
    walk.press("Post expense")
    expect(page.locator(".papers__list > li")).to_have_count(1)
    assert WaitingPaper.objects.count() == 0


def see_it(opens: Opens, expense: Expense, year: SimpleNamespace) -> None:
    """Finance and the auditor look at the photo; another department finds neither page nor picture."""
    found = Paper.objects.of("expense", expense.pk)[0]
    for name in ("dev", "omar"):
        page = opens(name, phone=False).go(f"/papers/{found.pk}/").page
        expect(page.locator(".paper-view img")).to_be_visible()
        assert page.evaluate("document.querySelector('.paper-view img').naturalWidth") == 1600
    stranger = opens("bao")
    for address in (f"/papers/{found.pk}/", f"/files/{found.pk}/", f"/files/{found.pk}/small/"):
        answer = stranger.context.request.get(stranger.base + address)
        assert (answer.status, "front.jpg" in answer.text()) == (404, False)
    for address in ("/2027/papers/", "/search/?q=front", "/trail/", "/notices/"):
        assert "front.jpg" not in stranger.context.request.get(stranger.base + address).text()
    assert "front.jpg" in opens("dev").context.request.get(stranger.base + "/search/?q=front").text()


def test_a_measure_of_high_priority_is_verified_with_its_evidence(
    opens: Opens, year: SimpleNamespace, files: list[str]
) -> None:
    measure, cast = Measure.objects.get(department=year.arts.department), year.cast
    Measure.objects.filter(pk=measure.pk).update(priority="high")
    walk = opens("amina")
    page = walk.go(f"{measure.get_absolute_url()}finish/").page
    # What is missing is a sentence, and the paper is attached right there.
    expect(page.locator(".next--wait")).to_contain_text(
        walk.said("It is of high priority: attach a paper that shows that it was done.")
    )
    page.locator("#papers input[type=file]").set_input_files(files[0])
    expect(page.locator("[data-papers-list] input[name=paper]")).to_have_count(1)
    page.locator("#papers button[type=submit]").click()
    expect(page.locator(".papers__list > li")).to_have_count(1)
    measure.refresh_from_db()
    improvements.finish(measure, evidence="See the photo", by=cast.amina, at=NOW, seen=measure.version)
    verifier = opens("elif", phone=False)
    verifier.go(f"{measure.get_absolute_url()}verify/")
    expect(verifier.page.locator(".papers__list img")).to_be_visible()
    verifier.press("Verify measure")
    assert Measure.objects.get(pk=measure.pk).state == "verified"


def test_long_names_fit_a_phone(opens: Opens, year: SimpleNamespace) -> None:
    expense = Expense.objects.filter(corrects=None, department=year.sports.department).order_by("pk")[0]
    long = {"name": f"{'n' * 110}.pdf", "description": "d" * 200}
    found = paper_on(expense, by=year.cast.dora, at=NOW, **long)
    plain = paper_on(expense, by=year.cast.dora, at=NOW, name=long["name"], content=b"%PDF-1.4 another")
    pages = [f"/papers/{one.pk}/{act}" for one in (found, plain) for act in ("", "replace/", "take-back/")]
    wide = []
    for name, addresses in {"dora": [*pages, "/2027/papers/"], "ada": ["/papers/"]}.items():
        walk = opens(name)
        for address in addresses:
            page = walk.go(address).page
            if page.evaluate(RUNS_OUT):
                wide.append(address)
    assert wide == []


def test_what_is_not_attached_says_so_beside_its_form(
    opens: Opens, year: SimpleNamespace, files: list[str], settings: Any
) -> None:
    settings.PAPERS_PER_RECORD = 1
    expense = Expense.objects.filter(corrects=None, department=year.sports.department).order_by("pk")[0]
    walk = opens("dora")
    page = walk.go(expense.get_absolute_url()).page
    chosen, button = page.locator("#papers input[type=file]"), page.locator("#papers button[type=submit]")
    waiting = page.locator("[data-papers-list] input[name=paper]")
    chosen.set_input_files(files[0])
    expect(waiting).to_have_count(1)
    with page.expect_response(lambda answer: answer.url.endswith("/papers/bring/") and answer.status == 200):
        page.locator(".papers-field__leave").click()
    assert (waiting.count(), WaitingPaper.objects.count()) == (0, 0)
    chosen.set_input_files(files[:2])
    expect(waiting).to_have_count(2)
    button.click()
    expect(page.locator("#papers .field__error")).to_contain_text(walk.said("Put several into one PDF."))
    page.locator("#papers input[name=leave-paper]").first.check()
    walk.context.set_offline(True)
    button.click()
    sentence = page.locator("[data-papers-form]").get_attribute("data-offline") or "none"
    expect(page.locator("[data-papers-failed]")).to_have_text(sentence)
    walk.context.set_offline(False)
    button.click()
    expect(page.locator(".papers__list > li")).to_have_count(1)
    Session.objects.all().delete()
    chosen.set_input_files(files[0])
    expect(page.locator("[data-papers-list] .field__error")).to_contain_text("front.jpg: ")
    door = f"{walk.base}/account/login/?next={quote(expense.get_absolute_url(), safe='')}"
    expect(page.locator("[data-papers-list] .field__error a")).to_have_attribute("href", door)


def is_offered(walk: Walk, person: User, address: str) -> None:
    """The session ended; signed in again, what was typed is offered and filled in."""
    assert "/account/login/" in walk.page.url
    let_in(walk, person)
    walk.go(address)
    walk.page.locator("[data-box=kept] button").first.click()


def test_an_expense_typed_when_the_session_ended_is_offered_again(opens: Opens, year: SimpleNamespace) -> None:
    line = Appropriation.objects.filter(department=year.arts.department, project__state="active").order_by("pk")[0]
    address = f"/2027/expenses/new/?line={line.number}"
    walk = opens("dora")
    page = walk.go(address).fill(amount="25.50", what="Carpets").page
    expect(page.locator("#verdict .answers")).to_contain_text("25.50")
    Session.objects.all().delete()
    walk.press("Post expense")
    is_offered(walk, year.cast.dora, address)
    expect(page.locator("#id_what")).to_have_value("Carpets")
    expect(page.locator("#verdict .answers")).to_contain_text("25.50")
    walk.press("Post expense")
    assert Expense.objects.filter(what="Carpets").count() == 1
    walk.go(address)
    expect(page.locator("[data-box=kept]")).to_have_count(0)


@pytest.mark.parametrize("place", ["the record", "a newer version"])
def test_the_words_about_a_paper_are_offered_again(
    opens: Opens, year: SimpleNamespace, files: list[str], place: str
) -> None:
    expense = Expense.objects.filter(corrects=None, department=year.sports.department).order_by("pk")[0]
    found = paper_on(expense, by=year.cast.dora, at=NOW)
    address = expense.get_absolute_url() if place == "the record" else f"/papers/{found.pk}/replace/"
    walk = opens("dora")
    form = "form:has(#papers-field)"
    page = walk.go(address).page
    page.locator(f"{form} input[type=file]").set_input_files(files[0])
    expect(page.locator("[data-papers-list] input[name=paper]")).to_have_count(1)
    page.locator(f"{form} [name=description]").fill("Carpets for the hall")
    Session.objects.all().delete()
    with page.expect_navigation():
        page.locator(f"{form} button[type=submit]").click()
    is_offered(walk, year.cast.dora, address)
    expect(page.locator(f"{form} [name=description]")).to_have_value("Carpets for the hall")
