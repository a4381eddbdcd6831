"""Two administrators open the same form of the set-up: what each of them changed stands, what both changed is asked."""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.models import Department, DepartmentName, Organisation, SpecialDay, User
from sop_portal.foundation.workflow.conflicts import held_by
from sop_portal.people import actions
from sop_portal.people.actions import DayTerms, OrganisationTerms
from sop_portal.set_up.days_table import written
from sop_portal.tests.page_text import hidden

Browser = Callable[[Any], Client]
TERMS = OrganisationTerms("Sunrise", "en", "UTC", "USD", 1, 7)
LABOUR_DAY, SPRING = DayTerms(date(2027, 5, 5), "Spring"), DayTerms(date(2027, 6, 6), "Summer")


def sent(browser: Client, url: str, known: str, **typed: Any) -> int:
    """The status of the answer to a form that was opened when the page carried `known`."""
    prefix = "person-" if "people" in url else ""
    fields = {f"{prefix}{name}": value for name, value in {**typed, "held": known}.items()}
    return browser.post(url, {"key": str(uuid.uuid4()), **fields}).status_code


def test_a_rename_is_not_undone_by_whoever_changed_the_division(
    cast: SimpleNamespace, arts: Department, as_person: Browser
) -> None:
    browser, url = as_person(cast.ada), "/set-up/departments/arts/"
    mine = theirs = hidden(browser.get(url), "held")
    assert sent(browser, f"{url}change/", theirs, name="Fine arts", division="", is_active="on") == 302
    assert sent(browser, f"{url}change/", mine, name="Arts", division="Culture", is_active="on") == 302
    arts.refresh_from_db()
    assert (arts.name, arts.division) == ("Fine arts", "Culture")
    assert list(DepartmentName.objects.values_list("name", flat=True)) == ["Arts"]
    assert sent(browser, f"{url}change/", mine, name="Crafts", division="Culture", is_active="on") == 409
    arts.refresh_from_db()
    assert arts.name == "Fine arts"


def test_a_form_of_a_page_that_showed_nothing_overwrites_nothing(
    cast: SimpleNamespace, arts: Department, as_person: Browser
) -> None:
    for known in ("", "{}", "not json", '{"division": [""]}'):
        typed = {"name": "Crafts", "division": "", "is_active": "on"}
        assert sent(as_person(cast.ada), "/set-up/departments/arts/change/", known, **typed) == 409
    arts.refresh_from_db()
    assert arts.name == "Arts"


def test_a_time_zone_is_not_set_back_by_whoever_changed_the_name(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    actions.set_organisation(TERMS, by=cast.ada, at=noon)
    browser, url = as_person(cast.ada), "/set-up/organisation/"
    known = hidden(browser.get(url), "held")
    typed: dict[str, Any] = vars(TERMS) | {"languages": ["en", "zh-hans"], "working_weekdays": list("12345")}
    assert sent(browser, url, known, **typed | {"time_zone": "Asia/Shanghai"}) == 302
    assert sent(browser, url, known, **typed | {"name": "Sunset", "languages": ["en"]}) == 302
    found = Organisation.current()
    assert (found.time_zone, found.name, found.languages) == ("Asia/Shanghai", "Sunset", "en")
    assert sent(browser, url, known, **typed | {"time_zone": "Europe/London"}) == 409


def test_what_two_changes_make_together_is_looked_at_too(cast: SimpleNamespace, noon: datetime) -> None:
    actions.set_organisation(TERMS, by=cast.ada, at=noon)
    seen = held_by(Organisation.current(), vars(TERMS))
    who: Any = {"by": cast.ada, "at": noon, "seen": seen}
    actions.set_organisation(OrganisationTerms(**vars(TERMS) | {"language": "zh-hans"}), **who)
    with pytest.raises(actions.organisation.NotReady, match="one of those offered"):
        actions.set_organisation(OrganisationTerms(**vars(TERMS) | {"languages": "en"}), **who)


def test_a_holiday_is_not_taken_out_by_a_page_from_before(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    browser, url = as_person(cast.ada), "/set-up/days-off/?year=2027"
    with clock.at(noon):
        known = hidden(browser.get(url), "held")
        assert sent(browser, url, known, days=written([LABOUR_DAY])) == 302
        assert sent(browser, url, known, days=written([SPRING])) == 302
        assert list(SpecialDay.objects.values_list("name", flat=True)) == ["Spring", "Summer"]
        assert sent(browser, url, known, days=written([DayTerms(LABOUR_DAY.on, "Other")])) == 409
        now = hidden(browser.get(url), "held")
        assert sent(browser, url, now, days=written([SPRING])) == 302
    assert list(SpecialDay.objects.values_list("name", flat=True)) == ["Summer"]


def test_a_make_up_day_is_carried_in_every_language(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    worked = DayTerms(date(2027, 5, 8), "Make-up day", is_worked=True)
    actions.set_days_off(2027, [worked], by=cast.ada, at=noon)
    browser, url = as_person(cast.ada), "/set-up/days-off/?year=2027"
    with clock.at(noon):
        known = hidden(browser.get(url, headers={"accept-language": "zh-hans"}), "held")
        assert sent(browser, url, known, days="") == 302
    assert SpecialDay.objects.count() == 0


def test_a_name_is_not_set_back_by_whoever_changed_the_language(cast: SimpleNamespace, as_person: Browser) -> None:
    browser, url = as_person(cast.ada), f"/set-up/people/{cast.amina.pk}/"
    known = hidden(browser.get(url), "person-held")
    assert sent(browser, f"{url}change/", known, name="Amina Diallo-Ba", language="en") == 302
    assert sent(browser, f"{url}change/", known, name="Amina Diallo", language="zh-hans") == 302
    found = User.objects.get(pk=cast.amina.pk)
    assert (found.name, found.language) == ("Amina Diallo-Ba", "zh-hans")


def test_whoever_acts_without_a_page_has_seen_what_stands_there(
    cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    actions.change_department(Department.objects.get(pk=arts.pk), name="Fine arts", by=cast.ada, at=noon)
    assert actions.change_department(arts, name="Crafts", by=cast.ada, at=noon).name == "Crafts"
    shown = {"name": "Arts"}
    with pytest.raises(Changed) as refusal:
        actions.change_department(arts, name="Drama", by=cast.ada, at=noon, seen=shown)
    assert [(d.label, d.old, d.new) for d in refusal.value.differences] == [("Name", "Arts", "Crafts")]
