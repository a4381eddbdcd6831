"""Whether a row can hold the words it is given: asked before it is saved, so that both databases answer alike."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from sop_portal.foundation.kit.bounds import Misfit
from sop_portal.foundation.kit.formats import listed, sentences
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.kit.text import LONGEST_TEXT, clean_text

RowT = TypeVar("RowT", bound=models.Model)
if TYPE_CHECKING:
    Words = models.CharField[Any, Any] | models.TextField[Any, Any]
else:
    Words = models.CharField | models.TextField
# Of a word that is not known this much is repeated to whoever wrote it.
REPEATED = 40


def save_new(row: RowT) -> RowT:
    """Save a new row that holds what it is given, or refuse it with the field that does not."""
    refuse_unfit(row, [field.name for field in row._meta.concrete_fields])
    row.save()
    return row


def give(row: models.Model, **values: object) -> None:
    """Give fields of a row new values, or refuse the first that it cannot hold; whoever gives them saves them."""
    for name, value in values.items():
        setattr(row, name, value)
    refuse_unfit(row, values)


def refuse_unfit(row: models.Model, names: Iterable[str]) -> None:
    """Refuse words that a row cannot hold: too long, empty where something has to be said, or not known."""
    for name in names:
        field = row._meta.get_field(name)
        if isinstance(field, models.CharField | models.TextField):
            misfit = why_unfit(field, getattr(row, name))
            if misfit:
                raise NotReady(misfit.sentence, [], misfit.way_out).about(name, capfirst(field.verbose_name))


def why_unfit(field: Words, said: str | None) -> Misfit | None:
    """Why a field cannot hold what was said, and what to do instead."""
    if said is None:
        return None
    label = capfirst(field.verbose_name)
    if misfit := why_unkeepable(label, said, field.max_length):
        return misfit
    if not said.strip():
        return None if field.blank else _misfit(gettext("“%(field)s” is empty."), label, gettext("Write it down."))
    if field.choices:
        return why_unknown(label, said, dict(field.flatchoices))
    return _why_invalid(field, label, said)


def why_unkeepable(label: StrOrPromise, said: str, most: int | None = LONGEST_TEXT) -> Misfit | None:
    """Why words cannot be kept anywhere: a sign that no database holds, or too many of them."""
    try:
        clean_text(said)
    except ValidationError as error:
        return _misfit(gettext("“%(field)s” cannot be kept."), label, sentences(error.messages))
    if most is None or len(said) <= most:
        return None
    way_out = ngettext("Write %(most)d character at most.", "Write %(most)d characters at most.", most)
    return _misfit(gettext("“%(field)s” is too long."), label, way_out % {"most": most})


def why_unknown(label: StrOrPromise, said: str, known: Mapping[str, StrOrPromise]) -> Misfit | None:
    """Why a word is none of those that are known; they are named."""
    if said in known:
        return None
    words = {"field": label, "typed": typed(said[:REPEATED])}
    sentence = interpolate(gettext("“%(field)s” cannot be “%(typed)s”."), words)
    return Misfit(sentence, _choose(known.values()))


def refuse_unknown(label: StrOrPromise, said: str, known: Mapping[str, StrOrPromise]) -> None:
    """Refuse a word that is none of those that are known."""
    if misfit := why_unknown(label, said, known):
        raise NotReady(misfit.sentence, [], misfit.way_out).about(label)


def refuse_unkeepable(label: StrOrPromise, said: str, most: int | None = LONGEST_TEXT) -> None:
    """Refuse words that cannot be kept."""
    if misfit := why_unkeepable(label, said, most):
        raise NotReady(misfit.sentence, [], misfit.way_out).about(label)


def refuse_strangers(given: Collection[Any], known: Collection[Any], sentence: StrOrPromise) -> None:
    """Refuse keys that stand for nothing of the record, rather than pass over what was said of them."""
    strangers = [key for key in given if key not in known]
    if strangers:
        missing = [gettext("Not known: %(key)s.") % {"key": str(key)[:REPEATED]} for key in strangers[:10]]
        raise NotReady(sentence, missing, gettext("Open the page again: it shows what there is now."))


def refuse_clashing(row: models.Model) -> None:
    """Refuse a row that another one stands in the way of, or that no row can be, by what the model says of it."""
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError as error:
        name, sentence = _by_field(row, error)[0]
        raise NotReady(sentence, [], gettext("Change it, or keep what there is.")).about(name) from None


def _by_field(row: models.Model, error: ValidationError) -> list[tuple[str, str]]:
    return [
        (name, said if name == NON_FIELD_ERRORS else str(said))
        for name, messages in error.message_dict.items()
        for said in messages
    ]


def _why_invalid(field: Words, label: StrOrPromise, said: str) -> Misfit | None:
    """What the field itself says against it: no address, no short name."""
    for validator in field.validators:
        if isinstance(validator, MaxLengthValidator):
            continue
        try:
            validator(said)
        except ValidationError as error:
            words = {"field": label, "typed": typed(said[:REPEATED])}
            sentence = interpolate(gettext("“%(field)s” cannot be “%(typed)s”."), words)
            return Misfit(sentence, sentences(error.messages))
    return None


def _choose(labels: Iterable[StrOrPromise]) -> str:
    return gettext("Choose one of these: %(choices)s.") % {"choices": listed(labels)}


def _misfit(sentence: str, label: StrOrPromise, way_out: str) -> Misfit:
    return Misfit(interpolate(sentence, {"field": label}), way_out)
