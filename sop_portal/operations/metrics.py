"""Figures for Prometheus, worked out when they are asked for: every server tells the same, from the database."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, Min
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.lease import is_held
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.trail.models import Entry, Verification
from sop_portal.operations.models import Backup
from sop_portal.reminders.models import LastSweep

REFUSED = "refused-"


class PortalCollector(Collector):
    """Acts and refusals from the trail, ages from what was done last."""

    def __init__(self) -> None:
        self.counted_to = 0
        self.acts: dict[tuple[str, str], int] = {}

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of a database before somebody asks for figures."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every figure as it is now."""
        now = clock.now()
        yield from self._of_trail()
        yield from _of_mail(now)
        yield from _ages(now)

    def _of_trail(self) -> Iterator[Metric]:
        """The trail only grows, so that only what is new is counted."""
        self._count()
        acts = CounterMetricFamily("sop_portal_acts", "Acts in the trail", labels=["kind", "act"])
        refusals = CounterMetricFamily("sop_portal_refusals", "Refused attempts", labels=["kind", "act"])
        for (kind, verb), count in sorted(self.acts.items()):
            family = refusals if verb.startswith(REFUSED) else acts
            family.add_metric([kind, verb.removeprefix(REFUSED)], count)
        yield acts
        yield refusals

    def _count(self) -> None:
        last = Entry.objects.order_by("-position").values_list("position", flat=True).first() or 0
        if last < self.counted_to:
            self.counted_to, self.acts = 0, {}
        new = Entry.objects.filter(position__gt=self.counted_to, position__lte=last)
        for kind, verb, count in new.values_list("kind", "verb").annotate(count=Count("position")).order_by():
            self.acts[kind, verb] = self.acts.get((kind, verb), 0) + count
        self.counted_to = last


def _of_mail(now: datetime) -> Iterator[Metric]:
    states = dict(Mail.objects.values_list("state").annotate(count=Count("pk")).order_by())
    mails = GaugeMetricFamily("sop_portal_mails", "Mails by state", labels=["state"])
    for state in Mail.State.values:
        mails.add_metric([state], states.get(state, 0))
    yield mails
    waits = Mail.objects.filter(state=Mail.State.PENDING, next_try_at__lte=now)
    oldest = waits.aggregate(oldest=Min("next_try_at"))["oldest"]
    yield _gauge("sop_portal_mail_oldest_seconds", "How long the oldest mail waits that should have left", now, oldest)
    yield GaugeMetricFamily("sop_portal_mail_held", "Whether mail is held since a restore", value=int(is_held()))


def _ages(now: datetime) -> Iterator[Metric]:
    checked = Verification.objects.order_by("-at", "-pk").first()
    last_sweep = LastSweep.objects.values_list("at", flat=True).first()
    backed_up = Backup.objects.order_by("-at").values_list("at", flat=True).first()
    problems = checked.problems if checked else 0
    yield GaugeMetricFamily("sop_portal_trail_problems", "Problems the last check of the trail found", value=problems)
    # Never is an age too: one that every alarm notices.
    never = float("inf")
    checked_at = checked.at if checked else None
    yield _gauge("sop_portal_trail_check_age_seconds", "Since the trail was last checked", now, checked_at, never)
    yield _gauge("sop_portal_sweep_lag_seconds", "Since the last sweep for reminders", now, last_sweep, never)
    yield _gauge("sop_portal_backup_age_seconds", "Since the last good backup", now, backed_up, never)


def _gauge(name: str, says: str, now: datetime, then: datetime | None, without: float = 0.0) -> Metric:
    return GaugeMetricFamily(name, says, value=max(0.0, (now - then).total_seconds()) if then else without)


registry = CollectorRegistry()
registry.register(PortalCollector())
