#!/usr/bin/env python
"""Django's command line for SOP Portal."""

import gc
import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sop_portal.settings")
    # A migration takes as long as it takes; only pages give up.
    os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "0")
    # What is loaded stays; looking through it again and again takes a fifth of the start.
    gc.set_threshold(50_000, 20, 20)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
