"""What an auditor looks at first: approved plans, spending, findings, the trail."""

from django.utils.translation import gettext as _

from budgets.models import Budget, Finding
from planning.models import Cycle
from sop_portal.dashboards.checks.checklist import verified_words
from sop_portal.dashboards.pages.my_work.blocks import Highlight, Topic, TopicEntry
from sop_portal.dashboards.pages.my_work.finance_highlights import spending_warnings
from sop_portal.dashboards.queries.deviations import without_exceptions
from sop_portal.dashboards.queries.money import money_by_department, stages_that_happened, total_money
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.models import Head, Verification

MOST, MOST_WARNINGS = 5, 3


def auditor(actor: Actor, cycle: Cycle) -> list[Highlight]:
    """One block with all of it."""
    topics = [approved_plans(cycle), spending(cycle, actor), open_findings(cycle), trail()]
    return [Highlight(_("To look at in %(year)s") % {"year": cycle.year}, topics=topics)]


def approved_plans(cycle: Cycle) -> Topic:
    """The budgets in force."""
    found = Budget.objects.filter(state="approved").select_related("cycle", "approved_by").order_by("-cycle__year")
    words = _("approved on %(day)s by %(person)s")
    entries = [
        TopicEntry(
            str(budget),
            interpolate(words, {"day": formats.day_of_year(budget.approved_at), "person": budget.approved_by}),
            budget.get_absolute_url(),
        )
        for budget in found[:MOST]
        if budget.approved_at
    ]
    return Topic(_("Approved plans"), found.count(), address("budget-latest", cycle.year), entries)


def spending(cycle: Cycle, actor: Actor) -> Topic:
    """What was spent, and what runs ahead."""
    totals = total_money(money_by_department(cycle, actor))
    words = {
        "spent": formats.money(totals.spent),
        "budgeted": formats.money(totals.budgeted),
        "currency": cycle.currency,
    }
    whole = _("%(currency)s %(spent)s of %(budgeted)s spent") % words
    if "spent" not in stages_that_happened(totals, cycle, actor.on):
        whole = without_exceptions(cycle, totals.budgeted, actor.on)
    url = f"{address('projects', cycle.year)}?sort=-spent"
    warnings = spending_warnings(cycle, actor).entries[:MOST_WARNINGS]
    entries = [TopicEntry(_("All projects"), whole, url), *warnings]
    return Topic(_("Spending"), None, address("expenses", cycle.year), entries)


def open_findings(cycle: Cycle) -> Topic:
    """Findings that are not verified yet."""
    found = Finding.objects.filter(audit__cycle_id=cycle.pk).exclude(state="verified")
    rows = found.select_related("audit__cycle", "audit__department").order_by("due", "pk")
    entries = [
        TopicEntry(
            formats.joined([typed(finding.audit), typed(finding.audit.department)]),
            finding.get_state_display(),
            finding.get_absolute_url(),
        )
        for finding in rows[:MOST]
    ]
    return Topic(_("Open findings"), found.count(), address("audits", cycle.year), entries)


def trail() -> Topic:
    """How long the trail is, and when it was found whole."""
    count = Head.objects.values_list("position", flat=True).first() or 0
    last, url = Verification.objects.order_by("-at").first(), address("trail")
    return Topic(_("Entries in the trail"), count, url, [TopicEntry("", verified_words(last), url)])
