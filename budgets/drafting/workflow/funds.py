"""What a funding source may become while lines stand on it and money is spent from it."""

from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.translation import gettext

from budgets.drafting.figures import exact
from budgets.drafting.models import Appropriation, Budget, BudgetLine, Fund
from budgets.drafting.models.fund import GENERAL_FUND
from budgets.drafting.workflow.limits import LineProblem, outside_period_of
from sop_portal.foundation.kit.bounds import MONEY, misfit_of
from sop_portal.foundation.kit.formats import day_of_year, sentences
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.workflow.seals import keep_rows

keep_rows("fund", Fund, "in_force")


def missing_to_change_fund(fund: Fund) -> list[LineProblem]:
    """What stands against a fund as it would be: its own rules, its lines in force, and what is spent from it."""
    if misfit := misfit_of(gettext("Amount"), fund.amount, MONEY):
        return [LineProblem("amount", sentences(misfit))]
    stay = [*_spent_under_it(fund)] or [*_promised_under_it(fund)]
    found = [*_incomplete(fund), *stay, *_spent_outside(fund), *_lines_against(fund)]
    if fund.starts_on and fund.ends_on and fund.ends_on < fund.starts_on:
        found.append(LineProblem("ends_on", gettext("The period ends before it starts.")))
    others = Fund.objects.exclude(pk=fund.pk).values_list("name", flat=True)
    if same_name(fund.name) in map(same_name, others):
        found.append(LineProblem("name", gettext("There is a funding source of this name already.")))
    return found


def _incomplete(fund: Fund) -> Iterator[LineProblem]:
    if not fund.name.strip():
        yield LineProblem("name", gettext("Give the funding source a name."))
    if fund.is_restricted and fund.name == GENERAL_FUND:
        sentence = gettext(
            "New lines begin on “%(fund)s”, so it is not restricted. Add another funding source for this purpose."
        )
        yield LineProblem("is_restricted", interpolate(sentence, {"fund": fund.called}))
    if fund.is_restricted and not fund.purpose.strip():
        yield LineProblem("purpose", gettext("A restricted fund names what its money may be used for."))
    if fund.is_restricted and fund.amount is None:
        yield LineProblem("amount", gettext("A restricted fund says how much it holds."))


def _spent_under_it(fund: Fund) -> Iterator[LineProblem]:
    """What was spent from a fund was spent from one of this name and for this purpose."""
    if not fund.pk or not Appropriation.objects.filter(fund=fund).exclude(spent=0).exists():
        return
    stored = Fund.objects.get(pk=fund.pk)
    sentence = gettext(
        "Money is spent from “%(fund)s” already, so its name, its use and its purpose stay. Add another "
        "funding source for what is to come."
    )
    for name in _renamed(stored, fund):
        yield LineProblem(name, interpolate(sentence, {"fund": stored.called}))


def _renamed(stored: Fund, fund: Fund) -> list[str]:
    """The first of what makes a fund this one that would be another."""
    return [name for name in ("name", "is_restricted", "purpose") if getattr(stored, name) != getattr(fund, name)][:1]


def _promised_under_it(fund: Fund) -> Iterator[LineProblem]:
    """What a line says about the purpose of a restricted fund was said, read and confirmed of that purpose."""
    stored = Fund.objects.filter(pk=fund.pk, is_restricted=True).first()
    if stored is None:
        return
    lines = BudgetLine.objects.filter(fund=stored).exclude(budget__state=Budget.State.SUPERSEDED)
    line = lines.exclude(serves_purpose="").order_by("pk").first()
    sentence = gettext(
        "Line %(line)s says how it serves the purpose of “%(fund)s”, so its name, its use and its purpose stay. Add "
        "another funding source, and put the lines on it that it pays for."
    )
    for name in _renamed(stored, fund) if line else ():
        yield LineProblem(name, interpolate(sentence, {"line": line, "fund": stored.called}))


def _spent_outside(fund: Fund) -> Iterator[LineProblem]:
    """What was spent from a fund and not undone stays inside its period."""
    if not fund.pk:
        return
    is_before, is_after = Q(expenses__spent_on__lt=fund.starts_on), Q(expenses__spent_on__gt=fund.ends_on)
    for name, is_outside, ends in (("starts_on", is_before, fund.starts_on), ("ends_on", is_after, fund.ends_on)):
        if ends is None:
            continue
        # In one filter, for all of it is said of the same expense.
        lines = Appropriation.objects.filter(
            is_outside, fund=fund, expenses__corrects=None, expenses__correction=None
        ).select_related("cycle")
        found = lines.annotate(day=F("expenses__spent_on")).order_by("expenses__spent_on", "expenses__pk").first()
        if found:
            sentence = gettext("Money was spent from it on %(day)s, on line %(line)s, so its period covers that day.")
            yield LineProblem(name, sentence % {"day": day_of_year(found.day), "line": str(found)})


def _lines_against(fund: Fund) -> Iterator[LineProblem]:
    """The lines there are keep within its amount and period, and say how they serve its purpose."""
    if not fund.pk:
        return
    if fund.amount is not None and fund.in_force > fund.amount:
        sentence = gettext(
            "Lines in force hold %(sum)s of it, so it cannot hold less. Enter %(sum)s or more, or amend the "
            "budget first."
        )
        yield LineProblem("amount", sentence % {"sum": exact(fund.in_force)})
    lines = BudgetLine.objects.filter(fund=fund).exclude(budget__state=Budget.State.SUPERSEDED)
    if fund.is_restricted and lines.filter(serves_purpose="").exists():
        sentence = gettext(
            "%(count)s of its lines do not say how they serve a purpose. Write it on the lines, or choose another "
            "funding source for them first."
        )
        yield LineProblem("is_restricted", sentence % {"count": lines.filter(serves_purpose="").count()})
    for budget in Budget.objects.filter(pk__in=lines.order_by().values("budget")).select_related("cycle"):
        outside = outside_period_of(fund, budget)
        if outside:
            yield LineProblem("ends_on" if fund.ends_on else "starts_on", str(outside[0].sentence))
            return
