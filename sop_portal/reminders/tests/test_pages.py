"""The schedule page, one's own mails, the commands and the tasks."""

import json
from collections.abc import Callable
from io import StringIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from planning.models import Cycle, Forecast
from sop_portal.foundation.notices.models import Mail, Preference
from sop_portal.foundation.notices.tasks import send_mail
from sop_portal.foundation.organisation.models import User
from sop_portal.reminders.models import Reminder, ReminderSchedule
from sop_portal.reminders.tasks import sweep
from sop_portal.reminders.tests.conftest import at_noon

Browser = Callable[[User], Client]
MARCH = at_noon("2027-03-12")


@pytest.fixture(autouse=True)
def _in_march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: MARCH)


def test_the_administrator_sets_the_schedule(year: Cycle, cast: SimpleNamespace, as_person: Browser) -> None:
    browser, page = as_person(cast.ada), reverse("reminders", args=[2027])
    shown = browser.get(page).content.decode()
    assert 'value="0, 1, 3, 7, 14"' in shown or 'value="14, 7, 3, 1, 0"' in shown
    typed = {"opens": "on", "before": "20，5, 0", "late": "2 4", "late_every": "7", "decisions": ""}
    assert browser.post(page, typed | {"seen": year.version, "key": str(uuid4())}).status_code == 302
    plan = ReminderSchedule.objects.get().plan
    assert (plan.before, plan.late, plan.late_every, plan.decisions) == ((0, 5, 20), (2, 4), 7, ())


@pytest.mark.parametrize("days", ["-3", "3.5", "four", "400", "1e1", ", ".join(map(str, range(13)))])
def test_senseless_days_come_back(days: str, year: Cycle, cast: SimpleNamespace, as_person: Browser) -> None:
    typed = {"before": days, "late": "1", "late_every": "5", "decisions": "", "seen": year.version}
    answer = as_person(cast.ada).post(reverse("reminders", args=[2027]), typed | {"key": str(uuid4())})
    assert (answer.status_code, ReminderSchedule.objects.count()) == (422, 0)


def test_a_schedule_changed_meanwhile_keeps_what_was_typed(
    year: Cycle, cast: SimpleNamespace, as_person: Browser
) -> None:
    page, typed = f"/{year.year}/reminders/", {"before": "9, 4", "late": "2", "late_every": "6", "decisions": "3"}
    browser = as_person(cast.ada)
    browser.post(page, typed | {"key": str(uuid4()), "seen": year.version, "before": "8"})
    answer = browser.post(page, typed | {"key": str(uuid4()), "seen": year.version})
    seen = Cycle.objects.get(pk=year.pk).version
    assert (answer.status_code, ReminderSchedule.objects.get().before) == (409, [8])
    html = answer.content.decode()
    assert ('value="9, 4"' in html, f'name="seen" value="{seen}"' in html) == (True, True)
    assert browser.post(page, typed | {"key": str(uuid4()), "seen": seen}).status_code == 302
    assert ReminderSchedule.objects.get().before == [4, 9]


def test_the_schedule_is_the_administrators(year: Cycle, cast: SimpleNamespace, as_person: Browser) -> None:
    page = reverse("reminders", args=[2027])
    typed = {"before": "1", "late": "1", "late_every": "5", "seen": year.version, "key": str(uuid4())}
    for name, answers in {"amina": (403, 403), "emil": (403, 403), "omar": (403, 403), "farid": (403, 404)}.items():
        browser = as_person(getattr(cast, name))
        assert (browser.get(page).status_code, browser.post(page, typed).status_code) == answers
    assert ReminderSchedule.objects.count() == 0


def test_preferences_are_ones_own(cast: SimpleNamespace, as_person: Browser) -> None:
    typed = {"mails": "digest", "quiet_from": "22", "quiet_to": "6", "is_quiet_for_all": "on", "key": str(uuid4())}
    assert as_person(cast.amina).post(reverse("mails-and-calendar"), typed).status_code == 302
    mine = Preference.objects.get()
    assert (mine.person, mine.mails, mine.quiet_from, mine.quiet_to, mine.is_quiet_for_all) == (
        cast.amina,
        "digest",
        22,
        6,
        True,
    )


def test_sweeping_and_foreseeing_by_command(forecast: Forecast, cast: SimpleNamespace) -> None:
    said = StringIO()
    span = ["--from", "2027-03-12T00:00-05:00", "--to", "2027-03-31T12:00-04:00"]
    call_command("reminders_due", *span, "--json", stdout=said)
    rows = [(row["at"][:10], row["occurrence"], row["person"]) for row in json.loads(said.getvalue())]
    mine = [(on, occurrence) for on, occurrence, person in rows if person == "amina@example.org"]
    assert mine == [
        ("2027-03-17", "2027-03-31 -14"),
        ("2027-03-24", "2027-03-31 -7"),
        ("2027-03-28", "2027-03-31 -3"),
        ("2027-03-30", "2027-03-31 -1"),
        ("2027-03-31", "2027-03-31 +0"),
    ]
    assert Reminder.objects.count() == 0
    said = StringIO()
    call_command("sweep", "--now", "2027-03-17T12:00-04:00", "--json", stdout=said)
    done = json.loads(said.getvalue())
    assert (done["told"], Reminder.objects.filter(is_skipped=False).count()) == (2, 2)


def test_the_tasks_sweep_and_send(forecast: Forecast) -> None:
    sweep.apply()
    send_mail.apply()
    assert set(Mail.objects.values_list("state", flat=True)) <= {"sent", "withdrawn"}
    assert Reminder.objects.count() > 0
