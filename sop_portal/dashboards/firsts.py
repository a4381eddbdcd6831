"""What each role finds first on its page, above the tasks: sentences and figures, each a link."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.models import Audit, Budget, Confirmation, Contest, Finding
from planning.models import Cycle
from sop_portal.dashboards import checklist, deviations, queries
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Head, Verification

MOST, ROWS = 5, 8
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Said:
    """One sentence with its link: who or what it is about, and what is the matter."""

    who: str
    sentence: Any
    url: str
    note: Any = ""


@dataclass(frozen=True)
class Topic:
    """Sentences about one thing, how many there are in all, and the list of all of them."""

    title: Any
    count: int | None
    url: str
    said: list[Said]


@dataclass(frozen=True)
class First:
    """One block above the tasks; only what it has is shown."""

    title: Any
    note: Any = ""
    topics: list[Topic] = field(default_factory=list)
    strip: list[Tile] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    exceptions: list[Any] = field(default_factory=list)
    checks: list[Any] = field(default_factory=list)
    more: tuple[Any, str] | None = None
    empty: Any = ""
    is_beside: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show but a sentence."""
        return not any((self.topics, self.strip, self.rows, self.exceptions, self.checks))


def firsts(actor: Actor, cycle: Cycle | None, running: Cycle | None) -> list[First]:
    """The blocks of every role this person holds, in the order of the roles."""
    if cycle is None:
        return [First(_("Set-up"), checks=checklist.checks(actor.on))] if Role.ADMINISTRATOR in actor.roles else []
    found = [FIRSTS[role](actor, running or cycle) for role in actor.roles if role in FIRSTS]
    return [block for blocks in found for block in blocks]


def page(name: str, cycle: Cycle, query: str = "") -> str:
    """A list of the year, perhaps filtered."""
    return reverse(name, args=[cycle.year]) + query


def finance(actor: Actor, cycle: Cycle) -> list[First]:
    """Contested and unconfirmed lines, spending warnings, audits due, amendments."""
    topics = [contested(cycle), unanswered(cycle, actor), warned(cycle, actor), audits(cycle, actor), amended(cycle)]
    title = _("Budget and spending %(year)s") % {"year": cycle.year}
    return [First(title, topics=[topic for topic in topics if topic.count])]


def contested(cycle: Cycle) -> Topic:
    """Lines a department wants otherwise."""
    found = Contest.objects.filter(
        confirmation__budget__cycle_id=cycle.pk, confirmation__budget__state="shared", settled="open"
    )
    rows = found.select_related("line__project", "line__department", "confirmation__budget").order_by("pk")
    said = [
        Said(
            str(row.line.department),
            interpolate(
                _("%(project)s: %(wanted)s wanted instead of %(amount)s"),
                {
                    "project": row.line.project,
                    "wanted": formats.money(row.wanted),
                    "amount": formats.money(row.line.amount),
                },
            ),
            reverse("budget", args=[cycle.year, row.confirmation.budget.number])
            + f"?state=contested&line={row.line.number}",
        )
        for row in rows[:MOST]
    ]
    return Topic(_("Contested lines"), found.count(), page("budget-latest", cycle, "?state=contested"), said)


def unanswered(cycle: Cycle, actor: Actor) -> Topic:
    """Departments that have neither confirmed nor contested."""
    found = Confirmation.objects.filter(budget__cycle_id=cycle.pk, budget__state="shared", state="awaiting")
    rows = found.select_related("department", "budget__cycle").order_by("due", "pk")
    said = [
        Said(str(row.department), formats.due_phrase(row.due, actor.on), row.get_absolute_url()) for row in rows[:MOST]
    ]
    title = _("Departments that have not answered")
    return Topic(title, found.count(), page("budget-latest", cycle, "?state=awaiting"), said)


def warned(cycle: Cycle, actor: Actor) -> Topic:
    """Lines that run ahead of their plan."""
    found = deviations.overspending(cycle, actor.on)
    said = [Said(row.who, row.sentence, row.url, row.note) for row in found[:MOST]]
    return Topic(_("Spending warnings"), len(found), page("appropriations", cycle), said)


def audits(cycle: Cycle, actor: Actor) -> Topic:
    """Audits that are due within two weeks, or not closed yet."""
    found = Audit.objects.filter(cycle_id=cycle.pk, planned_on__lte=actor.on + SOON).exclude(state="closed")
    rows = found.select_related("cycle", "department").order_by("planned_on")
    said = [
        Said(
            formats.joined([row, row.department]), row.get_state_display(), row.get_absolute_url(),
            _("planned for %(day)s") % {"day": formats.day_short(row.planned_on, actor.on)},
        )
        for row in rows[:MOST]
    ]  # fmt: skip
    return Topic(_("Audits due"), found.count(), page("audits", cycle, "?state=open"), said)


