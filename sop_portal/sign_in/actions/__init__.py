"""What is done around signing in: inviting, noting what happens, telling the person."""

from sop_portal.sign_in.actions.access import end_access, end_sessions
from sop_portal.sign_in.actions.addresses import (
    ask_address,
    confirm_address,
    drop_address,
    may_stop,
    stop_address,
)
from sop_portal.sign_in.actions.events import (
    Origin,
    log_event,
    may_send_link,
    note_failure,
    note_sign_in,
    origin_of,
    write_mail,
)
from sop_portal.sign_in.actions.invitations import (
    keep_address,
    send_invitations,
    send_new_invitation,
    use_invitation,
    verify_address,
)
from sop_portal.sign_in.actions.links import end_links
from sop_portal.sign_in.actions.sessions import (
    begin_grace,
    end_one_session,
    end_other_sessions,
    note_visit,
    report_stranger,
)

__all__ = [
    "Origin",
    "ask_address",
    "begin_grace",
    "confirm_address",
    "drop_address",
    "end_access",
    "end_links",
    "end_one_session",
    "end_other_sessions",
    "end_sessions",
    "keep_address",
    "log_event",
    "may_send_link",
    "may_stop",
    "note_failure",
    "note_sign_in",
    "note_visit",
    "origin_of",
    "report_stranger",
    "send_invitations",
    "send_new_invitation",
    "stop_address",
    "use_invitation",
    "verify_address",
    "write_mail",
]
