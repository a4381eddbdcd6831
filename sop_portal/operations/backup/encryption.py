"""Backups encrypted for a key, with age: whoever makes them need not be able to read them."""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import IO

import pyrage
from django.core.exceptions import ImproperlyConfigured
from pyrage import x25519

FROM_STDIN = "-"
MARK = b"age-encryption.org/v1"


class NoKey(Exception):
    """Says which key is missing or does not fit."""


def recipient_of(text: str) -> x25519.Recipient:
    """The public key a backup is encrypted for, as `manage.py backup --new-key` prints it."""
    try:
        return x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise ImproperlyConfigured(
            "BACKUP_KEY is no public key of age. It begins with age1; `manage.py backup --new-key FILE` makes one."
        ) from None


def new_key(path: Path) -> str:
    """Write a new private key into a file that only its owner reads; the public key that belongs to it."""
    private, public = made_key()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(private)
    return public


def made_key() -> tuple[str, str]:
    """The text of a new private key's file, and the public key that belongs to it."""
    identity = x25519.Identity.generate()
    return f"# public key: {identity.to_public()}\n{identity}\n", str(identity.to_public())


def identity_in(path: Path) -> x25519.Identity:
    """The private key in a file or from standard input, as age keeps it: comments are passed over."""
    text = sys.stdin.read() if str(path) == FROM_STDIN else path.read_text()
    lines = [line.strip() for line in text.splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    try:
        [key] = keys
        return x25519.Identity.from_str(key)
    except (ValueError, pyrage.IdentityError):
        raise NoKey(f"{path} does not hold one private key of age (AGE-SECRET-KEY-1…).") from None


def write_encrypted(write: Callable[[IO[bytes]], None], out: IO[bytes], recipient: x25519.Recipient) -> None:
    """Let `write` write, and pass on to `out` what only the key's owner can read; never all of it in memory."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def feed() -> None:
        try:
            with os.fdopen(writing, "wb") as stream:
                write(stream)
        except BaseException as problem:
            failures.append(problem)

    thread = Thread(target=feed, name="backup", daemon=True)
    thread.start()
    with os.fdopen(reading, "rb") as stream:
        pyrage.encrypt_io(stream, out, [recipient])
    thread.join()
    if failures:
        raise failures[0]


def decrypt_file(source: IO[bytes], target: IO[bytes], identity: x25519.Identity | None) -> None:
    """Decrypt a whole backup; wrong key, changed or cut: nothing of it is used."""
    if identity is None:
        raise NoKey("The backup is encrypted: name the file with its private key by --identity.")
    try:
        with closing(source):
            pyrage.decrypt_io(source, target, [identity])
    except pyrage.DecryptError as problem:
        raise NoKey(f"The backup does not open with this key, or it was changed: {problem}") from None
