"""The projects of a year that is being set up: its forecasts begin with them."""

from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.forecasts import actions
from planning.forecasts.actions import NewProject, PlannedTerms
from planning.models import Cycle, Project
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.bounds import SCORE
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.values import Address, LongText, Name, Number, PlanYear
from sop_portal.workbook.list_sheet import (
    CLOSED_YEAR,
    ListSheet,
    ReadRow,
    Wrong,
    settle_department,
    settle_year,
)
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept
from sop_portal.workbook.taking_back import gone, refuse_later_change

KIND = "project"
USUAL_IMPORTANCE = Decimal(3)

UNKNOWN_PERSON = Wording(
    "unknown-person",
    _(
        "Row %(row)s, column %(column)s: the portal knows nobody of the address “%(value)s”. "
        "Write the person on the sheet of people, or leave the cell blank."
    ),
)
PUBLISHED = Wording(
    "published-year",
    _(
        "Row %(row)s: the year %(value)s is published, so its projects are the departments’. "
        "The department takes it into its forecast; here only rows that change nothing are read."
    ),
)


class ProjectsSheet(ListSheet):
    """One row a project and year."""

    key = "projects"
    title = _("Projects")
    says = _("What departments will run in the year that is being set up; its forecasts begin with these projects.")
    also = ("project", "programmes", "programs", "项目", "项目表")
    can = (Can.RUN_CYCLE,)
    columns = (
        Column(
            "department",
            _("Department"),
            _("Whose project it is."),
            _("Arts"),
            Name(),
            ("部门", "department name", "dept", "unit", "branch", "单位"),
            is_required=True,
            offers="departments",
        ),
        Column(
            "name",
            _("Project"),
            _("What the project is called. A name from earlier years continues their history."),
            _("Story hours"),
            Name(),
            ("name", "project name", "programme", "program", "项目", "项目名称", "名称"),
            is_required=True,
        ),
        Column(
            "lead",
            _("Project lead"),
            _("The e-mail address of whoever leads it, where that is known."),
            "ben@example.org",
            Address(),
            ("lead", "leader", "负责人", "项目负责人"),
        ),
        Column(
            "purpose",
            _("What it is for"),
            _("A sentence or two."),
            _("Children hear stories every week."),
            LongText(),
            ("purpose", "description", "目的", "说明"),
        ),
        Column(
            "importance",
            pgettext_lazy("project", "Importance"),
            _("From 1, least, to 5, most important; left blank, 3."),
            "4",
            Number(SCORE),
            ("priority", "优先级", "重要性"),
        ),
        Column(
            "year",
            _("Plan year"),
            _("Left blank, the newest year that is not closed."),
            "2027",
            PlanYear(),
            ("year", "年度", "计划年度"),
        ),
    )

    def there(self, year: int | None = None) -> list[Kept]:
        """The projects of a year, or of all."""
        found = Project.objects.select_related("cycle", "department", "lead")
        if year is not None:
            found = found.filter(cycle__year=year)
        return [Kept(one.pk, _values(one)) for one in found.order_by("cycle__year", "department__name", "name")]

    def identity(self, values: Row, known: Known) -> Hashable:
        """The year, the department and the name."""
        return values["year"], values["department"], same_name(values["name"])

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """The year and the department it belongs to."""
        yield from settle_year(values, known)
        yield from settle_department(values, known)

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """Whoever leads it is known, and its year is still being set up."""
        values = row.values
        if values.get("lead", "") not in known.people | {""}:
            yield Wrong("lead", UNKNOWN_PERSON)
        state = known.years[values["year"]]
        if state == Cycle.State.CLOSED and row.changes:
            yield Wrong("year", CLOSED_YEAR, {"value": values["year"]})
        elif state != Cycle.State.DRAFT and row.changes:
            yield Wrong("year", PUBLISHED, {"value": values["year"]})

    def defaults(self, values: Row, known: Known) -> Row:
        """A project is as important as most are."""
        return {"importance": USUAL_IMPORTANCE}

    def notify(self, values: Row, known: Known) -> None:
        """A plan may speak of it."""
        known.projects.add((values["year"], values["department"], same_name(values["name"])))

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Plan it ahead."""
        cycle = Cycle.objects.get(year=values["year"])
        department = Department.objects.select_related("merged_into").get(name=values["department"])
        terms = _terms(values)
        importance = terms.pop("importance")
        new = NewProject(values["name"], **terms)
        project = actions.plan_ahead(cycle, department, new, by=acting.by, at=acting.at, importance=importance)
        return [Done(KIND, project.pk, ADDED, called=project.name)]

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Say otherwise who leads it, what it is for, and how important it is."""
        project = Project.objects.select_related("cycle").get(pk=kept.pk)
        terms = PlannedTerms(**_terms({**kept.values, **changes}))
        actions.change_plan(project, terms, by=acting.by, at=acting.at)
        before = {key: kept.values.get(key) for key in changes}
        return [Done(KIND, project.pk, WAS_CHANGED, before, changes, project.name)]

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Take it out again, or change it back."""
        project = Project.objects.filter(pk=done["pk"]).select_related("cycle", "department", "lead").first()
        if project is None:
            raise gone(done)
        if done["did"] == ADDED:
            actions.give_up_plan(project, by=acting.by, at=acting.at)
            return
        now = _values(project)
        refuse_later_change(done, {key: now.get(key) for key in done["after"]})
        actions.change_plan(project, PlannedTerms(**_terms({**now, **done["before"]})), by=acting.by, at=acting.at)


def _values(project: Project) -> Row:
    """A project as the sheet has it; what is blank is left out."""
    said = {
        "department": project.department.name,
        "name": project.name,
        "lead": project.lead.email if project.lead else None,
        "purpose": project.purpose or None,
        "importance": Decimal(project.importance),
        "year": project.cycle.year,
    }
    return {key: value for key, value in said.items() if value is not None}


def _terms(values: Row) -> dict[str, Any]:
    """What a row says besides the name; who leads it is found by the address."""
    lead = User.objects.filter(email=values["lead"]).first() if values.get("lead") else None
    return {"lead": lead, "purpose": values.get("purpose") or "", "importance": int(values.get("importance") or 3)}
