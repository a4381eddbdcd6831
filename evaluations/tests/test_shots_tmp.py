import os

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
from datetime import date
import pytest
from playwright.sync_api import sync_playwright
from sop_portal.kit import clock
from evaluations.tests.looking_back import JULY, written, submitted, evaluation_of
from evaluations.reviews import actions
from evaluations.improvements import actions as imp
from evaluations.feedback import actions as fb
from evaluations.meetings import actions as mt
from evaluations.models import Measure, Issue
from decimal import Decimal

OUT = "/tmp/lab/shots"


@pytest.fixture(autouse=True)
def real_now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: JULY)


def test_shots(transactional_db, live_server, drafted, league, arts, sports, cast, july, as_person, settings):
    os.makedirs(OUT, exist_ok=True)
    evaluation = drafted
    actions.write(
        evaluation,
        by=cast.ben,
        at=july,
        seen=1,
        reached="Two groups more than planned came every Saturday; the spring groups were smaller.",
        problems="",
    )
    actions.write_lesson(
        evaluation, "Saturday groups fill within two weeks", by=cast.ben, at=july, seen=evaluation.version
    )
    g = actions.add_goal(
        evaluation,
        indicator="Children who stay to the end",
        baseline=Decimal(61),
        target=Decimal(75),
        by=cast.ben,
        at=july,
        seen=evaluation.version,
    )
    imp.propose(
        evaluation.cycle,
        arts,
        what="One calendar for all rooms of the house",
        origin="evaluation",
        origin_url=evaluation.get_absolute_url(),
        project_slug="story-hours",
        by=cast.ben,
        at=july,
    )
    m2 = imp.propose(
        evaluation.cycle, arts, what="Ask schools in February, not in April", origin="feedback", by=cast.amina, at=july
    )
    m3 = imp.propose(
        evaluation.cycle, sports, what="Order nets together with Arts", origin="meeting", by=cast.bao, at=july
    )
    imp.adopt(m2, owner=cast.dora, due=date(2028, 7, 12), by=cast.emil, at=july, seen=1)
    Measure.objects.filter(pk=m2.pk).update(due=date(2028, 7, 1))
    imp.decline(m3, by=cast.emil, at=july, seen=1, comment="Too small")
    fb.give(
        evaluation.cycle, arts, title="Two weeks are short", text="Schools answer late in April.", by=cast.ben, at=july
    )
    meeting = mt.call(evaluation.cycle, held_on=date(2028, 7, 12), place="Reading hall", by=cast.emil, at=july)
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])

        def shot(who, path, name, width, theme="light"):
            c = as_person(who)
            sid = c.cookies["sessionid"].value
            ctx = b.new_context(viewport={"width": width, "height": 900})
            ctx.add_cookies([{"name": "sessionid", "value": sid, "url": live_server.url}])
            pg = ctx.new_page()
            msgs = []
            pg.on("console", lambda m: msgs.append(m.text))
            pg.on("pageerror", lambda e: msgs.append(str(e)))
            r = pg.goto(live_server.url + path)
            pg.wait_for_timeout(300)
            over = pg.evaluate("document.documentElement.scrollWidth - innerWidth")
            print(name, width, r.status, "overflow", over, msgs[:3])
            pg.screenshot(path=f"{OUT}/{name}-{width}.png", full_page=True)
            ctx.close()

        E = "/2027/evaluations/arts/story-hours/"
        c = as_person(cast.ben)
        ctx = b.new_context(viewport={"width": 1280, "height": 900})
        ctx.add_cookies([{"name": "sessionid", "value": c.cookies["sessionid"].value, "url": live_server.url}])
        pg = ctx.new_page()
        pg.goto(live_server.url + E)
        for text in ("Typed one", "Typed two"):
            pg.fill("#id_better", text)
            pg.wait_for_timeout(1800)
            print("SAVED:", pg.inner_text("[data-saved]"), evaluation.__class__.objects.get().better)
        pg.click("text=Save >> nth=-1") if False else pg.get_by_role("button", name="Save", exact=True).click()
        pg.wait_for_load_state()
        print("AFTER:", pg.url, pg.inner_text(".notes-bar"))
        actions.write(
            evaluation.__class__.objects.get(),
            by=cast.amina,
            at=july,
            seen=evaluation.__class__.objects.get().version,
            better="From Amina",
        )
        pg.fill("#id_better", "From Ben")
        pg.wait_for_timeout(2500)
        print("CONFLICT:", pg.inner_text("h1"))
        pg.screenshot(path=f"{OUT}/conflict-1280.png", full_page=True)
        pg.get_by_role("button", name="Save my choice").click()
        pg.wait_for_load_state()
        print("CHOSEN:", evaluation.__class__.objects.get().better)
        evaluation.refresh_from_db()
        for w in (1280, 390):
            shot(cast.amina, E, "evaluation", w)
            shot(cast.amina, E + "check/", "check", w)
            shot(cast.emil, "/2027/improvements/", "register", w)
            shot(cast.emil, "/2027/improvements/1/", "measure", w)
            shot(cast.emil, "/2027/improvements/1/adopt/", "adopt", w)
            shot(cast.emil, meeting.get_absolute_url(), "meeting", w)
            shot(cast.bao, "/2027/lessons/", "lessons-empty", w)
            shot(cast.emil, "/2027/feedback/", "feedback", w)
            shot(cast.emil, "/2027/evaluations/", "evaluations", w)
        actions.write(
            evaluation,
            goals={g.pk: Decimal(72)},
            problems="Rooms were booked twice.",
            better="Book rooms in May.",
            explanation="Four sessions fell out; the hall cost less.",
            people_used=Decimal(380),
            by=cast.ben,
            at=july,
            seen=evaluation.version,
        )
        actions.write_lesson(evaluation, "book the hall in may", by=cast.ben, at=july, seen=evaluation.version)
        shot(cast.amina, E + "check/", "check-ready", 1280)
        submitted(evaluation, cast.amina)
        for w in (1280, 390):
            shot(cast.emil, E, "submitted", w)
            shot(cast.emil, E + "review/", "review", w)
        actions.review(
            evaluation,
            by=cast.emil,
            at=july,
            seen=evaluation.version,
            lessons={evaluation.lessons.last().pk: "Book the reading hall in May."},
        )
        for w in (1280, 390):
            shot(cast.ben, E, "reviewed", w)
            shot(cast.bao, "/2027/lessons/", "lessons", w)
