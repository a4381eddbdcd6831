"""Write a .env for this machine: a random key, and the demonstration's sign-in help switched on."""

import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

TEXT = """\
# Made by `make run` for this machine alone. Every variable there is: .env.example
SECRET_KEY={secret}
TRAIL_KEY={trail}
DEMO=True
"""


def main() -> None:
    """Write the file unless there is one."""
    path = ROOT / ".env"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(TEXT.format(secret=secrets.token_urlsafe(50), trail=secrets.token_urlsafe(50)))


if __name__ == "__main__":
    main()
