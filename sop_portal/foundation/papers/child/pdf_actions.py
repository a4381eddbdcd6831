"""What in a PDF is an action, or a mark that acts; told by what stands in a dictionary, as qpdf says it in JSON.

Read by path in the child process that looks into one file, by the module that reads the document.
"""

import re
from collections.abc import Iterator

# What runs, starts, sends or plays something: the kinds of actions, and of marks on a page.
ACTING = {
    *("JavaScript", "Launch", "SubmitForm", "ImportData", "Rendition"),
    *("RichMedia", "RichMediaExecute", "Movie", "Sound", "3D"),
}
KINDS = ("/S", "/Subtype")
# All that an element of a document's structure says: none of it is what an action would start, send or play.
STRUCTURE = {
    *("/Type", "/S", "/P", "/ID", "/Ref", "/Pg", "/K", "/A", "/AF", "/C", "/R", "/T", "/Lang", "/Alt", "/E", "/NS"),
    *("/ActualText", "/Phoneme", "/PhoneticAlphabet"),
}
# Where scripts stand, and a form that brings its own.
SCRIPTS = {"/JS", "/JavaScript", "/XFA"}
FITS = {"/XYZ", "/Fit", "/FitH", "/FitV", "/FitR", "/FitB", "/FitBH", "/FitBV"}
# A file that is named on another machine: a reader may ask that one, and say who asks, before anybody follows it.
ELSEWHERE = re.compile(
    rb'"/(?:F|UF|DOS|Mac|Unix)": *"(?:u:\s*(?:\\\\\\\\|//|[A-Za-z]{2,}://)|b:(?:5c5c|2f2f))|^"(?:u:\s*\\\\\\\\|b:5c5c)'
)

# An object as qpdf says it in JSON: a name begins with a slash, a string with a letter and a colon.
Said = dict[str, "Said"] | list["Said"] | str | float | None


def plain(said: Said) -> str:
    """A name without the sign that it is one; some readers take a string for a name."""
    return said.removeprefix("u:").removeprefix("/") if isinstance(said, str) else ""


def dictionaries(said: Said) -> Iterator[dict[str, Said]]:
    """Every dictionary in an object, however deep."""
    waiting = [said]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def acts(one: dict[str, Said]) -> bool:
    """Whether a dictionary is an action or a mark of a kind that acts, or holds a script."""
    # Of a printed page of the web the headings are names of places, or kinds of elements: “JavaScript” may be one.
    is_kind = str(one.get("/JavaScript")).startswith("/")
    scripts = SCRIPTS - {"/JavaScript"} if is_kind else SCRIPTS
    holds = any(key in one and not is_place(one[key]) for key in scripts)
    return holds or (any(plain(one.get(kind)) in ACTING for kind in KINDS) and not is_structure(one))


def is_structure(one: dict[str, Said]) -> bool:
    """Whether it is an element of the document's structure, called as an action is, without what an action needs."""
    is_element = one.get("/Type", "/StructElem") == "/StructElem" and "/P" in one
    return is_element and one.keys() <= STRUCTURE and isinstance(one.get("/R", 0), int)


def is_place(said: Said) -> bool:
    """Whether it says a place in the document: a page, and how it is shown."""
    return isinstance(said, list) and len(said) > 1 and said[1] in FITS


def begun(one: dict[str, Said]) -> Iterator[Said]:
    """The actions of a dictionary that nobody has to follow; each stands there, or is referred to."""
    if "/OpenAction" in one:
        yield one["/OpenAction"]
    if isinstance(of_events := one.get("/AA"), dict):
        yield from of_events.values()
    elif of_events:
        yield of_events


def leads_out(said: Said) -> bool:
    """Whether such an action opens a page of the web."""
    return any(plain(one.get("/S")) == "URI" for one in dictionaries(said))
