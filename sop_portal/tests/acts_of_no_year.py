"""Acts that belong to no year, on people, departments, funds, past figures and the handbook; and what an act is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from inspect import signature
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from budgets.drafting.actions import FundTerms
from budgets.models import Fund
from evaluations.training.actions import NeedTerms
from planning.projects.models import Actual
from sop_portal.demo.papers import letter
from sop_portal.foundation.organisation.models import Department, DepartmentName, Division, Organisation, User
from sop_portal.foundation.papers.tests.files import picture
from sop_portal.handbook.models import WrittenEdition
from sop_portal.people.actions import DayTerms, Ending, OrganisationTerms, set_logo, set_organisation
from sop_portal.people.terms import Term
from sop_portal.sign_in.tests.states import asked_recovery, gone, invited, with_factor
from sop_portal.tests.small_year import AUGUST

NOW = AUGUST + timedelta(days=2)
TODAY = NOW.date()


@dataclass(frozen=True)
class Act:
    """One act: who may do it, and how it is done by somebody in a year."""

    by: str
    carry_out: Callable[[Any, SimpleNamespace, User], Any]
    function: Any = None

    def try_on(self, year: SimpleNamespace, by: User | None = None) -> Any:
        """Do it, as whoever may or as somebody else."""
        return self.carry_out(self.function, year, by or getattr(year.cast, self.by))


def on(name: str, by: str, *rest: Any, **more: Any) -> Act:
    """An act on one thing of the year, by the name it has there; what is called is asked of the year."""

    def carry_out(do: Any, year: SimpleNamespace, person: User) -> Any:
        record = getattr(year, name)
        record.refresh_from_db()
        seen = getattr(record, "version", None)
        holder = next((getattr(record, p) for p in ("forecast", "request", "budget") if hasattr(record, p)), None)
        if holder is not None and name not in ("forecast", "request", "budget"):
            holder.refresh_from_db()
            seen = holder.version
        asked = {key: value(year) if callable(value) else value for key, value in more.items()}
        if "seen" in signature(do).parameters:
            asked.setdefault("seen", seen)
        given = [value(year) if callable(value) else value for value in rest]
        return do(record, *given, by=person, at=year.at, **asked)

    return Act(by, carry_out)


def plain(by: str, **more: Any) -> Act:
    """An act on nothing of a year."""

    def carry_out(do: Any, year: SimpleNamespace, person: User) -> Any:
        asked = {key: value(year) if callable(value) else value for key, value in more.items()}
        return do(by=person, at=year.at, **asked)

    return Act(by, carry_out)


def former_name(department: Department, at: datetime) -> str:
    """A name the department had before."""
    return DepartmentName.objects.get_or_create(name="Art", defaults={"department": department, "until": at})[0].name


def division_of(department: Department) -> Division:
    """The division in which a department stands from now on."""
    Department.objects.filter(pk=department.pk).update(division="Stage")
    return Division("Stage")


def sports() -> Department:
    """The twin of Arts."""
    return Department.objects.get(slug="sports")


def drawn() -> SimpleUploadedFile:
    """A picture for the head of every page."""
    return SimpleUploadedFile("logo.png", picture("PNG"))


def named_organisation(year: SimpleNamespace) -> Organisation:
    """The organisation says what it is called."""
    return set_organisation(OrganisationTerms("Ours", "en", "UTC", "USD", 1, 7), by=year.cast.ada, at=year.at)


NEED = NeedTerms("Count participants", "head", "report/submit", "execution")
# Acts that belong to no year: on people, departments, funds, past figures and the handbook.
OF_NO_YEAR = {
    "sop_portal.foundation.papers.bring": Act(
        "dora", lambda do, year, by: do(SimpleUploadedFile("List.pdf", letter("A list")), by=by, at=year.at)
    ),
    "planning.cycles.create_cycle": plain("ada", year=2035),
    "planning.projects.import_history": Act("ada", lambda do, year, by: do([], file_name="x", by=by, at=year.at)),
    "planning.projects.undo_import": Act("ada", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)),
    "budgets.drafting.add_fund": Act("dora", lambda do, year, by: do(FundTerms("Friends"), by=by, at=year.at)),
    "budgets.drafting.change_fund": Act(
        "dora", lambda do, year, by: do(Fund.objects.order_by("pk")[0], FundTerms("Friends"), by=by, at=year.at, seen=1)
    ),
    "budgets.drafting.take_out_fund": Act(
        "dora", lambda do, year, by: do(Fund.objects.order_by("pk")[0], by=by, at=year.at)
    ),
    "planning.projects.correct_figures": Act(
        "chidi",
        lambda do, year, by: do(
            Actual.objects.order_by("pk")[0], {"activities": Decimal(1)}, reason="Miscounted", by=by, at=year.at, seen=1
        ),
    ),
    "planning.projects.take_back_correction": Act(
        "chidi", lambda do, year, by: do(Actual.objects.order_by("pk")[0], by=by, at=year.at, seen=1)
    ),
    "sop_portal.foundation.notices.send_again": Act(
        "ada", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)
    ),
    "sop_portal.operations.release_mail": plain("ada", withdraw=True),
    "sop_portal.handbook.acknowledge": Act("amina", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)),
    "sop_portal.handbook.write_edition": Act("ada", lambda do, year, by: do({}, note="", by=by, at=year.at, seen=0)),
    "sop_portal.handbook.publish_edition": Act(
        "emil", lambda do, year, by: do(WrittenEdition(pk=0, number=9), by=by, at=year.at, seen=year.at)
    ),
    "sop_portal.handbook.drop_written": Act("ada", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)),
    "sop_portal.handover.hand_over": Act(
        "ada", lambda do, year, by: do(year.cast.ben, year.cast.amina, last_on=TODAY, by=by, at=year.at)
    ),
    "sop_portal.handover.merge": Act("ada", lambda do, year, by: do(sports(), year.arts, by=by, at=year.at)),
    "sop_portal.people.add_department": plain("ada", name="Dance"),
    "sop_portal.people.add_former_name": Act("ada", lambda do, year, by: do(year.arts, "Painting", by=by, at=year.at)),
    "sop_portal.people.forget_former_name": Act(
        "ada", lambda do, year, by: do(year.arts, former_name(year.arts, year.at), by=by, at=year.at)
    ),
    "sop_portal.people.record_merger": Act(
        "ada", lambda do, year, by: do(year.arts, Department.objects.get(slug="sports"), by=by, at=year.at)
    ),
    "sop_portal.people.forget_merger": Act("ada", lambda do, year, by: do(year.arts, by=by, at=year.at)),
    "sop_portal.people.change_department": Act(
        "ada", lambda do, year, by: do(year.arts, name="Art", by=by, at=year.at)
    ),
    "sop_portal.people.set_organisation": Act(
        "ada",
        lambda do, year, by: do(OrganisationTerms("Ours", "en", "Asia/Shanghai", "CNY", 1, 7), by=by, at=year.at),
    ),
    "sop_portal.people.set_logo": Act(
        "ada", lambda do, year, by: (named_organisation(year), do(drawn(), by=by, at=year.at, seen=""))
    ),
    "sop_portal.people.remove_logo": Act(
        "ada",
        lambda do, year, by: (
            named_organisation(year),
            do(by=by, at=year.at, seen=set_logo(drawn(), by=year.cast.ada, at=year.at, seen="").logo_mark),
        ),
    ),
    "sop_portal.people.set_days_off": Act(
        "ada",
        lambda do, year, by: do(2028, [DayTerms(date(2028, 1, 3), "New Year")], by=by, at=year.at),
    ),
    "sop_portal.people.send_test_mail": plain("ada"),
    "sop_portal.people.invite": Act("ada", lambda do, year, by: do([], by=by, at=year.at)),
    "sop_portal.people.erase_person": Act("ada", lambda do, year, by: do(gone(year.cast.farid), by=by, at=year.at)),
    "sop_portal.people.invite_again": Act("ada", lambda do, year, by: do(invited(), by=by, at=year.at)),
    "sop_portal.people.ask_recovery": Act(
        "ada", lambda do, year, by: do(with_factor(year.cast.ben), reason="Lost", by=by, at=year.at)
    ),
    "sop_portal.people.decide_recovery": Act(
        "emil", lambda do, year, by: do(asked_recovery(year), grant=True, by=by, at=year.at)
    ),
    "sop_portal.people.add_person": plain("ada", email="new@example.org", name="New", language="en"),
    "sop_portal.people.change_person": Act("ada", lambda do, year, by: do(year.cast.ben, name="B", by=by, at=year.at)),
    "sop_portal.people.give_role": Act(
        "ada",
        lambda do, year, by: do(
            year.cast.farid, role="programme", department=division_of(year.arts), term=Term(TODAY), by=by, at=year.at
        ),
    ),
    "sop_portal.people.end_role": Act(
        "ada",
        lambda do, year, by: do(year.cast.ben.memberships.get(), until_on=TODAY, by=by, at=year.at),
    ),
    "sop_portal.people.end_role_now": Act(
        "ada", lambda do, year, by: do(year.cast.ben.memberships.get(), by=by, at=year.at)
    ),
    "sop_portal.people.end_rights": Act(
        "ada",
        lambda do, year, by: do(year.cast.ben, Ending([year.cast.ben.memberships.get()]), by=by, at=year.at),
    ),
    "sop_portal.people.end_delegation_now": Act(
        "ada", lambda do, year, by: do(SimpleNamespace(pk=0, giver_id=0, deputy_id=0), by=by, at=year.at)
    ),
    "sop_portal.people.take_out_department": Act("ada", lambda do, year, by: do(year.arts, by=by, at=year.at)),
    "sop_portal.people.take_out_person": Act("ada", lambda do, year, by: do(year.cast.ben, by=by, at=year.at)),
    "sop_portal.people.take_out_role": Act(
        "ada", lambda do, year, by: do(year.cast.ben.memberships.get(), by=by, at=year.at)
    ),
    "sop_portal.people.set_term": Act(
        "ada", lambda do, year, by: do(year.cast.ben.memberships.get(), Term(TODAY), by=by, at=year.at)
    ),
    "sop_portal.people.name_back": Act(
        "ada", lambda do, year, by: do(year.arts, former_name(year.arts, year.at), by=by, at=year.at)
    ),
    "sop_portal.workbook.take_back": Act("ada", lambda do, year, by: do(SimpleNamespace(pk=0), by=by, at=year.at)),
    "sop_portal.people.delegate": Act(
        "ada",
        lambda do, year, by: do(
            giver=year.cast.amina, deputy=year.cast.ben, role="", term=Term(TODAY, TODAY), by=by, at=year.at
        ),
    ),
    "sop_portal.people.end_delegation": Act(
        "ada", lambda do, year, by: do(SimpleNamespace(pk=0, giver_id=0, deputy_id=0), on=TODAY, by=by, at=year.at)
    ),
    "evaluations.training.add_need": Act("ada", lambda do, year, by: do(NEED, by=by, at=year.at)),
    "evaluations.training.change_need": Act("ada", lambda do, year, by: do(year.need, NEED, by=by, at=year.at)),
}
