"""What a person attached is named in the copy of their data, and stays with the record when they are erased."""

from types import SimpleNamespace

import pytest

from evaluations.models import Measure
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.models import Paper, StoredFile, WaitingPaper
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.people.actions import erase_person
from sop_portal.people.personal import everything_about
from sop_portal.tests.papers import paper_on, waiting


@pytest.fixture
def paper(year: SimpleNamespace, cast: SimpleNamespace) -> Paper:
    return paper_on(Measure.objects.get(department=year.arts.department), by=cast.ben, at=NOW, name="Photo.pdf")


def test_ones_copy_says_which_papers_one_attached(paper: Paper, cast: SimpleNamespace) -> None:
    held = everything_about(cast.ben)["papers.paper"]
    assert [(one["name"], one["sha256"]) for one in held] == [("Photo.pdf", paper.sha256)]
    assert everything_about(cast.amina)["papers.paper"] == []


def test_whoever_is_erased_leaves_the_papers_of_records_and_nothing_that_waited(
    paper: Paper, cast: SimpleNamespace
) -> None:
    waiting(cast.ben, NOW, "Draft.pdf", b"%PDF-draft")
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)
    erase_person(User.objects.get(pk=cast.ben.pk), by=cast.ada, at=NOW)
    assert (WaitingPaper.objects.count(), StoredFile.objects.get()) == (0, paper.file)
    assert Paper.objects.get().by.name == f"Person {cast.ben.pk}"
