"""What each role finds first on its page, and whether its figures are those of the lists they lead to."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from budgets.models import Appropriation
from budgets.spending.actions import store_warnings
from planning.models import Cycle, Project
from sop_portal.dashboards.checks.checklist import setup_checklist
from sop_portal.dashboards.pages.my_work.blocks import Highlight
from sop_portal.dashboards.pages.my_work.highlights import HIGHLIGHTS, highlights
from sop_portal.dashboards.pages.my_work.role_figures import PANELS
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.actions import record_verification, verify
from sop_portal.foundation.trail.models import Entry


def found(name: str, cycle: Cycle, at: datetime) -> list[Highlight]:
    """The blocks on a person's page."""
    return highlights(Actor.of(User.objects.get(email=f"{name}@example.org"), at), cycle, cycle)


def test_every_role_finds_something_of_its_own_on_its_page() -> None:
    without = set(Role) - set(HIGHLIGHTS) - set(PANELS)
    assert without == set(), "give the role a block in my_work/highlights.py or a panel in my_work/role_figures.py"


def test_management_finds_the_money_with_the_lists_that_add_up_to_it(year: Cycle, november: datetime) -> None:
    strip = found("emil", year, november)[0].strip
    projects = Project.objects.all()
    assert [(tile.figure, tile.url) for tile in strip] == [
        (money(sum(getattr(project, name) for project in projects)), f"/{year.year}/projects/{order}")
        for name, order in (("needed", ""), ("asked", ""), ("granted", ""), ("budgeted", ""), ("spent", "?sort=-spent"))
    ]


def test_a_line_ahead_of_its_plan_is_named_to_finance_and_to_the_auditor(year: Cycle, november: datetime) -> None:
    # The largest: of many, so many are named.
    line = Appropriation.objects.filter(project__state="active").order_by("-approved", "pk")[0]
    Appropriation.objects.filter(pk=line.pk).update(spent=line.approved)
    Project.objects.filter(pk=line.project_id).update(spent=line.project.budgeted)
    store_warnings(year, Appropriation.objects.filter(pk=line.pk), at=november)
    url = f"/{year.year}/expenses/?line={line.number}"
    for name in ("dora", "omar"):
        entries = [entry for topic in found(name, year, november)[0].topics for entry in topic.entries]
        assert [entry.who for entry in entries if entry.url == url] == [f"{line.project}, {line.department}"]


def test_the_administrator_reads_who_has_no_role_and_when_the_trail_was_whole(year: Cycle, november: datetime) -> None:
    User.objects.create(email="gus@example.org", name="Gus Ohne")
    before = setup_checklist(november.date())
    assert [check.is_done for check in before if "Gus Ohne" in str(check) or check.url == "/trail/"] == [False, False]
    record_verification(verify(), at=november)
    after = setup_checklist(november.date())[-1]
    entries = Entry.objects.count()
    assert (str(after), after.is_done) == (
        f"The trail was checked on 22\N{NO-BREAK SPACE}Nov 2027 12:00: {entries:,} entries, none changed",
        True,
    )


def test_a_trail_that_was_changed_is_not_called_whole(year: Cycle, november: datetime) -> None:
    record_verification(["Entry 3 was changed."], at=november)
    check = setup_checklist(november.date())[-1]
    assert (check.is_done, str(check).startswith("The trail was changed")) == (False, True)


@pytest.mark.parametrize("name", ["amina", "chidi"])
def test_roles_that_plan_begin_with_their_tasks(year: Cycle, november: datetime, name: str) -> None:
    assert found(name, year, november) == []


def test_the_lines_of_the_year_add_up_at_the_foot_of_their_list(
    year: Cycle, as_person: Callable[[User], Client]
) -> None:
    page = as_person(User.objects.get(email="dora@example.org")).get(f"/{year.year}/lines/").content.decode()
    foot = page[page.index("<tfoot") : page.index("</tfoot>")]
    lines = Appropriation.objects.all()
    for amount in (sum(line.approved for line in lines), sum(line.spent for line in lines)):
        assert money(amount, 2) in foot
