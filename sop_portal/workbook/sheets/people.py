"""People and their roles: one row for each role, so that somebody with two roles stands in two rows."""

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.projects.workflow import Wording
from sop_portal.foundation.organisation.models import Department, Division, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.people import actions
from sop_portal.people.terms import Term
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.days import Day
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.values import Address, Choice, Name, YesNo
from sop_portal.workbook.list_sheet import ListSheet, ReadRow, Wrong, settle_department
from sop_portal.workbook.sheet import ADDED, WAS_CHANGED, Acting, Done, Kept
from sop_portal.workbook.sheets.role_places import NO_ROLE, misplaced, place_of_role, settle_division
from sop_portal.workbook.taking_back import as_day, gone, refuse_later_change

PERSON, ROLE = "person", "role"
OF_PERSON = {"name": "name", "language": "language", "may_log_in": "is_active"}

ENDS_EARLY = Wording("order", _("Row %(row)s, column %(column)s: the last day is before the first."))
HAS_IT = Wording(
    "has-role",
    _("Row %(row)s, column %(column)s: this role is held already, from %(first)s. Write that day, or none."),
)


class PeopleSheet(ListSheet):
    """One row a person and role."""

    key = "people"
    title = pgettext_lazy("set-up", "People and roles")
    says = _("Everybody who works with the portal: one row for each role a person has. Nobody is written to yet.")
    also = ("people", "persons", "staff", "users", "roles", "人员", "用户", "员工", "成员")
    can = (Can.KEEP_PEOPLE,)
    columns = (
        Column(
            "name",
            pgettext_lazy("person", "Name"),
            _("The full name."),
            "Amina Diallo",
            Name(),
            ("full name", "person", "姓名", "名字"),
            is_required=True,
        ),
        Column(
            "email",
            _("E-mail address"),
            _("People sign in with it; it tells two people of one name apart."),
            "amina@example.org",
            Address(),
            ("email", "e mail", "mail", "email address", "邮箱", "电子邮件", "邮件"),
            is_required=True,
        ),
        Column(
            "language",
            _("Language"),
            _("The language of pages and mails; left blank, that of the organisation."),
            "English",
            Choice(dict(settings.LANGUAGES), {"chinese": "zh-hans", "中文": "zh-hans", "英文": "en", "zh": "zh-hans"}),
            ("语言",),
        ),
        Column(
            "role",
            _("Role"),
            _("What the person does in the process; left blank, nothing yet."),
            Role.HEAD.label,
            Choice.of(
                {role.value: role.label for role in Role},
                head="head|manager|负责人",
                lead="lead",
                resource="resources|资源|资源组",
                finance="accounting|accountant|财务|财务人员|会计",
                administrator="admin|管理员",
                auditor="audit|审计|审计人员|内审|稽核",
            ),
            ("角色", "职务"),
        ),
        Column(
            "department",
            _("Department"),
            _("For department heads and project leads; everybody else acts for the whole organisation."),
            _("Arts"),
            Name(),
            ("部门", "department name", "dept", "unit", "branch", "单位"),
            offers="departments",
        ),
        Column(
            "division",
            _("Division"),
            _("For programme managers only: the division whose departments they see."),
            "",
            Name(),
            ("division", "programme", "program", "事业部", "分部"),
        ),
        Column(
            "from",
            _("From"),
            _("The first day in the role; left blank, the day on which it is brought in."),
            "2027-01-01",
            Day(),
            ("start", "from date", "since", "自", "开始日期"),
        ),
        Column(
            "until",
            _("Until"),
            _("The last day in the role, where it ends."),
            "",
            Day(),
            ("end", "until date", "至", "结束日期", "截止日期"),
        ),
        Column(
            "may_log_in",
            _("May log in"),
            _("Blank means yes."),
            _("yes"),
            YesNo(),
            ("active", "可登录"),
        ),
    )

    def there(self, year: int | None = None) -> list[Kept]:
        """Everybody by name, with each role; those without a role once."""
        found = []
        for person in User.objects.prefetch_related("memberships__department").order_by("name", "pk"):
            own: Row = {"name": person.name, "email": person.email, "language": person.language}
            own["may_log_in"] = person.is_active
            held = sorted(person.memberships.all(), key=lambda one: (one.from_on, one.pk))
            found += [Kept(person.pk, own | _role_of(one), one.pk) for one in held] or [Kept(person.pk, own)]
        return found

    def identity(self, values: Row, known: Known) -> Hashable:
        """The address with the role, its department or division, and its first day."""
        return (values["email"], *place_of_role(values), values.get("from") if "role" in values else None)

    def index(self, known: Known) -> dict[Hashable, Kept]:
        """Every role by its first day; without one the newest is meant, and without a role the person."""
        found = super().index(known)
        for kept in list(found.values()):
            found[kept.values["email"], *place_of_role(kept.values), None] = kept
        for kept in list(found.values()):
            alone = {key: value for key, value in kept.values.items() if key in ("email", *OF_PERSON)}
            found.setdefault((kept.values["email"], "", "", "", None), Kept(kept.pk, alone))
        return found

    def find(self, values: Row, there: Mapping[Hashable, Kept], known: Known) -> Kept | None:
        """The role from this day, or the newest one that is held on some of the days: then its days are corrected."""
        exact = super().find(values, there, known)
        if exact is not None or "from" not in values:
            return exact
        newest = there.get((values["email"], *place_of_role(values), None))
        if newest is None:
            return None
        begins, ends = newest.values["from"], newest.values.get("until", date.max)
        return newest if begins <= values.get("until", date.max) and values["from"] <= ends else None

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """A head or lead belongs to a department, a programme manager to a division, every other role to none.

        Whoever changed the own address since the file was written is found by the old one.
        """
        values["email"] = known.address(values["email"])
        yield from settle_department(values, known)
        role = values.get("role")
        if role is None:
            yield from (Wrong(key, NO_ROLE) for key in ("department", "division", "from", "until") if key in values)
        else:
            yield from misplaced(role, values)
        yield from settle_division(values, known)
        if values.get("until", date.max) < values.get("from", date.min):
            yield Wrong("until", ENDS_EARLY)

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """A role that is held already is not given once more from another day."""
        values = row.values
        if row.there is not None or "role" not in values:
            return
        held = Membership.objects.filter(person__email=values["email"], role=values["role"])
        first, last = values["from"], values.get("until", date.max)
        for one in held.select_related("department"):
            department = known.department(one.department.name) if one.department else ""
            is_here = (department, one.division) == (values.get("department", ""), values.get("division", ""))
            if is_here and one.from_on <= last and first <= (one.until_on or date.max):
                yield Wrong("from", HAS_IT, {"first": one.from_on})
                return

    def defaults(self, values: Row, known: Known) -> Row:
        """A new person speaks the organisation's language and begins today."""
        begins = {"from": known.on} if "role" in values else {}
        if values["email"] in known.people:
            return begins
        return {"language": known.language, "may_log_in": True, **begins}

    def notify(self, values: Row, known: Known) -> None:
        """Later rows may name the address."""
        known.people.add(values["email"])

    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Add the person where there is none of this address, and give the role."""
        person = User.objects.filter(email=values["email"]).first()
        if person is None:
            person, done = self._add_person(values, acting)
        else:
            done = self._change_person(person, values, acting)
        if "role" in values:
            department = Department.objects.get(name=values["department"]) if "department" in values else None
            place = Division(values["division"]) if "division" in values else department
            term = Term(values["from"], values.get("until"))
            given = actions.give_role(
                person, role=values["role"], term=term, department=place, by=acting.by, at=acting.at
            )
            done.append(Done(ROLE, given.pk, ADDED, called=person.name))
        if values.get("may_log_in") is False and person.is_active:
            done += self._change_person(person, {"may_log_in": False}, acting)
        return done

    def _add_person(self, values: Row, acting: Acting) -> tuple[User, list[Done]]:
        # Nobody is written to by a file: everybody is invited together, in the last step of the set-up.
        said = {"email": values["email"], "name": values["name"], "language": values["language"]}
        person = actions.add_person(**said, by=acting.by, at=acting.at, is_invited=False)
        return person, [Done(PERSON, person.pk, ADDED, called=person.name)]

    def _change_person(self, person: User, values: Row, acting: Acting) -> list[Done]:
        now = {key: getattr(person, field) for key, field in OF_PERSON.items()}
        after = {key: values[key] for key in OF_PERSON if key in values and values[key] != now[key]}
        if not after:
            return []
        wanted = {OF_PERSON[key]: value for key, value in after.items()}
        actions.change_person(person, by=acting.by, at=acting.at, **wanted)
        return [Done(PERSON, person.pk, WAS_CHANGED, {key: now[key] for key in after}, after, person.name)]

    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Correct the person, or let the role end on another day."""
        person = User.objects.get(pk=kept.pk)
        done = self._change_person(person, changes, acting)
        days: Row = {key: changes[key] for key in ("from", "until") if key in changes}
        if days:
            held = Membership.objects.get(pk=kept.second or 0)
            now = {"from": held.from_on, "until": held.until_on}
            actions.set_term(held, _term({**now, **days}), by=acting.by, at=acting.at)
            done.append(Done(ROLE, held.pk, WAS_CHANGED, {key: now[key] for key in days}, days, person.name))
        return done

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Take a person or a role out again, or change it back."""
        model: type[User] | type[Membership] = User if done["kind"] == PERSON else Membership
        found = model._default_manager.filter(pk=done["pk"]).first()
        if found is None:
            raise gone(done)
        if isinstance(found, User):
            _take_back_person(found, done, acting)
        else:
            _take_back_role(found, done, acting)


def _role_of(held: Membership) -> Row:
    """A role as the sheet has it; what is blank is left out."""
    said = {
        "role": held.role,
        "department": held.department.name if held.department else None,
        "division": held.division or None,
        "from": held.from_on,
        "until": held.until_on,
    }
    return {key: value for key, value in said.items() if value is not None}


def _take_back_person(person: User, done: Mapping[str, Any], acting: Acting) -> None:
    if done["did"] == ADDED:
        actions.take_out_person(person, by=acting.by, at=acting.at)
        return
    refuse_later_change(done, {key: getattr(person, field) for key, field in OF_PERSON.items()})
    wanted = {OF_PERSON[key]: value for key, value in done["before"].items()}
    actions.change_person(person, by=acting.by, at=acting.at, **wanted)


def _take_back_role(held: Membership, done: Mapping[str, Any], acting: Acting) -> None:
    if done["did"] == ADDED:
        actions.take_out_role(held, by=acting.by, at=acting.at)
        return
    now = {"from": held.from_on, "until": held.until_on}
    refuse_later_change(done, now)
    before = {key: as_day(value) for key, value in done["before"].items()}
    actions.set_term(held, _term({**now, **before}), by=acting.by, at=acting.at)


def _term(days: Mapping[str, date | None]) -> Term:
    return Term(days["from"] or date.min, days["until"])
