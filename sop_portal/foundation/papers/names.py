"""What a file that somebody brought is called here: one line, no path, nothing hidden, and the end that fits it."""

import re
import unicodedata
from pathlib import PurePosixPath

from sop_portal.foundation.kit.text import UNKEEPABLE
from sop_portal.foundation.papers.models import LONGEST_FILE_NAME

ENDS = {"jpeg": "jpg"}
# What file systems and shells read as more than a name.
SPECIAL = re.compile(r'[<>:"|?*\\/]+')
# Signs that nobody sees, and those that turn the reading direction, so that “fdp.exe” looks like “exe.pdf”.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
LONGEST_END = 5


def safe_name(brought: str, kind: str) -> str:
    """A name that can be shown and saved anywhere, ending in what the file is."""
    last = unicodedata.normalize("NFC", UNKEEPABLE.sub("", brought)).replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in HIDDEN)
    plain = " ".join(SPECIAL.sub(" ", seen).split()).lstrip(".- ")
    path = PurePosixPath(plain)
    stem = path.stem if len(path.suffix) <= LONGEST_END + 1 else plain
    end = ENDS.get(kind, kind)
    return f"{stem[: LONGEST_FILE_NAME - len(end) - 1].strip(' .') or 'paper'}.{end}"
