"""How the trail calls what no workflow names: acts on people, departments, pools, expenses and past figures."""

import re
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sop_portal.foundation.kit.dates import stored_day
from sop_portal.foundation.kit.formats import day_of_year, money
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.trail.kinds import KINDS, RecordKind

VERBS: dict[str, StrOrPromise] = {
    "create": _("Begin"),
    "edit": _("Change"),
    "comment": pgettext_lazy("thread", "Comment"),
    "carry-over": _("Take over last year’s projects"),
    "extend": _("Give more time"),
    "grant": _("Decide on a line"),
    "score": _("Score a line"),
    "import": _("Import"),
    "undo": _("Undo"),
    "post": _("Post expense"),
    "correct": _("Correct expense"),
    "correct-figures": _("Correct past figures"),
    "take-back": _("Take a correction back"),
    "follow-history": _("Follow the history"),
    "first-administrator": _("Make the first administrator"),
    "set-organisation": _("Set up the organisation"),
    "set-days-off": _("Set holidays and make-up days"),
    "follow-days": _("Follow the days off"),
    "send-test-mail": _("Send a test mail"),
    "move-day": _("Move the demonstration’s day"),
    "invite": _("Invite"),
    "add-person": _("Add person"),
    "change-person": _("Change person"),
    "add-department": _("Add department"),
    "change-department": _("Change department"),
    "give-role": _("Give role"),
    "end-role": _("End role"),
    "delegate": _("Name deputy"),
    "end-delegation": _("End deputyship"),
    "cancel-delegation": _("Cancel deputyship"),
    "hand-over": _("Hand over"),
    "merge-department": _("Merge departments"),
    "publish-edition": _("Publish edition"),
    "acknowledge": _("Confirm having read it"),
    "set-preferences": _("Set preferences"),
    "set-reminders": _("Set reminders"),
    "change-plan": _("Change what is planned ahead"),
    "fill-in": _("Fill in from the forecast"),
    "bring": _("Bring in"),
    "take-out": _("Take out again"),
    "drop": _("Give up"),
}
FIELDS: dict[str, StrOrPromise] = {
    "amount": _("amount"),
    "from_on": _("from"),
    "until_on": _("until"),
    "due": _("due"),
    "name": _("name"),
    "purpose": _("purpose"),
    "extension": _("extension"),
    "role": _("role"),
    "lead": _("lead"),
    "owner": _("owner"),
    "successor": _("successor"),
    "language": _("language"),
    "time_zone": _("time zone"),
    "currency": _("currency"),
    "planning_month": _("planning begins in"),
    "financial_month": _("financial year begins in"),
    "day": _("day"),
    "approved": _("approved"),
    "department": _("department"),
    "forecast_line": _("line of the forecast"),
    "languages": _("languages offered"),
    "working_weekdays": _("working days"),
    "holiday": _("holiday"),
    "make_up_day": _("make-up working day"),
    "theme": _("colours"),
    "is_active": _("may log in"),
    "email": _("e-mail"),
    "rows": _("rows"),
    "merged_into": _("became part of"),
    "capacity": _("capacity"),
    "unit": _("unit"),
    "rate": _("cost of one unit"),
    "paid_from": _("paid from"),
    "is_paid_for": _("already paid for"),
    "is_usual": _("usual for its kind"),
    "takes_materials": _("usual for materials"),
    "activities": _("Activities"),
    "participants": _("Participants"),
    "people": _("People (hours)"),
    "materials": _("Materials"),
    "money": _("Money, without materials"),
}
AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}", re.ASCII)
OTHER_KINDS: dict[str, StrOrPromise] = {
    "history": _("History"),
    "workbook": _("Sheet of a workbook"),
    "actual": _("Past figures"),
    "pool": _("Pool"),
    "person": _("Person"),
    "department": _("Department"),
    "membership": _("Role"),
    "delegation": _("Deputy"),
    "organisation": _("Organisation"),
    "handbook": _("Handbook"),
    "reminders": _("Reminders"),
}


def shown(text: str) -> str:
    """A kept value as people read it: days in words, amounts with their thousands parted."""
    if day := stored_day(text):
        return day_of_year(day)
    return money(text, 2).removesuffix(".00") if AMOUNT.fullmatch(text) else text


def act_called(verb: str, kind: RecordKind[Any] | None) -> StrOrPromise:
    """What the act of an entry is called; a refused one is called after the step that was tried."""
    name = verb.removeprefix("refused-")
    label = (kind.verb_label(name) if kind else "") or VERBS.get(name, name)
    if verb == "create" and kind and kind.created:
        return str(capfirst(kind.created))
    return label if name == verb else _("Refused: %(step)s") % {"step": label}


def kind_called(kind: str) -> StrOrPromise:
    """What the kind of record of an entry is called."""
    return KINDS[kind].label if kind in KINDS else OTHER_KINDS.get(kind, kind)
