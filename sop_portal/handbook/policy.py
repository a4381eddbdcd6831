"""The policy as a table: every capability, and how far each role may use it."""

from django.utils.translation import gettext as _

from sop_portal.foundation.organisation.roles import ROLES, Can, Role, Scope

# What a project lead may do for the whole department: reading and talking. The rest concerns the own projects.
WITH_THE_DEPARTMENT = frozenset({Can.SEE_RECORDS, Can.READ_TRAIL, Can.COMMENT, Can.GIVE_FEEDBACK})
PERSONAL = frozenset({Can.ACKNOWLEDGE})


def policy_rows() -> list[tuple[Can, list[str]]]:
    """Every capability with a cell for each role."""
    return [(can, [reach(role, can) for role in ROLES]) for can in Can]


def reach(role: Role, can: Can) -> str:
    """How far a role may do something, in words; empty where it may not."""
    policy = ROLES[role]
    if can not in policy.may:
        return ""
    if can in PERSONAL:
        return _("yes")
    if can == Can.CARRY_OUT_MEASURE and policy.scope != Scope.DEPARTMENT:
        return _("own measures")
    if policy.scope == Scope.ALL:
        return _("all")
    if policy.scope == Scope.DIVISION:
        return _("own division")
    if policy.scope == Scope.DEPARTMENT or can in WITH_THE_DEPARTMENT:
        return _("own department")
    return _("own projects")
