"""A sentence kept in every language as one text is read in that of the page; what somebody typed stays as it is."""

import pytest
from django.utils.translation import override

from sop_portal.foundation.kit.sentences import packed, unpacked


@pytest.mark.parametrize(("language", "said"), [("en", "Two of “A”"), ("zh-hans", "两个“A”")])
def test_it_is_read_in_the_language_of_the_page(language: str, said: str) -> None:
    with override(language):
        assert unpacked(packed({"zh-hans": "两个“A”", "en": "Two of “A”"})) == said


@pytest.mark.parametrize("text", ["", "Any other business", '{"en": what?', "{}", "[1]", "None"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert unpacked(text) == text
