"""A mail written out by hand says what the library would have written, and nobody can type another header into it."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

import pytest
from django.core.mail import EmailMultiAlternatives

from sop_portal.foundation.notices.letters import Letter
from sop_portal.foundation.notices.written import Written, write_out

SENDER = "Büro <portal@example.org>"
CHINESE = "提交汇报：2027 年 7 月进展汇报，阅读小组的暑期活动与秋季图书馆开放日的筹备工作"


def written(letter: Letter, recipient: str = "amina@example.org") -> Written:
    return write_out(letter, sender=SENDER, recipient=recipient, message_id="<mail-1@example.org>")


def by_the_library(letter: Letter, recipient: str) -> Message:
    headers = {"Message-ID": "<mail-1@example.org>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(letter.subject, letter.text, SENDER, [recipient], headers=headers)
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message_from_bytes(message.message().as_bytes())


def read(message: Message) -> dict[str, object]:
    """What a reader gets to see: heads and parts, decoded."""
    names = ("Subject", "From", "To", "Message-ID", "Auto-Submitted", "MIME-Version")
    heads: dict[str, object] = {name: str(make_header(decode_header(message[name]))) for name in names}
    leaves = [part for part in message.walk() if not part.is_multipart()]
    parts = [(part.get_content_type(), part.get_content_charset(), said(part)) for part in leaves]
    return heads | {"type": message.get_content_type(), "parts": parts}


def said(part: Message) -> str:
    return bytes(part.get_payload(decode=True)).decode().replace("\r\n", "\n").rstrip("\n")


@pytest.mark.parametrize(
    "subject", ["Submit report", "Dr. Ng: 50% of “Arts” isn’t spent", CHINESE, "", "=?utf-8?q?x?="]
)
@pytest.mark.parametrize("text", ["Hello,\n\na\n.\n..b\n", f"{CHINESE}\n\n", "x" * 3000, "字" * 1000, "a\r\nb\rc\n"])
@pytest.mark.parametrize("html", ["", f"<p>{CHINESE}</p>\n" * 3])
def test_it_says_what_the_library_would_have_written(subject: str, text: str, html: str) -> None:
    letter = Letter(subject, text, html)
    mine, theirs = read(message_from_bytes(written(letter).content)), read(by_the_library(letter, "amina@example.org"))
    assert mine == theirs | {
        "parts": [(kind, "utf-8", words.replace("\r", "\n")) for kind, _c, words in theirs["parts"]]
    }


@pytest.mark.parametrize(
    "recipient", ["a.b+c@sub.example.org", "李雷@example.org", "amina@bücher.example", '"a b"@x.org']
)
def test_an_address_is_written_as_the_library_would(recipient: str) -> None:
    letter = Letter("News", "Text", "")
    assert message_from_bytes(written(letter, recipient).content)["To"] == by_the_library(letter, recipient)["To"]


@pytest.mark.parametrize("recipient", ["", "a@b\nBcc: all@example.org", "a@b.org, c@d.org"])
def test_an_address_nobody_can_write_to_is_refused(recipient: str) -> None:
    with pytest.raises(ValueError, match="address"):
        written(Letter("News", "Text", ""), recipient)


@pytest.mark.parametrize(
    "subject", ["News\nBcc: all@example.org", "News\r\n\r\nBody", "新闻\u2028Bcc: all@example.org"]
)
def test_a_subject_does_not_begin_another_header(subject: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        written(Letter(subject, "Text", ""))


def test_no_line_is_longer_than_a_mail_server_takes() -> None:
    content = written(Letter(CHINESE * 4, "x" * 5000 + "\n" + "字" * 400, "<p>" + "y" * 2000 + "</p>")).content
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
