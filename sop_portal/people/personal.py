"""Everything the portal holds about one person, found by walking the models, so that no table is forgotten."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.core import serializers
from django.db.models import CharField, ForeignKey, JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry

# Tables that are about the person named so: all of a row is theirs. Elsewhere a row is a record that names them.
OF_THE_PERSON = frozenset({"person", "user", "giver", "deputy", "reader"})
WRITTEN = frozenset({"workflow.comment", "papers.paper"})
# What proves who somebody is, and no statement about them.
SECRET = frozenset({"password", "hash", "stop_hash", "data", "session_key", "token", "token_secret", "key", "content"})
EXCERPT = 80
OF_THE_HOUSE = ("sop_portal.", "planning.", "budgets.", "evaluations.")
SHORTEST_PART = 3
LETTERS = "A-Za-z\u00c0-\u024f"
ALL = "*"
# What the portal itself put together out of names and words; it goes with its age, or is called by the new name.
WRITTEN_BY_THE_PORTAL: dict[str, set[str]] = {
    "notices.mail": {ALL},
    "notices.notice": {"texts", "typed", "calendar", "link"},
    "organisation.firstcode": {ALL},
    "organisation.usedkey": {ALL},
    "planning.hindsight": {"owner_name", "source_url"},
    "sign_in.addresschange": {ALL},
    "sign_in.invitation": {ALL},
    "sign_in.securityevent": {ALL},
    "workflow.seal": {ALL},
}


def everything_about(person: User) -> dict[str, Any]:
    """One dictionary a machine can read: the person, their own rows, what they wrote, and where else they are named."""
    found: dict[str, Any] = {"person": _whole(User.objects.filter(pk=person.pk))[0]}
    for model, fields in models_naming_people():
        label = model._meta.label_lower
        if OF_THE_PERSON & set(fields) or label in WRITTEN:
            own = Q(pk__in=[])
            for field in fields:
                own |= Q(**{field: person.pk})
            found[label] = _whole(model._default_manager.filter(own).order_by("pk"))
        else:
            found[label] = list(_named_in(model, fields, person))
    acts = Entry.objects.filter(Q(by_id=person.pk) | Q(behalf_id=person.pk)).order_by("position")
    found["trail.entry"] = list(acts.values("position", "at", "kind", "record_id", "verb", "comment", "changes"))
    return found


def models_naming_people() -> Iterator[tuple[type[Model], list[str]]]:
    """Every table with a column that points to a person, and the names of these columns."""
    for model in apps.get_models():
        links = [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]
        fields = [field.name for field in links if field.related_model is User]
        if fields:
            yield model, fields


def _whole(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """Rows with all that is no secret."""
    found = []
    for row in serializers.serialize("python", rows):
        fields = {name: value for name, value in row["fields"].items() if name not in SECRET}
        found.append({"id": row["pk"], **fields})
    return found


def _named_in(model: type[Model], fields: list[str], person: User) -> Iterator[dict[str, Any]]:
    """In which records somebody is named as what; what stands in them is not theirs alone."""
    for field in fields:
        keys = model._default_manager.filter(**{field: person.pk}).order_by("pk").values_list("pk", flat=True)
        yield from ({"id": key, "as": field} for key in keys)


class NamedPlace(NamedTuple):
    """Where a name stands: table, key, column, the words around it, and whether somebody typed them."""

    table: str
    key: Any
    column: str
    words: str
    is_typed: bool


def free_text_naming(name: str) -> Iterator[NamedPlace]:
    """Where this name, or a part of it alone, stands in words. What becomes of it a person decides."""
    parts = parts_of(name)
    for model in apps.get_models():
        if model is User or not model.__module__.startswith(OF_THE_HOUSE):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, CharField | TextField | JSONField) and not field.choices:
                yield from _named_in_words(model, field.name, parts)


def parts_of(name: str) -> list[str]:
    """What somebody is called in words: the whole name, or one part of it, with or without an @ before it."""
    return [name, *(part for part in name.split() if part != name and len(part) >= SHORTEST_PART)]


def _named_in_words(model: type[Model], column: str, parts: list[str]) -> Iterator[NamedPlace]:
    label = model._meta.label_lower
    written = WRITTEN_BY_THE_PORTAL.get(label, set())
    wanted = Q()
    for part in parts:
        # A list may be kept as text in which every other letter than the plainest is a number.
        wanted |= Q(in_words__icontains=part) | Q(in_words__icontains=json.dumps(part)[1:-1])
    rows = model._default_manager.annotate(in_words=Cast(column, TextField())).filter(wanted).order_by("pk")
    for key, value in rows.values_list("pk", column):
        found = next(filter(None, (excerpt(text, parts) for text in _texts_in(value))), "")
        if found:
            yield NamedPlace(label, key, column, found, not (ALL in written or column in written))


def _texts_in(value: object) -> Iterator[str]:
    """Every text in a column, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(inner)


def excerpt(text: str, parts: list[str]) -> str:
    """The words around a name, or nothing where it is but a piece of another word."""
    for part in parts:
        # Chinese has no spaces: a letter of another script before or after it ends a name too.
        found = re.search(rf"(?<![{LETTERS}]){re.escape(part)}(?![{LETTERS}])", text, re.IGNORECASE)
        if found:
            start = max(found.start() - EXCERPT // 2, 0)
            return text[start : start + EXCERPT + len(part)]
    return ""
