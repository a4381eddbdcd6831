"""What the administrator does with people, departments and roles, and everybody with deputies and preferences."""

from sop_portal.people.actions.days_off import DayTerms, set_days_off
from sop_portal.people.actions.departments import (
    add_department,
    add_former_name,
    change_department,
    forget_former_name,
    forget_merger,
    record_merger,
)
from sop_portal.people.actions.deputies import delegate, end_delegation, end_delegation_now, who_gives_roles
from sop_portal.people.actions.endings import Ending, end_rights
from sop_portal.people.actions.erasure import erase_person
from sop_portal.people.actions.first_administrator import (
    Newcomer,
    code_of_start,
    has_administrator,
    let_in_first,
    make_first_administrator,
    refuse_wrong_code,
    renew_code,
)
from sop_portal.people.actions.invitations import invite, invite_again, last_test_mail, send_test_mail
from sop_portal.people.actions.organisation import OrganisationTerms, remove_logo, set_logo, set_organisation
from sop_portal.people.actions.people import add_person, change_person, set_preferences
from sop_portal.people.actions.recovery import ask_recovery, decide_recovery, who_decides
from sop_portal.people.actions.retention import purge
from sop_portal.people.actions.rights import require_administrator
from sop_portal.people.actions.roles import end_role, end_role_now, entrust, give_role, set_term
from sop_portal.people.actions.taking_out import (
    name_back,
    take_out_department,
    take_out_person,
    take_out_role,
)

__all__ = [
    "DayTerms",
    "Ending",
    "Newcomer",
    "OrganisationTerms",
    "add_department",
    "add_former_name",
    "add_person",
    "ask_recovery",
    "change_department",
    "change_person",
    "code_of_start",
    "decide_recovery",
    "delegate",
    "end_delegation",
    "end_delegation_now",
    "end_rights",
    "end_role",
    "end_role_now",
    "entrust",
    "erase_person",
    "forget_former_name",
    "forget_merger",
    "give_role",
    "has_administrator",
    "invite",
    "invite_again",
    "last_test_mail",
    "let_in_first",
    "make_first_administrator",
    "name_back",
    "purge",
    "record_merger",
    "refuse_wrong_code",
    "remove_logo",
    "renew_code",
    "require_administrator",
    "send_test_mail",
    "set_days_off",
    "set_logo",
    "set_organisation",
    "set_preferences",
    "set_term",
    "take_out_department",
    "take_out_person",
    "take_out_role",
    "who_decides",
    "who_gives_roles",
]
