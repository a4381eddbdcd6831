"""The arithmetic of the chain: what an entry's hash covers, and how the head is sealed."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

START = "0" * 64
COVERED = (
    "position",
    "by_id",
    "behalf_id",
    "kind",
    "record_id",
    "department_id",
    "cycle_id",
    "verb",
    "state_from",
    "state_to",
    "version",
    "changes",
    "comment",
    "previous",
)


def digest(key: str, fields: dict[str, Any], at: datetime) -> str:
    """HMAC-SHA256 (RFC 2104) over the canonical JSON of an entry, hex. Keyed, so that only the portal can write one."""
    covered: dict[str, Any] = {name: fields[name] for name in COVERED}
    covered["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(covered, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def seal(key: str, position: int, last_hash: str) -> str:
    """The head's seal: it cannot be computed from any entry, so a shorter chain has no valid head."""
    return hmac.new(key.encode(), f"head|{position}|{last_hash}".encode(), hashlib.sha256).hexdigest()
