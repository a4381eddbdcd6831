"""Every day that somebody types lies where it may: near the year, the fund or the project it belongs to."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from inspect import isclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings

from budgets.audits import actions as audits
from budgets.audits.actions import AuditPlan, Observation
from budgets.drafting import actions as funds
from budgets.drafting.actions import FundTerms
from budgets.spending import actions as spending
from budgets.spending.actions import Payment
from evaluations.improvements import actions as improvements
from evaluations.meetings import actions as meetings
from planning.cycles import actions as cycles
from planning.cycles.actions import WindowMove, YearPlan
from planning.cycles.calendar import WindowDates
from planning.models import ResourceRequest
from planning.requests import actions as requests
from sop_portal.foundation.kit.dates import DayField, Span
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.handover.actions import hand_over
from sop_portal.people import actions as people
from sop_portal.people.terms import Term
from sop_portal.tests.every_act import NOW, TODAY, asked_line, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

ROOT = Path(settings.BASE_DIR)
# A day written without that of the page, or of the act, leaves out its year even where it is another one.
BARE_FILTER = re.compile(r"\|day(?:_short)?(?![\w:])")
IS_TODAY = {
    "templates/components/charts/timeline_svg.html: |day_short",
    "sop_portal/foundation/notices/wording.py: formats.day(on)",
}
HOUSE = ("planning", "budgets", "evaluations", "sop_portal")
# Days that a form does not hold within a span of its own, and what holds them.
HELD_ELSEWHERE = {
    "YearForm.starts_on": "clean, by the year in the same form",
    "YearForm.ends_on": "clean, by the year in the same form",
    "ExtendForm.until_on": "the act, by the day the department has in the stage that is chosen",
    "AskForm.until_on": "the act, by the day the department has in the stage that is chosen",
    "ExpenseForm.spent_on": "the guard, which says why and whether an exception can be asked for",
    "PostForm.spent_on": "the guard, as in ExpenseForm",
    "ExceptionForm.spent_on": "the guard, as in ExpenseForm",
    "TermForm.from_on": "the forms made of it",
    "TermForm.until_on": "the forms made of it",
    "DelegationForm.until_on": "clean, which says how long a deputy is named",
    "HandOverForm.last_on": "clean, which says what has passed",
    "NewDayForm.due": "ask, once the record is known, by the days of the forms made of it",
    "ReopenFindingForm.due": "NewDayForm",
    "ReopenMeasureForm.due": "NewDayForm",
    "ProposalForm.due_on": "propose_change, by the year that is chosen beside it",
}
FAR = date(2190, 1, 1)
LONG_AGO = date(2001, 1, 1)


def day_fields() -> Iterator[tuple[str, Path, type[forms.Form], str]]:
    """Every day of every form of the house: form and field, and where the form stands."""
    for package in HOUSE:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "forms" not in parts or "tests" in parts:
                continue
            module = import_module(".".join(parts))
            for form in vars(module).values():
                if isclass(form) and issubclass(form, forms.Form) and form.__module__ == module.__name__:
                    for name, field in form.base_fields.items():
                        if isinstance(field, forms.DateField):
                            yield f"{form.__name__}.{name}", path, form, name


def test_every_day_of_a_form_has_its_bounds() -> None:
    unbounded = []
    for field, path, form, name in day_fields():
        text = path.read_text()
        own = text[text.index(f"class {form.__name__}") :].split("\nclass ")[0]
        kept = [
            word for call in re.findall(r"limit_to_span\(self, [^\n]*\)", own) for word in re.findall(r'"(\w+)"', call)
        ]
        if name not in kept and field not in HELD_ELSEWHERE:
            unbounded.append(field)
    assert unbounded == [], "Say in the form's __init__ where the day may lie: limit_to_span(self, span, field)."


def test_every_day_held_elsewhere_is_still_there() -> None:
    assert set(HELD_ELSEWHERE) <= {field for field, _path, _form, _name in day_fields()}


def test_every_day_is_a_day_of_the_house() -> None:
    plain = [field for field, _path, form, name in day_fields() if not isinstance(form.base_fields[name], DayField)]
    assert plain == []


def test_a_day_of_another_year_is_written_with_its_year() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {bare}"
        for path in (ROOT / "templates").rglob("*.html")
        for bare in BARE_FILTER.findall(path.read_text())
    }
    for path in (path for app in HOUSE for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        bare = [n for n in calls if ast.unparse(n.func).removeprefix("formats.") in ("day", "day_short")]
        found |= {f"{path.relative_to(ROOT)}: {ast.unparse(n)}" for n in bare if len(n.args) + len(n.keywords) < 2}
    assert found - IS_TODAY == set(), "Give it the day it is read on: day(on, today), or |day:request.today."


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def funded(year: SimpleNamespace, on: date) -> None:
    known = FundTerms("Reading grant", starts_on=min(on, TODAY), ends_on=max(on, TODAY))
    funds.add_fund(known, by=year.cast.dora, at=NOW)


def refunded(year: SimpleNamespace, on: date) -> None:
    fund = funds.add_fund(FundTerms("Reading grant"), by=year.cast.dora, at=NOW)
    known = FundTerms("Reading grant", starts_on=min(on, TODAY), ends_on=max(on, TODAY))
    funds.change_fund(fund, known, by=year.cast.dora, at=NOW, seen=1)


def needed(year: SimpleNamespace, on: date) -> None:
    ResourceRequest.objects.update(state="draft", due=date(2028, 1, 1))
    year.request.refresh_from_db()
    line = replace(asked_line(year), needed_on=on)
    requests.add_line(year.request, year.project, line, by=year.cast.amina, at=NOW, seen=year.request.version)


def audited(year: SimpleNamespace, on: date) -> None:
    audits.plan(year.cycle, AuditPlan("Cash", year.arts, on), by=year.cast.dora, at=NOW)


def found(year: SimpleNamespace, on: date) -> None:
    audit = audits.plan(year.cycle, AuditPlan("Cash", year.arts, TODAY), by=year.cast.dora, at=NOW)
    audits.begin(audit, by=year.cast.dev, at=NOW, seen=1)
    audits.find(audit, Observation("No receipts", on), by=year.cast.dev, at=NOW, seen=1)


def adopted(year: SimpleNamespace, on: date) -> None:
    proposal = improvements.MeasureProposal("Paint the hall", "feedback")
    measure = improvements.propose(year.cycle, year.arts, proposal, by=year.cast.amina, at=NOW)
    assignment = improvements.Assignment(year.cast.ben, on)
    improvements.adopt(measure, assignment, by=year.cast.emil, at=NOW, seen=1)


def met(year: SimpleNamespace, on: date) -> None:
    meetings.call(year.cycle, meetings.MeetingTerms(on, "Hall"), by=year.cast.emil, at=NOW)


def moved(year: SimpleNamespace, on: date) -> None:
    year.cycle.refresh_from_db()
    dates = WindowDates(min(on, TODAY), max(on, TODAY), max(on, TODAY))
    move = WindowMove("evaluation", dates, "A holiday")
    cycles.move_window(year.cycle, move, by=year.cast.ada, at=NOW, seen=year.cycle.version)


def excepted(year: SimpleNamespace, on: date) -> None:
    payment = Payment(Decimal(5), on, "Paper")
    spending.ask_exception(year.approved, payment, why="Early", by=year.cast.dora, at=NOW)


def set_up(year: SimpleNamespace, on: date) -> None:
    plan = YearPlan(starts_on=min(on, date(2030, 7, 1)), ends_on=max(on, date(2030, 12, 31)))
    cycles.create_cycle(year=2030, plan=plan, by=year.cast.ada, at=NOW)


def given(year: SimpleNamespace, on: date) -> None:
    term = Term(min(on, TODAY), max(on, TODAY))
    people.give_role(year.cast.farid, role="finance", term=term, by=year.cast.ada, at=NOW)


def deputised(year: SimpleNamespace, on: date) -> None:
    term = Term(min(on, TODAY), max(on, TODAY))
    people.delegate(giver=year.cast.amina, deputy=year.cast.ben, role="", term=term, by=year.cast.ada, at=NOW)


def left(year: SimpleNamespace, on: date) -> None:
    hand_over(year.cast.ben, year.cast.amina, last_on=on, by=year.cast.ada, at=NOW)


NEAR: dict[Callable[[SimpleNamespace, date], None], date] = {
    funded: date(2033, 12, 31),
    refunded: date(2020, 1, 1),
    needed: date(2027, 9, 1),
    audited: TODAY + timedelta(days=30),
    found: TODAY + timedelta(days=14),
    adopted: TODAY + timedelta(days=90),
    met: TODAY - timedelta(days=3),
    moved: date(2028, 8, 1),
    excepted: date(2027, 6, 20),
    set_up: date(2030, 12, 31),
    given: date(2030, 1, 1),
    deputised: TODAY + timedelta(days=20),
    left: TODAY + timedelta(days=20),
}


@pytest.mark.parametrize("do", NEAR, ids=lambda do: do.__name__)
@pytest.mark.parametrize("on", [FAR, LONG_AGO], ids=["far", "long ago"])
def test_an_absurd_day_is_refused_by_the_act_whatever_the_form(
    year: SimpleNamespace, do: Callable[[SimpleNamespace, date], None], on: date
) -> None:
    with pytest.raises(NotReady) as refusal:
        do(year, on)
    assert str(refusal.value.way_out) or refusal.value.missing or str(refusal.value)


@pytest.mark.parametrize(("do", "on"), NEAR.items(), ids=lambda part: getattr(part, "__name__", ""))
def test_a_day_that_fits_is_taken(year: SimpleNamespace, do: Callable[[SimpleNamespace, date], None], on: date) -> None:
    do(year, on)


def test_a_refused_day_names_the_days_there_are(year: SimpleNamespace) -> None:
    with pytest.raises(NotReady) as refusal:
        needed(year, date(2020, 1, 1))
    said = str(refusal.value).replace("\xa0", " ")
    assert said == "“Needed on” cannot be 1 January 2020. Choose a day from 1 January 2027 to 30 June 2028."


def test_a_form_offers_the_days_there_are_and_takes_no_other() -> None:
    class Form(forms.Form):
        due = DayField()

        def __init__(self, data: Any = None) -> None:
            super().__init__(data)
            self.fields["due"].limit_to_span(span)  # type: ignore[attr-defined]

    span = Span(date(2027, 3, 1), date(2027, 3, 31))
    assert (Form({"due": "2027-03-31"}).is_valid(), Form({"due": "2027-04-01"}).is_valid()) == (True, False)
    assert 'max="2027-03-31"' in str(Form()["due"])
