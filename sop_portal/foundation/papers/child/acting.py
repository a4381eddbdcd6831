"""What in an office file acts by itself, or is fetched from elsewhere when it is opened.

Read by path in the child process that looks into one file, by the module that knows what a package is.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sop_portal.foundation.papers.child.packages import Package

# How programs, and controls that bring theirs, are declared; and by what a document is related to them.
PROGRAM_TYPES = ("vbaproject", "vbadata", "macrosheet")
PROGRAM_RELATIONS = {"vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet"}
CONTROL_TYPE = "activex"
# What a document takes in as a part of itself: objects, controls, and other documents, pages of the web among them.
HELD_RELATIONS = {"oleobject", "control", "activexcontrolbinary", "afchunk"}
# How the programs of other systems begin, and a link that starts one.
PROGRAMS = (b"MZ", b"\x7fELF", b"L\0\0\0\x01\x14\x02\0")
FETCHING_FIELD = re.compile(
    r"\bDDE(AUTO)?\b|^\s*(INCLUDE(PICTURE|TEXT)?|IMPORT|LINK|DATABASE|RD)\b|\bINCLUDE(PICTURE|TEXT)\b|^\s*QUOTE\s+\d",
    re.IGNORECASE | re.MULTILINE,
)
QUOTED = re.compile(r'"[^"\n]*"')
# A formula holds a bar between the program and what it is asked (DDE), but in a text, a sheet's name or a column's.
IN_QUOTES = re.compile(r'"[^"]*"|\'[^\']*\'|\[[^\]]*\]')
FETCHING_FORMULA = re.compile(r"\||\b(WEBSERVICE|RTD|DDE)\s*\(", re.IGNORECASE)
# Only a part with one of these is read for its formulas; a sign may be written by its number.
PERHAPS_FETCHING = re.compile(rb"\||&#|(webservice|rtd|dde)\s*\(", re.IGNORECASE)
FORMULAS = ("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula")
PIECE, OVERLAP = 1_000_000, 64
# Elements of an open document: who declares them, and what they do.
ACTING = {
    ("script", "event-listener"): "MACROS",
    ("office", "script"): "MACROS",
    ("text", "execute-macro"): "MACROS",
    ("office", "dde-source"): "FETCHES",
    ("text", "dde-connection-decl"): "FETCHES",
    ("table", "dde-link"): "FETCHES",
}
# Those that bring in what their address names; within the document it names a part of it.
BRINGING = (
    *("image", "fill-image", "background-image", "object", "object-ole", "plugin", "applet", "floating-frame"),
    *("section-source", "table-source", "cell-range-source"),
)
ELSEWHERE = re.compile(r"^\s*([a-z][a-z0-9+.-]*:|[/\\]|\.\.[/\\])", re.IGNORECASE)


def wrong_with_relations(package: "Package") -> str:
    """The problem of a document that is related to a program, to an object of another one, or to what lies elsewhere.

    Elsewhere only a link may lead, which somebody follows.
    """
    for one in package.relations():
        relation = one.attributes.get("Type", "").rstrip("/").rpartition("/")[2].lower()
        if relation in PROGRAM_RELATIONS:
            return "MACROS"
        if one.attributes.get("TargetMode", "").lower() == "external" and relation != "hyperlink":
            return "FETCHES"
        if relation in HELD_RELATIONS:
            return "HOLDS_OTHERS"
    return ""


def fetches(package: "Package", types: dict[str, str]) -> bool:
    """Whether fields, formulas, links or connections fetch something, or start a program that does."""
    return any(part_fetches(package, name, kind) for name, kind in types.items())


def part_fetches(package: "Package", name: str, kind: str) -> bool:
    """Whether one part does."""
    if "externallink" in kind:
        return bool(package.elements(name, "ddeLink", "oleLink"))
    if "spreadsheetml.connections" in kind:
        return bool(package.elements(name, "connection"))
    if "wordprocessingml" in kind:
        return bool(FETCHING_FIELD.search(fields_of(package, name)))
    if "spreadsheetml" not in kind or "sharedstrings" in kind or not perhaps_fetches(package, name):
        return False
    return any(is_fetching(formula) for formula in formulas_of(package, name))


def perhaps_fetches(package: "Package", name: str) -> bool:
    """Whether a part may hold a formula that fetches; of large sheets it is seen at once that they do not."""
    with package.archive.open(package.parts[name]) as part:
        before = b""
        while piece := part.read(PIECE):
            plain = before + piece.replace(b"\0", b"")
            if PERHAPS_FETCHING.search(plain):
                return True
            before = plain[-OVERLAP:]
    return False


def formulas_of(package: "Package", name: str) -> Iterator[str]:
    """The formulas of a part of a spreadsheet."""
    for one in package.elements(name, *FORMULAS):
        yield "".join(one.words)


def is_fetching(formula: str) -> bool:
    """Whether a formula asks another program, or a page of the web."""
    return bool(FETCHING_FORMULA.search(IN_QUOTES.sub("", formula)))


def fields_of(package: "Package", name: str) -> str:
    """What the fields of a part of a text say, each in a line of its own; a field may be written in many pieces."""
    said = "".join(
        "".join(one.words) if one.name == "instrText" else f"\n{one.attributes.get('instr', '')}\n"
        for one in package.elements(name, "fldChar", "fldSimple", "instrText")
    )
    return QUOTED.sub('""', said)


def wrong_with_open_document(package: "Package", name: str) -> str:
    """The problem of programs, links to other programs and what is fetched in a part of an open document."""
    for one in package.elements(name, *(local for _space, local in ACTING), *BRINGING):
        for (space, local), problem in ACTING.items():
            if local == one.name and f":{space}:" in one.declared_by:
                return problem
        if one.name in BRINGING and ELSEWHERE.match(one.attributes.get("href", "")):
            return "FETCHES"
    if perhaps_fetches(package, name):
        cells = package.elements(name, "table-cell", "covered-table-cell")
        if any(is_fetching(cell.attributes.get("formula", "")) for cell in cells):
            return "FETCHES"
    return ""
