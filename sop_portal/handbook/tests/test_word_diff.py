"""What changed between two versions of a guide is shown word by word."""

from sop_portal.handbook.word_diff import Piece, changes


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
