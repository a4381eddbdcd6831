"""The demonstration in Chinese: no English word is left in it, and nothing but the words differs."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.utils import translation

from sop_portal.dashboards.checks.invariants import problems
from sop_portal.demo import build
from sop_portal.demo.cast import LIBRARIES, LOGINS, logins
from sop_portal.demo.chinese import CHINESE, said
from sop_portal.demo.history import PROJECT_KINDS
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Organisation, User

LEAP_DAY = datetime(2028, 2, 29, 20, tzinfo=UTC)
LATIN = re.compile(r"[A-Za-z]{2,}")
# Whole tables in which nobody types.
OF_LIBRARIES = ("django.", "allauth.")
# Columns that hold no word anybody typed: addresses, codes, marks, and product words in both languages.
NOT_TYPED = {
    *("budgets.expense.receipt", "budgets.expense.receipt_key", "budgets.fund.name", "evaluations.answermark.mark"),
    *("evaluations.agendapoint.source_url", "evaluations.agendapoint.title", "evaluations.goal.indicator"),
    *("evaluations.trainingneed.step", "handbook.guide.page", "handbook.guide.text_en", "notices.notice.calendar"),
    *("notices.notice.kind", "notices.notice.link", "notices.notice.verb", "organisation.organisation.languages"),
    *("organisation.organisation.time_zone", "organisation.user.password", "papers.paper.kind", "papers.paper.sha256"),
    *("papers.storedfile.sha256", "planning.cycle.time_zone", "planning.hindsight.source_url"),
    *("sign_in.invitation.hash", "workflow.comment.kind", "workflow.contributor.kind"),
    *("workflow.seal.kind", "workflow.seal.table", "workflow.seal.columns", "workflow.seal.digest"),
    *(f"trail.entry.{name}" for name in ("kind", "verb", "state_from", "state_to", "changes", "previous", "hash")),
    *("organisation.user.language", "trail.head.hash", "trail.head.seal"),
}
# What is a code wherever it stands: money, numbers of receipts, endings of files, addresses, somebody's role.
CODES = re.compile(
    r"CNY|\b[A-Z]{3}-\d{4}-\d+-\d+|\.(?:pdf|xlsx|csv)\b|\bp-[0-9a-f]{8}\b|[\w.]+@example\.org|^\d+ [a-z]+$"
)


def figures_and_states() -> dict[str, Any]:
    """Every figure, day and state of the portal, whichever row it stands in; how large files are is left out."""
    found: dict[str, Any] = {}
    for model in tables():
        if model._meta.app_label == "papers":
            continue
        for field in model._meta.concrete_fields:
            is_figure = isinstance(field, (models.DecimalField, models.BooleanField)) or type(field) is models.DateField
            if (is_figure or field.choices) and field.name != "language":
                values = model._default_manager.values_list(field.name, flat=True)
                found[f"{model._meta.label_lower}.{field.name}"] = Counter(map(plain, values))
    return found


def plain(value: object) -> str:
    """A value as text, figures without their places."""
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)


def tables() -> Iterator[type[models.Model]]:
    """Every table in which somebody types."""
    return (model for model in apps.get_models() if not model.__module__.startswith(OF_LIBRARIES))


def english_left() -> set[tuple[str, str]]:
    """Each column in which a word in Latin letters is left, with the text."""
    return {
        (name, text)
        for model in tables()
        for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField, models.JSONField)) and not field.choices
        if not isinstance(field, models.SlugField)
        if (name := f"{model._meta.label_lower}.{field.name}") not in NOT_TYPED
        for value in model._default_manager.values_list(field.name, flat=True)
        if LATIN.search(CODES.sub("", text := typed_text(value)))
    }


def typed_text(value: object) -> str:
    """The text of a value; of words kept in both languages the Chinese ones."""
    if isinstance(value, dict):
        return str(value.get("zh-hans", value))
    return str(value)


def test_every_name_has_its_own_in_chinese() -> None:
    names = {login.name for login in LOGINS} | {library.name for library in LIBRARIES}
    names |= {name for library in LIBRARIES for name in (library.head, *library.leads)}
    names |= {kind.name for kind in PROJECT_KINDS}
    assert len({CHINESE[name] for name in names}) == len(names)


def test_a_word_without_chinese_stops_the_demonstration() -> None:
    with translation.override("zh-hans"):
        assert (said("Avon"), said("")) == ("雅园分馆", "")
        with pytest.raises(KeyError):
            said("Something nobody has put into Chinese")
    assert said("Something nobody has put into Chinese") == "Something nobody has put into Chinese"


def test_the_logins_are_printed_in_the_language_of_the_demonstration() -> None:
    outsider = [login for login in logins("zh-hans") if login["email"] == "farid@example.org"]
    assert [(login["name"], login["role"]) for login in outsider] == [("范立德", "尚无角色")]
    assert logins()[0]["role"] == "Department head, Ansonia Library"


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.once
def test_nothing_but_the_words_differs_and_no_english_one_is_left(db: None) -> None:
    with clock.at(LEAP_DAY):
        with transaction.atomic():
            build.make(LEAP_DAY, "zh-hans")
            assert problems() == []
            assert english_left() == set()
            assert set(User.objects.values_list("language", flat=True)) == {"zh-hans"}
            assert (Organisation.current().language, Organisation.current().currency) == ("zh-hans", "CNY")
            in_chinese = figures_and_states()
            transaction.set_rollback(True)
        build.make(LEAP_DAY)
    in_english = figures_and_states()
    assert {name for name in in_english if in_english[name] != in_chinese[name]} == set()
