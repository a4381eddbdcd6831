"""What finance looks at first: contested and unconfirmed lines, spending warnings, audits due, amendments."""

from datetime import timedelta

from django.utils.translation import gettext as _

from budgets.models import Audit, Budget, Confirmation, Contest
from budgets.spending.queries import expenses_of
from budgets.spending.workflow import without_receipt
from planning.models import Cycle
from sop_portal.dashboards.figures import ZERO
from sop_portal.dashboards.pages.my_work.blocks import Highlight, Topic, TopicEntry
from sop_portal.dashboards.queries.deviations import warned_lines, warned_url, without_exceptions
from sop_portal.dashboards.queries.money import plan_of_year
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor

MOST = 5
SOON = timedelta(days=14)


def finance(actor: Actor, cycle: Cycle) -> list[Highlight]:
    """Whatever of it there is."""
    topics = [
        contested(cycle),
        unconfirmed(cycle, actor),
        spending_warnings(cycle, actor),
        receipts_missing(cycle, actor),
        audits_due(cycle, actor),
        amendments(cycle),
    ]
    title = _("Budget and spending %(year)s") % {"year": cycle.year}
    found = [topic for topic in topics if topic.count]
    empty = "" if found else without_exceptions(cycle, sum(plan_of_year(cycle), ZERO), actor.on)
    return [Highlight(title, topics=found, empty=empty)]


def contested(cycle: Cycle) -> Topic:
    """Lines a department wants otherwise."""
    found = Contest.objects.filter(
        confirmation__budget__cycle_id=cycle.pk, confirmation__budget__state="shared", settled="open"
    )
    rows = found.select_related("line__project", "line__department", "confirmation__budget").order_by("pk")
    entries = [contest_entry(row, cycle) for row in rows[:MOST]]
    url = f"{address('budget-latest', cycle.year)}?state=contested"
    return Topic(_("Contested lines"), found.count(), url, entries)


def contest_entry(contest: Contest, cycle: Cycle) -> TopicEntry:
    """What a department wants instead of what the line says."""
    line = contest.line
    words = {
        "project": line.project,
        "wanted": formats.money(contest.wanted),
        "amount": formats.money(line.amount),
    }
    sentence = interpolate(_("%(project)s: %(wanted)s wanted instead of %(amount)s"), words)
    url = f"{address('budget', cycle.year, contest.confirmation.budget.number)}?state=contested&line={line.number}"
    return TopicEntry(str(line.department), sentence, url)


def unconfirmed(cycle: Cycle, actor: Actor) -> Topic:
    """Departments that have neither confirmed nor contested."""
    found = Confirmation.objects.filter(budget__cycle_id=cycle.pk, budget__state="shared", state="awaiting")
    rows = found.select_related("department", "budget__cycle").order_by("due", "pk")
    entries = [
        TopicEntry(str(row.department), formats.due_phrase(row.due, actor.on), row.get_absolute_url())
        for row in rows[:MOST]
    ]
    url = f"{address('budget-latest', cycle.year)}?state=awaiting"
    return Topic(_("Departments that have not answered"), found.count(), url, entries)


def spending_warnings(cycle: Cycle, actor: Actor) -> Topic:
    """Lines that are not as planned."""
    count, named = warned_lines(cycle, actor, actor.on)
    entries = [TopicEntry(row.who, row.sentence, row.url, row.note) for row in named]
    return Topic(_("Spending warnings"), count, warned_url(cycle), entries)


def receipts_missing(cycle: Cycle, actor: Actor) -> Topic:
    """Expenses without the paper of their receipt: those the year asks one for, or all where it asks for none."""
    asked = "without" if cycle.receipt_needed_above is None else "missing"
    found = without_receipt(expenses_of(cycle, actor), only_needed=cycle if asked == "missing" else None)
    rows = found.select_related("department").order_by("-amount", "pk")
    entries = [
        TopicEntry(
            str(row.department),
            interpolate(_("%(what)s: %(amount)s"), {"what": row, "amount": formats.money(row.amount, 2)}),
            address("expense", cycle.year, row.pk),
            formats.day_short(row.spent_on, actor.on),
        )
        for row in rows[:MOST]
    ]
    url = f"{address('expenses', cycle.year)}?receipt={asked}"
    return Topic(_("Expenses without a receipt"), found.count(), url, entries)


def audits_due(cycle: Cycle, actor: Actor) -> Topic:
    """Audits that are due within two weeks, or not closed yet."""
    found = Audit.objects.filter(cycle_id=cycle.pk, planned_on__lte=actor.on + SOON).exclude(state="closed")
    entries = [
        TopicEntry(
            formats.joined([audit, audit.department]),
            audit.get_state_display(),
            audit.get_absolute_url(),
            _("planned for %(day)s") % {"day": formats.day_short(audit.planned_on, actor.on)},
        )
        for audit in found.select_related("cycle", "department").order_by("planned_on")[:MOST]
    ]
    return Topic(_("Audits due"), found.count(), f"{address('audits', cycle.year)}?state=open", entries)


def amendments(cycle: Cycle) -> Topic:
    """Amendments somebody works on."""
    found = Budget.objects.filter(cycle_id=cycle.pk, kind="amendment").exclude(state__in=["approved", "superseded"])
    rows = found.select_related("cycle").order_by("number")
    entries = [TopicEntry(str(row), row.get_state_display(), row.get_absolute_url()) for row in rows[:MOST]]
    return Topic(_("Amendments"), found.count(), address("budget-latest", cycle.year), entries)
