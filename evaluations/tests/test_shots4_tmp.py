import os, shutil
from datetime import date, timedelta
from decimal import Decimal
import pytest
from playwright.sync_api import sync_playwright
from budgets.spending import actions as spending
from budgets.models import Appropriation
from budgets.tests.running_year import approved_line_of
from evaluations.reports import actions
from evaluations.tests.reporting_year import *
from sop_portal.kit import clock
from sop_portal.workflow.actions import comment
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

@pytest.mark.django_db(transaction=True)
def test_shots(story_hours, summer_league, cast, live_server, monkeypatch, november):
    monkeypatch.setattr(clock, "now", lambda: NOVEMBER)
    p = story_hours
    p.refresh_from_db()
    book = approved_line_of(p, (600, 600, 600, 600), category="materials", purpose="books for children")
    line = Appropriation.objects.select_related("cycle", "project", "fund", "line").filter(project=p).order_by("number").first()
    for month, hall, books, n in ((7, 1210, 180, 195), (8, 1180, 260, 204), (9, 1190, 190, 210), (10, 2600, 120, 190)):
        spending.post(line, amount=Decimal(hall), spent_on=date(2027, month, 5), what="Reading hall", by=cast.ben, at=november)
        spending.post(book, amount=Decimal(books), spent_on=date(2027, month, 9), what="Picture books", by=cast.ben, at=november)
        if month < 10:
            submitted_report(p, month, cast.ben, november - timedelta(days=30 * (10 - month)), 10, n)
    e = p.expenses.order_by("pk").first()
    spending.correct(e, why="Paid by the library itself", by=cast.dora, at=november)
    actions.write(report_of(p, 10), activities_held=9, participants_reached=190, problems="The story-teller was ill twice.", by=cast.ben, at=november, seen=1)
    comment("project", p, "41 children on the first Saturday in the reading hall, 9 new.", by=cast.ben, at=november - timedelta(days=11))
    comment("project", p, "Mead School asks for a second group in January.", by=cast.amina, at=november - timedelta(days=18))
    i = actions.raise_issue(p, title="Saturday room booked twice", text="Three sessions fell out.", by=cast.ben, at=november, to_meeting=True)
    x = spending.ask_exception(line, amount=Decimal(150), spent_on=date(2027, 6, 28), what="Deposit for the hall", why="The hall wants a deposit before July.", by=cast.ben, at=november)
    R = "/2027/progress/arts/story-hours/2027-10/"
    q = "?line=118&amount=%s&spent_on=%s&what=Chairs&receipt=R+7"
    pages = {
        "report": (cast.ben, R), "report-emil": (cast.emil, R), "check": (cast.ben, R + "check/"), "progress": (cast.emil, "/2027/progress/"),
        "issues": (cast.emil, "/2027/issues/"), "issue": (cast.ben, i.get_absolute_url()), "lines": (cast.ben, "/2027/lines/"),
        "expenses": (cast.ben, "/2027/expenses/?project=story-hours"), "expense": (cast.ben, e.get_absolute_url()), "choose": (cast.ben, "/2027/expenses/new/"),
        "new": (cast.ben, "/2027/expenses/new/?line=118"), "new-ok": (cast.ben, "/2027/expenses/new/" + q % ("240", "2027-11-02")),
        "new-restricted": (cast.ben, "/2027/expenses/new/" + (q % ("40", "2027-11-02")).replace("118", str(book.number))),
        "new-stop": (cast.ben, "/2027/expenses/new/" + q % ("24000", "2027-11-02")), "new-period": (cast.ben, "/2027/expenses/new/" + q % ("24", "2027-06-02")),
        "new-bad": (cast.ben, "/2027/expenses/new/" + q % ("1e3", "2027-11-02")), "exceptions": (cast.dora, "/2027/exceptions/"), "exception": (cast.dora, x.get_absolute_url()),
        "correct": (cast.ben, p.expenses.order_by("pk")[1].get_absolute_url() + "correct/"),
    }
    from django.test import Client
    with sync_playwright() as pw:
        b = pw.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        for name, (person, url) in pages.items():
            c = Client(); c.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
            sid = c.cookies["sessionid"].value
            for width in (1280, 390):
                if width == 390 and name not in ("report", "progress", "lines", "expenses", "new-ok", "expense", "issue"):
                    continue
                ctx = b.new_context(viewport={"width": width, "height": 900})
                ctx.add_cookies([{"name": "sessionid", "value": sid, "url": live_server.url}])
                pg = ctx.new_page()
                pg.on("console", lambda m: print(name, m.text) if m.type == "error" else None)
                pg.goto(live_server.url + url)
                pg.screenshot(path=f"/tmp/shots4/{name}-{width}.png", full_page=True)
                over = pg.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
                if over: print("OVERFLOW", name, width)
                ctx.close()
        b.close()
