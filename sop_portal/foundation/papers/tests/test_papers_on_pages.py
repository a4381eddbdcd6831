"""Whatever page shows a record, or asks for a decision on it, shows its papers."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from planning.models import Metric
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.places import part_of
from sop_portal.foundation.papers.queries import kind_of
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.papers import paper_on
from sop_portal.tests.shared_fixtures import shared_fixture

Browser = Callable[[User], Client]
# The year's own page is a timeline; what is decided on stands beside its records.
KINDS = [workflow.kind for workflow in ALL_WORKFLOWS if workflow.kind != "cycle"]
# Who may take the step, and sees its page.
STEPS = {
    "finding": ("remedy", "amina"),
    "measure": ("finish", "amina"),
    "exception": ("grant", "dev"),
    "extension-request": ("withdraw", "amina"),
    "feedback": ("answer", "emil"),
}


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.at(NOW):
        yield


def page_of(browser: Client, url: str) -> str:
    return str(browser.get(url).content.decode())


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_every_record_shows_its_papers(
    kind: str, year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    record = year.records[kind]
    paper_on(record, by=cast.emil, at=NOW, name=f"Of the {kind}.pdf")
    page = page_of(as_person(cast.emil), record.get_absolute_url())
    said = "Write {% papers record %} into the template of the record's page."
    assert (kind_of(record), page.count('id="papers"'), f"Of the {kind}.pdf" in page) == (kind, 1, True), said


def test_a_paper_is_called_in_the_readers_language_in_the_history_of_its_record(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    record, reader = year.records["measure"], as_person(cast.emil)
    paper_on(record, by=cast.emil, at=NOW, name="Minutes.pdf")
    reader.cookies["django_language"] = "zh-hans"
    pages = [page_of(reader, record.get_absolute_url()), page_of(reader, "/trail/")]
    assert [("附件：" in page, "paper：" in page) for page in pages] == [(True, False), (True, False)]


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_the_page_of_a_step_shows_what_it_rests_on(
    kind: str, year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    record, (step, name) = year.records[kind], STEPS[kind]
    paper_on(record, by=cast.chidi, at=NOW, name="Evidence.pdf")
    page = page_of(as_person(getattr(cast, name)), f"{record.get_absolute_url()}{step}/")
    assert ("Evidence.pdf" in page, 'type="submit"' in page) == (True, True)


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_where_something_is_decided_the_form_to_attach_is_folded(
    kind: str, year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    record, (step, name) = year.records[kind], STEPS[kind]
    paper_on(record, by=cast.chidi, at=NOW, name="Evidence.pdf")
    browser, fold = as_person(getattr(cast, name)), '<details class="fold papers__more">'
    decided, record_page = f"{record.get_absolute_url()}{step}/", record.get_absolute_url()
    assert [page_of(browser, url).count(fold) for url in (decided, record_page)] == [1, 0]


def test_what_is_missing_before_a_decision_is_attached_at_once(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = page_of(as_person(cast.amina), f"{year.records['finding'].get_absolute_url()}remedy/")
    said = ("No paper shows the remedy yet", "papers__form", "papers__more")
    assert [words in page for words in said] == [True, True, False]


def test_an_expense_and_the_lines_of_a_request_and_a_forecast_show_their_papers(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    places: list[tuple[Any, str, str]] = [
        (year.expense, "", year.expense.get_absolute_url()),
        (year.request, f"line-{year.asked.pk}", year.asked.get_absolute_url()),
        (year.forecast, f"line-{year.line.pk}", f"{year.forecast.get_absolute_url()}project/{year.project.slug}/"),
    ]
    for number, (record, part, url) in enumerate(places):
        paper_on(record, by=cast.emil, at=NOW, part=part, name=f"Number {number}.pdf")
        assert f"Number {number}.pdf" in page_of(as_person(cast.emil), url), url


def test_a_paper_about_a_line_is_found_by_the_lines_project(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    confirmation = year.records["confirmation"]
    lines = [
        (year.request, year.asked),
        (year.forecast, year.line),
        (confirmation, confirmation.budget.lines.filter(department=confirmation.department).order_by("pk")[0]),
    ]
    browser = as_person(cast.emil)
    for record, line in lines:
        paper = paper_on(record, by=cast.emil, at=NOW, part=part_of(line), name=f"Of {kind_of(record)}.pdf")
        assert paper.project_id == line.project_id
        # All of the record is about no project more than another.
        assert paper_on(record, by=cast.emil, at=NOW, content=b"%PDF-all").project_id is None
        asked = f"/{year.forecast.cycle.year}/papers/?project={line.project.slug}"
        assert f"Of {kind_of(record)}.pdf" in page_of(browser, asked)


def test_a_paper_stands_beside_an_override(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    figure = year.line.figures.filter(override__isnull=False).order_by("pk")[0]
    proposed = [key for key in Metric if not year.line.figures.filter(metric=key, override__isnull=False).exists()]
    part, url = part_of(year.line, figure.metric), f"{year.forecast.get_absolute_url()}project/{year.project.slug}/"
    browser = as_person(cast.emil)
    form = page_of(browser, url)
    assert f'<option value="{part}"' in form
    assert [key for key in proposed if part_of(year.line, key) in form] == []
    paper = paper_on(year.forecast, by=cast.emil, at=NOW, part=part, name="Survey.pdf")
    shown = f"{year.project}, {figure.get_metric_display()}"
    assert paper.project_id == year.project.pk
    for page in (page_of(browser, url), page_of(browser, year.forecast.get_absolute_url())):
        assert ("Survey.pdf" in page, shown in page) == (True, True)
    with pytest.raises(NotReady):
        paper_on(year.forecast, by=cast.emil, at=NOW, part=f"{part_of(year.line)}-nonsense", content=b"%PDF-2")