def amended(cycle: Cycle) -> Topic:
    """Amendments somebody works on."""
    found = Budget.objects.filter(cycle_id=cycle.pk, kind="amendment").exclude(state__in=["approved", "superseded"])
    rows = found.select_related("cycle").order_by("number")
    said = [Said(str(row), row.get_state_display(), row.get_absolute_url()) for row in rows[:MOST]]
    return Topic(_("Amendments"), found.count(), page("budget-latest", cycle), said)


def management(actor: Actor, cycle: Cycle) -> list[First]:
    """The money from need to spending, exceptions in sentences, and who is where."""
    shares = queries.by_department(cycle, actor)
    reports = queries.open_reports(cycle, actor.on)
    sums, needing = queries.sums_of(shares), queries.needs_attention(queries.matrix(cycle, actor, reports))
    names = {
        "needed": _("needed"), "asked": _("asked"), "granted": _("granted"), "budgeted": _("budgeted"),
        "spent": _("spent"),
    }  # fmt: skip
    strip = [
        Tile(label, formats.money(getattr(sums, name)), url=page("projects", cycle, f"?sort=-{name}"))
        for name, label in names.items()
    ]
    year = {"year": cycle.year, "currency": cycle.currency}
    more = (_("Whole dashboard"), page("dashboard", cycle))
    found = deviations.exceptions(cycle, shares, reports, actor.on)
    return [
        First(_("The money of %(year)s, %(currency)s") % year, strip=strip),
        First(_("Exceptions"), exceptions=found[:MOST], more=more, is_beside=True),
        First(
            _("Who is where in %(year)s") % year,
            empty=_("Every department has done what was due."),
            rows=needing[:ROWS],
            heads=queries.heads(),
            more=(_("All departments"), cycle.get_absolute_url()),
        ),
    ]  # fmt: skip


def administrator(actor: Actor, cycle: Cycle) -> list[First]:
    """The set-up as a checklist."""
    return [First(_("Set-up"), checks=checklist.checks(actor.on))]


def auditor(actor: Actor, cycle: Cycle) -> list[First]:
    """Approved plans, spending, findings, the trail."""
    topics = [plans(cycle), spending(cycle, actor), findings(cycle), trail()]
    return [First(_("To look at in %(year)s") % {"year": cycle.year}, topics=topics)]


def plans(cycle: Cycle) -> Topic:
    """The budgets in force."""
    found = Budget.objects.filter(state="approved").select_related("cycle", "approved_by").order_by("-cycle__year")
    said = [
        Said(
            str(row), _("approved on %(day)s by %(person)s")
            % {"day": formats.day_of_year(row.approved_at), "person": row.approved_by},
            row.get_absolute_url(),
        )
        for row in found[:MOST]
        if row.approved_at
    ]  # fmt: skip
    return Topic(_("Approved plans"), found.count(), page("budget-latest", cycle), said)


def spending(cycle: Cycle, actor: Actor) -> Topic:
    """What was spent, and what runs ahead."""
    sums = queries.sums_of(queries.by_department(cycle, actor))
    words = {"spent": formats.money(sums.spent), "budgeted": formats.money(sums.budgeted), "currency": cycle.currency}
    whole = _("%(currency)s %(spent)s of %(budgeted)s spent") % words
    said = [Said(_("All projects"), whole, page("projects", cycle, "?sort=-spent")), *warned(cycle, actor).said[:3]]
    return Topic(_("Spending"), None, page("expenses", cycle), said)


def findings(cycle: Cycle) -> Topic:
    """Findings that are not verified yet."""
    found = Finding.objects.filter(audit__cycle_id=cycle.pk).exclude(state="verified")
    rows = found.select_related("audit__cycle", "audit__department").order_by("due", "pk")
    said = [
        Said(
            formats.joined([typed(row.audit), typed(row.audit.department)]),
            row.get_state_display(),
            row.get_absolute_url(),
        )
        for row in rows[:MOST]
    ]
    return Topic(_("Open findings"), found.count(), page("audits", cycle), said)


def trail() -> Topic:
    """How long the trail is, and when it was found whole."""
    count = Head.objects.values_list("position", flat=True).first() or 0
    said = [Said("", checklist.verified_words(Verification.objects.order_by("-at").first()), reverse("trail"))]
    return Topic(_("Entries in the trail"), count, reverse("trail"), said)


FIRSTS: dict[Role, Callable[[Actor, Cycle], list[First]]] = {
    Role.FINANCE: finance,
    Role.MANAGEMENT: management,
    Role.ADMINISTRATOR: administrator,
    Role.AUDITOR: auditor,
}
