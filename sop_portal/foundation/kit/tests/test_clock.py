from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime
from threading import Thread

import pytest
import time_machine

from sop_portal.foundation.kit import clock

NOON = datetime(2027, 3, 31, 12, tzinfo=UTC)


@time_machine.travel(NOON, tick=False)
def test_now_is_this_moment_in_utc() -> None:
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


@time_machine.travel(datetime(2027, 3, 31, 22, tzinfo=UTC))
def test_today_depends_on_the_time_zone() -> None:
    assert clock.today("America/New_York") == date(2027, 3, 31)
    assert clock.today("Asia/Shanghai") == date(2027, 4, 1)


def test_a_command_may_be_told_what_to_take_for_now() -> None:
    with clock.at(datetime.fromisoformat("2030-01-01T00:00+08:00")):
        assert clock.now() == datetime(2029, 12, 31, 16, tzinfo=UTC)
        with clock.at(NOON):
            assert clock.now() == NOON
        assert clock.today("Asia/Shanghai") == date(2030, 1, 1)
    assert clock.now().year < 2030


def test_another_thread_keeps_its_own_time() -> None:
    seen: list[datetime] = []
    with clock.at(datetime(2100, 1, 1, tzinfo=UTC)):
        thread = Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert [moment.year < 2100 for moment in seen] == [True]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"), clock.at(NOON.replace(tzinfo=None)):
        pass


@pytest.mark.parametrize("text", ["2027-03-31T14:00+02:00", "2027-03-31 12:00Z", "20270331T120000+0000"])
def test_the_option_is_read_into_utc(text: str) -> None:
    parser = ArgumentParser()
    clock.add_now_argument(parser)
    assert parser.parse_args(["--now", text]).now == NOON
    assert parser.parse_args([]).now is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tomorrow", "'tomorrow' is not a moment. Write it like 2027-04-01T08:00+02:00."),
        ("2027-04-01", "'2027-04-01' does not say in which time zone. Write it like 2027-04-01T08:00+02:00."),
        ("0001-01-01T00:00+08:00", "The year of '0001-01-01T00:00+08:00' is not between 1990 and 2200."),
    ],
)
def test_what_is_no_moment_is_refused(text: str, says: str) -> None:
    with pytest.raises(ArgumentTypeError) as refused:
        clock.parse_now(text)
    assert str(refused.value) == says
