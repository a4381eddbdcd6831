"""What a person attached is named in the copy of their data, and stays with the record when they are erased."""

import json
from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client

from evaluations.models import Measure
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import store
from sop_portal.foundation.papers.models import Paper, StoredFile, WaitingPaper
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.people.actions import erase_person
from sop_portal.people.packing import packed
from sop_portal.people.personal import everything_about
from sop_portal.tests.papers import paper_on, waiting


@pytest.fixture
def paper(year: SimpleNamespace, cast: SimpleNamespace) -> Paper:
    return paper_on(Measure.objects.get(department=year.arts.department), by=cast.ben, at=NOW, name="Photo.pdf")


def test_ones_copy_says_which_papers_one_attached(paper: Paper, cast: SimpleNamespace) -> None:
    held = everything_about(cast.ben)["papers.paper"]
    assert [(one["name"], one["sha256"]) for one in held] == [("Photo.pdf", paper.sha256)]
    assert everything_about(cast.amina)["papers.paper"] == []


def test_ones_copy_comes_with_the_files_one_brought_and_nobody_elses(
    paper: Paper, year: SimpleNamespace, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    waiting(cast.ben, NOW, "Draft.pdf", b"%PDF-draft")
    measure = Measure.objects.get(department=year.arts.department)
    again = paper_on(measure, by=cast.ben, at=NOW, name="Photo.pdf", content=b"%PDF-other")
    lost = paper_on(measure, by=cast.ben, at=NOW, name="Lost.pdf", content=b"%PDF-lost")
    paper_on(measure, by=cast.amina, at=NOW, name="Hers.pdf", content=b"%PDF-hers")
    store.remove(lost.sha256)
    with clock.at(NOW):
        answer = as_person(cast.ben).get("/me/copy/files/")
        archive = ZipFile(BytesIO(b"".join(answer)))  # type: ignore[arg-type]
    assert (answer.streaming, answer["Content-Type"], archive.testzip()) == (True, "application/zip", None)
    assert archive.namelist() == [
        "my-sop-portal.json",
        f"papers/{paper.pk}-Photo.pdf",
        f"papers/{again.pk}-Photo.pdf",
        "waiting/1-Draft.pdf",
        "not-in-the-storage.txt",
    ]
    assert [archive.read(name) for name in archive.namelist()[2:]] == [
        b"%PDF-other",
        b"%PDF-draft",
        f"papers/{lost.pk}-Lost.pdf".encode(),
    ]
    assert json.loads(archive.read("my-sop-portal.json"))["person"]["email"] == cast.ben.email


def test_the_files_of_a_copy_are_sent_in_pieces(cast: SimpleNamespace, paper: Paper) -> None:
    """However large they are together, no more than a piece is held."""
    brought = waiting(cast.ben, NOW, "Large.pdf", b"%PDF-" + b"x" * 1_000_000)
    pieces = list(packed("{}", [(f"{one}", brought.file.sha256, NOW) for one in range(5)], NOW))
    assert max(map(len, pieces)) < 200_000
    assert sum(map(len, pieces)) > 5_000_000


def test_a_storage_that_is_not_reached_stops_no_copy(
    paper: Paper, cast: SimpleNamespace, as_person: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object) -> None:
        raise ConnectionError("no route to host")

    monkeypatch.setattr(FileSystemStorage, "open", refuse)
    with clock.at(NOW):
        archive = ZipFile(BytesIO(b"".join(as_person(cast.ben).get("/me/copy/files/"))))  # type: ignore[arg-type]
    assert archive.namelist() == ["my-sop-portal.json", "not-in-the-storage.txt"]
    assert archive.read("not-in-the-storage.txt").decode() == f"papers/{paper.pk}-Photo.pdf"


def test_whoever_is_erased_leaves_the_papers_of_records_and_nothing_that_waited(
    paper: Paper, cast: SimpleNamespace
) -> None:
    waiting(cast.ben, NOW, "Draft.pdf", b"%PDF-draft")
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)
    erase_person(User.objects.get(pk=cast.ben.pk), by=cast.ada, at=NOW)
    assert (WaitingPaper.objects.count(), StoredFile.objects.get()) == (0, paper.file)
    assert Paper.objects.get().by.name == f"Person {cast.ben.pk}"
