"""Bringing history in: by page and by command, all or nothing, undone cleanly, hostile files refused."""

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from planning.models import Actual, HistoryImport
from planning.projects import actions
from planning.projects.imports import uploads
from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.reading import read_history
from planning.projects.queries import known_history_of_all_departments
from planning.tests.requesting import DURING, MARCH, Browser, open_year, post
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sheets import read_table, write_xlsx
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.page_text import html_of
from sop_portal.tests.shared_fixtures import shared_fixture

HISTORY = "/2027/history/"
TODAY = DURING.date()
GOOD = "department,project,year,activities,participants,people,materials,money\n" + "".join(
    f"{name},{project},{year},{n},{n * 10},,{n}.50,{n * 100}\n"
    for name in ("Arts", "sports ")
    for project, n in (("Story hours", 7), ("Chess", 9))
    for year in (2024, 2025, 2026)
)
LIBRARIES = """Library,Fiscal Year,Programs,Attendance,Materials_Exp,Opex
Ansonia Library   ,1999,78,1200,10000,90000
Ansonia Library,2000, , ,10500,91000
Ansonia Library,2001,4993,1250,11000,92000
Ansonia Library,2002,112,1300,11200,0
Avon,1999,60,900,9000,80000
Avon,2000,,,9100,81000
Avon,2001,61,905,9200,82000
"""
ANSWERS = {"fiscal-year": "named", "materials-included": "apart"}


