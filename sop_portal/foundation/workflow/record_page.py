"""What every record page shows beside its content: the next step, history, comments, and what to do after an act."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import DiffRow, NextBox
from sop_portal.foundation.kit.dates import stored_day
from sop_portal.foundation.kit.reasons import CHOSEN, Reason
from sop_portal.foundation.kit.sentences import interpolate, marked, unpacked
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import moved_words
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.trail.wording import HAPPENED, field_called, short
from sop_portal.foundation.workflow.models import Comment, Record
from sop_portal.foundation.workflow.offers import next_box
from sop_portal.foundation.workflow.preview import Reader, SeenBefore, StepPreview, counted_changes
from sop_portal.foundation.workflow.table import Step, Workflow

WINDOW = 20
# Whom it reached is decided when the comment is written; on the page their first name is marked, and nobody else's.
MENTIONED = re.compile(r"@\w+")
# What people write themselves stays as they wrote it, even if it is nothing but digits.
PROSE = frozenset(
    {
        "better",
        "computation",
        "decision",
        "explanation",
        "finding",
        "goal",
        "lead",
        "name",
        "lesson",
        "material",
        "minutes",
        "more_reason",
        "outside_by",
        "outlook",
        "paper",
        "place",
        "point",
        "problems",
        "project",
        "purpose",
        "reached",
        "reason",
        "refusal",
        "serves_purpose",
        "text",
        "title",
        "what",
        "why",
        "why_not",
        "why_not_forecast",
    }
)
REASONS = dict(Reason.choices)
FIGURE = re.compile(r"-?\d{1,18}(\.\d{1,4})?")


@dataclass(frozen=True)
class HistoryEntry:
    """One line of the history, ready to print."""

    at: datetime
    person_name: str
    sentence: str
    comment: str
    changes: list[SafeString]


@dataclass(frozen=True)
class CommentEntry:
    """One comment, ready to print."""

    person_name: str
    initials: str
    at: datetime
    text_html: SafeString


def record_context(
    request: Request,
    workflow: Workflow[Any],
    record: Record,
    *,
    text: str = "",
    quote: str = "",
    box: NextBox | None = None,
) -> dict[str, Any]:
    """Everything around the content of a record page: `record`, `next`, `trail`, `talk`, `just_done`.

    A page that says in its own words what comes next gives its `box`.
    """
    entries = list(entries_of(workflow, record, request.actor)[: WINDOW + 1])
    last_comment = next((e.comment for e in entries if e.state_to == record.state and e.comment), "")
    if box is None:
        box = next_box(workflow, record, request.actor, request.moment, text=text, quote=quote or last_comment)
    return sidebar_context(request, workflow, record) | {
        "next": box,
        "trail": history(workflow, entries[:WINDOW]),
        "trail_is_longer": len(entries) > WINDOW,
    }


def step_context(request: Request, workflow: Workflow[Any], step: Step[Any], record: Record) -> dict[str, Any]:
    """What a step page shows before the act: `preview` and `seen_before`, and the step itself."""
    shown = workflow.previews.get(step.name)
    reader = Reader(step.name, request.actor, request.moment)
    return {
        "record": record,
        "workflow": workflow,
        "step": step,
        "tone": workflow.tones.get(record.state, "draft"),
        "preview": shown(record, reader) if shown else StepPreview(),
        "seen_before": seen_before(workflow, step, record, request.actor),
    }


def sidebar_context(request: Request, workflow: Workflow[Any], record: Record) -> dict[str, Any]:
    """The context of a record page without history and next step, which a page may gather from several records."""
    comments = Comment.objects.of(workflow.kind, record.pk).prefetch_related("mentioned")
    said = list(comments.reverse()[:WINDOW])[::-1]
    return {
        "record": record,
        "workflow": workflow,
        "tone": workflow.tones.get(record.state, "draft"),
        "moved_words": "" if record.state in workflow.closed else moved_words(record.due_moved_from),
        "talk": [CommentEntry(c.by.name, c.by.initials, c.at, with_mentions(c)) for c in said],
        # Who only reads is offered no field to write in.
        "comment_url": f"/comments/{workflow.kind}/{record.pk}/" if request.actor.may(Can.COMMENT) else "",
        "just_done": request.GET.get("done") if request.GET.get("done") in workflow.names else "",
    }


def entries_of(workflow: Workflow[Any], record: Record, actor: Actor) -> QuerySet[Entry]:
    """The trail of a record as this person may read it."""
    entries = Entry.objects.of(workflow.kind, record.pk)
    return entries if actor.sees_everything else entries.not_withheld([workflow.kind])


def history(
    workflow: Workflow[Any], entries: list[Entry], names: Mapping[int, str] | None = None
) -> list[HistoryEntry]:
    """Trail entries as sentences; the names are read in one query, unless they are given."""
    names = names_of(people_in(workflow, entries)) if names is None else names
    return [
        HistoryEntry(e.at, _who(e, names), sentence_of(workflow, e), e.comment, _changes(workflow, e, names))
        for e in entries
    ]


def people_in(workflow: Workflow[Any], entries: list[Entry]) -> set[int]:
    """Everybody these entries name."""
    people = {e.by_id for e in entries} | {e.behalf_id for e in entries} | set(_numbers(workflow, entries))
    return {pk for pk in people if pk}


def names_of(people: set[int]) -> dict[int, str]:
    """What these people are called."""
    return dict(User.objects.filter(pk__in=people).values_list("pk", "name"))


def _numbers(workflow: Workflow[Any], entries: list[Entry]) -> Iterator[int]:
    """The people whom changed fields name by their number."""
    changes = (change for e in entries for change in e.changes if change["field"] in workflow.people)
    return (int(text) for change in changes for text in (change["old"], change["new"]) if text.isdecimal())


def _who(entry: Entry, names: Mapping[int, str]) -> str:
    if entry.by_id is None:
        return _("The portal")
    name = names.get(entry.by_id, _("Erased person"))
    if entry.behalf_id is None:
        return name
    return interpolate(
        _("%(deputy)s for %(person)s"), {"deputy": name, "person": names.get(entry.behalf_id, _("Erased person"))}
    )


def made_by(workflow: Workflow[Any], record: Record) -> str:
    """Who made a record, and in whose place; for a line of its page, beside its history."""
    first = Entry.objects.of(workflow.kind, record.pk).filter(verb="create")[:1]
    return next((happened.person_name for happened in history(workflow, list(first))), "")


def sentence_of(workflow: Workflow[Any], entry: Entry) -> str:
    """What happened, without the name in front: "submitted the forecast"."""
    verb = entry.verb
    if verb in workflow.names:
        return str(workflow[verb].done % {"person": ""}).strip()
    if verb.startswith("refused-"):
        name = verb.removeprefix("refused-")
        label = workflow[name].label if name in workflow.names else name
        return _("tried “%(step)s”: refused") % {"step": label}
    if verb == "create":
        return str(workflow.created or _("created it"))
    return str(HAPPENED.get(verb, verb.replace("-", " ")))


def seen_before(workflow: Workflow[Any], step: Step[Any], record: Record, actor: Actor) -> SeenBefore | None:
    """What changed since anybody who may take this step last decided on the record; None where nobody has."""
    same_side = [other.name for other in workflow.steps if other.by == step.by]
    entries = entries_of(workflow, record, actor)
    last = entries.filter(verb__in=same_side).first()
    if last is None:
        return None
    since = list(entries.filter(position__gt=last.position).order_by("position"))
    called = {str(pk): name for pk, name in names_of(people_in(workflow, since)).items()}
    folded: dict[tuple[str, str], list[str]] = {}
    for change in (change for entry in since for change in entry.changes):
        folded.setdefault((change["where"], change["field"]), [change["old"], change["new"]])[1] = change["new"]
    rows = [
        DiffRow(
            formats.under(workflow.place_called(where) if where else "", field_called(workflow.fields, name)),
            *(shown_value(workflow, name, text, called) for text in (old, new)),
        )
        for (where, name), (old, new) in folded.items()
        if old != new
    ]
    return SeenBefore(counted_changes(len(rows), formats.day_of_year(last.at)), rows)


def shown_value(workflow: Workflow[Any], name: str, text: str, people: Mapping[str, str]) -> str:
    """A stored value of a field as the page shows it: the label of a choice, the name of a person, a figure, a day."""
    values = workflow.values.get(name, {})
    if text in values:
        return str(values[text])
    return people.get(text, "") if name in workflow.people and text in people else readable(text, name)


def _changes(workflow: Workflow[Any], entry: Entry, names: Mapping[int, str]) -> list[SafeString]:
    called = {str(pk): name for pk, name in names.items()}
    return [_change(workflow, c, called if c["field"] in workflow.people else {}) for c in entry.changes[:12]]


def _change(workflow: Workflow[Any], change: dict[str, str], people: dict[str, str]) -> SafeString:
    """One changed field; where it is and what was typed there keep their own language."""
    values = REASONS if change["field"] == CHOSEN else workflow.values.get(change["field"], {})
    called = _("reason") if change["field"] == CHOSEN else field_called(workflow.fields, change["field"])
    what = escape(str(called).rstrip("?？"))
    if change["where"]:
        where = marked(workflow.place_called(change["where"]))
        what = format_html("{}{}{}", where, formats.BETWEEN_CLAUSES[formats.language_code()], what)
    old, new = (
        escape(values[text]) if text in values else _typed(people.get(text) or readable(text, change["field"]))
        for text in (change["old"], change["new"])
    )
    # The sentence is escaped, and so is everything put into it.
    if not change["old"]:
        return mark_safe(escape(_("%(what)s: %(new)s")) % {"what": what, "new": new})
    return mark_safe(escape(_("%(what)s: %(old)s → %(new)s")) % {"what": what, "old": old, "new": new})


def readable(text: str, name: str = "") -> str:
    """A stored figure or day as it is written elsewhere on the page; years and everything else as they are."""
    text = unpacked(text)
    if name in PROSE:
        return short(text) or formats.NOTHING
    if day := stored_day(text):
        return formats.day_of_year(day)
    if FIGURE.fullmatch(text) and name != "year":
        cents = text.partition(".")[2]
        return formats.number(text, len(cents) if cents.strip("0") else 0)
    return text or "–"


def _typed(text: str) -> SafeString:
    return format_html('<span translate="no">{}</span>', text)


def with_mentions(comment: Comment) -> SafeString:
    """A comment with those marked whom it reached; everything typed is escaped."""
    text = comment.text
    reached = {name.casefold() for person in comment.mentioned.all() for name in person.name.split(" ")[:1]}
    parts, end = [], 0
    for match in MENTIONED.finditer(text):
        if match.group()[1:].casefold() not in reached:
            continue
        parts += [escape(text[end : match.start()]), format_html('<span class="mention">{}</span>', match.group())]
        end = match.end()
    # Every part above was escaped; joining them adds nothing typed.
    return mark_safe("".join([*parts, escape(text[end:])]))
