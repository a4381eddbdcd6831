"""What would be told when, if nobody did anything meanwhile. Nothing here writes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from sop_portal.foundation.organisation.models import User
from sop_portal.reminders.audience import Directory, audience
from sop_portal.reminders.due import dates_of
from sop_portal.reminders.owing import all_owed
from sop_portal.reminders.queries import plans_by_cycle
from sop_portal.reminders.schedule import USUAL_PLAN, occurrences


@dataclass(frozen=True)
class UpcomingReminder:
    """One reminder to come."""

    at: datetime
    cycle_id: int
    deadline: str
    occurrence: str
    what: str
    due_on: date | None
    person_id: int
    url: str
    person_name: str = ""
    person_email: str = ""

    def as_json(self) -> dict[str, str | None]:
        """The reminder as JSON, for `--json`."""
        return {
            "at": self.at.isoformat(),
            "deadline": self.deadline,
            "occurrence": self.occurrence,
            "what": self.what,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "person": self.person_email,
            "name": self.person_name,
            "url": self.url,
        }


def upcoming_reminders(first: datetime, last: datetime, *, at: datetime) -> list[UpcomingReminder]:
    """Every reminder between two moments, as things stand at a third, in the order they would be told."""
    names = {pk: (name, email) for pk, name, email in User.objects.values_list("pk", "name", "email")}
    found = sorted(_unnamed(first, last, at), key=lambda row: (row.at, row.deadline, row.person_id))
    return [replace(row, person_name=names[row.person_id][0], person_email=names[row.person_id][1]) for row in found]


def _unnamed(first: datetime, last: datetime, at: datetime) -> Iterator[UpcomingReminder]:
    directory, plans = Directory.on(localdate(at)), plans_by_cycle()
    ahead = max(0, (last - at) // timedelta(days=1) + 1)
    for owed in all_owed(at, ahead=ahead):
        plan = plans.get(owed.cycle.pk, USUAL_PLAN)
        for occurrence in occurrences(dates_of(owed), plan, by=last, after=first - timedelta(microseconds=1)):
            for person in audience(owed, occurrence, plan, directory):
                yield UpcomingReminder(
                    occurrence.at, owed.cycle.pk, owed.key, occurrence.name, owed.what, owed.due_on, person, owed.url
                )
