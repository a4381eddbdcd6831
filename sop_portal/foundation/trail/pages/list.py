"""The trail as a page: everything a person may see, newest first, by record and by person."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render

from sop_portal.foundation.kit.paging import is_key, paginate
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.labels import Called, records_called
from sop_portal.foundation.trail.models import Entries, Entry, Head, Verification
from sop_portal.foundation.trail.wording import FIELDS, Process, act_called, kind_called, shown

SORTS = {"number": "position"}
CHANGES_SHOWN = 6


@page(Can.READ_TRAIL)
def trail(request: Request, *, records: Sequence[Any], others: dict[str, type[Model]]) -> HttpResponse:
    """One page of entries; older ones follow by position, never by counting."""
    processes: dict[str, Process] = {r.workflow.kind: r.workflow for r in records}
    turned = paginate(narrowed(request, visible_entries(request, processes)), request.GET, SORTS, "-number")
    known = records_called(turned.rows, {r.workflow.kind: r.model for r in records} | others, request.actor)
    context = {
        "rows": rows_of(turned.rows, processes, known),
        "kinds": processes.values(),
        "kind": request.GET.get("kind", ""),
        "older_url": turned.next_url,
        "head": Head.objects.first() if request.actor.sees_everything else None,
        "verified": Verification.objects.order_by("-at").first() if request.actor.sees_everything else None,
    }
    return render(request, "trail/trail.html", context)


def visible_entries(request: Request, processes: Mapping[str, Process]) -> Entries:
    """The entries this person may see: what a department is not told yet is left out."""
    visible = Entry.objects.visible_to(request.actor)
    if request.actor.sees_everything:
        return visible
    return visible.without(process.withheld() for process in processes.values() if process.withheld)


def narrowed(request: Request, entries: Entries) -> Entries:
    """Only what the address asks for: a kind of record, or one record."""
    kind, record = request.GET.get("kind", ""), request.GET.get("record", "")
    if kind:
        entries = entries.filter(kind=kind[:40])
    return entries.filter(record_id=int(record)) if is_key(record) else entries


def rows_of(entries: Sequence[Entry], processes: Mapping[str, Process], known: Called) -> list[dict[str, Any]]:
    """The entries with the names of people and records; the names are read in one query."""
    people = {entry.by_id for entry in entries} | {entry.behalf_id for entry in entries}
    names = dict(User.objects.filter(pk__in=[pk for pk in people if pk]).values_list("pk", "name"))
    return [
        row_of(entry, processes.get(entry.kind), names) | {"called": known.get((entry.kind, entry.record_id))}
        for entry in entries
    ]


def row_of(entry: Entry, process: Process | None, names: Mapping[int, str]) -> dict[str, Any]:
    """One entry, ready to print."""
    return {
        "position": entry.position,
        "at": entry.at,
        "who": names.get(entry.by_id or 0, ""),
        "behalf": names.get(entry.behalf_id or 0, ""),
        "kind": kind_called(entry.kind, process),
        "record": entry.record_id,
        "verb": act_called(entry.verb, process),
        "comment": entry.comment,
        "changes": [change_shown(change, process) for change in entry.changes[:CHANGES_SHOWN]],
    }


def change_shown(change: Mapping[str, str], process: Process | None) -> dict[str, Any]:
    """A change with the field and its choices in the words of the page."""
    choices = process.values.get(change["field"], {}) if process else {}
    old, new = (choices.get(change[end], shown(change[end])) for end in ("old", "new"))
    fields = process.fields if process else {}
    field = fields.get(change["field"], FIELDS.get(change["field"], change["field"]))
    return {"where": change["where"], "field": field, "old": old, "new": new}
