"""Writing to the trail, and checking that nobody else did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypedDict, Unpack

from django.conf import settings
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.fitting import refuse_unkeepable
from sop_portal.foundation.kit.transactions import at_the_end
from sop_portal.foundation.trail.chain import COVERED, START, digest, seal
from sop_portal.foundation.trail.models import Entry, Head, Verification


@dataclass(frozen=True)
class Change:
    """One field that changed: where it stands (what people call the line), which field, old and new as shown."""

    field: str
    old: str
    new: str
    where: str = ""

    def as_json(self) -> dict[str, str]:
        """The change as the trail stores it."""
        return {"where": self.where, "field": self.field, "old": self.old, "new": self.new}


class Recorded(Protocol):
    """Whatever has a key; where it has a department, a cycle or a version, the entry says which."""

    @property
    def pk(self) -> Any: ...


class Details(TypedDict, total=False):
    """What an entry may say beside the act: for whom it was done, from and to which state, what changed, and why."""

    behalf: int | None
    states: tuple[str, str]
    changes: Iterable[Change]
    comment: str


def record(kind: str, on: Recorded, verb: str, *, by: int | None, at: datetime, **details: Unpack[Details]) -> None:
    """Leave one entry about a record; within an act it is numbered and written when everything else is."""
    state_from, state_to = details.get("states", ("", ""))
    refuse_unkeepable(_("Comment"), details.get("comment", ""))
    entry = Entry(
        at=at,
        by_id=by,
        behalf_id=details.get("behalf"),
        kind=kind,
        record_id=on.pk,
        department_id=getattr(on, "department_id", None),
        cycle_id=getattr(on, "cycle_id", None),
        verb=verb,
        state_from=state_from,
        state_to=state_to,
        version=getattr(on, "version", 0),
        changes=[change.as_json() for change in details.get("changes", ())],
        comment=details.get("comment", ""),
    )
    at_the_end(entry, _add, is_last=True)


def _add(entries: Sequence[Entry]) -> None:
    """Add entries to the chain; the head row is locked last, so entries are numbered without gaps."""
    with transaction.atomic(savepoint=False):
        head = Head.objects.select_for_update().get_or_create(pk=1, defaults={"hash": START})[0]
        is_genuine = head.seal == seal(settings.TRAIL_KEY, head.position, head.hash)
        position, last = head.position, head.hash or START
        for entry in entries:
            position += 1
            entry.position, entry.previous = position, last
            entry.hash = last = digest(settings.TRAIL_KEY, _covered(entry), entry.at)
        Entry.objects.bulk_create(entries)
        # An end that somebody made to fit is not sealed anew, so that the next act does not cover up what was cut.
        sealed = seal(settings.TRAIL_KEY, position, last) if is_genuine else head.seal
        Head.objects.filter(pk=1).update(position=position, hash=last, seal=sealed)


def _covered(entry: Entry) -> dict[str, Any]:
    return model_to_dict(entry, fields=COVERED) | {"position": entry.position}


def end_of_trail() -> str:
    """The end of the trail as it is noted elsewhere: the number of the last entry and its hash."""
    head = Head.objects.filter(pk=1).first()
    return f"{head.position}:{head.hash}" if head else ""


def verify(noted: str = "") -> list[str]:
    """Walk the whole chain; every edit, deletion, insertion, reordering or cut is one sentence. Empty is good.

    `noted` is an end of the trail that was kept elsewhere. Whoever owns the database can bring back an older state of
    the whole trail, head and all; only what was noted outside tells.
    """
    wrong: list[str] = []
    previous, expected = START, 0
    position, _, its_hash = noted.partition(":")
    for entry in Entry.objects.order_by("position").iterator(chunk_size=2000):
        expected += 1
        if entry.position != expected:
            wrong.append(f"Entries {expected} to {entry.position - 1} are missing.")
            expected = entry.position
        if entry.previous != previous:
            wrong.append(f"Entry {entry.position} does not follow the one before it.")
        if digest(settings.TRAIL_KEY, _covered(entry), entry.at) != entry.hash:
            wrong.append(f"Entry {entry.position} was changed.")
        if str(entry.position) == position and entry.hash != its_hash:
            wrong.append(f"Entry {position} is not the one that was noted.")
        previous = entry.hash
    if noted and int(position) > expected:
        wrong.append(f"The trail was noted to reach {position}, but it ends at {expected}: entries were cut off.")
    return wrong + _wrong_with_head(expected, previous)


def record_verification(wrong: list[str], *, at: datetime) -> Verification:
    """Keep that the chain was verified, and how much was wrong with it."""
    return Verification.objects.create(at=at, entries=Entry.objects.count(), problems=len(wrong))


def _wrong_with_head(position: int, last_hash: str) -> list[str]:
    head = Head.objects.filter(pk=1).first()
    if head is None:
        return ["The end of the trail is missing."]
    if (head.position, head.hash) != (position, last_hash):
        return [f"The trail ends at {position}, but its head says {head.position}: entries were cut off."]
    if head.seal != seal(settings.TRAIL_KEY, position, last_hash):
        return ["The seal of the trail's end is not genuine."]
    return []
