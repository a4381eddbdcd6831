"""A plan that was brought in before its year is published waits for nobody yet."""

from types import SimpleNamespace

from sop_portal.dashboards.pages.my_work.tasks import grouped
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.workbook.tests.test_pages import Browser
from sop_portal.workbook.tests.test_plan import PLAN, brought, published
from sop_portal.workbook.tests.test_plan import running as running


def test_a_plan_waits_for_nobody_before_its_year_is_published(running: SimpleNamespace, as_person: Browser) -> None:
    brought(running, running.dora, Approved_plan=PLAN)

    def waiting(person: User) -> list[str]:
        groups = grouped(Actor.of(person, running.at), running.at)[1]
        return [task.what for _name, tasks in groups for task in tasks if "Budget 2026" in task.what]

    def box(person: User) -> str:
        with clock.at(running.at):
            return str(as_person(person).get("/2026/budget/1/").context["next"].title)

    assert (waiting(running.emil), waiting(running.dora)) == ([], [])
    assert box(running.dora) == "Waits until the year 2026 is published"
    published(running)
    assert (len(waiting(running.emil)), len(waiting(running.dora))) == (1, 1)
    assert box(running.dora) == "Waits for management"
