"""Two people wrote in the same record: what only one of them changed is taken, what both changed is asked.

Each field is compared with what the page showed of it, so nobody writes over a value they have not seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import Changed, Difference
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.trail.wording import field_called

MINE, THEIRS = "mine", "theirs"
# What was written last is found among the latest entries; of older ones only the time is missing in a sentence.
MOST_ENTRIES = 200
# Where the trail notes a field: the name of the line, and of the field there.
Place = tuple[str, str]
# What a page showed of a row without a version, by field, as the trail writes values.
Shown = Mapping[str, str]


@dataclass(frozen=True)
class FieldEdit:
    """One field of a form: what I typed, what the record holds now, and what my page showed of it.

    `known` begins with the last value the page had from the portal; after it stands what the page has sent since
    without an answer. It is empty where the page never showed the field.
    """

    name: str
    mine: Any
    theirs: Any
    known: tuple[Any, ...]
    choice: str = ""

    @property
    def is_known(self) -> bool:
        """Whether my page has seen what stands there now."""
        return any(same(value, self.theirs) for value in self.known)

    @property
    def is_mine(self) -> bool:
        """Whether I changed what the portal last told my page."""
        return not (self.known and same(self.mine, self.known[0]))


@dataclass(frozen=True)
class Merge:
    """What is to be written; what both of us changed, so that somebody has to choose; what only the colleague did."""

    values: dict[str, Any]
    asked: tuple[FieldEdit, ...] = ()
    taken: tuple[FieldEdit, ...] = ()


def merge(edits: Iterable[FieldEdit]) -> Merge:
    """Lay mine beside theirs. A field that is asked keeps what the record holds until somebody has chosen."""
    values: dict[str, Any] = {}
    asked: list[FieldEdit] = []
    taken: list[FieldEdit] = []
    for edit in edits:
        is_same, is_theirs = same(edit.mine, edit.theirs), edit.choice == THEIRS
        values[edit.name] = edit.mine if edit.is_known and not is_same and not is_theirs else edit.theirs
        if not is_same and not edit.is_known:
            (taken if is_theirs or not edit.is_mine else asked).append(edit)
    return Merge(values, tuple(asked), tuple(taken))


def held_by(row: Model, names: Iterable[str]) -> Shown:
    """What a page that is opened now shows of a row, to be carried back by its form."""
    return {name: plain(getattr(row, name)) for name in names}


def beside_theirs(kind: str, row: Model, mine: Mapping[str, Any], seen: Shown | None) -> dict[str, Any]:
    """What is written into a locked row: what I changed, and what a colleague changed since the page was opened stays.

    Refuses what both changed. Whoever acts without a page has seen what stands there.
    """
    if seen is None:
        return dict(mine)
    edits = [FieldEdit(n, value, getattr(row, n), (seen[n],) if n in seen else ()) for n, value in mine.items()]
    found = merge(edits)
    if found.asked:
        raise written_meanwhile([difference_of(kind, edit) for edit in found.asked])
    return found.values


def difference_of(kind: str, edit: FieldEdit) -> Difference:
    """A field as the page showed it, and as a colleague has written it meanwhile."""
    known = KINDS.get(kind)
    texts = [plain(value) for value in ((*edit.known, "")[0], edit.theirs)]
    old, new = (known.value_called(edit.name, text) if known else text for text in texts)
    return Difference(str(capfirst(field_called(known.fields if known else {}, edit.name))), old, new)


def written_meanwhile(differences: Sequence[Difference]) -> Changed:
    """The refusal of a form whose fields somebody else has written since it was opened."""
    sentence = _("Somebody else changed the same a moment before you, so nothing was saved.")
    return Changed(sentence, differences, _("Open the page again, look at what stands there now, and save once more."))


def same(one: object, other: object) -> bool:
    """Whether two values are written the same: 8 and 8.00, nothing and an empty text."""
    return plain(one) == plain(other)


def plain(value: object) -> str:
    """A value as the trail keeps it, an amount without trailing zeros."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def known_at(kind: str, record_id: int, seen: int) -> dict[Place, str]:
    """What the fields held that were changed after the version a person saw."""
    known: dict[Place, str] = {}
    for entry in Entry.objects.of(kind, record_id).filter(version__gt=seen).order_by("position"):
        for change in entry.changes:
            known.setdefault((change["where"], change["field"]), change["old"])
    return known


@dataclass(frozen=True)
class LastWriter:
    """Who wrote a field last, and when; nobody where the trail does not reach back so far."""

    name: str
    at: datetime | None


def last_writers(kind: str, record_id: int, places: Mapping[str, Sequence[Place]]) -> dict[str, LastWriter]:
    """Who wrote each of these fields last."""
    found: dict[str, Entry] = {}
    entries = Entry.objects.of(kind, record_id)[:MOST_ENTRIES] if places else []
    for entry in entries:
        changed = {(change["where"], change["field"]) for change in entry.changes}
        for name, where in places.items():
            if name not in found and not changed.isdisjoint(where):
                found[name] = entry
    people = User.objects.in_bulk({entry.by_id for entry in found.values() if entry.by_id})
    nobody = LastWriter(_("Somebody"), None)
    writers = {
        name: LastWriter(people[entry.by_id].name if entry.by_id in people else nobody.name, entry.at)
        for name, entry in found.items()
    }
    return {name: writers.get(name, nobody) for name in places}
