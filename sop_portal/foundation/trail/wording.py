"""How the trail calls what no workflow names: acts on people, departments, pools, expenses and past figures."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.dates import stored_day
from sop_portal.foundation.kit.formats import day_of_year, money
from sop_portal.foundation.kit.sentences import StrOrPromise, unpacked
from sop_portal.foundation.trail.kinds import KINDS, RecordKind

VERBS: dict[str, StrOrPromise] = {
    "restore": _("Bring back from a backup"),
    "release-mail": _("Send all held mail"),
    "withdraw-mail": _("Withdraw held mail"),
    "create": _("Begin"),
    "edit": _("Change"),
    "comment": pgettext_lazy("thread", "Comment"),
    "carry-over": _("Put in the projects known already"),
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
    "follow-figures": _("Follow what was counted and spent"),
    "first-administrator": _("Make the first administrator"),
    "set-organisation": _("Set up the organisation"),
    "set-logo": _("Set the logo"),
    "remove-logo": _("Remove the logo"),
    "set-days-off": _("Set holidays and make-up days"),
    "follow-days": _("Follow the days off"),
    "send-test-mail": _("Send a test mail"),
    "move-day": _("Move the demonstration’s day"),
    "invite": _("Invite"),
    "ask-recovery": _("Ask that a second factor is removed"),
    "grant-recovery": _("Remove a second factor"),
    "decline-recovery": _("Keep a second factor"),
    "erase-person": _("Erase a person"),
    "add-person": _("Add person"),
    "change-person": _("Change person"),
    "change-address": _("Change one’s mail address"),
    "stop-address": _("Stop the change of a mail address"),
    "add-department": _("Add department"),
    "change-department": _("Change department"),
    "give-role": _("Give role"),
    "end-role": _("End role"),
    "delegate": _("Name deputy"),
    "end-delegation": _("End deputyship"),
    "cancel-delegation": _("Cancel deputyship"),
    "hand-over": _("Hand over"),
    "merge-department": _("Merge departments"),
    "write-edition": _("Write a version of the handbook"),
    "publish-edition": _("Publish edition"),
    "acknowledge": _("Confirm having read it"),
    "set-preferences": _("Set preferences"),
    "set-reminders": _("Set reminders"),
    "change-plan": _("Change what is planned ahead"),
    "fill-in": _("Fill in from the forecast"),
    "bring": _("Bring in"),
    "take-out": _("Take out again"),
    "drop": _("Give up"),
    "attach-paper": _("Attach paper"),
    "replace-paper": _("Replace paper"),
    "take-back-paper": _("Take paper back"),
    "reply": _("Reply to an invitation"),
    "confirm": _("Confirm the minutes"),
    "rate": _("Say whether it helped"),
    "answer-stage": _("Somebody answered"),
    "end": pgettext_lazy("series", "End"),
}
FIELDS: dict[str, StrOrPromise] = {
    "amount": _("amount"),
    "paper": pgettext_lazy("paper", "paper"),
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
    "division": _("division"),
    "forecast_line": _("line of the forecast"),
    "languages": _("languages offered"),
    "working_weekdays": _("working days"),
    "holiday": _("holiday"),
    "make_up_day": _("make-up working day"),
    "theme": _("colours"),
    "is_active": _("may log in"),
    "step": _("step"),
    "holds_years": _("years it holds"),
    "is_asked": _("asked of everybody in the role"),
    "title": _("title"),
    "urgency": _("Urgency"),
    "evidence": _("Evidence"),
    "sent_back_for": _("reason"),
    "stage": _("stage"),
    "email": _("e-mail"),
    "rows": _("rows"),
    "merged_into": _("became part of"),
    "former_name": _("former name"),
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
# What somebody did, behind their name, where no table of steps says it.
HAPPENED: dict[str, StrOrPromise] = {
    "restore": _("brought it back from a backup"),
    "release-mail": _("sent all held mail"),
    "withdraw-mail": _("withdrew held mail"),
    "edit": _("edited it"),
    "comment": _("commented"),
    "carry-over": _("put in the projects that were known already"),
    "extend": _("gave more time"),
    "grant": _("decided on a line"),
    "score": _("scored a line"),
    "import": _("imported figures"),
    "undo": _("undid it"),
    "post": _("posted the expense"),
    "correct": _("undid it by a counter-entry"),
    "correct-figures": _("corrected past figures"),
    "take-back": _("took a correction back"),
    "follow-history": _("changed past figures, and the proposals followed"),
    "follow-figures": _("changed what was counted or spent, and the results followed"),
    "first-administrator": _("became the first administrator"),
    "set-organisation": _("set up the organisation"),
    "set-logo": _("set the logo"),
    "remove-logo": _("removed the logo"),
    "set-days-off": _("set holidays and make-up days"),
    "follow-days": _("changed the days off, and the due days followed"),
    "send-test-mail": _("sent a test mail"),
    "move-day": _("moved the demonstration’s day"),
    "publish": _("published it"),
    "close": _("closed it"),
    "invite": _("invited people"),
    "ask-recovery": _("asked that a second factor is removed"),
    "grant-recovery": _("removed a second factor"),
    "decline-recovery": _("kept a second factor"),
    "erase-person": _("erased a person"),
    "add-person": _("added a person"),
    "change-person": _("changed a person"),
    "change-address": _("changed a mail address"),
    "stop-address": _("stopped the change of a mail address"),
    "add-department": _("added a department"),
    "change-department": _("changed a department"),
    "give-role": _("gave a role"),
    "end-role": _("ended a role"),
    "delegate": _("named a deputy"),
    "end-delegation": _("ended a deputyship"),
    "cancel-delegation": _("cancelled a deputyship"),
    "hand-over": _("handed it over"),
    "merge-department": _("merged departments"),
    "write-edition": _("wrote a version of the handbook"),
    "publish-edition": _("published an edition"),
    "acknowledge": _("confirmed having read it"),
    "set-preferences": _("set preferences"),
    "set-reminders": _("set reminders"),
    "change-plan": _("changed what is planned ahead"),
    "fill-in": _("filled it in from the forecast"),
    "bring": _("brought it in from a file"),
    "take-out": _("took out what was brought in"),
    "drop": _("gave it up"),
    "attach-paper": _("attached a paper"),
    "replace-paper": _("replaced a paper by a newer version"),
    "take-back-paper": _("took a paper back"),
    "reply": _("replied"),
    "confirm": _("confirmed the minutes"),
    "rate": _("said whether it helped"),
    "answer-stage": _("answered what was hard"),
    "end": _("ended it"),
}
# Of a paper the trail keeps the whole checksum; a line of a history has room for its beginning.
CHECKSUM = re.compile(r"\(sha256 ([0-9a-f]{8})[0-9a-f]{56}\)$")
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
    "written-edition": _("Handbook version that is not in force yet"),
    "training-need": _("Training need"),
    "stage-answers": _("What was hard"),
    "meeting-series": _("Series of meetings"),
    "reminders": _("Reminders"),
    "restoration": _("Backup"),
}


def shown(text: str) -> str:
    """A kept value as people read it: days in words, amounts with their thousands parted."""
    text = unpacked(text)
    if day := stored_day(text):
        return day_of_year(day)
    return money(text, 2).removesuffix(".00") if AMOUNT.fullmatch(text) else short(text)


def short(text: str) -> str:
    """A paper as the trail keeps it, with the beginning of its checksum; everything else as it is."""
    paper = CHECKSUM.search(text)
    if paper is None:
        return text
    begins = gettext("(checksum %(begins)s…)") % {"begins": paper[1]}
    return f"{text[: paper.start()]}{begins}"


def act_called(verb: str, kind: RecordKind[Any] | None) -> StrOrPromise:
    """What the act of an entry is called; a refused one is called after the step that was tried."""
    name = verb.removeprefix("refused-")
    label = (kind.verb_label(name) if kind else "") or VERBS.get(name, name)
    if verb == "create" and kind and kind.created:
        return str(capfirst(kind.created))
    return label if name == verb else _("Refused: %(step)s") % {"step": label}


def field_called(fields: Mapping[str, StrOrPromise], name: str) -> StrOrPromise:
    """What a kept change calls its field: as the table of steps does, else as every record does."""
    return fields.get(name, FIELDS.get(name, name))


def kind_called(kind: str) -> StrOrPromise:
    """What the kind of record of an entry is called."""
    return KINDS[kind].label if kind in KINDS else OTHER_KINDS.get(kind, kind)
