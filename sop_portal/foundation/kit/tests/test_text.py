import json
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from sop_portal.foundation.kit.text import (
    TypedNameField,
    TypedTextField,
    clean_name,
    clean_text,
    same_name,
    same_words,
)

NAUGHTY = json.loads((Path(__file__).parents[3] / "tests/data/naughty_strings.json").read_text("utf-8"))


class Note(forms.Form):
    title = TypedNameField(required=False)
    text = TypedTextField(required=False)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\x1b[0m", "\x7f", "\x85", "\ufffe", "a\x0bb", "\ufdd0"])
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="cannot be kept"):
        clean_text(text)


def test_the_refusal_names_the_character_and_its_place() -> None:
    with pytest.raises(ValidationError) as refused:
        clean_text("ab\0")
    says = "Character 3 of this text (U+0000) cannot be kept. Delete it, or type the text anew."
    assert refused.value.messages == [says]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two\r\nlines\r", "two\nlines"),
        ("tab\tstays", "tab\tstays"),
        ("𠀀 emoji 👩‍👩‍👧 עברית", "𠀀 emoji 👩‍👩‍👧 עברית"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("cafe\u0301", "cafe\u0301"),
        (" \n ", ""),
    ],
)
def test_text_is_kept_as_typed(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Deep River ", "Deep River"),
        ("艺术\u3000部", "艺术 部"),
        ("a\tb\nc", "a b c"),
        ("\u200b\ufeff", ""),
        ("\u200bArts\u200b", "Arts"),
        ("नी\u200dला", "नी\u200dला"),
    ],
)
def test_a_name_is_one_line_with_single_blanks(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


def test_a_name_may_not_turn_the_reading_direction() -> None:
    with pytest.raises(ValidationError, match="reading direction"):
        clean_name("Arts\u202etrapS")


def test_a_name_of_invisible_signs_counts_as_missing() -> None:
    assert TypedNameField(required=False).clean("\u200b") == ""
    with pytest.raises(ValidationError) as refused:
        TypedNameField().clean("\u200b")
    assert refused.value.messages == ["This field is required."]


def test_length_counts_what_is_kept() -> None:
    assert TypedNameField().clean("a" * 120 + "   ") == "a" * 120
    assert TypedTextField(max_length=3).clean("a\r\nb") == "a\nb"
    with pytest.raises(ValidationError):
        TypedNameField().clean("a" * 121)
    with pytest.raises(ValidationError):
        TypedTextField().clean("a" * 2001)


def test_naughty_strings_are_kept_or_refused_with_a_sentence() -> None:
    for text in NAUGHTY:
        note = Note({"title": text[:120], "text": text})
        if note.is_valid():
            assert note.cleaned_data["text"] == text.replace("\r", "\n").strip()
        else:
            assert [error for errors in note.errors.values() for error in errors if not str(error).endswith(".")] == []
    refused = [text for text in NAUGHTY if not Note({"text": text}).is_valid()]
    assert len(refused) == 7


@given(st.text(alphabet=st.characters(), max_size=200))
def test_whatever_is_kept_can_be_stored_and_cleaned_again(text: str) -> None:
    for clean in (clean_text, clean_name):
        try:
            kept = clean(text)
        except ValidationError:
            continue
        kept.encode()
        assert "\0" not in kept
        assert clean(kept) == kept


@pytest.mark.parametrize("other", ["K 1", "k1", "Ｋ１", "K-1", " k.1 ", "K\u200b1"])
def test_the_same_words_are_the_same_however_they_are_written(other: str) -> None:
    assert same_words(other) == same_words("K1") == "k1"


def test_names_are_compared_with_their_punctuation_and_without_blanks_capitals_and_width() -> None:
    assert same_name("Ａrts &\u3000Crafts") == same_name("arts&CRAFTS") == "arts&crafts"
    assert same_name("艺术（东）") == same_name("艺术 (东)")
    assert same_name("R&D") != same_name("RD")
    assert same_name("Straße") == same_name("STRASSE")
