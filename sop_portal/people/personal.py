"""Everything the portal holds about one person, found by walking the models, so that no table is forgotten."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db.models import CharField, ForeignKey, Model, Q, QuerySet, TextField

from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry

# Tables that are about the person named so: all of a row is theirs. Elsewhere a row is a record that names them.
OF_THE_PERSON = frozenset({"person", "user", "giver", "deputy", "reader"})
WRITTEN = frozenset({"workflow.comment", "papers.paper"})
# What proves who somebody is, and no statement about them.
SECRET = frozenset({"password", "hash", "data", "session_key", "token", "token_secret", "key", "content"})
EXCERPT = 80


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
    told = []
    for row in serializers.serialize("python", rows):
        fields = {name: value for name, value in row["fields"].items() if name not in SECRET}
        told.append({"id": row["pk"], **fields})
    return told


def _named_in(model: type[Model], fields: list[str], person: User) -> Iterator[dict[str, Any]]:
    """In which records somebody is named as what; what stands in them is not theirs alone."""
    for field in fields:
        keys = model._default_manager.filter(**{field: person.pk}).order_by("pk").values_list("pk", flat=True)
        yield from ({"id": key, "as": field} for key in keys)


def free_text_naming(name: str) -> Iterator[tuple[str, Any, str, str]]:
    """Where somebody typed this name: table, key, column, the words around it. What becomes of it a person decides."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, CharField | TextField) or field.choices or model is User:
                continue
            rows = model._default_manager.filter(**{f"{field.name}__icontains": name}).order_by("pk")
            for key, text in rows.values_list("pk", field.name):
                yield model._meta.label_lower, key, field.name, excerpt(text, name)


def excerpt(text: str, name: str) -> str:
    """The words around a name."""
    start = max(text.casefold().find(name.casefold()) - EXCERPT // 2, 0)
    return text[start : start + EXCERPT + len(name)]
