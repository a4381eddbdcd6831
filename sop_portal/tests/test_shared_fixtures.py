"""What many tests begin with is reached once, and every test has it as if it were its own."""

from datetime import datetime

import pytest
from django.core.management import call_command

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Head
from sop_portal.handbook.models import Edition
from sop_portal.tests.rows import PUT_BY_MIGRATIONS, rows_by_table
from sop_portal.tests.shared_fixtures import SHARED_STATE, SharedFixture, moment, prepare, shared_fixture

BUILT: list[str] = []
in_spring = moment(datetime.fromisoformat("2027-04-01T12:00+00:00"), "A day in spring.")


@shared_fixture
def music(in_spring: datetime) -> Department:
    """A department that most tests below begin with."""
    BUILT.append(f"music {clock.now():%d %B}")
    return Department.objects.create(name="Music", slug="music")


@shared_fixture
def choir(music: Department) -> Department:
    """One that is built on it."""
    BUILT.append("choir")
    return Department.objects.create(name="Choir", slug="choir", merged_into=music, is_active=False)


@pytest.mark.parametrize("turn", range(3))
def test_each_test_begins_with_the_state_as_it_was_reached(turn: int, choir: Department, music: Department) -> None:
    assert (choir.name, choir.merged_into is music) == ("Choir", True)
    assert set(Department.objects.values_list("slug", flat=True)) == {"music", "choir"}
    choir.name = f"Band {turn}"
    choir.save()
    Department.objects.create(name="Dance", slug="dance")


def test_what_is_built_on_it_is_not_there_for_a_test_that_begins_lower(music: Department) -> None:
    assert list(Department.objects.values_list("slug", flat=True)) == ["music"]


def test_nothing_is_there_for_a_test_that_asks_for_nothing(db: None) -> None:
    assert Department.objects.count() == 0


def test_a_test_without_database_takes_nothing_away(request: pytest.FixtureRequest) -> None:
    before = list(SHARED_STATE.layers)
    prepare(request.node)
    assert SHARED_STATE.layers == before


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_builds_the_state_by_itself(music: Department) -> None:
    assert (SHARED_STATE.layers, Department.objects.get()) == ([], music)


@pytest.mark.django_db(transaction=True)
def test_emptied_tables_begin_with_what_migrations_put_there(request: pytest.FixtureRequest) -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert rows_by_table() == request.config.stash[PUT_BY_MIGRATIONS]
    assert (Head.objects.get().position, Edition.objects.get().number) == (0, 1)


@pytest.fixture
def sports() -> str:
    """A plain fixture that has the name of a shared one."""
    return "plain"


def test_a_plain_fixture_of_the_same_name_is_what_its_module_means(sports: str, arts: Department) -> None:
    assert (sports, list(Department.objects.all())) == ("plain", [arts])


def test_the_state_is_reached_at_the_moment_it_is_given_and_not_for_every_test() -> None:
    assert set(BUILT) <= {"music 01 April", "choir"}
    assert BUILT.count("choir") <= 2


def test_a_state_that_cannot_be_reached_leaves_nothing_behind(db: None) -> None:
    def impossible() -> None:
        Department.objects.create(name="Music", slug="music")
        raise ZeroDivisionError

    before = len(SHARED_STATE.layers)
    with pytest.raises(ZeroDivisionError):
        SHARED_STATE.prepare({"impossible": SharedFixture(impossible)}, {})
    assert (len(SHARED_STATE.layers), Department.objects.count()) == (before, 0)
