"""What a reminder says, in every language."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import in_languages
from sop_portal.foundation.organisation.models import User
from sop_portal.reminders.due import Due

MOST_NAMED = 2


def texts_of(due: Sequence[Due], people: Mapping[int, User]) -> list[dict[str, str]]:
    """The sentences of reminders: for those who owe something, and for those told because others are late."""
    return in_languages(partial(sentence, people=people), due)


def sentence(due: Due, people: Mapping[int, User]) -> str:
    """The sentence in the language of the moment."""
    if due.involvement.kind == "owes" and due.occurrence.kind != "waits":
        return _with_day_off(due)
    words = {"what": due.owed.what, "day": _since(due), "names": _named(due.involvement.owner_ids, people)}
    return interpolate(_pattern(due), words)


def _with_day_off(due: Due) -> str:
    """What is owed; where its day was moved, with the day off it was moved from."""
    owed = due.owed
    if owed.moved_from is None:
        return owed.what
    words = {"what": owed.what, "day": formats.day_long(owed.moved_from)}
    return interpolate(_("%(what)s (moved from %(day)s)"), words)


def _pattern(due: Due) -> str:
    match due.involvement.kind, due.occurrence.kind:
        case "owes", _kind:
            if not due.owed.four_eyes:
                return _("Still to do, since %(day)s: %(what)s")
            return _("Still waiting for your decision since %(day)s: %(what)s")
        case "stands in", "waits":
            if not due.owed.four_eyes:
                return _("Still to do, since %(day)s, and you stand in for %(names)s: %(what)s")
            return _("Waiting for a decision since %(day)s, and you stand in for %(names)s: %(what)s")
        case "stands in", "late":
            return _("Late, and you stand in for %(names)s: %(what)s")
        case "stands in", _kind:
            return _("You stand in for %(names)s: %(what)s")
    if due.involvement.owner_ids:
        count = len(due.involvement.owner_ids)
        return ngettext("%(names)s is late with this: %(what)s", "%(names)s are late with this: %(what)s", count)
    return _("Late, and nobody holds the role for it: %(what)s")


def _since(due: Due) -> str:
    since = since_of(due)
    return formats.day_short(since, localdate(due.occurrence.at, due.owed.zone)) if since else ""


def since_of(due: Due) -> date | None:
    """The day since which a decision waits; nothing where none does."""
    since = due.owed.since
    return localdate(since, due.owed.zone) if since and due.occurrence.kind == "waits" else None


def _named(person_ids: Sequence[int], people: Mapping[int, User]) -> str:
    """Two of these people, and how many more they are."""
    names = [people[person] for person in person_ids[:MOST_NAMED]]
    more = len(person_ids) - len(names)
    if more:
        words = {"names": formats.listed(names), "count": more}
        return interpolate(ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", more), words)
    if len(names) > 1:
        return interpolate(_("%(names)s and %(last)s"), {"names": names[0], "last": names[1]})
    return formats.listed(names)
