"""The organisation's logo stands at the head of pages and at the door, is painted anew, and is removed again."""

import uuid
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, transaction
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation import portal
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.organisation.portal import Letterhead, letterhead
from sop_portal.foundation.papers.tests.files import docx, huge_png, pdf, photo_with_place, picture
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.seals import broken_rows
from sop_portal.people.actions import OrganisationTerms, remove_logo, set_logo, set_organisation

Browser = Callable[[User], Client]
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def brought(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def sent(client: Client, content: bytes) -> Any:
    return client.post(reverse("logo-set"), {"logo": brought(content), "key": str(uuid.uuid4())})


@pytest.fixture
def sunrise(cast: SimpleNamespace, noon: datetime) -> Organisation:
    return set_organisation(OrganisationTerms("Sunrise", "en", "UTC", "USD", 1, 7), by=cast.ada, at=noon)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_it_stands_at_the_head_of_pages_and_at_the_door_with_the_name_as_its_text(
    sunrise: Organisation, cast: SimpleNamespace, as_person: Browser, kind: str
) -> None:
    assert "brand__logo" not in Client().get(reverse("account_login")).content.decode()
    assert sent(as_person(cast.ada), picture(kind))["Location"] == reverse("organisation")
    sunrise.refresh_from_db()
    image = f'<img class="brand__logo" src="{reverse("logo", args=[sunrise.logo_mark])}" alt="Sunrise">'
    door, page = Client().get(reverse("account_login")), as_person(cast.ben).get("/")
    assert [image in " ".join(one.content.decode().split()) for one in (door, page)] == [True, True]
    answer = Client().get(reverse("logo", args=[sunrise.logo_mark]))
    assert (answer.status_code, answer["Content-Type"], answer.content[8:12]) == (200, "image/webp", b"WEBP")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_nothing_is_kept_of_it_but_its_pixels(sunrise: Organisation, cast: SimpleNamespace, noon: datetime) -> None:
    kept = set_logo(brought(photo_with_place()), by=cast.ada, at=noon, seen="")
    assert kept.logo is not None
    assert [sign in bytes(kept.logo) for sign in (b"Camera of Ben", b"41.3025 N", b"EXIF")] == [False] * 3
    (change,) = Entry.objects.get(verb="set-logo").changes
    assert (change["field"], change["old"], change["new"]) == ("logo_mark", "", kept.logo_mark)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (SVG, "“logo.svg” is an SVG drawing. It can hold programs, so it is not taken as a logo."),
        (b"<html>no</html>", "“logo.svg” is no picture that can be a logo, whatever its name says."),
        (b"GIF89a\1\0\1\0", "“logo.svg” is no picture that can be a logo, whatever its name says."),
        (picture("PNG")[:60], "“logo.svg” is no picture that can be a logo, whatever its name says."),
        (pdf(), "“logo.svg” is no picture that can be a logo, whatever its name says."),
        (docx(), "“logo.svg” is no picture that can be a logo, whatever its name says."),
        (b"", "“logo.svg” is empty."),
    ],
)
def test_what_is_no_such_picture_is_refused_with_a_sentence(
    sunrise: Organisation, cast: SimpleNamespace, noon: datetime, content: bytes, sentence: str
) -> None:
    with pytest.raises(NotReady) as refused:
        set_logo(brought(content, "logo.svg"), by=cast.ada, at=noon, seen="")
    assert str(refused.value.sentence) == sentence
    assert Organisation.objects.get().logo is None
    set_logo(brought(picture("PNG"), "logo.svg"), by=cast.ada, at=noon, seen="")


def test_a_picture_of_too_many_pixels_is_refused_on_the_page(
    sunrise: Organisation, cast: SimpleNamespace, as_person: Browser
) -> None:
    answer = sent(as_person(cast.ada), huge_png())
    assert (answer.status_code, "million pixels" in answer.content.decode()) == (422, True)


def test_it_is_removed_again(sunrise: Organisation, cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    mark = set_logo(brought(picture("PNG")), by=cast.ada, at=noon, seen="").logo_mark
    browser = as_person(cast.ada)
    assert browser.post(reverse("logo-remove"), {"key": str(uuid.uuid4()), "seen": mark})["Location"] == reverse(
        "organisation"
    )
    assert Client().get(reverse("logo", args=[mark])).status_code == 404
    assert "brand__logo" not in browser.get("/").content.decode()
    with pytest.raises(NotNow):
        remove_logo(by=cast.ada, at=noon, seen="")


def test_nobody_but_the_administrator_sets_and_removes_it(
    sunrise: Organisation, cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    assert sent(as_person(cast.emil), picture()).status_code == 403
    with pytest.raises(NotYours):
        set_logo(brought(picture()), by=cast.emil, at=noon, seen="")
    set_logo(brought(picture()), by=cast.ada, at=noon, seen="")
    with pytest.raises(NotYours):
        remove_logo(by=cast.emil, at=noon, seen="")


def test_a_logo_that_somebody_set_meanwhile_is_neither_replaced_nor_removed_unseen(
    sunrise: Organisation, cast: SimpleNamespace, noon: datetime
) -> None:
    mark = set_logo(brought(picture()), by=cast.ada, at=noon, seen="").logo_mark
    for act in (
        lambda: set_logo(brought(photo_with_place()), by=cast.ada, at=noon, seen=""),
        lambda: remove_logo(by=cast.ada, at=noon, seen=""),
    ):
        with pytest.raises(Changed):
            act()
    assert Organisation.objects.get().logo_mark == mark
    assert remove_logo(by=cast.ada, at=noon, seen=mark).logo_mark == ""


def test_an_organisation_without_a_name_has_no_logo(cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotNow):
        set_logo(brought(picture()), by=cast.ada, at=noon, seen="")


def test_another_picture_that_no_act_has_set_is_found(
    sunrise: Organisation, cast: SimpleNamespace, noon: datetime
) -> None:
    set_logo(brought(picture()), by=cast.ada, at=noon, seen="")
    assert list(broken_rows("organisation")) == []
    Organisation.objects.update(logo=b"another")
    assert [key for key, _sentence in broken_rows("organisation")] == [sunrise.pk]


def test_a_logo_and_its_mark_are_there_together(sunrise: Organisation) -> None:
    for wrong in ({"logo": b"x"}, {"logo_mark": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.update(**wrong)


def test_the_door_is_shown_where_the_database_is_away(
    sunrise: Organisation, cast: SimpleNamespace, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert letterhead() == Letterhead("Sunrise", "")

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(portal, "_of_every_request", away)
    assert letterhead() == Letterhead()
