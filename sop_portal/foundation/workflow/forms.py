"""The forms every step shares: which version was seen, and why; and the form that several people write in at once."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.dates import DayField, Span, limit_to_span
from sop_portal.foundation.kit.money import AmountField
from sop_portal.foundation.kit.reasons import SEND_BACK, Explained, Reason
from sop_portal.foundation.kit.text import TypedTextField
from sop_portal.foundation.workflow.conflicts import FieldEdit, Merge, Place, Shown, held_by, known_at, merge, plain
from sop_portal.foundation.workflow.models import Record
from sop_portal.foundation.workflow.seen import SeenField
from sop_portal.foundation.workflow.table import Step, Workflow

Known = dict[str, list[str]]


class StepForm(forms.Form):
    """What a step asks for: a comment, required where the other side must read why."""

    seen = SeenField()
    comment = TypedTextField(label=_("Comment"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, step: Step[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["comment"].required = step.comment
        if step.comment:
            self.fields["comment"].label = step.asks or _("Why")
            self.fields["comment"].help_text = _("The other side will read it.")
        if step.name == SEND_BACK:
            choices = [("", _("Choose a reason")), *Reason.choices]
            self.fields["reason"] = forms.ChoiceField(label=_("Reason"), choices=choices)
            self.order_fields(["seen", "reason", "comment"])

    def ask(self, record: Record, at: datetime) -> None:
        """Add what a step asks beside the comment; the act is given the answer by the name of its field."""

    def clean(self) -> dict[str, Any]:
        """The comment knows the reason that was chosen with it: acts are given the comment alone."""
        typed: dict[str, Any] = super().clean() or {}
        reason = typed.pop("reason", "")
        if reason and typed.get("comment"):
            typed["comment"] = Explained(typed["comment"], reason)
        return typed


class NewDayForm(StepForm):
    """What is opened again has a day again: the known one where it is still to come, else a new one."""

    due = DayField(label=_("New day"))

    @staticmethod
    def days(today: date) -> Span:
        """From when to when the day may lie, on the day on which it is asked."""
        raise NotImplementedError

    def ask(self, record: Record, at: datetime) -> None:
        """Offer the known day where it may still be kept."""
        span, known = self.days(localdate(at)), record.due_on
        limit_to_span(self, span, "due")
        if known is not None and known in span:
            self.fields["due"].initial = known
        self.order_fields(["seen", "due", "comment"])


class CommentForm(forms.Form):
    """A comment on a record."""

    text = TypedTextField(label=_("Write a comment, @ to mention"))


class KnownField(forms.CharField):
    """What a page showed in each of its fields, field by field; whatever is not that, is nothing known."""

    widget = forms.HiddenInput

    def prepare_value(self, value: object) -> Any:
        """Written as JSON; what a page sent stays as it was sent."""
        return value if value is None or isinstance(value, str) else json.dumps(value)

    def clean(self, value: str) -> Known:
        """Lists of texts by the name of the field."""
        try:
            known = json.loads(value or "{}")
        except (ValueError, RecursionError):
            return {}
        return known if _is_known(known) else {}


def _is_known(known: object) -> bool:
    if not isinstance(known, dict):
        return False
    return all(isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in known.values())


class ShownForm(forms.Form):
    """A form about a row without a version: it carries what the page showed, so that nobody's change is undone unseen.

    A subclass calls `show` with the row; a form for something new carries nothing.
    """

    held = KnownField(required=False)

    def show(self, row: Model | None, names: Collection[str]) -> None:
        """Remember what the row holds in these fields; the act is given it as `seen`."""
        if row is not None:
            held = {name: [text] for name, text in held_by(row, names).items()}
            self.initial["held"] = {**self.initial.get("held", {}), **held}

    def clean(self) -> dict[str, Any]:
        """What is typed alone: what the page showed is kept aside."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        self._shown = {name: texts[0] for name, texts in typed.pop("held", {}).items() if texts}
        return typed

    @property
    def shown(self) -> Shown:
        """What the page showed, for the act."""
        return self._shown


class SharedForm(forms.Form):
    """A form in which several people may write at once: it carries what the page showed in each of its fields.

    A subclass calls `share` when its fields are there. `current` is what the record holds now, by field.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    known = KnownField(required=False)

    workflow: Workflow[Any]
    record: Record
    current: dict[str, Any]

    def share(self, workflow: Workflow[Any], record: Record, current: Mapping[str, Any]) -> None:
        """Fill the fields with what the record holds, and remember that this is what the page shows."""
        self.workflow, self.record, self.current = workflow, record, dict(current)
        shown = {name: self.as_shown(name, value) for name, value in current.items()}
        self.initial = {
            **self.initial,
            **shown,
            "seen": record.version,
            "known": {name: [text] for name, text in shown.items()},
        }

    def as_shown(self, name: str, value: object) -> str:
        """How the field shows a value."""
        shown = self.fields[name].prepare_value(value)
        return "" if shown is None else str(shown)

    def in_words(self, name: str, value: object) -> str:
        """How a sentence names a value: the label of a choice, else what the field shows."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField) and value:
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
        return self.as_shown(name, value)

    def label(self, name: str) -> str:
        """What the field is called where it stands alone."""
        return str(self.fields[name].label)

    def is_figure(self, name: str) -> bool:
        """Whether an amount or a count is typed there."""
        return isinstance(self.fields[name], AmountField)

    def is_text(self, name: str) -> bool:
        """Whether words are typed there."""
        return not self.is_figure(name) and not isinstance(self.fields[name], forms.ChoiceField)

    def meant(self, name: str, typed: object) -> Any:
        """The value meant by what was typed into a field."""
        return typed

    def places(self, name: str) -> list[Place]:
        """Where the trail notes the field."""
        return [("", name)]

    @property
    def wrong(self) -> dict[str, str]:
        """The first error of each field that cannot be read."""
        return {name: str(errors[0]) for name, errors in self.errors.items() if name in self.current}

    @cached_property
    def merged(self) -> Merge:
        """Mine and theirs together; what cannot be read, or was not on the page, stays as the record holds it."""
        edits = [self._edit(name) for name in self.current if name not in self.errors and not self._is_left_out(name)]
        found = merge(edits)
        return Merge(self.current | found.values, found.asked, found.taken)

    def _edit(self, name: str) -> FieldEdit:
        mine, theirs = self.meant(name, self.cleaned_data[name]), self.current[name]
        edit = FieldEdit(name, mine, theirs, self._known(name), self.data.get(f"keep-{name}", ""))
        if edit.is_known or not edit.is_mine:
            return edit
        # The version moves with what the page shows, so what stood there then is known too.
        return replace(edit, known=(*edit.known, *self._read(name, self._at_seen(name))))

    def _is_left_out(self, name: str) -> bool:
        widget = self.fields[name].widget
        return bool(widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name)))

    def _known(self, name: str) -> tuple[Any, ...]:
        """What the page showed: in its own words, or where it sent none, by the version that it saw."""
        said = self.cleaned_data["known"]
        texts = said.get(name, []) if said else [self._at_seen(name)]
        return tuple(value for text in texts for value in self._read(name, text))

    def _at_seen(self, name: str) -> str:
        old = [self._before[place] for place in self.places(name) if place in self._before]
        return old[0] if old else plain(self.current[name])

    def _read(self, name: str, text: str) -> list[Any]:
        try:
            return [self.meant(name, self.fields[name].clean(text))]
        except ValidationError:
            return []

    @cached_property
    def _before(self) -> dict[Place, str]:
        return known_at(self.workflow.kind, self.record.pk, self.cleaned_data.get("seen", 0))
