"""What the administrator does with people, departments and roles, and everybody with deputies and preferences."""

from sop_portal.people.actions.departments import add_department, change_department
from sop_portal.people.actions.deputies import delegate, end_delegation
from sop_portal.people.actions.people import add_person, change_person, set_preferences
from sop_portal.people.actions.rights import require_administrator
from sop_portal.people.actions.roles import end_role, give_role

__all__ = [
    "add_department",
    "add_person",
    "change_department",
    "change_person",
    "delegate",
    "end_delegation",
    "end_role",
    "give_role",
    "require_administrator",
    "set_preferences",
]
