"""What happens when: acts are put down for a day and carried out in the order of time, whichever year they are of."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

Act = Callable[[datetime], object]

OPENS = time(8, 40)
SATURDAY = 5


class Agenda:
    """A diary of the whole organisation. Acts may put down further acts; what lies ahead of now never happens."""

    def __init__(self, now: datetime, zone: str) -> None:
        self.now, self.zone = now, ZoneInfo(zone)
        self.today = now.astimezone(self.zone).date()
        self._waiting: list[tuple[date, int, Act]] = []
        self._order = count()
        self._last = datetime.min.replace(tzinfo=self.zone)

    def on(self, day: date, act: Act) -> None:
        """Put an act down for a day, or for the Friday before where that is a weekend."""
        working = day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
        heapq.heappush(self._waiting, (working, next(self._order), act))

    def run(self) -> int:
        """Carry out everything up to yesterday evening; how many acts that were."""
        done = 0
        while self._waiting and self._waiting[0][0] < self.today:
            day, __, act = heapq.heappop(self._waiting)
            morning = datetime.combine(day, OPENS, self.zone)
            self._last = max(self._last, morning)
            act(self.next())
            done += 1
        return done

    def next(self) -> datetime:
        """The next moment at which somebody acts: some minutes after the last one, never after the day is over."""
        minutes = 3 + (self._last.minute * 7) % 5
        soon = self._last + timedelta(minutes=minutes)
        # A full day goes on in steps of seconds, so that it does not run into the night.
        self._last = soon if soon.hour < 18 else self._last + timedelta(seconds=7)
        return self._last
