"""Refusals: what was not done, the sentence that names the rule, and the way out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.forms import BaseForm

from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.sentences import StrOrPromise

WayOut = StrOrPromise | Callable[[], StrOrPromise]


class Refusal(Exception):
    """Something was not done. The sentence names the rule, the way out says what to do instead.

    A way out that has to be looked up may be given as a function; it is asked only where somebody reads it.
    """

    status = 409
    # What stands above it, where its status does not say it.
    title: StrOrPromise = ""

    def __init__(self, sentence: StrOrPromise, way_out: WayOut = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self._way_out = way_out
        self.attempt: Any = None
        self.fields: tuple[StrOrPromise, ...] = ()

    def about(self, *fields: StrOrPromise) -> Self:
        """Which field is wrong, by its name or its label: the form says it there, the first of these that it has."""
        self.fields = fields
        return self

    @property
    def way_out(self) -> StrOrPromise:
        """What to do instead."""
        if callable(self._way_out):
            self._way_out = self._way_out()
        return self._way_out

    def __str__(self) -> str:
        return sentences([self.sentence, self.way_out])


class NotNow(Refusal):
    """The record is in another state, or its window is shut; often somebody was faster."""


class NotYours(Refusal):
    """The person may see the record but not do this."""

    status = 403


class NotReady(Refusal):
    """Something is still missing; `missing` lists it in sentences."""

    status = 422

    def __init__(self, sentence: StrOrPromise, missing: Iterable[Any] = (), way_out: WayOut = "") -> None:
        super().__init__(sentence, way_out)
        self.missing = list(missing)


def say_beside_field(form: BaseForm, refusal: Refusal) -> None:
    """Say a refusal in a form at the field it is about; where it is about none of them, above the form."""
    labels = {str(field.label): name for name, field in form.fields.items()}
    named = [str(field) for field in refusal.fields]
    found = (name if name in form.fields else labels.get(name) for name in named)
    form.add_error(next(filter(None, found), None), str(refusal))


@dataclass(frozen=True)
class Difference:
    """One changed field between what was seen and what is there now; `where` names its line as the trail does."""

    label: str
    old: str
    new: str
    where: str = ""


class Changed(Refusal):
    """The content changed since the person saw it; `differences` shows how."""

    def __init__(self, sentence: StrOrPromise, differences: Sequence[Difference] = (), way_out: WayOut = "") -> None:
        super().__init__(sentence, way_out)
        self.differences = list(differences)
