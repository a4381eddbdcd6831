"""How the trail calls what no workflow names: acts on people, departments, pools, expenses and past figures."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sop_portal.foundation.kit.dates import kept_day
from sop_portal.foundation.kit.formats import day_of_year, money


class Labelled(Protocol):
    """A step, as far as the trail names it."""

    @property
    def label(self) -> Any: ...


class Process(Protocol):
    """A workflow, as far as the trail reads it: how acts, fields and choices are called, and what is withheld."""

    @property
    def label(self) -> Any: ...
    @property
    def created(self) -> Any: ...
    @property
    def names(self) -> Sequence[str]: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...
    @property
    def values(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def withheld(self) -> Callable[[], Q] | None: ...
    def __getitem__(self, name: str, /) -> Labelled: ...


VERBS: dict[str, Any] = {
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
}
FIELDS: dict[str, Any] = {
    "amount": _("amount"),
    "from_on": _("from"),
    "until_on": _("until"),
    "name": _("name"),
    "purpose": _("purpose"),
    "extension": _("extension"),
    "role": _("role"),
    "lead": _("lead"),
    "owner": _("owner"),
    "successor": _("successor"),
    "language": _("language"),
    "theme": _("colours"),
    "is_active": _("may log in"),
    "email": _("e-mail"),
    "rows": _("rows"),
    "merged_into": _("became part of"),
    "capacity": _("capacity"),
    "unit": _("unit"),
}
AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}", re.ASCII)
KINDS: dict[str, Any] = {
    "history": _("History"),
    "pool": _("Pool"),
    "expense": _("Expense"),
    "person": _("Person"),
    "department": _("Department"),
    "membership": _("Role"),
    "delegation": _("Deputy"),
    "handbook": _("Handbook"),
    "reminders": _("Reminders"),
}


def shown(text: str) -> str:
    """A kept value as people read it: days in words, amounts with their thousands parted."""
    if day := kept_day(text):
        return day_of_year(day)
    return money(text, 2).removesuffix(".00") if AMOUNT.fullmatch(text) else text


def act_called(verb: str, process: Process | None) -> Any:
    """What the act of an entry is called; a refused one is called after the step that was tried."""
    name = verb.removeprefix("refused-")
    label = process[name].label if process and name in process.names else VERBS.get(name, name)
    if verb == "create" and process and process.created:
        return capfirst(process.created)
    return label if name == verb else _("Refused: %(step)s") % {"step": label}


def kind_called(kind: str, process: Process | None) -> Any:
    """What the kind of record of an entry is called."""
    return process.label if process else KINDS.get(kind, kind)