@pytest.fixture(autouse=True)
def on_a_day(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Files lie in a folder of the test; it is April 2027."""
    settings.MEDIA_ROOT = tmp_path / "media"
    with clock.at(DURING):
        yield


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """2027 with Arts and Sports."""
    return open_year(cast, pools=False)


def bring(client: Client, text: str | bytes = GOOD, name: str = "history.csv") -> Any:
    packed = text.encode() if isinstance(text, str) else text
    return post(client, f"{HISTORY}upload/", file=SimpleUploadedFile(name, packed))


def mapping(text: str = GOOD) -> dict[str, str]:
    return {column: str(place) for column, place in suggest_mapping(text.splitlines()[0].split(",")).items()}


def test_a_file_goes_all_the_way_and_back(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.ada)
    brought = bring(client)
    assert brought.status_code == 302
    url = brought["Location"]
    first = html_of(client.get(url))
    assert '<option value="0" selected>A: department</option>' in first
    checked = client.get(url, mapping()).content.decode()
    assert "12 rows have no problem. Years 2024 to 2026." in " ".join(checked.split())
    assert Actual.objects.count() == 0
    taken = post(client, f"{url}take/", **mapping())
    assert (taken.status_code, taken["Location"]) == (302, HISTORY)
    assert Actual.objects.count() == 12
    row = Actual.objects.get(department__slug="sports", slug="chess", year=2025)
    assert (row.activities, row.participants, row.people, row.materials, row.money) == (
        9,
        90,
        None,
        Decimal("9.50"),
        900,
    )
    assert client.get(url).status_code == 404
    assert list(uploads.path_of(uuid4()).parent.glob("*")) == []
    page = client.get(HISTORY).content.decode()
    assert ("history.csv" in page, "Ada Moreno" in page) == (True, True)
    brought_in = HistoryImport.objects.get()
    assert post(client, f"{HISTORY}{brought_in.pk}/undo/").status_code == 302
    assert Actual.objects.count() == 0
    assert post(client, f"{HISTORY}{brought_in.pk}/undo/").status_code == 409
    verbs = Entry.objects.filter(kind="history").order_by("position").values_list("verb", flat=True)
    assert list(verbs) == ["import", "undo"]


def test_undoing_takes_its_own_rows_only(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    arts = Department.objects.get(slug="arts")
    Actual.objects.create(department=arts, slug="old", name="Old", year=2020, activities=1)
    rows = read_history(
        read_table(GOOD.encode(), "a.csv"), {"department": 0, "project": 1, "year": 2, "activities": 3}, on=TODAY
    ).rows
    first = actions.import_history(rows[:6], file_name="a.csv", by=cast.ada, at=MARCH)
    actions.import_history(rows[6:], file_name="b.csv", by=cast.ada, at=MARCH)
    actions.undo_import(first, by=cast.ada, at=MARCH)
    assert sorted(Actual.objects.values_list("department__slug", flat=True)) == ["arts"] + ["sports"] * 6


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "emil", "omar", "farid"])
def test_only_the_administrator_brings_history_in(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    client, person = as_person(getattr(cast, name)), getattr(cast, name)
    assert client.get(HISTORY).status_code == 403
    assert bring(client).status_code == 403
    with pytest.raises(NotYours):
        actions.import_history([], file_name="a.csv", by=person, at=MARCH)
    taken = HistoryImport.objects.create(file_name="a.csv", at=MARCH, by=cast.ada, rows=0)
    with pytest.raises(NotYours):
        actions.undo_import(taken, by=person, at=MARCH)
    assert post(client, f"{HISTORY}{taken.pk}/undo/").status_code in (403, 404)


def test_a_brought_file_is_for_the_session_that_brought_it(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    url = bring(as_person(cast.ada))["Location"]
    stranger = as_person(cast.ada)
    assert stranger.get(url).status_code == 404
    assert stranger.get(f"{url}problems/", mapping()).status_code == 404
    assert post(stranger, f"{url}take/", **mapping()).status_code == 404


def test_every_problem_is_listed_and_nothing_is_written(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    wrong = GOOD + "Music,Choir,2026,1,1,,,\nArts,Chess,2026,1,1,,,\nArts,Go,20x6,1,1,,,\nArts,Go,2026,-1,x,,1.234,\n"
    client = as_person(cast.ada)
    url = bring(client, wrong)["Location"]
    page = html_of(client.get(url, mapping()))
    numbers = re.findall(r'<tr><td class="r">(\d+)</td>', page[: page.index("<h2>Warnings</h2>")])
    assert (numbers, "6 problems" in page) == (["14", "15", "16", "17", "17", "17"], True)
    assert "the portal has no department “Music”" in page
    assert "Take in" not in page
    refused = post(client, f"{url}take/", **mapping())
    assert (refused.status_code, Actual.objects.count(), HistoryImport.objects.count()) == (422, 0, 0)
    table = b"".join(client.get(f"{url}problems/", mapping()).streaming_content).decode()
    assert len(table.strip().splitlines()) == 10


def test_missing_departments_are_created_when_asked_for(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client, text = (
        as_person(cast.ada),
        GOOD + "Music,Choir,2026,1,1,,,\nMUSIC,Choir,2025,1,1,,,\n音乐,Choir,2025,1,1,,,\n",
    )
    url = bring(client, text)["Location"]
    fields = mapping() | {"create": "on"}
    assert "2 departments are created:" in client.get(url, fields).content.decode()
    assert post(client, f"{url}take/", **fields).status_code == 302
    assert set(Department.objects.values_list("name", flat=True)) == {"Arts", "Sports", "Music", "音乐"}
    assert Actual.objects.filter(department__slug="music").count() == 2
    assert Entry.objects.filter(kind="department", verb="create").count() == 2


def test_the_same_figures_are_not_taken_twice(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.ada)
    post(client, f"{bring(client)['Location']}take/", **mapping())
    url = bring(client)["Location"]
    page = client.get(url, mapping()).content.decode()
    assert "Arts, 2024 is already in the history." in page
    assert post(client, f"{url}take/", **mapping()).status_code == 422
    assert Actual.objects.count() == 12


def test_two_projects_that_read_the_same_are_pointed_out(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    text = "department,project,year,activities\nArts,Story hours,2025,1\nArts,Story-hours,2025,2\n"
    found = read_history(
        read_table(text.encode(), "a.csv"), {"department": 0, "project": 1, "year": 2, "activities": 3}, on=TODAY
    )
    assert [(p.row_number, "reads the same as the project in row 2" in p.sentence) for p in found.problems] == [
        (3, True)
    ]


def test_a_row_without_a_project_stands_for_the_department(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    found = read_history(
        read_table(b"department,year,activities\nArts,2025,40\n", "a.csv"),
        {"department": 0, "year": 1, "activities": 2},
        on=TODAY,
    )
    actions.import_history(found.rows, file_name="a.csv", by=cast.ada, at=MARCH)
    assert Actual.objects.values_list("slug", "name", "activities").get() == ("", "Arts", 40)


def test_the_action_itself_refuses_what_does_not_fit(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    rows = read_history(
        read_table(b"department,year,activities\nMusic,2025,40\n", "a.csv"), {"department": 0, "year": 1}, on=TODAY
    ).rows
    with pytest.raises(NotReady) as refusal:
        actions.import_history(rows, file_name="a.csv", by=cast.ada, at=MARCH)
    assert len(refusal.value.missing) == 1
    with pytest.raises(NotReady):
        actions.import_history([], file_name="a.csv", by=cast.ada, at=MARCH)
    assert HistoryImport.objects.count() == 0


def test_somebody_faster_is_a_refusal_and_not_a_failure(
    year: SimpleNamespace, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = read_history(
        read_table(GOOD.encode(), "a.csv"), suggest_mapping(GOOD.splitlines()[0].split(",")), on=TODAY
    ).rows
    seen_before = known_history_of_all_departments(rows)
    actions.import_history(rows, file_name="a.csv", by=cast.ada, at=MARCH)
    monkeypatch.setattr(actions.imports, "known_history_of_all_departments", lambda _: seen_before)
    with pytest.raises(NotNow):
        actions.import_history(rows, file_name="b.csv", by=cast.ada, at=MARCH)
    assert (Actual.objects.count(), HistoryImport.objects.count()) == (12, 1)


def test_the_libraries_traps_are_warnings_and_do_not_stop(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.ada)
    url, fields = bring(client, LIBRARIES)["Location"], mapping(LIBRARIES) | {"create": "on"}
    for question, answer in ANSWERS.items():
        post(client, f"{url}answer/", question=question, answer=answer, **fields)
    page = " ".join(client.get(url, fields).content.decode().split())
    assert "7 rows have no problem." in page
    assert "2 departments are created:" in page
    assert "Column Programs is blank for every department in 2000." in page
    assert "Column Attendance is blank for every department in 2000." in page
    assert post(client, f"{url}take/", **fields).status_code == 302
    ansonia = Actual.objects.filter(department__name="Ansonia Library").order_by("year")
    assert list(ansonia.values_list("year", "activities", "participants", "money")) == [
        (1999, 78, 1200, 90000),
        (2000, None, None, 91000),
        (2001, 4993, 1250, 92000),
        (2002, 112, 1300, 0),
    ]


def test_a_leap_of_one_year_is_pointed_out(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    text = "department,year,activities\nArts,2000,78\nArts,2001,4993\nArts,2002,112\n"
    client = as_person(cast.ada)
    page = client.get(bring(client, text)["Location"], mapping(text)).content.decode()
    assert "4,993 in 2001 looks mistyped" in page
    assert "Take in 3 rows" in page


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * 300_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("page.xlsx", b"<html><body><table><tr><td>department</td></tr></table></body></html>"),
        ("null.csv", b"department,year\nAr\x00ts,2025\n"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("broken.xlsx", b"PK\x03\x04" + b"\xff" * 400),
        ("empty.csv", b""),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        ("bomb.xlsx", None),
    ],
)
def test_a_hostile_file_is_refused_with_a_sentence(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, name: str, packed: bytes | None
) -> None:
    refused = bring(as_person(cast.ada), zip_bomb() if packed is None else packed, name)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'class="errors"' in page
    assert not list(uploads.path_of(uuid4()).parent.glob("*"))


def test_a_file_beyond_ten_megabytes_is_refused(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    refused = bring(as_person(cast.ada), b"department,year\n" + b"Arts,2025\n" * 1_100_000)
    assert refused.status_code == 422
    assert "larger than 10" in refused.content.decode()


def test_what_stands_in_a_file_is_text_on_the_page(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    nasty = "department,<script>alert(1)</script>,year\nArts,=cmd|' /C calc'!A0,2025\n"
    client = as_person(cast.ada)
    brought = bring(client, nasty, "<b>x</b>.csv")
    page = client.get(brought["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_one_column_is_not_two_things(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.ada)
    url = bring(client)["Location"]
    page = client.get(url, mapping() | {"activities": "2"}).content.decode()
    assert "This column is chosen twice." in page
    assert post(client, f"{url}take/", **(mapping() | {"department": ""})).status_code == 422
    assert client.get(url, mapping() | {"year": "99"}).status_code == 200


def test_the_template_is_recognised_by_the_portal(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    packed = as_person(cast.ada).get(f"{HISTORY}template/").content
    header = read_table(packed, "history.xlsx").header
    assert set(suggest_mapping(header)) == {
        "department",
        "project",
        "year",
        "activities",
        "participants",
        "people",
        "materials",
        "money",
    }


def command(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    out, code = io.StringIO(), 0
    try:
        call_command("import_history", str(path), "--json", *options, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except CommandError as refused:
        code = refused.returncode
    return code, json.loads(out.getvalue() or "{}")


def test_the_command_checks_takes_in_and_says_so(year: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "history.xlsx"
    header, *rows = [line.split(",") for line in GOOD.strip().splitlines()]
    with path.open("wb") as stream:
        write_xlsx(stream, "History", header, [[cell or None for cell in row] for row in rows])
    code, said = command(path, "--check")
    assert (code, said["imported"], said["rows"], said["problems"]) == (0, 0, 12, [])
    assert Actual.objects.count() == 0
    code, said = command(path, "--as", "ada@example.org", "--now", "2027-04-01T08:00+02:00")
    assert (code, said["imported"]) == (0, 12)
    taken = HistoryImport.objects.get()
    assert (taken.by, taken.at.isoformat(), taken.rows) == (cast.ada, "2027-04-01T06:00:00+00:00", 12)
    code, said = command(path)
    assert (code, said["imported"], len(said["problems"])) == (1, 0, 12)


def test_the_command_names_what_is_wrong(year: SimpleNamespace, cast: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "libraries.csv"
    path.write_text(LIBRARIES)
    given = [f"--answer={question}={answer}" for question, answer in ANSWERS.items()]
    code, said = command(path, *given)
    assert (code, said["imported"], len(said["problems"]), Actual.objects.count()) == (1, 0, 7, 0)
    code, said = command(path, *given, "--create-departments")
    assert (code, said["imported"]) == (0, 7)
    assert HistoryImport.objects.get().by is None
    path.write_bytes(b"<html>")
    assert command(path)[0] == 2
    assert command(tmp_path / "nowhere.csv")[0] == 2
    path.write_text(GOOD)
    assert command(path, "--as", "amina@example.org")[0] == 1
    assert command(path, "--as", "nobody@example.org")[0] == 1


def test_what_was_never_decided_on_is_removed_after_a_day(settings: Settings) -> None:
    old, new = uploads.store([b"a"]), uploads.store([b"b"])
    os.utime(uploads.path_of(old), (0, DURING.timestamp() - 90_000))
    os.utime(uploads.path_of(new), (0, DURING.timestamp() - 80_000))
    uploads.forget_old(DURING)
    assert (uploads.path_of(old).exists(), uploads.path_of(new).exists()) == (False, True)
