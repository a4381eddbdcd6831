"""Guides become clean HTML."""

import pytest

from sop_portal.handbook.markdown import rendered


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
