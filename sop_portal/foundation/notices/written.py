"""A mail written out as the bytes a mail server takes. By hand: the library's general way costs more than sending."""

import base64
import re
import uuid
from dataclasses import dataclass
from email.header import Header
from email.utils import formatdate, parseaddr
from functools import lru_cache

from django.core.mail.message import sanitize_address

from sop_portal.foundation.notices.letters import Letter

# What RFC 5322 allows in one line; longer ones are wrapped by their encoding.
LONGEST_LINE = 998
# What stands in a header as it is. Everything else takes the long way, which knows what may be written at all.
PLAIN_ADDRESS = re.compile(r"[a-zA-Z0-9_+-]+(\.[a-zA-Z0-9_+-]+)*@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+")
PLAIN_SUBJECT = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9 .,:()-]{,60}")


@dataclass(frozen=True)
class Written:
    """A mail ready to leave: from whom as readers see it, both addresses, what it says, and all of it as bytes."""

    author: str
    sender: str
    recipient: str
    headers: dict[str, str]
    letter: Letter
    content: bytes


def write_out(letter: Letter, *, sender: str, recipient: str, message_id: str) -> Written:
    """Write a mail out. ValueError for an address nobody can write to, or a subject of several lines."""
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    author, bare_sender = _address(sender)
    reader, bare_reader = (recipient, recipient) if PLAIN_ADDRESS.fullmatch(recipient) else _address(recipient)
    head = {"Subject": _subject(letter.subject), "From": author, "To": reader, "Date": formatdate(), **headers}
    top = "".join(f"{name}: {words}\r\n" for name, words in head.items()) + "MIME-Version: 1.0\r\n"
    content = top.encode("ascii") + _body(letter)
    return Written(author, bare_sender, bare_reader, headers, letter, content)


@lru_cache(maxsize=100)
def _address(words: str) -> tuple[str, str]:
    """An address as a header names it, and bare."""
    cleaned: str = sanitize_address(words, "utf-8")
    return cleaned, parseaddr(cleaned)[1]


def _subject(words: str) -> str:
    """A subject in ASCII, folded; it cannot begin another header."""
    if PLAIN_SUBJECT.fullmatch(words):
        return words
    if len(words.splitlines()) > 1:
        raise ValueError("A subject is one line.")
    if words.isascii():
        return Header(words, "us-ascii", header_name="Subject").encode(linesep="\r\n")
    pieces = (words[first : first + 15] for first in range(0, len(words), 15))
    return "\r\n ".join("=?utf-8?b?" + base64.b64encode(p.encode()).decode() + "?=" for p in pieces)


def _body(letter: Letter) -> bytes:
    """The text, and the same as HTML where there is any."""
    text = _part(letter.text, "plain")
    if not letter.html:
        return text
    # Nobody who types into a mail can guess it, and so end a part.
    boundary = f"=_{uuid.uuid4().hex}".encode()
    opening = b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n'
    parts = (b"--" + boundary + b"\r\n" + part for part in (text, _part(letter.html, "html")))
    return opening + b"".join(parts) + b"--" + boundary + b"--\r\n"


def _part(words: str, kind: str) -> bytes:
    """One way of saying it, with its own headers."""
    lines = re.split(r"\r\n|\r|\n", words)
    body = "\r\n".join(lines).encode()
    way = "7bit" if words.isascii() else "8bit"
    if max(map(len, lines)) * 4 > LONGEST_LINE and max(len(line.encode()) for line in lines) > LONGEST_LINE:
        way, body = "base64", base64.encodebytes(body).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {way}\r\n\r\n'
    return head.encode() + body + b"\r\n"
