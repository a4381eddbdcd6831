"""The projects of a year that is being set up: its forecasts begin with them."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.forecasts import actions
from planning.forecasts.actions import NewProject, PlannedTerms
from planning.models import Cycle, Project
from planning.projects.imports.cells import shown
from planning.projects.imports.columns import plain_name
from planning.projects.imports.numbers import typed_number
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.bounds import SCORE
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.sheets import CellValue, Table
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
from sop_portal.workbook.merging import Ask
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept
from sop_portal.workbook.taking_back import gone, refuse_later_change

KIND = "project"
USUAL_IMPORTANCE = Decimal(3)
# A single column of figures beside the names may number the rows.
FEW = 2

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

PLANNED, DONE = "planned", "done"
FIGURES_BESIDE = Wording(
    "figures-beside",
    _(
        "Columns %(columns)s hold figures, and a list of projects takes none. "
        "Are its rows projects to be planned in a year that is being set up?"
    ),
)
TO_BE_PLANNED = _("Yes: the projects are taken, and the figures are left out.")
ARE_DONE = _("No: the figures say what was done in years that have ended.")
NO_MEASURE = Wording(
    "no-measure",
    _(
        "Past figures need a column of the year and one of a measure, such as participants or money. "
        "Name or add them as on the sheet “Past figures” of the template, and bring the file again."
    ),
)


class ProjectsSheet(ListSheet):
    """One row a project and year."""

    key = "projects"
    title = _("Projects")
    says = _("What departments will run in the year that is being set up; its forecasts begin with these projects.")
    also = ("project", "programmes", "programs", "项目", "项目表")
    can = (Can.RUN_CYCLE,)
    named = ("department", "name")
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
        Column(
            "state",
            _("State"),
            _("How far it is, such as cancelled: there to be read, and not brought in. Steps are taken in the portal."),
            Project.State.CANCELLED.label,
            Name(),
            ("状态",),
            is_locked=True,
        ),
    )

    def current(self, on: date, year: int | None = None) -> Iterator[Row]:
        """The projects, and how far each of them is."""
        there = self.there(year)
        states = dict(Project.objects.values_list("pk", "state"))
        return (kept.values | {"state": str(Project.State(states[kept.pk]).label)} for kept in there)

    def merge(self, row: ReadRow, ask: Ask) -> bool:
        """How far it is in the portal stays; the file is not asked."""
        row.values.pop("state", None)
        return True

    def there(self, year: int | None = None) -> list[Kept]:
        """The projects of a year, or of all."""
        found = Project.objects.select_related("cycle", "department", "lead")
        if year is not None:
            found = found.filter(cycle__year=year)
        return [Kept(one.pk, _values(one)) for one in found.order_by("cycle__year", "department__name", "name")]

    def doubts(self, table: Table, mapping: Mapping[str, int], questions: FileQuestions) -> Iterator[HistoryProblem]:
        """Figures beside the names: a table of results looks like a list of projects where its measures are unknown."""
        places = [] if plain_name(table.context.sheet) in self.titles else list(_figures_beside(table, mapping))
        if len(places) < FEW:
            return
        letters = [table.letters(place) for place in places]
        at, row = next((at, row) for at, row in _named(table, mapping) if shown(row[places[0]]))
        cells = tuple(AskedCell(table.address(at, place), shown(row[place])) for place in places[:CELLS_SHOWN])
        answers = (PossibleAnswer(PLANNED, TO_BE_PLANNED), PossibleAnswer(DONE, ARE_DONE))
        question = Question("figures-beside", FIGURES_BESIDE, answers, {"columns": listed(letters)}, cells)
        if questions.ask(question) == DONE:
            yield HistoryProblem(table.first_row - 1, "", NO_MEASURE, {}, letters[0])

    def identity(self, values: Row, known: Known) -> Hashable:
        """The year, the department and the name."""
        return values["year"], values["department"], same_name(values["name"])

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """The year and the department it belongs to, and who leads it, by the address of today."""
        if "lead" in values:
            values["lead"] = known.address(values["lead"])
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


def _named(table: Table, mapping: Mapping[str, int]) -> Iterator[tuple[int, Sequence[CellValue]]]:
    """The rows that name a project, with their numbers."""
    for at, row in enumerate(table.rows):
        if all(shown(row[mapping[key]]) for key in ("department", "name")):
            yield table.row_number(at), row


def _figures_beside(table: Table, mapping: Mapping[str, int]) -> Iterator[int]:
    """The columns that are not read and hold nothing but figures, in the rows that name a project."""
    rows = [row for _at, row in _named(table, mapping)]
    for place in range(len(table.header)):
        texts = [text for row in rows if (text := shown(row[place]))] if place not in mapping.values() else []
        if texts and all(map(typed_number, texts)):
            yield place


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
