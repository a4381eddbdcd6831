"""The trail as a page: everything a person may see, newest first, by record and by person."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.kinds import KINDS, RecordKind
from sop_portal.foundation.trail.labels import Called, records_called
from sop_portal.foundation.trail.models import Entry, Head, Verification
from sop_portal.foundation.trail.wording import FIELDS, act_called, kind_called, shown

A_PAGE = 50


@page(Can.READ_TRAIL)
def trail(request: Request) -> HttpResponse:
    """One page of entries; older ones follow by position, never by counting."""
    visible = Entry.objects.visible_to(request.actor)
    if not request.actor.sees_everything:
        visible = visible.without(kind.withheld() for kind in KINDS.values() if kind.withheld)
    found = list(narrowed(request, visible).order_by("-position")[: A_PAGE + 1])
    known = records_called(found[:A_PAGE], request.actor)
    context = {
        "rows": rows_of(found[:A_PAGE], known), "kinds": KINDS.values(),
        "kind": request.GET.get("kind", ""), "older": found[A_PAGE - 1].position if len(found) > A_PAGE else None,
        "head": Head.objects.first() if request.actor.sees_everything else None,
        "verified": Verification.objects.order_by("-at").first() if request.actor.sees_everything else None,
    }  # fmt: skip
    return render(request, "trail/trail.html", context)


def rows_of(entries: list[Entry], known: Called) -> list[dict[str, Any]]:
    """The entries with the names of people and records; the names are read in one query."""
    people = {e.by_id for e in entries} | {e.behalf_id for e in entries}
    names = dict(User.objects.filter(pk__in=[pk for pk in people if pk]).values_list("pk", "name"))
    return [row(e, names) | {"called": known.get((e.kind, e.record_id))} for e in entries]


def narrowed(request: Request, entries: Any) -> Any:
    """Only what the address asks for: a kind of record, one record, or what is older than a position."""
    kind, record, before = (request.GET.get(name, "") for name in ("kind", "record", "before"))
    if kind:
        entries = entries.filter(kind=kind[:40])
    if record.isascii() and record.isdigit() and len(record) < 19:
        entries = entries.filter(record_id=int(record))
    if before.isascii() and before.isdigit() and len(before) < 19:
        entries = entries.filter(position__lt=int(before))
    return entries


def row(entry: Entry, names: dict[int, str]) -> dict[str, Any]:
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
        "changes": [called(change, kind) for change in entry.changes[:6]],
    }


def called(change: dict[str, str], kind: RecordKind[Any] | None) -> dict[str, Any]:
    """A change with the field and its choices in the words of the page."""
    fields, values = (kind.fields, kind.values) if kind else ({}, {})
    choices = values.get(change["field"], {})
    old, new = (choices.get(change[end], shown(change[end])) for end in ("old", "new"))
    field = fields.get(change["field"], FIELDS.get(change["field"], change["field"]))
    return {"where": change["where"], "field": field, "old": old, "new": new}
