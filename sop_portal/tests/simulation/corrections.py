"""What people do about counts that turned out to be wrong, what they owe there, and what they should not do."""

from collections.abc import Iterator
from datetime import date, timedelta

from sop_portal.tests.simulation.ledger.facts import MOST_COUNTED, Correction, ProjectKey, Report
from sop_portal.tests.simulation.walk import WORDS, Act, RandomActs

Counted = tuple[ProjectKey, Report]
# Nobody counts so many in a month: it is asked for to reach the end of what a year holds, and mostly declined.
ABSURD = 1_000_000


def correct_count(choice: RandomActs, year: int) -> Act | None:
    """A count was wrong, mostly of an accepted report; or somebody deals with what was asked."""
    if choice.maybe(0.3):
        year = choice.one(choice.years("closed")) or year
    found = [(key, r) for key, reports in choice.ledger.reports.items() if key[0] == year for r in reports]
    asked = [(key, r) for key, r in found if r.asked]
    if asked and choice.maybe(0.8):
        return _deal_with(choice, *choice.one(asked))
    accepted = [(key, r) for key, r in found if r.state == "accepted"]
    chosen: Counted | None = choice.one(accepted if choice.maybe(0.9) else found)
    return _ask(choice, *chosen) if chosen else None


def _ask(choice: RandomActs, key: ProjectKey, report: Report) -> Act | None:
    metric = choice.one(["activities", "participants"])
    counted = report.counted(metric)
    becomes = choice.one([0, -1, counted, choice.rng.randint(0, 400), choice.rng.randint(0, 40)])
    if choice.maybe(0.4) and choice.ledger.projects[key].state != "evaluated":
        becomes = MOST_COUNTED - choice.ledger.counted_of(key, metric) + counted + choice.one([0, 1])
    return _asked_by_writer(choice, key, report.first, metric, becomes)


def _asked_by_writer(choice: RandomActs, key: ProjectKey, month: date, metric: str, becomes: int) -> Act | None:
    by = choice.who("write-report", key[1], choice.ledger.projects[key].lead)
    return choice.act("correct_count", by, key=key, month=month, metric=metric, becomes=becomes, why=WORDS)


def _deal_with(choice: RandomActs, key: ProjectKey, report: Report) -> Act | None:
    waiting: Correction = choice.one(report.asked)
    where = {"key": key, "month": report.first, "metric": waiting.metric}
    if choice.maybe(0.15):
        by = choice.who("write-report", key[1], choice.ledger.projects[key].lead)
        return choice.act("withdraw_count", by, **where)
    side = sorted(waiting.asked_by | set(choice.ledger.heads_of(key[1])))
    lent = [person for person in side if choice.ledger.may(person, "accept-report", key[1])]
    if lent and choice.maybe(0.6):
        return choice.act("decide_count", choice.one(lent), **where, confirmed=True, comment=WORDS)
    if not lent and choice.maybe(0.3):
        return _lend(choice, choice.one(side))
    by = choice.who("accept-report", key[1], but=waiting.asked_by)
    fits = not choice.ledger.beyond((choice.ledger.counted_of(key, waiting.metric), waiting.becomes - waiting.was))
    if waiting.becomes > ABSURD and fits and choice.maybe(0.8):
        # It waits until another month is accepted, and no longer fits.
        return None
    confirmed = not fits if waiting.becomes > ABSURD else choice.maybe(0.75)
    return choice.act("decide_count", by, **where, confirmed=confirmed, comment=WORDS)


def _lend(choice: RandomActs, deputy: str) -> Act | None:
    """Whoever asked, or heads the department, stands in for management: confirming is not theirs all the same."""
    giver = choice.one(sorted({m.person for m in choice.ledger.memberships if m.role == "management"}))
    until = choice.day + timedelta(choice.rng.randint(30, 90))
    return choice.act("delegate", giver, giver=giver, deputy=deputy, role="", until=until)


def decide_counts(choice: RandomActs, key: ProjectKey) -> Iterator[Act | None]:
    """What was asked of a project's counts is decided; what nobody counted is put right."""
    for report in choice.ledger.reports.get(key, []):
        for asked in report.asked:
            by = choice.who("accept-report", key[1], but=asked.asked_by)
            said = {"metric": asked.metric, "confirmed": asked.becomes <= ABSURD, "comment": WORDS}
            yield choice.act("decide_count", by, key=key, month=report.first, **said)
        for metric in ("activities", "participants"):
            if report.counted(metric) > ABSURD:
                yield _asked_by_writer(choice, key, report.first, metric, becomes=7)
