"""What is not as planned, in sentences that lead to their list: approved lines, reports, findings."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Appropriation, Finding, Flag
from budgets.spending.figures import (
    OVER_PERCENT,
    UNDER_PERCENT,
    LinePace,
    YearFacts,
    last_whole_month,
    outlook_of,
    warnings_of,
)
from budgets.spending.queries import lines_of, paces_of, warned, warned_by_department, year_facts
from planning.models import Cycle
from sop_portal.dashboards.queries.reports import OpenReports
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

MOST, MOST_NAMED = 5, 3


@dataclass(frozen=True)
class Deviation:
    """One thing that is not as planned, as a sentence with its link."""

    who: str
    sentence: str
    url: str
    note: str = ""


def exceptions(cycle: Cycle, actor: Actor, reports: Mapping[int, OpenReports], on: date) -> list[Deviation]:
    """What is not as planned in the departments this person sees, the most urgent first."""
    seen = {pk: has for pk, has in reports.items() if actor.sees_everything or pk in actor.department_ids}
    found = [
        *early_warnings(cycle, actor, on),
        *owing(cycle, seen, on),
        *unanswered_findings(cycle, actor, on),
    ]
    return found[: MOST * 2]


def without_exceptions(cycle: Cycle, budgeted: Decimal, on: date) -> str:
    """What is said where nothing is named: only a year that runs on a budget can run as planned."""
    if cycle.state == Cycle.State.DRAFT:
        return _("The year is not published yet: there is nothing to compare.")
    if on < cycle.starts_on:
        words = {"day": formats.day_long(cycle.starts_on)}
        return _("Execution begins on %(day)s: until then there is nothing to compare with the plan.") % words
    if not budgeted:
        return _("Nothing is budgeted: there is no plan to compare with.")
    if on > cycle.ends_on:
        return _("The execution year is over: nothing is overspent, late or unanswered.")
    return _("Everything runs as planned: nothing overspent, late or unanswered.")


def early_warnings(cycle: Cycle, actor: Actor, on: date) -> list[Deviation]:
    """How many approved lines are warned of what, a sentence for each cause, with the list of exactly these."""
    found = warned_by_department(cycle, actor, on)
    names = dict(Department.objects.filter(pk__in={pk for _flag, pk in found}).values_list("pk", "name"))
    return [_warning(cycle, flag, found, names) for flag in Flag if any(flag == of for of, _pk in found)]


def _warning(cycle: Cycle, flag: Flag, found: Mapping[tuple[Flag, int], int], names: Mapping[int, str]) -> Deviation:
    counts = Counter({names[pk]: count for (of, pk), count in found.items() if of == flag})
    total = sum(counts.values())
    words = {"n": total, "percent": formats.percent(OVER_PERCENT if flag == Flag.OVER else UNDER_PERCENT)}
    who = [formats.with_note(name, count) for name, count in counts.most_common(MOST_NAMED)]
    who += ["…"] if len(counts) > MOST_NAMED else []
    return Deviation(formats.listed(who), _sentence(flag, total) % words, warned_url(cycle, flag))


def _sentence(flag: Flag, total: int) -> str:
    match flag:
        case Flag.OVER:
            return ngettext(
                "%(n)s line heads for more than %(percent)s of its plan",
                "%(n)s lines head for more than %(percent)s of their plan",
                total,
            )
        case Flag.UNDER:
            return ngettext(
                "%(n)s line heads for less than %(percent)s of its plan",
                "%(n)s lines head for less than %(percent)s of their plan",
                total,
            )
    return ngettext("%(n)s line is ahead of its plan", "%(n)s lines are ahead of their plan", total)


def warned_url(cycle: Cycle, flag: str = "any") -> str:
    """The list of the lines that are warned of something."""
    return f"{address('appropriations', cycle.year)}?flag={flag}"


def warned_lines(cycle: Cycle, actor: Actor, on: date) -> tuple[int, list[Deviation]]:
    """How many lines are warned of anything, and the largest of those that spend too much, or else too little."""
    lines = lines_of(cycle, actor)
    named: list[Appropriation] = []
    for flags in ((Flag.OVER, Flag.AHEAD), (Flag.UNDER,)):
        rows = lines.filter(warned(cycle, on, *flags)).exclude(pk__in=[line.pk for line in named])
        rows = rows.select_related("project", "department", "line").order_by("-approved", "pk")
        named += rows[: MOST - len(named)]
    year = year_facts(cycle, on)
    paces = paces_of(named, last_whole_month(year))
    return lines.filter(warned(cycle, on, *Flag)).count(), [
        Deviation(
            formats.joined([line.project, line.department]),
            formats.sentences(_warnings(line, paces[line.pk], year)),
            f"{address('expenses', cycle.year)}?line={line.number}",
        )
        for line in named
    ]


def _warnings(line: Appropriation, pace: LinePace, year: YearFacts) -> list[str]:
    return warnings_of(str(line.get_category_display()), pace, outlook_of(pace, year), year)


def owing(cycle: Cycle, reports: Mapping[int, OpenReports], on: date) -> list[Deviation]:
    """Departments that owe progress reports."""
    late = {pk: has for pk, has in reports.items() if has.late}
    rows = Department.objects.filter(pk__in=late).order_by("name").values_list("pk", "name", "slug") if late else ()
    return [
        Deviation(
            name,
            ngettext("owes %(n)s progress report", "owes %(n)s progress reports", late[pk].late) % {"n": late[pk].late},
            f"{address('progress', cycle.year)}?department={slug}&state=late",
            _("the oldest was due on %(day)s") % {"day": formats.day_short(late[pk].oldest, on)},
        )
        for pk, name, slug in sorted(rows, key=lambda row: -late[row[0]].late)[:MOST]
    ]


def unanswered_findings(cycle: Cycle, actor: Actor, on: date) -> list[Deviation]:
    """Audit findings without an answer in time."""
    late = Finding.objects.visible_to(actor).filter(audit__cycle_id=cycle.pk, state="open", due__lt=on)
    return [
        Deviation(
            str(finding.audit.department),
            _("has not answered an audit finding since %(day)s") % {"day": formats.day_short(finding.due, on)},
            finding.get_absolute_url(),
            _not_evidenced(finding, cycle),
        )
        for finding in late.select_related("audit__department", "audit__cycle").order_by("due")[:MOST]
    ]


def _not_evidenced(finding: Finding, cycle: Cycle) -> str:
    if not finding.amount:
        return ""
    words = {"currency": cycle.currency, "amount": formats.money(finding.amount)}
    return _("%(currency)s %(amount)s is not evidenced") % words
