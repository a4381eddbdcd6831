"""The demonstration: real figures stay real, every state is held, and something waits for everybody on any date."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from budgets.models import Expense
from evaluations.models import Evaluation
from planning.models import Actual, Cycle, Forecast
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.dashboards.pages.my_work.tasks import grouped
from sop_portal.dashboards.tests.review_by_hand import differences
from sop_portal.demo import build, years
from sop_portal.demo.agenda import Agenda
from sop_portal.demo.cast import LIBRARIES, LOGINS, logins
from sop_portal.demo.history import FIRST_YEAR, LAST_YEAR, figures_of, in_months, kinds_of, rows_of_the_file, split
from sop_portal.demo.ideas import IDEAS, Idea
from sop_portal.demo.large import build as large
from sop_portal.demo.stages import forecasting
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow import inbox
from sop_portal.stages import ALL_WORKFLOWS

# 29 February 2028, mid-afternoon in New York: months of every length lie around it.
LEAP_DAY = datetime(2028, 2, 29, 20, tzinfo=UTC)


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_projects_add_up_to_the_real_figure_and_blank_stays_blank(library: Any) -> None:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        row, projects = rows_of_the_file().get((library.in_file, year)), figures_of(library, year)
        if row is None:
            assert projects == {}
            continue
        for column, metric in (("programs", "activities"), ("attendance", "participants")):
            real = Decimal(row[column]) if row[column].strip() else None
            parts = [figures[metric] for figures in projects.values()]
            assert (sum(parts) if real is not None else set(parts)) == (real if real is not None else {None})


def test_a_split_loses_nothing_to_rounding() -> None:
    kinds = kinds_of(LIBRARIES[0])
    assert sum(part or 0 for part in split(Decimal(101), kinds, Decimal(1))) == 101
    assert sum(in_months(Decimal(101), 7)) == 101


def test_acts_happen_in_the_order_of_their_days_and_never_in_the_future() -> None:
    agenda, done = Agenda(datetime(2027, 3, 10, 17, tzinfo=UTC), "America/New_York"), []
    for day in (date(2027, 3, 9), date(2027, 3, 1), date(2027, 3, 10), date(2027, 3, 6)):
        agenda.on(day, lambda at, day=day: done.append((day, at)))
    assert agenda.run() == 3
    assert [day for day, __ in done] == [date(2027, 3, 1), date(2027, 3, 6), date(2027, 3, 9)]
    moments = [at for __, at in done]
    assert moments == sorted(set(moments))
    # The 6th was a Saturday: it happened on the Friday before.
    assert [at.date() for at in moments] == [date(2027, 3, 1), date(2027, 3, 5), date(2027, 3, 9)]


def test_the_figures_of_a_year_are_brought_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    brought: list[set[int]] = []
    monkeypatch.setattr(build, "import_history", lambda rows, **_: brought.append({row.year for row in rows}))
    world = years.world_around(LEAP_DAY, "UTC")
    world.cast.people["Ada Moreno"] = User(name="Ada Moreno")
    for at in (datetime(2026, 12, 30, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC)):
        build.bring_history(world, at)
    assert (max(brought[0]), brought[1]) == (2025, {2026})


def test_a_refused_act_leaves_nothing_behind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise RuntimeError("refused")

    monkeypatch.setattr(forecasting, "open_year", refuse)
    with pytest.raises(RuntimeError):
        build.make(LEAP_DAY)
    assert (User.objects.count(), Department.objects.count(), Cycle.objects.count()) == (0, 0, 0)


@pytest.mark.walk
@pytest.mark.slow
def test_whatever_the_date_the_books_fit_and_something_waits_for_everybody(db: None) -> None:
    with clock.at(LEAP_DAY):
        build.make(LEAP_DAY)
        waits = {login.name: work_of(login.name) for login in LOGINS if login.role not in (None, Role.AUDITOR)}
        emil = Actor.of(User.objects.get(name="Emil Novak"), LEAP_DAY)
        unlike = [difference for cycle in Cycle.objects.all() for difference in differences(cycle, emil)]
        idle = [idea.page for login in LOGINS for idea in IDEAS.get(login.role, ()) if not is_offered(idea, login.name)]
    assert (problems(), unlike, idle) == ([], [], [])
    assert {name for name, count in waits.items() if not count} == set()
    assert list(Cycle.objects.order_by("year").values_list("year", "state")) == [
        (2027, "closed"),
        (2028, "published"),
        (2029, "published"),
        (2030, "published"),
        (2031, "published"),
        (2032, "published"),
        (2033, "draft"),
    ]
    assert states_without_record() == set()
    states = set(Forecast.objects.filter(cycle__year=2029).values_list("state", flat=True))
    assert states == {"draft", "submitted", "returned", "accepted", "waived"}
    assert not Evaluation.objects.filter(cycle__year=2027).exclude(state="reviewed").exists()
    assert not Mail.objects.exists()
    receipts = Expense.objects.filter(corrects=None).exclude(receipt="").values_list("receipt_key", flat=True)
    assert len(receipts) == len(set(receipts)) > 0
    ansonia = Actual.objects.filter(department__name="Ansonia Library", year=2027)
    assert sum(actual.participants or 0 for actual in ansonia) == 6_799


def states_without_record() -> set[tuple[str, str]]:
    """Every state of every table of steps in which the demonstration has no record."""
    return {
        (workflow.kind, state)
        for workflow in ALL_WORKFLOWS
        for state in set(workflow.states.values) - set(workflow.model._default_manager.values_list("state", flat=True))
    }


def is_offered(idea: Idea, name: str) -> bool:
    """Whether what somebody is asked to try waits for them, where it is a step of a record."""
    steps = [step for workflow in ALL_WORKFLOWS for step in workflow.steps if step.by == idea.can and step.awaited]
    actor = Actor.of(User.objects.get(name=name), LEAP_DAY)
    found = inbox.waiting_for(actor, ALL_WORKFLOWS, LEAP_DAY)
    return actor.may(idea.can) and (not steps or any(task.step in steps for task in found))


def work_of(name: str) -> int:
    """How many things a person could do."""
    actor = Actor.of(User.objects.get(name=name), LEAP_DAY)
    return sum(len(tasks) for title, tasks in grouped(actor, LEAP_DAY)[1][:-1])


def test_a_large_year_fits_its_own_sums(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "PROJECTS", 2)
    said = StringIO()
    call_command("demo", "--size", "2", "--json", stdout=said)
    made = json.loads(said.getvalue())
    assert made["made"] == {"departments": 2, "projects": 4, "budget lines": 40, "expenses": 80, "reports": 8}
    assert made["logins"] == logins()
    assert problems() == []


def test_a_database_with_people_in_it_is_left_alone(cast: Any) -> None:
    with pytest.raises(CommandError, match="There are people"):
        call_command("demo")
    with pytest.raises(CommandError, match="Everything in the database would be lost"):
        call_command("demo", "--fresh")
    assert User.objects.count() == len(vars(cast))


def test_the_sign_in_page_names_nobody_unless_it_is_a_demonstration(cast: Any, client: Client, settings: Any) -> None:
    assert "Sign in as" not in client.get("/account/login/").content.decode()
    settings.DEMO = True
    assert "made up" not in client.get("/account/login/").content.decode()
    build.mark_as_demonstration()
    page = client.get("/account/login/").content.decode()
    assert page.count("Sign in as") == len(vars(cast))
    assert "made up" in page


def test_one_button_signs_in_with_the_published_password_only(cast: Any, client: Client, settings: Any) -> None:
    asked = {"email": "amina@example.org"}
    build.mark_as_demonstration()
    assert client.post("/demo/sign-in/", asked).status_code == 404
    settings.DEMO = True
    assert client.post("/demo/sign-in/", {"email": "nobody@example.org"}).status_code == 404
    assert client.post("/demo/sign-in/", asked).status_code == 302
    assert client.get("/").status_code == 200
    client.logout()
    cast.amina.set_password("a-password-of-her-own")
    cast.amina.save()
    assert client.post("/demo/sign-in/", asked).status_code == 404
