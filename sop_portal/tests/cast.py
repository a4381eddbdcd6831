"""The cast of the process: who acts in every test, and in the benchmarks that play a test at full size."""

from datetime import date
from types import SimpleNamespace

from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.seals import seal_loaded_rows, seal_rows

FROM = date(2020, 1, 1)


def everybody(arts: Department, sports: Department) -> SimpleNamespace:
    """Everybody of the story, with their roles: cast.amina, cast.ben, cast.chidi …"""
    roles: dict[str, tuple[Role | None, Department | None]] = {
        "Amina Diallo": (Role.HEAD, arts),
        "Ben Carter": (Role.LEAD, arts),
        "Bao Nguyen": (Role.HEAD, sports),
        "Chidi Okafor": (Role.RESOURCE, None),
        "Chen Jing": (Role.RESOURCE, None),
        "Dora Weiss": (Role.FINANCE, None),
        "Dev Patel": (Role.FINANCE, None),
        "Emil Novak": (Role.MANAGEMENT, None),
        "Elif Aydin": (Role.MANAGEMENT, None),
        "Ada Moreno": (Role.ADMINISTRATOR, None),
        "Omar Haddad": (Role.AUDITOR, None),
        "Farid Karimi": (None, None),
    }
    people = {}
    for name, (role, department) in roles.items():
        first = name.split()[0].lower()
        person = User.objects.create_user(f"{first}@example.org", "planning-year", name=name)
        if role:
            Membership.objects.create(person=person, role=role, department=department, from_on=FROM)
        people[first] = person
    # Nobody let them in by an act: what stands in their rows is kept from here on.
    for kind in ("person", "department", "membership"):
        seal_loaded_rows(kind)
    return SimpleNamespace(**people)


def programme_manager(division: str, *departments: Department) -> User:
    """Pia Lund, programme manager of a division with these departments: a test that has divisions lets her in."""
    for department in departments:
        department.division = division
        department.save()
    pia = User.objects.create_user("pia@example.org", "planning-year", name="Pia Lund")
    Membership.objects.create(person=pia, role=Role.PROGRAMME, division=division, from_on=FROM)
    for kind in ("person", "membership"):
        seal_loaded_rows(kind)
    seal_rows("department", [department.pk for department in departments])
    return pia
