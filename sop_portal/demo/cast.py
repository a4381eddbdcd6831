"""Who takes part in the demonstration: made-up people in real libraries."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sop_portal.demo.agenda import Agenda
from sop_portal.demo.chinese import is_chinese, said
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Department, Division, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.people import actions as people
from sop_portal.people.terms import Term

PASSWORD = "planning-year"


@dataclass(frozen=True)
class Login:
    """One person who can be tried: what they are, and under which address they sign in."""

    name: str
    role: Role | None = None
    place: str = ""
    language: str = "en"

    @property
    def email(self) -> str:
        """The address they sign in with; example.org belongs to nobody."""
        return f"{slugify(self.name.split()[0])}@example.org"


@dataclass(frozen=True)
class Library:
    """One library of the file as a department: its name in the file, here, and who heads it and leads its projects."""

    in_file: str
    name: str
    head: str
    leads: tuple[str, ...]
    language: str = "en"
    division: str = ""


LOGINS = (
    Login("Amina Diallo", Role.HEAD, "Ansonia Library"),
    Login("Ben Carter", Role.LEAD, "Ansonia Library"),
    Login("Bao Nguyen", Role.HEAD, "Avon"),
    Login("Chidi Okafor", Role.RESOURCE),
    Login("Chen Jing", Role.RESOURCE, language="zh-hans"),
    Login("Dora Weiss", Role.FINANCE),
    Login("Dev Patel", Role.FINANCE),
    Login("Emil Novak", Role.MANAGEMENT),
    Login("Elif Aydin", Role.MANAGEMENT),
    Login("Pia Lund", Role.PROGRAMME, "Shoreline"),
    Login("Ada Moreno", Role.ADMINISTRATOR),
    Login("Omar Haddad", Role.AUDITOR),
    Login("Farid Karimi"),
)

LIBRARIES = (
    Library("Ansonia", "Ansonia Library", "Amina Diallo", ("Ben Carter", "Hannah Cole")),
    Library("Ashford - Babcock", "Ashford Babcock", "Ruth Adler", ("Tomás Rivera",)),
    Library("Avon", "Avon", "Bao Nguyen", ("Grace Liu", "Peter Lindqvist")),
    Library("Beacon Falls", "Beacon Falls", "Sam O’Neill", ("Ines Duarte",)),
    Library("Bristol", "Bristol", "Marta Kowalska", ("Jamal Reed", "Noor Hassan")),
    Library("Canterbury", "Canterbury", "Henry Walsh", ("Lucy Bennett",)),
    Library("Chester", "Chester", "Yusuf Demir", ("Clara Jensen",)),
    Library("Columbia - S.B. Little", "Columbia Little", "Edith Baker", ("Marco Bianchi",)),
    Library("Deep River", "Deep River", "Tess Morgan", ("Arjun Mehta",), division="Shoreline"),
    Library("East Haddam", "East Haddam", "Walter Finch", ("Sofia Petrova",), division="Shoreline"),
    Library("East Hampton", "East Hampton", "Joan Abbott", ("Kofi Mensah",), division="Shoreline"),
    Library("East Lyme", "East Lyme", "Lin Xiaomei", ("Oliver Grant",), "zh-hans", "Shoreline"),
)


@dataclass
class Cast:
    """Everybody and every department, once they are in the database; `cast["Amina Diallo"]`."""

    people: dict[str, User] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def head(self, library: Library) -> User:
        """Who heads a library."""
        return self.people[library.head]


def let_everybody_in(cast: Cast, agenda: Agenda, since: date) -> None:
    """Ada comes in first; she adds the departments, the people and their roles, long before the first year."""
    # Roles hold from a week earlier: what is put down for a weekend happens on the Friday before.
    held_from = since - timedelta(days=7)
    agenda.on(held_from, lambda at: _administrator(cast, at))
    agenda.on(since, lambda at: _departments(cast, agenda))
    agenda.on(since, lambda at: _people(cast, agenda, held_from))


def _administrator(cast: Cast, at: datetime) -> None:
    ada = people.let_in_first(
        people.Newcomer(said("Ada Moreno"), "ada@example.org", "zh-hans" if is_chinese() else "en"), at=at
    )
    cast.people["Ada Moreno"] = ada


def _departments(cast: Cast, agenda: Agenda) -> None:
    ada = cast["Ada Moreno"]
    for library in LIBRARIES:
        called = {"name": said(library.name), "slug": slugify(library.name), "division": said(library.division)}
        cast.departments[library.name] = people.add_department(**called, by=ada, at=agenda.next())


def _people(cast: Cast, agenda: Agenda, since: date) -> None:
    ada = cast["Ada Moreno"]
    known = {login.name for login in LOGINS}
    others = [Login(library.head, Role.HEAD, library.name, library.language) for library in LIBRARIES]
    others += [Login(name, Role.LEAD, library.name) for library in LIBRARIES for name in library.leads]
    # Everybody has the same published password, so that it is hashed once.
    password = make_password(PASSWORD)
    for login in [*LOGINS, *(other for other in others if other.name not in known)]:
        person = cast.people.get(login.name) or people.add_person(
            email=login.email,
            name=said(login.name),
            language="zh-hans" if is_chinese() else login.language,
            by=ada,
            at=agenda.next(),
        )
        cast.people[login.name] = person
        User.objects.filter(pk=person.pk).update(password=password)
        if login.role and login.role != Role.ADMINISTRATOR:
            place = Division(said(login.place)) if login.role == Role.PROGRAMME else cast.departments.get(login.place)
            people.give_role(person, role=login.role, department=place, term=Term(since), by=ada, at=agenda.next())


def logins(language: str = "en") -> list[dict[str, str]]:
    """Who can be tried, for people and programs alike, in the language the demonstration was made in."""
    with translation.override(language):
        return [
            {"role": role_of(login), "name": said(login.name), "email": login.email, "password": PASSWORD}
            for login in LOGINS
        ]


def role_of(login: Login) -> str:
    """ "Department head, Ansonia Library"; an outsider holds no role."""
    role = str(login.role.label) if login.role else _("No role yet")
    return (
        interpolate(_("%(role)s, %(department)s"), {"role": role, "department": said(login.place)})
        if login.place
        else role
    )
