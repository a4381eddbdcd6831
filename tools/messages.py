"""Compile the translations (.po) into what Django reads (.mo), without needing gettext on the machine."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Compile the catalogues named, or every one under locale/."""
    named = [Path(name).resolve() for name in sys.argv[1:]]
    for path in named or sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        print(f"  {path.relative_to(ROOT)}: {compiled(path)} messages")


def compiled(path: Path) -> int:
    """Write the catalogue's .mo beside it and return how many messages it holds; stop where one is broken."""
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parent.parent.name, abort_invalid=True)
    broken = [f"  line {message.lineno}: {error}" for message, errors in catalogue.check() for error in errors]
    if broken:
        sys.exit("\n".join([f"{path.relative_to(ROOT)} has messages that would fail on the page:", *broken]))
    replace(path.with_suffix(".mo"), catalogue)
    return len(catalogue)


def replace(path: Path, catalogue: Catalog) -> None:
    """Write the compiled catalogue whole or not at all: a running server may be reading it."""
    new_file = path.with_suffix(".mo.new")
    with new_file.open("wb") as target:
        write_mo(target, catalogue)
    new_file.replace(path)


if __name__ == "__main__":
    main()
