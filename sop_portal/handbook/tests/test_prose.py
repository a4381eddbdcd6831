"""Guides become clean HTML, and what changed between two versions is shown word by word."""

import pytest

from sop_portal.handbook.prose import Piece, changes, rendered


def test_markdown_becomes_headings_lists_and_strong_words() -> None:
    assert rendered("## Do\n\n1. **Open** it") == "<h2>Do</h2>\n<ol>\n<li><strong>Open</strong> it</li>\n</ol>\n"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;\n"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n"),
        ("[read](javascript:alert(1))", "<p>[read](javascript:alert(1))</p>\n"),
        ("![picture](https://example.org/a.png)", "<p></p>\n"),
        ("[rules](/handbook/roles/)", '<p><a href="/handbook/roles/" rel="noopener noreferrer">rules</a></p>\n'),
    ],
)
def test_nothing_typed_becomes_code(typed: str, shown: str) -> None:
    assert rendered(typed).replace("<p>&lt;script", "&lt;script").replace("script&gt;</p>", "script&gt;") == shown


def test_a_changed_word_is_shown_in_its_paragraph() -> None:
    assert changes("Same.\n\nGrace: 14 days.", "Same.\n\nGrace: 7 days.") == [
        [Piece("same", "Grace: "), Piece("went", "14 "), Piece("came", "7 "), Piece("same", "days.")]
    ]


def test_a_changed_chinese_sign_is_shown_alone() -> None:
    assert changes("宽限期十天", "宽限期七天") == [
        [Piece("same", "宽限期"), Piece("went", "十"), Piece("came", "七"), Piece("same", "天")]
    ]


def test_a_new_paragraph_came_and_an_old_one_went() -> None:
    assert changes("One.", "One.\nTwo.") == [[Piece("came", "Two.")]]
    assert changes("One.\nTwo.", "One.") == [[Piece("went", "Two.")]]


def test_equal_guides_have_no_changes() -> None:
    assert changes("One.\n\nTwo.", "One.\nTwo.") == []
