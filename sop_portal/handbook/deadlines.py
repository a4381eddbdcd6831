"""Who has not yet confirmed the handbook in force, each by name; and whom a version waits for that is only written."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.models import Cycle
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.handbook.models import WRITTEN, Edition
from sop_portal.handbook.queries import edition_in_force, who_puts_in_force, written_edition

# Two weeks to read a version, from the day it is in force or from the day of one's first role.
TO_READ = timedelta(days=14)
CONFIRM = gettext_lazy("Read and confirm")
PUT_IN_FORCE = gettext_lazy("Read and put in force")


@dataclass(frozen=True)
class VersionToRead:
    """A version of the handbook, as a record that somebody owes something on."""

    pk: int
    number: int
    page: str = "handbook"
    department_id: None = None

    @property
    def full_title(self) -> str:
        """What is to be read."""
        return _("Handbook, version %(number)s") % {"number": self.number}

    def __str__(self) -> str:
        return self.full_title

    def get_absolute_url(self) -> str:
        """Where it is read, and confirmed or put in force."""
        return reverse(self.page)


def owed(at: datetime) -> Iterator[Owed]:
    """One deadline for each day by which people have to have read the version in force."""
    edition, cycle = edition_in_force(), _newest_year()
    yield from _to_put_in_force(cycle, localdate(at))
    # The version the portal came with was put in force by nobody, so it has no day; its page asks for it all the same.
    if edition is None or edition.published_by_id is None or cycle is None:
        return
    people: dict[date, set[int]] = defaultdict(set)
    for person, since in _unread(edition, localdate(at)).items():
        people[max(since, edition.published_on) + TO_READ].add(person)
    for due_on in sorted(people):
        yield _to_read(edition, cycle, due_on, frozenset(people[due_on]))


def owed_by_name(person: User, at: datetime) -> Iterator[Owed]:
    """The version in force, if this person has not confirmed it."""
    return (found for found in owed(at) if found.owner_ids and person.pk in found.owner_ids)


def _newest_year() -> Cycle | None:
    """A published year: its time zone says when the day is over."""
    return Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("-year").first()


def _unread(edition: Edition, on: date) -> dict[int, date]:
    """Everybody with a role who has not confirmed the version, and since when they have held one without a break."""
    held = Membership.objects.on(on).filter(person__is_active=True)
    rows = held.exclude(person__acknowledgements__edition=edition).values_list("person_id")
    return dict(rows.annotate(Min("from_on")).order_by())


def _to_put_in_force(cycle: Cycle | None, on: date) -> Iterator[Owed]:
    """A version that somebody wrote waits for any of those who may put it in force."""
    written = written_edition()
    if written is None or cycle is None:
        return
    due_on = localdate(written.written_at) + TO_READ
    yield Owed(
        WRITTEN,
        "publish-edition",
        PUT_IN_FORCE,
        Can.SEE_RECORDS,
        VersionToRead(written.pk, written.number, "handbook-written"),
        cycle,
        opens_on=localdate(written.written_at),
        due_on=due_on,
        first_due_on=due_on,
        owner_ids=frozenset(person.pk for person in who_puts_in_force(written, on)),
    )


def _to_read(edition: Edition, cycle: Cycle, due_on: date, people: frozenset[int]) -> Owed:
    return Owed(
        "handbook",
        f"acknowledge-{due_on.isoformat()}",
        CONFIRM,
        Can.ACKNOWLEDGE,
        VersionToRead(edition.pk, edition.number),
        cycle,
        opens_on=due_on - TO_READ,
        due_on=due_on,
        first_due_on=due_on,
        owner_ids=people,
    )
