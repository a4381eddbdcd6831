"""Waiting for the database no longer than it lives: one that is frozen takes every question and answers none.

The time-outs of statements are the server's own, and the network of a frozen server still takes what is sent. So
whoever waits asks every few seconds, by a connection of its own, whether anything there still answers at all; a slow
statement is waited for as before.
"""

import os
import select
import socket
import struct
import time

import psycopg2
from django.conf import settings
from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE, STATUS_SETUP, set_wait_callback
from psycopg2.extensions import connection as Connection

# How long it may be silent before it is asked, and how long the answer may take.
SILENT_FOR = 5.0
ANSWERS_WITHIN = 3.0
# The server ends a statement by itself; a little later nobody waits for it any more.
LATER = 5.0
# What a client asks before all else: “Do you speak TLS?” Every server says yes or no, in one byte, to anybody.
SPEAKS_TLS = struct.pack("!II", 8, 80_877_103)
EVENTS = {POLL_READ: select.POLLIN, POLL_WRITE: select.POLLOUT}


def never_wait_for_the_frozen() -> None:
    """Let every connection of this process to PostgreSQL wait so."""
    set_wait_callback(wait_while_it_lives)


def wait_while_it_lives(connection: Connection) -> None:
    """Wait until the database has answered; OperationalError, and the connection is closed, where it is frozen."""
    began = time.monotonic()
    while (state := connection.poll()) != POLL_OK:
        if not _is_ready(connection, EVENTS[state]):
            _refuse_frozen(connection, time.monotonic() - began)


def _is_ready(connection: Connection, events: int) -> bool:
    """Whether the connection has something to read, or room to write, before long."""
    seconds = settings.CONNECT_TIMEOUT if connection.status == STATUS_SETUP else SILENT_FOR
    waiting = select.poll()
    waiting.register(connection.fileno(), events)
    return bool(waiting.poll(seconds * 1000))


def _refuse_frozen(connection: Connection, waited: float) -> None:
    if connection.status == STATUS_SETUP:
        raise psycopg2.OperationalError("The database takes the connection, and does not answer.")
    limit = settings.STATEMENT_TIMEOUT
    if limit and waited > limit + LATER:
        raise psycopg2.OperationalError(f"The database did not end a statement within {limit} seconds.")
    if not answers(connection.fileno()):
        raise psycopg2.OperationalError("The database is frozen: nothing there answers any more.")


def answers(descriptor: int) -> bool:
    """Whether whoever is at the other end of a connection says anything to a new one."""
    try:
        with socket.socket(fileno=os.dup(descriptor)) as known:
            family, address = known.family, known.getpeername()
        with socket.socket(family, socket.SOCK_STREAM) as asking:
            asking.settimeout(ANSWERS_WITHIN)
            asking.connect(address)
            asking.sendall(SPEAKS_TLS)
            return bool(asking.recv(1))
    except OSError:
        return False
