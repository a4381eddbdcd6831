"""The trail as a page: everything a person may see, newest first, by record and by person."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sop_portal.foundation.kit.filters import BESIDE, NotUnderstood, key_asked, one_of, refuse_unknown
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.reasons import CHOSEN, Reason
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.kinds import KINDS, RecordKind
from sop_portal.foundation.trail.labels import Called, records_called
from sop_portal.foundation.trail.models import Entries, Entry, Head, Verification
from sop_portal.foundation.trail.wording import act_called, field_called, kind_called, shown

SORTS = {"number": "position"}
CHANGES_SHOWN = 6


@page(Can.READ_TRAIL)
def trail(request: Request) -> HttpResponse:
    """One page of entries; older ones follow by position, never by counting."""
    turned = paginate(narrowed(request, Entry.objects.visible_to(request.actor)), request.GET, SORTS, "-number")
    context = {
        "rows": rows_of(turned.rows, records_called(turned.rows, request.actor)),
        "kinds": KINDS.values(),
        "kind": request.GET.get("kind", ""),
        "older_url": turned.next_url,
        "head": Head.objects.first() if request.actor.sees_everything else None,
        "verified": Verification.objects.order_by("-at").first() if request.actor.sees_everything else None,
    }
    return render(request, "trail/trail.html", context)


def narrowed(request: Request, entries: Entries) -> Entries:
    """Only what the address asks for: a kind of record, or one record."""
    refuse_unknown(request.GET, "kind", "record", *BESIDE)
    kind, record = one_of(request.GET, "kind", KINDS), key_asked(request.GET, "record")
    if kind:
        entries = entries.filter(kind=kind)
    if not record:
        return entries
    of_record = entries.filter(record_id=int(record))
    if not of_record.exists():
        raise NotUnderstood("record", record)
    return of_record


def rows_of(entries: Sequence[Entry], known: Called) -> list[dict[str, Any]]:
    """The entries with the names of people and records; the names are read in one query."""
    people = {entry.by_id for entry in entries} | {entry.behalf_id for entry in entries}
    names = dict(User.objects.filter(pk__in=[pk for pk in people if pk]).values_list("pk", "name"))
    return [row_of(entry, names) | {"called": known.get((entry.kind, entry.record_id))} for entry in entries]


def row_of(entry: Entry, names: Mapping[int, str]) -> dict[str, Any]:
    """One entry, ready to print."""
    kind = KINDS.get(entry.kind)
    return {
        "position": entry.position,
        "at": entry.at,
        "who": names.get(entry.by_id or 0, ""),
        "behalf": names.get(entry.behalf_id or 0, ""),
        "kind": kind_called(entry.kind),
        "record": entry.record_id,
        "verb": act_called(entry.verb, kind),
        "comment": entry.comment,
        "changes": [change_shown(change, kind) for change in entry.changes[:CHANGES_SHOWN]],
    }


def change_shown(change: Mapping[str, str], kind: RecordKind[Any] | None) -> dict[str, Any]:
    """A change with the field and its choices in the words of the page."""
    choices = kind.values.get(change["field"], {}) if kind else {}
    choices = dict(Reason.choices) if change["field"] == CHOSEN else choices
    old, new = (choices.get(change[end], shown(change[end])) for end in ("old", "new"))
    fields = kind.fields if kind else {}
    field = field_called(fields, change["field"])
    where = kind.place_called(change["where"]) if kind else change["where"]
    return {"where": where, "field": field, "old": old, "new": new}
